"""Won, lost, lapsed, reopened."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from approvals.actions.draft import edit_draft
from approvals.actions.outcome import lapse, lose, reopen, win
from approvals.models import Deal, Revision
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.balances import check_balances
from mandates.models import Budget
from tests.approvals.asking import told, verbs
from tests.factories import World, mandate_in_force, public_document, submitted, terms


def figures() -> tuple[Decimal, Decimal]:
    """What the one budget has held and committed."""
    assert check_balances() == []
    row = Budget.objects.get()
    return row.held, row.committed


DISCOUNT = Decimal("336.00")


def test_win_of_an_approved_deal_commits_its_budget(made: World) -> None:
    deal = submitted(made)
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today, edition=deal.edition)
    deal.refresh_from_db()
    assert (deal.state, deal.closed_on, deal.result_by) == ("won", made.today, made.bram)
    assert figures() == (0, DISCOUNT)
    assert verbs(deal)[-1] == "deal.won"


def test_win_with_a_draft_that_differs_asks_for_a_revision(made: World) -> None:
    deal = submitted(made)
    edit_draft(deal=deal, by=made.bram, at=made.at, edition=None, terms=terms(("SW-24P", "4", "1115.00")))
    with pytest.raises(Conflict) as refusal:
        win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    assert refusal.value.code == "draft_differs"
    edit_draft(deal=deal, by=made.bram, at=made.at, edition=None, terms=terms(("SW-24P", "4.0", "1116"), why="Other"))
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)


@pytest.mark.parametrize("day", [date(2026, 11, 24), date(2026, 11, 20)])
def test_win_on_an_impossible_day_is_refused(made: World, day: date) -> None:
    with pytest.raises(Invalid) as refusal:
        win(deal=submitted(made), by=made.bram, at=made.at, closed_on=day)
    assert refusal.value.path == "closed_on"


def test_win_after_the_last_good_day_is_refused(made: World) -> None:
    deal = submitted(made)
    later = made.at + timedelta(days=31)
    with pytest.raises(Conflict) as refusal:
        win(deal=deal, by=made.bram, at=later, closed_on=made.today)
    assert refusal.value.code == "yes_has_lapsed"


@pytest.mark.parametrize("by", ["els", "gilles", "nora", "petra"])
def test_win_by_somebody_outside_the_team_is_refused(made: World, by: str) -> None:
    with pytest.raises(NotAllowed):
        win(deal=submitted(made), by=made.people[by], at=made.at, closed_on=made.today)


def test_lose_frees_the_budget_and_keeps_the_reason(made: World) -> None:
    deal = submitted(made)
    lose(deal=deal, by=made.anke, at=made.at, closed_on=made.today, why="A cheaper offer.")
    deal.refresh_from_db()
    assert (deal.state, deal.result_why) == ("lost", "A cheaper offer.")
    assert figures() == (0, 0)


@pytest.mark.parametrize("state", ["draft", "pending", "declined", "lapsed"])
def test_lose_of_a_deal_that_is_not_approved_is_illegal(made: World, state: str) -> None:
    deal = submitted(made)
    Deal.objects.filter(pk=deal.pk).update(state=state)
    with pytest.raises(Conflict):
        lose(deal=deal, by=made.anke, at=made.at, closed_on=made.today)


# --- reopening ---


def test_reopen_of_a_won_deal_holds_its_budget_again(made: World) -> None:
    deal = submitted(made)
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    reopen(deal=deal, by=made.anke, at=made.at, reason="It was the other deal.")
    deal.refresh_from_db()
    assert (deal.state, deal.result_by, deal.closed_on, deal.reopened_count) == ("approved", None, None, 1)
    assert figures() == (DISCOUNT, 0)
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    assert figures() == (0, DISCOUNT)


def test_reopen_by_whoever_entered_the_result_is_refused(made: World) -> None:
    deal = submitted(made)
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    with pytest.raises(NotAllowed) as refusal:
        reopen(deal=deal, by=made.bram, at=made.at, reason="Mine.")
    assert refusal.value.code == "not_allowed_own_result"


def test_reopen_of_a_lost_deal_holds_its_budget_again(made: World) -> None:
    deal = submitted(made)
    lose(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    reopen(deal=deal, by=made.anke, at=made.at, reason="They called back.")
    deal.refresh_from_db()
    assert deal.state == "approved" and figures() == (DISCOUNT, 0)


def test_reopen_of_a_lost_deal_whose_room_was_taken_makes_a_draft(made: World) -> None:
    small = [{"per": "team", "period": "quarter", "amount": "400.00"}]
    mandate_in_force(made, "public", public_document(2026, 2, budgets=small), since=made.at)
    at = made.at + timedelta(hours=1)
    deal = submitted(made, at=at)
    lose(deal=deal, by=made.bram, at=at, closed_on=made.today)
    submitted(made, at=at)
    reopen(deal=deal, by=made.anke, at=at, reason="They called back.")
    deal.refresh_from_db()
    assert deal.state == "draft" and figures() == (DISCOUNT, 0)


def test_reopen_after_the_last_good_day_makes_a_draft_and_frees_the_budget(made: World) -> None:
    deal = submitted(made)
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    reopen(deal=deal, by=made.anke, at=made.at + timedelta(days=31), reason="It fell through.")
    deal.refresh_from_db()
    assert deal.state == "draft" and figures() == (0, 0)


def test_reopen_of_imported_history_is_refused(made: World) -> None:
    deal = submitted(made)
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    fields = {f.attname: getattr(deal.latest, f.attname) for f in Revision._meta.fields if f.name != "id"}
    history = Revision.objects.create(**(fields | {"number": 2, "judged": False}))
    Deal.objects.filter(pk=deal.pk).update(imported=True, latest=history)
    with pytest.raises(Conflict) as refusal:
        reopen(deal=deal, by=made.anke, at=made.at, reason="No.")
    assert refusal.value.code == "imported_history"


def test_reopen_of_an_imported_draft_that_was_decided_here(made: World) -> None:
    deal = submitted(made)
    Deal.objects.filter(pk=deal.pk).update(imported=True)
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    reopen(deal=deal, by=made.anke, at=made.at, reason="Not this one.")
    deal.refresh_from_db()
    assert deal.state == "approved"


# --- lapsing ---


def test_lapse_on_the_last_good_day_does_nothing_yet(made: World) -> None:
    deal = submitted(made)
    assert lapse(deal=deal, at=made.at + timedelta(days=30)) is False
    assert figures() == (DISCOUNT, 0)


def test_lapse_after_the_last_good_day_frees_the_budget_once(made: World) -> None:
    deal = submitted(made)
    later = made.at + timedelta(days=31)
    assert lapse(deal=deal, at=later) is True
    assert lapse(deal=deal, at=later) is False
    deal.refresh_from_db()
    assert deal.state == "lapsed" and figures() == (0, 0)
    assert verbs(deal).count("deal.lapsed") == 1
    assert told("deal.lapsed") == {made.bram.pk}
