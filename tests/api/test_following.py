"""Following a deal and reminding those who have not answered, over the API: the pages' own actions."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from approvals.models import Case, ConsentRound, Follow
from journal.models import Event, Message
from tests.api.asking import Program, code_of
from tests.factories import TEAM_PRICE, World, draft, submitted, terms

pytestmark = pytest.mark.django_db
ASKING = terms(("TRAIN-1", "4", "800.00"))


def test_follow_leaves_a_mark_once_and_leaving_off_takes_it_away(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    chloe, at = Program(made.chloe), f"deals/{deal.reference}/follow/"
    assert chloe.get(at).json() == {"deal": deal.reference, "following": False, "since": None}
    events = Event.objects.exclude(subject_kind="token").count()
    for key in ("a", "a", "b"):
        answer = chloe.post(at, key=key)
        assert (answer.status_code, answer.json()["following"]) == (201, True)
    assert Follow.objects.filter(deal=deal, user=made.chloe).count() == 1
    assert chloe.get(at).json()["since"] is not None
    assert [one["deal"] for one in chloe.get("follows/").json()["results"]] == [deal.reference]
    assert Program(made.anke).get("follows/").json()["results"] == []
    assert [chloe.send("DELETE", at).status_code for _ in range(2)] == [204, 204]
    assert not Follow.objects.exists()
    assert Event.objects.exclude(subject_kind="token").count() == events, "a personal mark is nobody's business"


def test_follow_of_what_one_may_not_see_is_not_there_and_what_was_followed_is_hidden(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    gilles = Program(made.gilles)
    assert gilles.post(f"deals/{deal.reference}/follow/").status_code == 404
    Follow.objects.create(deal=deal, user=made.gilles, since_at=made.at)
    assert gilles.get("follows/").json()["results"] == []


@pytest.mark.parametrize("number", [1, 6])
def test_follows_ask_a_constant_number_of_queries(number: int, made: World, django_assert_max_num_queries: Any) -> None:
    """Seen to fail without `select_related` on what is followed."""
    chloe = Program(made.chloe)
    for _ in range(number):
        Follow.objects.create(deal=draft(made), user=made.chloe, since_at=made.at)
    with django_assert_max_num_queries(8):
        assert len(chloe.get("follows/").json()["results"]) == number


@pytest.mark.parametrize("scope", ["read", "evaluate", "administer"])
def test_token_without_the_scope_of_deals_neither_follows_nor_reminds(made: World, scope: str) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    bram = Program(made.bram, scope)
    assert bram.post(f"deals/{deal.reference}/follow/").status_code == 403
    assert bram.send("DELETE", f"deals/{deal.reference}/follow/").status_code == 403
    assert bram.post(f"deals/{deal.reference}/consents/nudge/").status_code == 403


def test_nudge_of_a_committee_reminds_once_in_four_hours(made: World) -> None:
    """Seen to fail: with a pause of three hours in the action."""
    case = Case.objects.get(deal=submitted(made, terms=ASKING))
    bram = Program(made.bram)
    with time_machine.travel(made.at, tick=False):
        answer = bram.post(f"cases/{case.pk}/nudge/", key="a")
        assert answer.status_code == 201
        assert answer.json() == {"nudged_at": "2026-11-23T09:00:00Z", "again_from": "2026-11-23T13:00:00Z"}
        replayed = bram.post(f"cases/{case.pk}/nudge/", key="a")
        assert (replayed.status_code, replayed["Idempotency-Replayed"]) == (201, "true")
        assert code_of(bram.post(f"cases/{case.pk}/nudge/")) == (409, "nudged_already")
    with time_machine.travel(made.at + timedelta(hours=4), tick=False):
        assert bram.post(f"cases/{case.pk}/nudge/").status_code == 201
    assert Event.objects.filter(verb="case.nudged").count() == 2
    assert Message.objects.filter(event__verb="case.nudged", channel="mail").count() == 6


def test_nudge_of_colleagues_reminds_those_who_have_not_answered(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    bram = Program(made.bram)
    answer = bram.post(f"deals/{deal.reference}/consents/nudge/")
    assert answer.status_code == 201
    assert code_of(bram.post(f"deals/{deal.reference}/consents/nudge/")) == (409, "nudged_already")
    (event,) = Event.objects.filter(verb="consent.nudged")
    told = set(event.messages.filter(channel="mail").values_list("recipient_id", flat=True))
    assert told == {made.anke.pk, made.chloe.pk, made.dirk.pk}
    assert ConsentRound.objects.get().nudged_at is not None


def test_nudge_where_nobody_is_asked_or_by_somebody_else_is_refused(made: World) -> None:
    bram = Program(made.bram)
    assert bram.post(f"deals/{draft(made).reference}/consents/nudge/").status_code == 404
    case = Case.objects.get(deal=submitted(made, terms=ASKING))
    assert code_of(Program(made.ines).post(f"cases/{case.pk}/nudge/"))[0] == 403
    assert bram.post(f"cases/{case.pk}/nudge/", {"at": "now"}).status_code == 422
    Case.objects.filter(pk=case.pk).update(paused_at=made.at)
    assert code_of(bram.post(f"cases/{case.pk}/nudge/")) == (409, "clock_stands_still")
    assert not Event.objects.filter(verb="case.nudged").exists()
