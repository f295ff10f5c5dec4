"""What one person is asked within ten minutes makes one letter: when it leaves, what it carries, that none is lost."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from smtplib import SMTPServerDisconnected
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.locmem import EmailBackend

from journal import delivery, letters, outbox
from journal.actions import send_again
from journal.composing import Part
from journal.delivery import deliver_due
from journal.letters import Told
from journal.models import Channel, Event, LetterPause, Message
from journal.outbox import LEASE, TRIES, WAITS

Submit = Callable[..., Event]
Ask = Callable[..., Event]
pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


class Killed(BaseException):
    """The worker's process is gone."""


@pytest.fixture(autouse=True)
def no_time_passes_while_delivering(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "time", SimpleNamespace(monotonic=lambda: 0.0))


@pytest.fixture
def ask(submitted: Submit, anke: Any, at: datetime) -> Ask:
    """Asks Anke, or others, about one deal, so many minutes after the beginning."""

    def asked(number: int, *, after: float = 0, tell: list[Any] | None = None, **options: Any) -> Event:
        people = [person.pk for person in tell or [anke]]
        return submitted(number, tell=people, at=at + after * MINUTE, link=f"/deals/D-{number}/", **options)

    return asked


def deals_in(text: Any) -> list[str]:
    return re.findall(r"/deals/(D-\d+)/$", str(text), re.MULTILINE)


def sent() -> list[tuple[str, list[str]]]:
    """Each letter that left: its reader, and the deals that it is about."""
    return [(letter.to[0], deals_in(letter.body)) for letter in mail.outbox]


def html_of(letter: Any) -> str:
    assert isinstance(letter, EmailMultiAlternatives)
    return str(letter.alternatives[0].content)


def test_three_asks_that_wait_together_make_one_letter(ask: Ask, at: datetime) -> None:
    for number in (1, 2, 3):
        ask(number)
    assert deliver_due(at=at) == 3, "each message is delivered"
    assert sent() == [("anke@example.com", ["D-1", "D-2", "D-3"])]
    assert Message.objects.filter(channel=Channel.MAIL).values("letter").distinct().count() == 1
    assert Message.objects.filter(channel=Channel.INBOX).count() == 3, "in the inbox each is a message of its own"


@pytest.mark.parametrize(
    ("asked_at", "letters"),
    [
        ((0, 2, 5), {0: ["D-0"], 10: ["D-1", "D-2"]}),
        ((0, 11), {0: ["D-0"], 11: ["D-1"]}),
        ((0, 9, 11), {0: ["D-0"], 10: ["D-1"], 20: ["D-2"]}),
        ((0, 3, 10), {0: ["D-0"], 10: ["D-1", "D-2"]}),
        ((0, 0, 0), {0: ["D-0", "D-1", "D-2"]}),
    ],
)
def test_asks_leave_at_once_or_ten_minutes_after_the_letter_before(
    asked_at: tuple[int, ...], letters: dict[int, list[str]], ask: Ask, at: datetime
) -> None:
    """Seen to fail: with a pause of nine minutes, and without `~Exists(resting)`."""
    left: dict[int, list[str]] = {}
    for minute in range(40):
        for number, when in enumerate(asked_at):
            if when == minute:
                ask(number, after=minute)
        before = len(mail.outbox)
        deliver_due(at=at + minute * MINUTE)
        for _, deals in sent()[before:]:
            left[minute] = deals
    assert left == letters


def test_pause_ends_to_the_second(ask: Ask, at: datetime) -> None:
    ask(1)
    deliver_due(at=at)
    ask(2)
    assert LetterPause.objects.get().until == at + 10 * MINUTE
    assert deliver_due(at=at + 10 * MINUTE - timedelta(seconds=1)) == 0
    assert deliver_due(at=at + 10 * MINUTE) == 1


def test_pause_of_one_person_holds_up_no_other(ask: Ask, anke: Any, bram: Any, at: datetime) -> None:
    ask(1)
    deliver_due(at=at)
    ask(2, after=1, tell=[anke, bram])
    deliver_due(at=at + MINUTE)
    assert sent() == [("anke@example.com", ["D-1"]), ("bram@example.com", ["D-2"])]
    deliver_due(at=at + 11 * MINUTE)
    assert sent()[2:] == [("anke@example.com", ["D-2"])]


def test_pause_set_to_nothing_sends_each_round_at_once(ask: Ask, at: datetime, settings: Any) -> None:
    settings.MAIL_PAUSE = timedelta(0)
    ask(1)
    deliver_due(at=at)
    ask(2)
    assert deliver_due(at=at) == 1


def test_clock_that_was_set_back_leaves_nobody_waiting_for_long(ask: Ask, at: datetime) -> None:
    """Seen to fail: without the upper bound of the pauses in `waiting`."""
    ask(1)
    deliver_due(at=at + timedelta(days=30))
    ask(2)
    assert deliver_due(at=at) == 1


def test_urgent_event_waits_for_nothing_and_takes_along_what_waits(
    ask: Ask, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letters, "_at_once", {"mandate.suspended"})
    ask(1)
    deliver_due(at=at)
    ask(2, after=1)
    ask(3, after=2, verb="mandate.suspended")
    assert deliver_due(at=at + 2 * MINUTE) == 2
    assert [deals for _, deals in sent()] == [["D-1"], ["D-3", "D-2"]], "what is urgent comes first"
    ask(4, after=3)
    assert deliver_due(at=at + 11 * MINUTE) == 0, "it is a letter too, after which there is a pause"


def test_what_the_product_calls_urgent_is_what_takes_authority_away_and_what_guards_an_account() -> None:
    assert letters.at_once() == {
        "mandate.suspended",
        "mandate.revoked",
        "mandate.emergency_asked",
        "mandate.emergency_confirmed",
        "approval.revoked",
        "token.created",
        "user.role_granted",
    }


# --- what it says ---


def test_letter_of_several_names_what_waits_and_has_a_link_for_each(ask: Ask, at: datetime, settings: Any) -> None:
    settings.SITE_URL = "https://mandates.example"
    ask(1, verb="deal.won")
    ask(2, verb="case.opened", data={"committee": "Deal desk", "deal": "D-2", "revision": 1, "enough": True})
    ask(3, verb="deal.asked_colleagues", subject=("deal", "D-3"))
    deliver_due(at=at)
    (letter,) = mail.outbox
    opened = "Deal desk is asked about revision 1 of D-2"
    consent = "Colleagues are asked for their consent on D-3"
    assert letter.subject == f"2 things wait for you: {opened}; {consent}"
    assert deals_in(letter.body) == ["D-2", "D-3", "D-1"], "what is asked comes before what is told"
    html = html_of(letter)
    for number in (1, 2, 3):
        assert html.count(f'href="https://mandates.example/deals/D-{number}/"') == 2
    for said in (opened, consent, "Read the case and vote.", "Consent, or object with your reason."):
        assert letter.body.count(said) == html.count(said) - (said in letter.subject) == 1
    assert html.count("<h1") == 1 and html.count("<h2") == 3
    assert "\n" not in letter.subject


def test_letter_of_one_is_the_message_itself(ask: Ask, at: datetime) -> None:
    ask(2, verb="case.opened", data={"committee": "Deal desk", "deal": "D-2", "revision": 1, "enough": True})
    deliver_due(at=at)
    (letter,) = mail.outbox
    assert letter.subject == "Deal desk is asked about revision 1 of D-2"
    assert letter.body.startswith(letter.subject)
    assert (html_of(letter).count("<h1"), html_of(letter).count("<h2")) == (1, 0)


def test_letter_of_news_alone_does_not_say_that_anything_waits(ask: Ask, at: datetime) -> None:
    ask(1, verb="deal.won")
    ask(2, verb="deal.lost")
    deliver_due(at=at)
    assert mail.outbox[0].subject.startswith("2 messages for you: ")


def test_letters_to_two_people_are_in_the_language_of_each(ask: Ask, anke: Any, bram: Any, at: datetime) -> None:
    type(anke).objects.filter(pk=anke.pk).update(language="nl")
    type(bram).objects.filter(pk=bram.pk).update(language="de")
    for number in (1, 2):
        ask(number, verb="deal.asked_colleagues", tell=[anke, bram])
    deliver_due(at=at)
    subjects = {letter.to[0]: letter.subject for letter in mail.outbox}
    assert subjects["anke@example.com"].startswith("2 dingen wachten op je: ")
    assert subjects["bram@example.com"].startswith("2 Sachen warten auf Sie: ")
    assert 'lang="nl"' in html_of(mail.outbox[0]) and 'lang="de"' in html_of(mail.outbox[1])


def test_letter_of_very_many_stays_short_and_loses_none(
    ask: Ask, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "told", lambda event, user: Told(ask="The whole ask."))
    for number in range(100, 130):
        ask(number)
    deliver_due(at=at)
    (letter,) = mail.outbox
    assert len(deals_in(letter.body)) == 30
    assert letter.body.count("The whole ask.") == 20
    assert len(letter.subject) <= 150


# --- crashes ---


def die_at(monkeypatch: pytest.MonkeyPatch, where: str, at: datetime) -> None:
    """Deliver, and be killed there."""

    def die(*args: Any, **kwargs: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*{"before": (delivery, "letter_of"), "after": (outbox, "settle")}[where], die)
        with pytest.raises(Killed):
            deliver_due(at=at)


@pytest.mark.parametrize("where", ["before", "after"])
def test_letter_after_a_crash_carries_the_very_same_messages(
    where: str, ask: Ask, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail: with a retried letter that gathers what waits by then."""
    ask(1)
    ask(2)
    die_at(monkeypatch, where, at)
    ask(3)
    assert deliver_due(at=at + LEASE - timedelta(seconds=1)) == 0, "the lease still stands, and so does the pause"
    assert deliver_due(at=at + LEASE) == 2
    assert deliver_due(at=at + 11 * MINUTE) == 1
    told = [deals for _, deals in sent()]
    assert told == [["D-1", "D-2"]] * (2 if where == "after" else 1) + [["D-3"]]
    ids = [letter.extra_headers["Message-ID"] for letter in mail.outbox]
    assert len(set(ids)) == 2, "sent twice, it carries the id of the first time"
    if where == "after":
        first, second = mail.outbox[:2]
        assert (first.extra_headers, first.body) == (second.extra_headers, second.body)


def test_letter_that_a_mail_server_refuses_is_tried_again_as_it_was(
    ask: Ask, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(self: EmailBackend, messages: Any) -> int:
        raise SMTPServerDisconnected("gone")

    ask(1)
    ask(2)
    with monkeypatch.context() as patch:
        patch.setattr(EmailBackend, "send_messages", fail)
        assert deliver_due(at=at) == 0
    assert set(Message.objects.filter(channel=Channel.MAIL).values_list("attempts", flat=True)) == {1}
    ask(3)
    assert deliver_due(at=at + WAITS[0]) == 2
    assert sent() == [("anke@example.com", ["D-1", "D-2"])]


def test_part_that_cannot_be_written_holds_up_none_of_the_others(
    ask: Ask, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = delivery.part_of

    def broken(message: Message, says: Told, *, alone: bool) -> Part:
        if message.event.link == "/deals/D-1/":
            raise ValueError("template")
        return written(message, says, alone=alone)

    for number in (1, 2, 3):
        ask(number)
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "part_of", broken)
        assert deliver_due(at=at) == 2
    assert sent() == [("anke@example.com", ["D-2", "D-3"])]
    first = Message.objects.get(channel=Channel.MAIL, delivered_at=None)
    assert "ValueError" in first.last_error
    assert deliver_due(at=first.due_at) == 1, "mended, it goes by itself at its next try"
    assert sent()[1:] == [("anke@example.com", ["D-1"])]


def test_letter_that_kills_its_worker_every_time_is_taken_apart_before_it_is_given_up(ask: Ask, at: datetime) -> None:
    for number in (1, 2):
        ask(number)
    mails = Message.objects.filter(channel=Channel.MAIL)
    mails.update(letter=mails.order_by("id")[0].pk, attempts=TRIES, lease_until=at)
    assert deliver_due(at=at) == 0
    assert deliver_due(at=at + MINUTE) == 2
    assert [deals for _, deals in sent()] == [["D-1"], ["D-2"]]


def test_message_tried_before_letters_were_gathered_stays_a_letter_of_its_own(ask: Ask, at: datetime) -> None:
    ask(1)
    Message.objects.filter(channel=Channel.MAIL).update(attempts=1, lease_until=at)
    ask(2)
    assert deliver_due(at=at) == 2
    assert sent() == [("anke@example.com", ["D-1"]), ("anke@example.com", ["D-2"])]


def test_send_again_sends_the_letter_that_was_given_up(ask: Ask, at: datetime) -> None:
    for number in (1, 2):
        ask(number)
    mails = Message.objects.filter(channel=Channel.MAIL)
    mails.update(letter=mails.order_by("id")[0].pk, attempts=TRIES, failed_at=at)
    assert send_again(at=at + timedelta(days=1)) == 2
    assert deliver_due(at=at + timedelta(days=1)) == 2
    assert sent() == [("anke@example.com", ["D-1", "D-2"])]
