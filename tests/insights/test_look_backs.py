"""Look-backs: planned with the result or for a day, asked when due, answered about the mandate and about nobody."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from approvals.actions.outcome import lose, reopen, win
from approvals.models import Deal
from insights.actions.look_backs import Answers, answer, plan_day
from insights.models import LookBack
from insights.ticking import ask_due
from journal import record as journal
from journal.models import Event, Message
from journal.refusals import Conflict, Invalid, NotAllowed
from teams.models import Membership, User
from tests.factories import MEMBER_PRICE, World, draft, submitted

SAID = Answers(
    fit="narrow",
    mandate_said="Two years should earn more than one.",
    gave="Seven percent.",
    got="A term of two years.",
    again="yes",
    again_said="Ask for the term first.",
)
FIELDS = {name: getattr(SAID, name) for name in ("fit", "mandate_said", "gave", "got", "again", "again_said")}


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def won(made: World) -> Deal:
    deal = submitted(made, price=MEMBER_PRICE)
    return win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)


def asked(made: World) -> LookBack:
    deal = won(made)
    assert ask_due(made.at) >= 1
    return LookBack.objects.get(deal=deal)


def answered(made: World, **more: Any) -> LookBack:
    return answer(look_back=asked(made), by=made.bram, at=made.at, edition=None, answers=SAID)


def test_result_plans_a_look_back_that_is_asked_once_when_due(made: World) -> None:
    deal, lost = won(made), submitted(made, price=MEMBER_PRICE)
    lose(deal=lost, by=made.bram, at=made.at, closed_on=made.today)
    assert [one.asked_at for one in LookBack.objects.all()] == [None, None]
    assert (ask_due(made.at), ask_due(made.at)) == (2, 0)
    event = Event.objects.get(verb="lookback.asked", subject_id=deal.reference)
    one = LookBack.objects.get(deal=deal)
    assert (one.cause, one.mandate.code if one.mandate else "") == ("won", "public-2026")
    assert event.link == f"/look-backs/{one.pk}/"
    assert set(Message.objects.filter(event=event).values_list("recipient_id", flat=True)) == {made.bram.pk}


def test_result_that_was_a_mistake_asks_nobody(made: World) -> None:
    """Seen to fail with the deal's state not looked at again when the day has come."""
    deal = won(made)
    reopen(deal=deal, by=made.anke, at=made.at, reason="Mis-clicked.")
    assert ask_due(made.at) == 0
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    assert ask_due(made.at) == 1


def test_look_back_on_a_day_is_asked_on_that_day(made: World) -> None:
    deal = submitted(made, price=MEMBER_PRICE)
    plan_day(deal=deal, by=made.chloe, at=made.at, on=made.today + timedelta(days=90))
    plan_day(deal=deal, by=made.chloe, at=made.at, on=made.today + timedelta(days=30))
    assert ask_due(made.at + timedelta(days=29)) == 0
    assert ask_due(made.at + timedelta(days=30)) == 1
    for on in (made.today - timedelta(days=1), made.today + timedelta(days=2000)):
        with pytest.raises(Invalid):
            plan_day(deal=deal, by=made.chloe, at=made.at, on=on)
    with pytest.raises(Conflict):
        plan_day(deal=draft(made), by=made.chloe, at=made.at, on=made.today)
    with pytest.raises(NotAllowed):
        plan_day(deal=deal, by=made.els, at=made.at, on=made.today)


def test_whoever_left_the_team_is_not_asked(made: World) -> None:
    deal = won(made)
    Membership.objects.filter(user=made.bram).update(ended_on=made.today - timedelta(days=1))
    ask_due(made.at)
    event = Event.objects.get(verb="lookback.asked", subject_id=deal.reference)
    assert not Message.objects.filter(event=event).exists()


def test_answer_writes_what_was_said_and_an_event_without_the_words(made: World) -> None:
    one = answered(made)
    one.refresh_from_db()
    assert (one.fit, one.got, one.answered_by) == ("narrow", "A term of two years.", made.bram)
    data = json.loads(Event.objects.get(verb="lookback.answered").data)
    assert data["fit"] == "narrow" and "term" not in json.dumps(data)


def test_answer_that_cannot_be_recorded_keeps_nothing(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    one = asked(made)
    monkeypatch.setattr(journal, "_append", lambda _entries: (_ for _ in ()).throw(RuntimeError))
    with pytest.raises(RuntimeError):
        answer(look_back=one, by=made.bram, at=made.at, edition=None, answers=SAID)
    one.refresh_from_db()
    assert one.answered_at is None


def test_answer_is_for_those_who_worked_on_the_deal_and_the_account_lead(made: World) -> None:
    one = asked(made)
    for key in ("chloe", "els", "tom", "ines", "nora", "petra", "quinten"):
        with pytest.raises(NotAllowed):
            answer(look_back=one, by=made.people[key], at=made.at, edition=None, answers=SAID)
    done = answer(look_back=one, by=made.anke, at=made.at, edition=one.edition, answers=SAID)
    with pytest.raises(Conflict) as stale:
        answer(look_back=one, by=made.bram, at=made.at, edition=done.edition - 1, answers=SAID)
    assert stale.value.code == "stale_edition"


@pytest.mark.parametrize("text", ["Bram Peeters gave too much.", "@Bram gave too much.", "bram peeters again"])
def test_answer_that_names_a_person_is_refused(made: World, text: str) -> None:
    one, name = asked(made), made.bram.name
    text = text.replace("Bram Peeters", name).replace("bram peeters", name.lower())
    with pytest.raises(Invalid) as refused:
        answer(look_back=one, by=made.bram, at=made.at, edition=None, answers=Answers("fitted", text, "", "", "no", ""))
    assert (refused.value.code, refused.value.path) == ("names_person", "mandate_said")


# --- pages ---


def test_look_back_waits_on_today_until_it_is_answered(made: World) -> None:
    one = asked(made)
    client = as_(made.bram)
    assert f"/look-backs/{one.pk}/" in client.get("/").content.decode()
    assert f"/look-backs/{one.pk}/" not in as_(made.chloe).get("/").content.decode()
    assert client.post(f"/look-backs/{one.pk}/", {"fit": "narrow"}).status_code == 422
    named = client.post(f"/look-backs/{one.pk}/", FIELDS | {"gave": made.bram.name, "edition": one.edition})
    assert named.status_code == 422 and "never about a person" in named.content.decode()
    assert client.post(f"/look-backs/{one.pk}/", FIELDS | {"edition": one.edition}).status_code == 302
    assert f"/look-backs/{one.pk}/" not in client.get("/").content.decode()
    assert "A term of two years." in client.get(f"/deals/{one.deal.reference}/").content.decode()


def test_look_backs_are_read_by_every_team_and_name_nobody(made: World) -> None:
    one = answered(made)
    for address in ("/look-backs/", f"/look-backs/{one.pk}/", "/mandates/public-2026/"):
        page = as_(made.gilles).get(address)
        main = page.content.decode().partition("<main")[2]
        assert "Two years should earn more than one." in main, address
        if address != "/mandates/public-2026/":
            assert not [user.name for user in User.objects.all() if user.name in main]
            assert one.deal.reference not in main
    assert as_(made.gilles).post(f"/look-backs/{one.pk}/", FIELDS).status_code == 404


def test_look_back_that_nobody_answered_is_for_its_deal_alone(made: World) -> None:
    one = asked(made)
    assert as_(made.bram).get(f"/look-backs/{one.pk}/").status_code == 200
    assert as_(made.gilles).get(f"/look-backs/{one.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("mandate=public-2026", True),
        ("team=public&fit=narrow&cause=won&q=term", True),
        ("team=retail", False),
        ("fit=wide", False),
        ("cause=lost", False),
        ("q=nothing", False),
        ("fit=nonsense", True),
    ],
)
def test_look_backs_are_narrowed_by_the_address(made: World, query: str, found: bool) -> None:
    answered(made)
    page = as_(made.tom).get(f"/look-backs/?{query}").content.decode()
    assert ("A term of two years." in page) is found


def test_day_to_look_back_is_set_on_the_deals_page(made: World) -> None:
    deal = submitted(made, price=MEMBER_PRICE)
    client = as_(made.bram)
    assert f"/deals/{deal.reference}/look-back" in client.get(f"/deals/{deal.reference}/").content.decode()
    on = made.today + timedelta(days=200)
    client.post(f"/deals/{deal.reference}/look-back", {"on": on.isoformat()})
    assert LookBack.objects.get().due_on == on
    assert as_(made.els).post(f"/deals/{deal.reference}/look-back", {"on": on.isoformat()}).status_code == 403
    assert as_(made.gilles).post(f"/deals/{deal.reference}/look-back", {"on": on.isoformat()}).status_code == 404
