"""Being away and standing in: who is asked, who votes for whom, and what an absence that begins later changes."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from approvals.actions.draft import edit_draft
from approvals.actions.vote import cast_vote
from approvals.eligibility import Elected, Involved, with_substitutes
from approvals.models import Case, ConsentRound
from approvals.sight import visible_deals, waiting_cases
from approvals.ticking import recount_electorates
from journal.models import Event
from journal.refusals import Conflict, Invalid, NotAllowed
from teams import actions
from teams.absences import ahead
from teams.models import Absence, Substitution
from teams.standing import person_of
from tests.approvals.asking import case_of, told
from tests.factories import TEAM_PRICE, World, submitted, terms, vote

ASKING = terms(("TRAIN-1", "4", "800.00"))


def away(made: World, who: str, **changes: Any) -> Absence:
    values = {"by": made.people[who], "at": made.at, "first_on": made.today, "last_on": None} | changes
    return actions.set_absence(user=made.people[who], **values)


def standing_in(made: World, member: str, substitute: str, by: str = "ines", **changes: Any) -> Substitution:
    values = {"at": made.at, "first_on": made.today, "last_on": None} | changes
    people = {"member": made.people[member], "substitute": made.people[substitute], "by": made.people[by]}
    return actions.name_substitute(committee=made.committees["deal-desk"], **people, **values)


def test_absence_that_is_taken_back_before_it_begins_is_shown_no_more(made: World) -> None:
    """Seen to fail: with every absence that is not over yet; one that ends today is over too."""
    first = made.today + timedelta(days=7)
    taken_back = away(made, "karim", first_on=first)
    actions.end_absence(absence=taken_back, by=made.karim, at=made.at)
    later, now = away(made, "karim", first_on=first), away(made, "joris")
    assert set(ahead(made.today)) == {later, now}
    actions.end_absence(absence=now, by=made.joris, at=made.at + timedelta(days=1))
    assert set(ahead(made.today)) == {later, now}
    assert set(ahead(made.today + timedelta(days=1))) == {later}


def electorate(made: World, case: Case) -> dict[str, str]:
    """Who may vote by key, and the key of whom each stands in for."""
    keys = {user.pk: key for key, user in made.people.items()}
    rows = case.electors.values_list("user_id", "substitution__member")
    return {keys[user]: keys.get(member, "") for user, member in rows}


def asked(made: World) -> Case:
    return case_of(submitted(made, terms=ASKING))


# --- the rule, from plain values ---

INVOLVED = Involved(contact_id=1, submitter_id=1, editor_ids=frozenset({1, 2}))
RULES: list[tuple[str, set[int], set[int], list[tuple[int, int]], list[tuple[int, int | None]]]] = [
    ("nobody is away", {10, 11}, set(), [(10, 20)], [(10, None), (11, None)]),
    ("the substitute votes for whoever is away", {10, 11}, {10}, [(10, 20)], [(11, None), (20, 10)]),
    ("without a substitute the member stays", {10, 11}, {10}, [], [(10, None), (11, None)]),
    ("a substitute who is away is not replaced", {10}, {10, 20}, [(10, 20), (20, 21)], [(10, None)]),
    ("a second one may be", {10}, {10, 20}, [(10, 20), (10, 21)], [(21, 10)]),
    ("no party to the deal stands in", {10}, {10}, [(10, 2)], [(10, None)]),
    ("nobody stands in for a party to the deal", {1, 10}, {1}, [(1, 20)], [(10, None)]),
    ("who has a vote does not stand in", {10, 11}, {10}, [(10, 11)], [(10, None), (11, None)]),
    ("nobody stands in for two", {10, 11}, {10, 11}, [(10, 20), (11, 20)], [(11, None), (20, 10)]),
]


@pytest.mark.parametrize("rule", RULES, ids=[rule[0] for rule in RULES])
def test_electorate_with_substitutes_follows_the_rule(rule: tuple[Any, ...]) -> None:
    _why, seated, gone, substitutes, expected = rule
    found = with_substitutes(seated, gone, substitutes, INVOLVED)
    assert found == tuple(sorted((Elected(*one) for one in expected), key=lambda one: one.user_id))


# --- rows ---


def test_case_that_opens_while_a_member_is_away_asks_the_substitute(made: World) -> None:
    away(made, "joris", last_on=made.today + timedelta(days=3))
    standing_in(made, "joris", "ruth")
    case = asked(made)
    assert electorate(made, case) == {"ines": "", "karim": "", "ruth": "joris"}
    assert told("case.opened") == {made.ines.pk, made.karim.pk, made.ruth.pk}
    ruth = person_of(made.ruth, made.today)
    assert list(visible_deals(ruth)) == [case.deal]
    assert list(waiting_cases(ruth)) == [case]
    vote(made, case, "ruth", "ines")
    case.refresh_from_db()
    assert case.state == "approved"


def test_vote_of_a_member_whom_the_substitute_replaced_is_refused(made: World) -> None:
    away(made, "joris")
    standing_in(made, "joris", "ruth")
    with pytest.raises(NotAllowed) as refused:
        cast_vote(case=asked(made), by=made.joris, at=made.at, choice="approve", reason="Back early.")
    assert refused.value.code == "not_allowed_not_in_electorate"


def test_absence_that_begins_later_leaves_the_open_case_as_it_is(made: World) -> None:
    case = asked(made)
    away(made, "joris")
    standing_in(made, "joris", "ruth")
    assert electorate(made, case) == {"ines": "", "joris": "", "karim": ""}
    with pytest.raises(NotAllowed) as refused:
        cast_vote(case=case, by=made.ruth, at=made.at, choice="approve", reason="For Joris.")
    assert refused.value.code == "not_allowed_not_in_electorate"
    vote(made, case, "joris", "karim")


def test_substitute_named_by_the_member_stands_in_once_the_chair_confirms(made: World) -> None:
    away(made, "joris", substitutes={made.committees["deal-desk"]: made.ruth})
    row = Substitution.objects.get()
    assert row.confirmed_at is None
    assert "ruth" not in electorate(made, asked(made))
    for nobody in (made.joris, made.ruth, made.karim):
        with pytest.raises(NotAllowed):
            actions.confirm_substitute(substitution=row, by=nobody, at=made.at)
    actions.confirm_substitute(substitution=row, by=made.ines, at=made.at)
    assert electorate(made, asked(made))["ruth"] == "joris"


def test_substitute_of_the_chair_is_confirmed_by_an_administrator_and_chairs_nothing(made: World) -> None:
    away(made, "ines", substitutes={made.committees["deal-desk"]: made.ruth})
    row = Substitution.objects.get()
    with pytest.raises(NotAllowed):
        actions.confirm_substitute(substitution=row, by=made.ines, at=made.at)
    actions.confirm_substitute(substitution=row, by=made.nora, at=made.at)
    case = asked(made)
    assert electorate(made, case)["ruth"] == "ines"
    assert not case.electors.filter(is_chair=True).exists()


def test_party_to_the_deal_does_not_stand_in(made: World) -> None:
    away(made, "joris")
    standing_in(made, "joris", "bram")
    assert electorate(made, asked(made)) == {"ines": "", "joris": "", "karim": ""}


def test_vote_of_a_substitute_whose_member_becomes_a_party_is_refused(made: World) -> None:
    """Seen to fail: without `stands_in_for_party` in the table and the member in `lost_rights`."""
    away(made, "joris")
    standing_in(made, "joris", "ruth")
    case = asked(made)
    actions.add_member(
        team=made.teams["public"], by=made.nora, at=made.at, user=made.joris, role="member", may_decide=True
    )
    edit_draft(
        deal=case.deal, by=made.joris, at=made.at, terms=terms(("TRAIN-1", "4", "790.00")), edition=case.deal.edition
    )
    with pytest.raises(NotAllowed) as refused:
        cast_vote(case=case, by=made.ruth, at=made.at, choice="approve", reason="For Joris.")
    assert refused.value.code in ("not_allowed_stands_in_for_party", "not_allowed_right_lost")


def test_substitute_who_is_ended_votes_no_more_and_the_case_notices(made: World) -> None:
    away(made, "joris")
    row = standing_in(made, "joris", "ruth")
    case = asked(made)
    vote(made, case, "ruth")
    actions.end_substitute(substitution=row, by=made.joris, at=made.at)
    with pytest.raises(NotAllowed):
        cast_vote(case=case, by=made.ruth, at=made.at, choice="decline", reason="Still here.")
    assert recount_electorates(made.at) == 1
    elector = case.electors.get(user=made.ruth)
    assert (elector.lost_why, elector.lost_at is not None) == ("ended", True)
    assert not visible_deals(person_of(made.ruth, made.today)).exists()


def test_substitution_that_ends_by_its_date_leaves_the_open_case_as_it_is(made: World) -> None:
    away(made, "joris")
    standing_in(made, "joris", "ruth", last_on=made.today)
    case = asked(made)
    vote(made, case, "ruth", at=made.at + timedelta(days=2))
    assert case.votes.filter(user=made.ruth).exists()


def refused(code: str, act: Callable[[], object]) -> None:
    with pytest.raises((Conflict, Invalid, NotAllowed)) as caught:
        act()
    assert caught.value.code == code


def test_substitute_who_cannot_be_one_is_refused(made: World) -> None:
    standing_in(made, "joris", "ruth")
    events = Event.objects.count()
    refused("has_a_vote", lambda: standing_in(made, "karim", "ines", by="karim"))
    refused("own_substitute", lambda: standing_in(made, "karim", "karim", by="karim"))
    refused("operator", lambda: standing_in(made, "karim", "quinten"))
    refused("stands_in_already", lambda: standing_in(made, "karim", "ruth"))
    refused("substitute_already", lambda: standing_in(made, "joris", "hanne"))
    refused("not_a_member", lambda: standing_in(made, "lien", "hanne"))
    refused("not_allowed_not_chair", lambda: standing_in(made, "joris", "hanne", by="karim"))
    refused("in_the_past", lambda: standing_in(made, "karim", "hanne", first_on=made.today - timedelta(days=1)))
    refused("last_before_first", lambda: standing_in(made, "karim", "hanne", last_on=date(2026, 1, 1)))
    assert (Substitution.objects.count(), Event.objects.count()) == (1, events)


def test_substitution_confirmed_by_one_of_the_two_is_refused_by_the_database(made: World) -> None:
    row = standing_in(made, "joris", "ruth")
    for who in (made.joris, made.ruth):
        with pytest.raises(IntegrityError), transaction.atomic():
            Substitution.objects.filter(pk=row.pk).update(confirmed_by=who)


def test_absence_is_set_by_oneself_or_the_chair_and_ended_when_back(made: World) -> None:
    desk = made.committees["deal-desk"]
    row = away(made, "joris", by=made.ines, substitutes={desk: made.ruth})
    assert told("absence.set") == {made.joris.pk}
    assert Substitution.objects.get().confirmed_by == made.ines
    refused("away_already", lambda: away(made, "joris"))
    refused("not_allowed_not_chair", lambda: away(made, "karim", by=made.joris))
    refused("not_allowed_not_chair", lambda: away(made, "karim", by=made.nora))
    actions.end_absence(absence=row, by=made.joris, at=made.at)
    refused("absence_over", lambda: actions.end_absence(absence=row, by=made.joris, at=made.at))
    assert electorate(made, asked(made)) == {"ines": "", "joris": "", "karim": ""}


def test_colleagues_who_are_away_are_asked_but_not_counted_upon(made: World) -> None:
    for who in ("anke", "dirk"):
        away(made, who)
    deal = submitted(made, price=TEAM_PRICE)
    seats = set(ConsentRound.objects.get().seats.values_list("user_id", flat=True))
    assert seats == {made.anke.pk, made.chloe.pk, made.dirk.pk}
    away(made, "chloe")
    other = submitted(made, price=TEAM_PRICE)
    assert (deal.state, case_of(other).cause) == ("pending", "too_few")


def test_case_page_says_who_stands_in_for_whom(made: World) -> None:
    away(made, "joris")
    standing_in(made, "joris", "ruth")
    case = asked(made)
    client = Client()
    client.force_login(made.ruth)
    page = client.get(f"/cases/{case.pk}/").content.decode()
    assert "for Joris Hermans, who was away" in page
    assert 'id="vote"' in page
