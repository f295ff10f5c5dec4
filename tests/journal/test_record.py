"""Recording an event: in the change's own transaction, chained, addressed, or not at all."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from journal import chain, waking
from journal.models import Channel, Event, EventSubject, JournalHead, Message
from journal.record import record
from journal.verify import verify
from tests.journal.tampering import run

Submit = Callable[..., Event]


@pytest.mark.django_db
def test_record_first_events_are_chained_from_the_beginning(submitted: Submit) -> None:
    first, second = submitted(1), submitted(2)
    assert (first.sequence, first.previous_hash) == (1, chain.GENESIS)
    assert (second.sequence, second.previous_hash) == (2, first.hash)
    head = JournalHead.objects.get()
    assert (head.sequence, head.hash) == (2, second.hash)
    assert verify().sound


@pytest.mark.django_db
def test_record_stands_in_the_timelines_of_subject_and_about_once(submitted: Submit) -> None:
    event = submitted(about=[("team", "benelux"), ("deal", "D-1"), ("team", "benelux")])
    assert sorted(event.subjects.values_list("kind", "identifier")) == [("deal", "D-1"), ("team", "benelux")]


@pytest.mark.django_db
def test_record_told_people_get_one_inbox_message_and_one_mail(submitted: Submit, at: datetime) -> None:
    event = submitted(tell=[3, 4, 3])
    rows = Message.objects.filter(event=event).values_list("recipient_id", "channel", "delivered_at")
    assert sorted(rows, key=str) == sorted(
        [(3, "inbox", at), (4, "inbox", at), (3, "mail", None), (4, "mail", None)], key=str
    )


@pytest.mark.django_db
def test_record_without_mail_writes_only_the_inbox(submitted: Submit) -> None:
    submitted(tell=[3], mail=False)
    assert [message.channel for message in Message.objects.all()] == [Channel.INBOX]


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused(at: datetime) -> None:
    with pytest.raises(transaction.TransactionManagementError):
        record("deal.submitted", subject=("deal", "D-1"), by=1, at=at)
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_record_in_a_change_that_fails_leaves_nothing(submitted: Submit) -> None:
    submitted(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        submitted(2, tell=[3])
        raise ZeroDivisionError
    assert Event.objects.count() == 1
    assert not Message.objects.exists()
    assert submitted(3).sequence == 2, "the number of the event that never was is used again"


@pytest.mark.django_db(transaction=True)
def test_record_where_the_event_cannot_be_inserted_keeps_nothing_of_the_change(
    submitted: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(**fields: Any) -> Event:
        raise IntegrityError("disk of lies")

    monkeypatch.setattr(Event.objects, "create", broken)
    with pytest.raises(IntegrityError), transaction.atomic():
        JournalHead.objects.create(id=1, sequence=0, hash=chain.GENESIS)
        submitted(1, tell=[3])
    assert not JournalHead.objects.exists()
    assert not EventSubject.objects.exists()
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"data": {"price": 1.5}}, TypeError),
        ({"data": {"lines": [{"price": 1.5}]}}, TypeError),
        ({"data": {"who": object()}}, TypeError),
        ({"data": {"reason": "because " * 50}}, ValueError),
        ({"link": "https://elsewhere.example/"}, ValueError),
        ({"link": "//elsewhere.example/"}, ValueError),
        ({"at": datetime(2026, 11, 23, 9, 0)}, ValueError),
    ],
)
@pytest.mark.django_db
def test_record_of_what_the_journal_cannot_hold_is_refused(
    submitted: Submit, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        submitted(**options)
    assert not Event.objects.exists()


@pytest.mark.parametrize("verb", ["submitted", "Deal.submitted", "deal.submitted.twice", "deal submitted", "deal."])
@pytest.mark.django_db
def test_record_of_a_verb_outside_the_grammar_is_refused(verb: str, at: datetime) -> None:
    with pytest.raises(ValueError, match="verb"):
        record(verb, subject=("deal", "D-1"), by=1, at=at)


@pytest.mark.django_db
def test_record_data_is_kept_in_one_canonical_text(submitted: Submit, at: datetime) -> None:
    event = submitted(data={"b": Decimal("1.50"), "a": {"z": True, "y": None}, "on": at.date(), "at": at})
    assert event.data == '{"a":{"y":null,"z":true},"at":"2026-11-23T09:00:00.000000","b":"1.50","on":"2026-11-23"}'


@pytest.mark.django_db
def test_record_after_the_head_was_removed_goes_no_further(submitted: Submit) -> None:
    submitted(1)
    if connection.vendor == "postgresql":
        run("SET LOCAL session_replication_role = replica")
    else:
        run("DROP TRIGGER journal_journalhead_no_delete")
    run("DELETE FROM journal_journalhead")
    if connection.vendor == "postgresql":
        run("SET LOCAL session_replication_role = DEFAULT")
    with pytest.raises(IntegrityError), transaction.atomic():
        submitted(2)


@pytest.mark.django_db
def test_record_with_a_broker_that_is_down_succeeds(
    submitted: Submit,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    asked: list[str] = []

    def down(name: str, **options: Any) -> None:
        asked.append(name)
        raise ConnectionRefusedError

    monkeypatch.setattr(waking.current_app, "send_task", down, raising=False)
    with django_capture_on_commit_callbacks(execute=True):
        submitted(tell=[3])
    assert asked == ["journal.deliver"]
    assert Message.objects.filter(channel=Channel.MAIL, delivered_at=None).count() == 1
