"""The journal for auditors, and everybody's own inbox."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from journal import access, export, inbox, timeline
from journal.models import Event, Message
from journal.verify import verify
from tests.journal.tampering import run, unguarded

Submit = Callable[..., Event]
pytestmark = pytest.mark.django_db


@pytest.fixture
def auditor(anke: Any, client: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    monkeypatch.setattr(access, "_answer", lambda user: user == anke)
    client.force_login(anke)
    return client


@pytest.fixture
def reader(bram: Any, client: Client) -> Client:
    client.force_login(bram)
    return client


ROUTES = [
    ("get", "/journal/"),
    ("post", "/journal/verify/"),
    ("post", "/journal/export/"),
    ("post", "/journal/checkpoint/"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_journal_for_who_may_not_audit_is_not_there(reader: Client, method: str, path: str) -> None:
    assert getattr(reader, method)(path).status_code == 404
    assert not Event.objects.exists()


@pytest.mark.parametrize(("method", "path"), [*ROUTES, ("get", "/inbox/"), ("post", "/inbox/read/")])
def test_journal_for_who_is_not_signed_in_asks_to_sign_in(client: Client, method: str, path: str) -> None:
    answer = getattr(client, method)(path)
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_journal_shows_events_with_what_was_before_and_after(auditor: Client, anke: Any, submitted: Submit) -> None:
    submitted(by=anke.pk, data={"before": {"bound": 12}, "after": {"bound": 14}, "revision": 3}, link="/deals/D-1/")
    answer = auditor.get("/journal/")
    (row,) = answer.context["rows"]
    assert row["changes"] == [("bound", "12", "14")]
    assert row["facts"] == [("revision", "3")]
    assert row["entry"].actor_name == "Anke Claes"
    assert b"/deals/D-1/" in answer.content


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [4, 3, 2, 1]),
        ({"who": "bram@example.com"}, [2]),
        ({"who": "wouters"}, [2]),
        ({"who": "nobody"}, []),
        ({"about": "deal D-2"}, [3]),
        ({"about": "team:benelux"}, [4, 3, 2, 1]),
        ({"verb": "journal.verified"}, []),
        ({"since": "2026-11-24"}, [4]),
        ({"until": "2026-11-23"}, [3, 2, 1]),
        ({"since": "2026-11-23", "until": "2026-11-24", "about": "deal D-1"}, [4, 2, 1]),
        ({"about": "nonsense", "since": "yesterday"}, [4, 3, 2, 1]),
    ],
)
def test_journal_filters_in_the_address_narrow_the_list(
    auditor: Client, bram: Any, submitted: Submit, at: datetime, query: dict[str, str], found: list[int]
) -> None:
    submitted(1)
    submitted(2, by=bram.pk)
    submitted(3, subject=("deal", "D-2"))
    submitted(4, at=at + timedelta(days=1))
    answer = auditor.get("/journal/", query)
    assert [row["event"].sequence for row in answer.context["rows"]] == found


def test_journal_page_asks_the_database_the_same_few_times_however_many_events(
    auditor: Client, submitted: Submit, django_assert_max_num_queries: Any
) -> None:
    for number in range(60):
        submitted(number, by=number)
    with django_assert_max_num_queries(12):
        answer = auditor.get("/journal/")
    assert len(answer.context["rows"]) == 50
    assert auditor.get("/journal/" + answer.context["page"].next_url).context["rows"][-1]["event"].sequence == 1


def test_verify_of_a_sound_chain_sets_the_badge_and_is_recorded(auditor: Client, anke: Any, submitted: Submit) -> None:
    submitted(1)
    assert auditor.get("/journal/").context["badge"]["kind"] == "info"
    assert auditor.post("/journal/verify/").status_code == 302
    event = Event.objects.get(verb="journal.verified")
    assert event.actor_id == anke.pk
    assert json.loads(event.data)["sound"] is True
    assert auditor.get("/journal/").context["badge"]["kind"] == "success"


@pytest.mark.parametrize(
    "tamper", ["UPDATE journal_event SET actor_id = 99 WHERE sequence = 1", "DELETE FROM journal_journalhead"]
)
def test_verify_of_a_broken_chain_says_so(auditor: Client, submitted: Submit, tamper: str) -> None:
    submitted(1)
    with unguarded():
        run(tamper)
    answer = auditor.post("/journal/verify/", follow=True)
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_export_is_recorded_and_checks_out(auditor: Client, submitted: Submit) -> None:
    submitted(1)
    answer = auditor.post("/journal/export/")
    lines = b"".join(answer.streaming_content).decode().splitlines(keepends=True)
    assert "journal.exported" in lines[-2]
    assert export.check_lines(lines) is None


def test_checkpoint_holds_the_end_of_the_chain(auditor: Client, submitted: Submit) -> None:
    submitted(1)
    checkpoint = export.read_checkpoint(auditor.post("/journal/checkpoint/").content.decode())
    assert checkpoint.sequence == 2
    assert verify(checkpoint=checkpoint).sound


def test_inbox_shows_own_unread_messages_and_all_on_request(
    reader: Client, anke: Any, bram: Any, submitted: Submit, at: datetime
) -> None:
    for number in range(3):
        submitted(number, tell=[bram.pk])
    submitted(4, tell=[anke.pk])
    message = inbox.messages_of(bram.pk).first()
    assert message is not None
    inbox.mark_read(message=message, at=at)
    assert inbox.unread_count(bram.pk) == 2
    assert len(reader.get("/inbox/?view=following").context["items"]) == 2
    assert len(reader.get("/inbox/?view=following&show=all").context["items"]) == 3


def test_open_message_marks_it_read_and_leads_to_its_page(reader: Client, bram: Any, submitted: Submit) -> None:
    submitted(tell=[bram.pk], link="/deals/D-1/")
    message = inbox.messages_of(bram.pk).get()
    path = f"/inbox/{message.pk}/open/"
    assert reader.get(path).status_code == 405, "a GET changes nothing"
    answer = reader.post(path)
    assert (answer.status_code, answer["Location"]) == (302, "/deals/D-1/")
    read_at = Message.objects.get(pk=message.pk).read_at
    assert read_at is not None
    reader.post(path)
    assert Message.objects.get(pk=message.pk).read_at == read_at


def test_open_message_of_somebody_else_is_not_there(reader: Client, anke: Any, submitted: Submit) -> None:
    submitted(tell=[anke.pk])
    message = inbox.messages_of(anke.pk).get()
    assert reader.post(f"/inbox/{message.pk}/open/").status_code == 404
    assert inbox.unread_count(anke.pk) == 1


def test_open_message_that_is_a_mail_is_not_there(reader: Client, bram: Any, submitted: Submit) -> None:
    submitted(tell=[bram.pk])
    assert reader.post(f"/inbox/{Message.objects.get(channel='mail').pk}/open/").status_code == 404


def test_mark_all_read_leaves_what_came_since_and_others_alone(
    reader: Client, anke: Any, bram: Any, submitted: Submit
) -> None:
    submitted(1, tell=[bram.pk, anke.pk])
    newest = reader.get("/inbox/?view=following").context["newest"]
    submitted(2, tell=[bram.pk])
    reader.post("/inbox/read/", {"up_to": newest})
    assert inbox.unread_count(bram.pk) == 1
    assert inbox.unread_count(anke.pk) == 1
    reader.post("/inbox/read/", {"up_to": "all of them"})
    assert inbox.unread_count(bram.pk) == 1


def test_timeline_tells_what_happened_to_one_thing_newest_first(
    anke: Any, submitted: Submit, django_assert_num_queries: Any
) -> None:
    for number in range(1, 4):
        submitted(number, by=anke.pk)
    submitted(4, subject=("deal", "D-2"), by=None)
    with django_assert_num_queries(2):
        told = timeline.timeline("deal", "D-1")
    assert [entry.sequence for entry in told] == [3, 2, 1]
    assert {entry.actor_name for entry in told} == {"Anke Claes"}
    assert [entry.sequence for entry in timeline.timeline("team", "benelux", limit=2)] == [4, 3]
    assert [entry.sequence for entry in timeline.timeline("team", "benelux", after=3)] == [2, 1]


def test_sentence_comes_from_the_template_of_the_verb_as_plain_text(anke: Any, at: datetime, submitted: Submit) -> None:
    type(anke).objects.filter(pk=anke.pk).update(name="Anke <O'Neill>")
    event = Event(verb="journal.exported", actor_id=anke.pk, data='{"up_to":12}', at=at)
    with translation.override("en"):
        assert timeline.sentence(event) == "Anke <O'Neill> exported the journal up to event 12"
    event.verb = "no.template"
    assert timeline.sentence(event) == "no.template"


@pytest.mark.parametrize(("until", "told"), [("2026-12-27", "27 Dec 2026"), ("2026-02-30", "2026-02-30")])
def test_sentence_tells_a_day_as_readers_write_it(db: None, at: datetime, until: str, told: str) -> None:
    data = f'{{"committee":"Finance","deal":"D-1","until":"{until}"}}'
    event = Event(verb="approval.granted", actor_id=None, data=data, at=at)
    with translation.override("en"):
        assert timeline.sentence(event) == f"The yes of Finance to D-1 is good until {told}"


def test_missing_sentences_names_verbs_without_a_template() -> None:
    assert timeline.missing_sentences(["journal.verified", "no.template", "no.template"]) == ["no.template"]
    assert timeline.missing_sentences(["journal.verified", "journal.exported", "journal.checkpointed"]) == []
    assert "journal.verified" in timeline.known_verbs()
