"""P3, inside one process: due messages are leased, sent, tried again, given up visibly, and never sent at once."""

import re
import threading
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from email.message import EmailMessage
from smtplib import SMTPServerDisconnected
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection

from journal import delivery, outbox
from journal.actions import send_again
from journal.composing import Part
from journal.delivery import deliver_due
from journal.letters import Told
from journal.models import Channel, Event, Message
from journal.outbox import LEASE, TRIES, WAITS

Submit = Callable[..., Event]
pytestmark = pytest.mark.django_db


@pytest.fixture
def broken_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: EmailBackend, messages: Any) -> int:
        raise SMTPServerDisconnected("gone")

    monkeypatch.setattr(EmailBackend, "send_messages", fail)


def the_mail() -> Message:
    return Message.objects.get(channel=Channel.MAIL)


def deals_in(text: str) -> list[str]:
    return re.findall(r"/deals/(D-\d+)/", text)


def sent_ids() -> list[str]:
    return [letter.extra_headers["Message-ID"] for letter in mail.outbox]


def test_deliver_due_sends_the_mail_once(submitted: Submit, anke: Any, at: datetime) -> None:
    submitted(tell=[anke.pk])
    assert deliver_due(at=at) == 1
    assert deliver_due(at=at + timedelta(days=1)) == 0
    assert [letter.to for letter in mail.outbox] == [["anke@example.com"]]
    message = the_mail()
    assert message.delivered_at is not None
    assert message.lease_until is None
    assert message.attempts == 1


def test_deliver_due_before_its_time_sends_nothing(submitted: Submit, anke: Any, at: datetime) -> None:
    submitted(tell=[anke.pk])
    assert deliver_due(at=at - timedelta(seconds=1)) == 0
    assert mail.outbox == []


def test_deliver_due_letter_tells_what_happened_and_leads_there(
    submitted: Submit, anke: Any, at: datetime, settings: Any
) -> None:
    settings.SITE_URL = "https://mandates.example"
    submitted(tell=[anke.pk], link="/deals/D-1/")
    deliver_due(at=at)
    (letter,) = mail.outbox
    assert "https://mandates.example/deals/D-1/" in letter.body
    html = letter.alternatives[0].content
    assert 'href="https://mandates.example/deals/D-1/"' in html
    parsed: EmailMessage = letter.message()
    assert parsed["Message-ID"].endswith("@mandates.example>")
    assert parsed["Date"] == "Mon, 23 Nov 2026 09:00:00 +0000"
    assert "\n" not in letter.subject


def test_deliver_due_while_another_worker_holds_the_lease_leaves_it(submitted: Submit, anke: Any, at: datetime) -> None:
    submitted(tell=[anke.pk])
    Message.objects.filter(channel=Channel.MAIL).update(lease_until=at + LEASE, attempts=1)
    assert deliver_due(at=at) == 0
    assert deliver_due(at=at + LEASE) == 1, "the worker died: its lease ran out"


def test_deliver_due_after_a_crash_right_after_sending_repeats_the_same_id(
    submitted: Submit, anke: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(tell=[anke.pk])

    class Killed(BaseException):
        pass

    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "settle", die)
        with pytest.raises(Killed):
            deliver_due(at=at)
    assert deliver_due(at=at + timedelta(seconds=1)) == 0
    assert deliver_due(at=at + LEASE + timedelta(seconds=1)) == 1
    first, second = mail.outbox
    assert first.extra_headers == second.extra_headers


@pytest.mark.usefixtures("broken_mail")
def test_deliver_due_with_a_dead_mail_server_waits_longer_each_time_and_gives_up(
    submitted: Submit, anke: Any, at: datetime
) -> None:
    submitted(tell=[anke.pk])
    now = at
    for number, wait in enumerate(WAITS, start=1):
        assert deliver_due(at=now) == 0
        message = the_mail()
        assert (message.attempts, message.failed_at) == (number, None)
        assert wait <= message.due_at - now < wait + timedelta(seconds=5)
        assert deliver_due(at=message.due_at - timedelta(seconds=1)) == 0
        assert the_mail().attempts == number, "nothing is tried before its time"
        now = message.due_at
    deliver_due(at=now)
    message = the_mail()
    assert message.attempts == TRIES
    assert message.failed_at is not None
    assert "SMTPServerDisconnected" in message.last_error
    assert deliver_due(at=now + timedelta(days=30)) == 0


def test_deliver_due_after_send_again_delivers_what_was_given_up(submitted: Submit, anke: Any, at: datetime) -> None:
    submitted(tell=[anke.pk])
    Message.objects.filter(channel=Channel.MAIL).update(attempts=TRIES, failed_at=at)
    assert send_again(at=at + timedelta(days=1)) == 1
    assert deliver_due(at=at + timedelta(days=1)) == 1


def test_deliver_due_of_a_message_that_kills_its_worker_is_given_up(submitted: Submit, anke: Any, at: datetime) -> None:
    submitted(tell=[anke.pk])
    Message.objects.filter(channel=Channel.MAIL).update(attempts=TRIES, lease_until=at)
    assert deliver_due(at=at) == 0
    assert the_mail().failed_at is not None
    assert mail.outbox == []


@pytest.mark.parametrize("change", [{"is_active": False}, {"email": ""}])
def test_deliver_due_to_nobody_fails_visibly_at_once(
    submitted: Submit, anke: Any, at: datetime, change: dict[str, Any]
) -> None:
    submitted(tell=[anke.pk])
    type(anke).objects.filter(pk=anke.pk).update(**change)
    assert deliver_due(at=at) == 0
    assert the_mail().failed_at is not None
    assert the_mail().attempts == 1


def test_deliver_due_with_one_message_that_cannot_be_sent_sends_the_others(
    submitted: Submit, anke: Any, bram: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    submitted(tell=[anke.pk, bram.pk])
    written = delivery.part_of

    def broken_for_anke(message: Message, says: Told, *, alone: bool) -> Part:
        if message.recipient_id == anke.pk:
            raise ValueError("template")
        return written(message, says, alone=alone)

    monkeypatch.setattr(delivery, "part_of", broken_for_anke)
    assert deliver_due(at=at) == 1
    assert [sent.to for sent in mail.outbox] == [[bram.email]]


def test_deliver_due_when_told_to_stop_leaves_the_rest_for_later(
    submitted: Submit, anke: Any, bram: Any, at: datetime
) -> None:
    submitted(tell=[anke.pk, bram.pk])
    turns = iter([True, False])
    assert deliver_due(at=at, going_on=lambda: next(turns)) == 1
    assert deliver_due(at=at) == 1


@pytest.mark.django_db(transaction=True)
def test_deliver_due_by_four_workers_at_once_sends_each_message_once_and_each_person_one_letter(
    submitted: Submit, anke: Any, bram: Any, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail without the transaction and the lock in `take`; the wait makes the workers meet there."""
    leased = outbox._leased

    def slowly(found: list[Message], now: datetime) -> list[Message]:
        time.sleep(0.1)
        return leased(found, now)

    monkeypatch.setattr(outbox, "_leased", slowly)
    for number in range(10):
        submitted(number, tell=[anke.pk, bram.pk], link=f"/deals/D-{number}/")
    start = threading.Barrier(4)
    delivered: list[int] = []

    def work() -> None:
        start.wait()
        try:
            delivered.append(deliver_due(at=at))
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sum(delivered) == 20
    assert sorted(letter.to[0] for letter in mail.outbox) == [anke.email, bram.email]
    assert len(set(sent_ids())) == 2
    for letter in mail.outbox:
        assert sorted(deals_in(letter.body)) == [f"D-{number}" for number in range(10)]
