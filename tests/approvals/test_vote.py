"""A committee votes, and its yes becomes an approval."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest

from approvals.actions.draft import edit_draft
from approvals.actions.vote import cast_vote, revoke_approval
from approvals.models import Approval, ApprovalRevocation, Case, Decision, Vote
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.engine import check_approval
from mandates.models import Budget
from teams.models import CommitteeSeat
from tests.approvals.asking import case_of, told, verbs
from tests.factories import (
    COMMITTEE_PRICE,
    World,
    charter_in_force,
    join,
    leave,
    mandate_in_force,
    public_document,
    revised,
    seat,
    submitted,
    suspend_everything,
    terms,
    vote,
)


def test_vote_is_counted_and_told_while_the_case_is_open(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = vote(made, case_of(deal), "ines")
    assert (case.state, case.edition) == ("open", 2)
    row = Vote.objects.get()
    assert (row.user, row.choice, row.reason) == (made.ines, "approve", "For the test.")
    assert verbs(deal)[-1] == "case.voted"


def test_vote_of_the_last_committee_approves_the_revision(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    finance = vote(made, case_of(deal, "finance"), "lien")
    deal.refresh_from_db()
    assert (finance.state, deal.state) == ("approved", "pending")
    vote(made, case_of(deal), "ines", "joris")
    deal.refresh_from_db()
    assert (deal.state, deal.good_until) == ("approved", made.today + timedelta(days=30))
    assert {one.case.committee.code for one in Approval.objects.all()} == {"deal-desk", "finance"}
    assert Decision.objects.latest("id").cause == "case"
    assert {made.bram.pk} <= told("deal.approved")


def test_vote_to_approve_writes_a_valid_envelope(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal, "finance"), "lien")
    document = json.loads(Approval.objects.get().document)
    assert check_approval(document) == []
    assert document["committee"] == "finance"
    assert {"metric": "line_margin", "product": "SW-24P", "bound": "32.2222"} in document["limits"]
    assert {"metric": "minimum_value", "currency": "EUR", "bound": "3240"} in document["limits"]


def test_vote_may_change_until_the_case_closes(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = vote(made, case_of(deal), "ines")
    cast_vote(case=case, by=made.ines, at=made.at, choice="abstain", reason="I know them.")
    assert Vote.objects.get().choice == "abstain"
    vote(made, case, "joris", "karim")
    case.refresh_from_db()
    assert case.state == "approved"
    with pytest.raises(Conflict) as refusal:
        cast_vote(case=case, by=made.ines, at=made.at, choice="decline", reason="Too late.")
    assert refusal.value.code == "illegal_move"


def test_vote_to_decline_by_one_committee_declines_the_deal(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal), "ines", "joris", choice="decline")
    deal.refresh_from_db()
    assert deal.state == "declined"
    assert case_of(deal, "finance").state == "void"
    assert Budget.objects.get().held == 0
    assert not Approval.objects.exists()


@pytest.mark.parametrize("by", ["bram", "anke", "lien", "nora", "petra", "quinten", "olivier"])
def test_vote_by_somebody_outside_the_electorate_is_refused(made: World, by: str) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    with pytest.raises(NotAllowed):
        vote(made, case_of(deal), by)
    assert not Vote.objects.exists()


def test_vote_by_somebody_seated_after_the_case_opened_is_refused(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    seat(made.committees["deal-desk"], made.petra, since=made.today)
    with pytest.raises(NotAllowed) as refusal:
        vote(made, case_of(deal), "petra")
    assert refusal.value.code == "not_allowed_not_in_electorate"


def test_vote_by_somebody_who_left_the_committee_is_refused(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    CommitteeSeat.objects.filter(user=made.ines).update(ended_on=made.today)
    with pytest.raises(NotAllowed) as refusal:
        vote(made, case_of(deal), "ines")
    assert refusal.value.code == "not_allowed_left_committee"


def test_vote_by_an_elector_who_edited_since_is_refused(made: World) -> None:
    join(made.teams["public"], made.karim, since=made.today)
    deal = submitted(made, price=COMMITTEE_PRICE)
    edit_draft(deal=deal, by=made.karim, at=made.at, edition=None, terms=terms())
    with pytest.raises(NotAllowed) as refusal:
        vote(made, case_of(deal), "karim")
    assert refusal.value.code == "not_allowed_edited_it"


def test_vote_of_an_elector_who_edits_afterwards_does_not_count(made: World) -> None:
    join(made.teams["public"], made.karim, since=made.today)
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = vote(made, case_of(deal), "karim")
    edit_draft(deal=deal, by=made.karim, at=made.at, edition=None, terms=terms())
    vote(made, case, "ines")
    case.refresh_from_db()
    assert case.state == "open"
    vote(made, case, "joris")
    case.refresh_from_db()
    assert case.state == "approved"


@pytest.mark.parametrize(("choice", "reason", "path"), [("perhaps", "Why not.", "choice"), ("approve", " ", "reason")])
def test_vote_without_choice_or_reason_is_refused(made: World, choice: str, reason: str, path: str) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    with pytest.raises(Invalid) as refusal:
        cast_vote(case=case_of(deal), by=made.ines, at=made.at, choice=choice, reason=reason)
    assert refusal.value.path == path


def test_vote_on_an_older_edition_is_refused_where_one_is_named(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = case_of(deal)
    cast_vote(case=case, by=made.ines, at=made.at, choice="approve", reason="Yes.", edition=1)
    with pytest.raises(Conflict) as refusal:
        cast_vote(case=case, by=made.joris, at=made.at, choice="approve", reason="Yes.", edition=1)
    assert refusal.value.code == "stale_edition"


# --- live authority, frozen facts ---


def test_vote_under_a_mandate_revoked_meanwhile_asks_what_is_new(made: World) -> None:
    deal = submitted(made, terms=terms(("CLOUD-1", "4", "190.00")))
    suspend_everything(made, "public-2026", made.at + timedelta(minutes=5))
    at = made.at + timedelta(minutes=10)
    vote(made, case_of(deal, "finance"), "lien", at=at)
    deal.refresh_from_db()
    assert deal.state == "pending"
    new = case_of(deal)
    assert json.loads(new.decision.answer_document)["findings"][-1]["reason"] == "no_mandate"
    vote(made, new, "ines", "joris", at=at)
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_vote_under_a_charter_narrowed_meanwhile_refuses(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal, "finance"), "lien")
    charter = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "20"}]}
    charter_in_force(made, charter, since=made.at + timedelta(minutes=5))
    vote(made, case_of(deal), "ines", "joris", at=made.at + timedelta(minutes=10))
    deal.refresh_from_db()
    assert deal.state == "refused"
    assert Budget.objects.get().held == 0


def test_vote_where_the_live_mandate_has_no_budget_left_asks_for_it(made: World) -> None:
    deal = submitted(made, terms=terms(("CLOUD-1", "4", "190.00")))
    suspend_everything(made, "public-2026", made.at + timedelta(minutes=5))
    tight = public_document(
        2026, 1, code="public-next", budgets=[{"per": "team", "period": "quarter", "amount": "500.00"}]
    )
    mandate_in_force(made, "public", tight, since=made.at + timedelta(minutes=5))
    at = made.at + timedelta(minutes=10)
    vote(made, case_of(deal, "finance"), "lien", at=at)
    deal.refresh_from_db()
    new = case_of(deal)
    reasons = {one["metric"]: one["reason"] for one in json.loads(new.decision.answer_document)["findings"]}
    assert (deal.state, reasons["budget"]) == ("pending", "beyond_budget")
    vote(made, new, "ines", "joris", at=at)
    deal.refresh_from_db()
    row = Budget.objects.get(mandate__code="public-next")
    assert (deal.state, row.held, row.extended) == ("approved", Decimal("960.00"), Decimal("460.00"))


def test_vote_on_a_price_without_a_margin_figure_approves_this_revision(made: World) -> None:
    charter_in_force(made, {"currency": "EUR", "limits": []}, since=made.at)
    at = made.at + timedelta(hours=1)
    deal = submitted(made, terms=terms(("SW-24P", "1", "0.00")), at=at)
    vote(made, case_of(deal, "finance"), "lien", at=at)
    vote(made, case_of(deal), "ines", "joris", at=at)
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_vote_includes_the_consents_of_that_revision(made: World) -> None:
    deal = submitted(made, terms=terms(("SW-24P", "4", "1060.00"), ("CLOUD-1", "1", "200.00")))
    vote(made, case_of(deal, "finance"), "lien")
    deal.refresh_from_db()
    assert Decision.objects.latest("id").outcome == "team"
    assert deal.state == "approved"


def test_vote_when_the_submitter_lost_the_right_to_decide_still_includes_consents(made: World) -> None:
    deal = submitted(made, terms=terms(("CLOUD-1", "4", "190.00")))
    leave(made.teams["public"], made.bram, made.today)
    vote(made, case_of(deal, "finance"), "lien")
    deal.refresh_from_db()
    assert deal.state == "approved"


# --- revoking ---


def test_revoked_approval_covers_no_later_revision(made: World) -> None:
    deal = submitted(made, terms=terms(("CLOUD-1", "4", "190.00")))
    vote(made, case_of(deal, "finance"), "lien")
    approval = Approval.objects.get()
    revoke_approval(approval=approval, by=made.maarten, at=made.at, reason="New cost figures.")
    deal.refresh_from_db()
    assert deal.state == "approved", "what was decided stays decided"
    revised(made, deal, terms(("CLOUD-1", "4", "195.00")))
    assert deal.state == "pending"
    assert "approval.revoked" in verbs(deal)


@pytest.mark.parametrize("by", ["bram", "ines", "nora", "quinten"])
def test_revoking_by_somebody_off_the_committee_is_refused(made: World, by: str) -> None:
    deal = submitted(made, terms=terms(("CLOUD-1", "4", "190.00")))
    vote(made, case_of(deal, "finance"), "lien")
    with pytest.raises(NotAllowed):
        revoke_approval(approval=Approval.objects.get(), by=made.people[by], at=made.at, reason="No.")
    assert not ApprovalRevocation.objects.exists()


def test_revoking_twice_is_refused(made: World) -> None:
    deal = submitted(made, terms=terms(("CLOUD-1", "4", "190.00")))
    vote(made, case_of(deal, "finance"), "lien")
    revoke_approval(approval=Approval.objects.get(), by=made.lien, at=made.at, reason="No.")
    with pytest.raises(Conflict):
        revoke_approval(approval=Approval.objects.get(), by=made.lien, at=made.at, reason="No.")


def test_vote_on_a_void_case_is_illegal(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = case_of(deal)
    revised(made, deal, terms())
    with pytest.raises(Conflict):
        vote(made, case, "ines")
    assert Case.objects.get(pk=case.pk).state == "void"
