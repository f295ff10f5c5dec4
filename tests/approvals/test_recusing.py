"""Stepping back from a case, and rights that are lost while it is open."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from approvals.actions.recusing import recuse
from approvals.actions.vote import cast_vote
from approvals.models import Case, Elector, Recusal
from approvals.readings.ties import ties
from approvals.ticking import recount_electorates
from approvals.voting import count
from journal.models import Event
from journal.refusals import Conflict, Invalid, NotAllowed
from teams import actions
from teams.models import Committee, CommitteeSeat
from tests.approvals.asking import case_of, told, verbs
from tests.factories import COMMITTEE_PRICE, World, join, seat, submitted, vote


def rule(code: str, **figures: object) -> None:
    Committee.objects.filter(code=code).update(**figures)


def changed(made: World, kind: str, held: CommitteeSeat) -> None:
    """A change of the committee that Nora proposes and Olivier confirms."""
    values = {"seat": held.pk}
    row = actions.propose_change(committee=held.committee, by=made.nora, at=made.at, kind=kind, values=values)
    actions.confirm_change(change=row, by=made.olivier, at=made.at)


def stepping_back(made: World, case: Case, key: str, reason: str = "My sister works there.") -> Case:
    return recuse(case=case, by=made.people[key], at=made.at, reason=reason)


def test_recuse_counts_for_the_quorum_and_writes_row_and_event(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = stepping_back(made, case_of(deal), "ines")
    row = Recusal.objects.get()
    assert (row.user, row.reason, case.edition) == (made.ines, "My sister works there.", 2)
    counted = count(case)
    assert (counted.recused, counted.cast, counted.missing) == (1, 1, 1)
    assert verbs(deal)[-1] == "case.recused"
    assert told("case.recused") == {made.joris.pk, made.karim.pk}


def test_recuse_leaves_the_decision_to_the_others(made: World) -> None:
    rule("deal-desk", rule="unanimity")
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = vote(made, case_of(deal), "joris", "karim")
    assert case.state == "open"
    assert stepping_back(made, case, "ines").state == "approved"


def test_recuse_after_a_vote_takes_the_vote_out_of_the_count(made: World) -> None:
    case = vote(made, case_of(submitted(made, price=COMMITTEE_PRICE)), "ines")
    case = stepping_back(made, case, "ines")
    assert (count(case).approving, count(case).recused) == (0, 1)


def test_recuse_is_for_good(made: World) -> None:
    case = stepping_back(made, case_of(submitted(made, price=COMMITTEE_PRICE)), "ines")
    for again in (
        lambda: cast_vote(case=case, by=made.ines, at=made.at, choice="approve", reason="After all."),
        lambda: stepping_back(made, case, "ines"),
    ):
        with pytest.raises(NotAllowed) as refusal:
            again()
        assert refusal.value.code == "not_allowed_recused"
    with pytest.raises(DatabaseError), transaction.atomic():
        Recusal.objects.all().delete()


@pytest.mark.parametrize("by", ["bram", "lien", "nora", "petra", "quinten", "olivier"])
def test_recuse_by_somebody_outside_the_electorate_is_refused(made: World, by: str) -> None:
    case = case_of(submitted(made, price=COMMITTEE_PRICE))
    with pytest.raises(NotAllowed):
        stepping_back(made, case, by)
    assert not Recusal.objects.exists()


def test_recuse_without_reason_or_on_an_older_edition_is_refused(made: World) -> None:
    case = case_of(submitted(made, price=COMMITTEE_PRICE))
    with pytest.raises(Invalid) as refusal:
        stepping_back(made, case, "ines", reason=" ")
    assert refusal.value.path == "reason"
    vote(made, case, "joris")
    with pytest.raises(Conflict) as stale:
        recuse(case=case, by=made.ines, at=made.at, reason="A friend.", edition=1)
    assert stale.value.code == "stale_edition"


def test_recuse_of_everybody_leaves_the_case_stuck_and_says_so(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = case_of(deal)
    for key in ("ines", "joris", "karim"):
        case = stepping_back(made, case, key)
    assert (case.state, case.stuck_at) == ("open", made.at)
    assert {made.nora.pk, made.bram.pk} <= told("case.stuck")


def test_recuse_where_the_event_cannot_be_written_keeps_nothing(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    case = case_of(submitted(made, price=COMMITTEE_PRICE))

    def broken(*_args: object, **_named: object) -> None:
        raise RuntimeError("no journal")

    monkeypatch.setattr("approvals.telling.record_all", broken)
    with pytest.raises(RuntimeError):
        stepping_back(made, case, "ines")
    assert not Recusal.objects.exists()


def test_ties_name_work_on_the_deal_and_the_customer(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    assert ties(made.ines, deal) == []
    join(made.teams["public"], made.ines, since=made.today)
    assert len(ties(made.ines, deal)) == 1
    assert len(ties(made.bram, deal)) == 2


# --- rights lost while the case is open ---


def gone_by_unseating(made: World) -> None:
    CommitteeSeat.objects.filter(user=made.ines, committee__code="deal-desk").update(ended_on=made.today)


def gone_by_leaving(made: World) -> None:
    made.ines.is_active = False
    made.ines.save(update_fields=["is_active"])


def gone_by_editing(made: World) -> None:
    deal = Case.objects.all()[0].deal
    deal.editors.create(user=made.ines)


@pytest.mark.parametrize(
    ("gone", "why"), [(gone_by_unseating, "left"), (gone_by_leaving, "inactive"), (gone_by_editing, "party")]
)
def test_tick_takes_the_vote_of_whoever_lost_the_right(made: World, gone: object, why: str) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = vote(made, case_of(deal), "ines")
    gone(made)  # type: ignore[operator]
    assert recount_electorates(made.at) == 1
    elector = Elector.objects.get(case=case, user=made.ines)
    assert (elector.lost_at, elector.lost_why) == (made.at, why)
    assert count(case).cast == 0
    assert verbs(deal)[-1] == "case.right_lost"
    assert recount_electorates(made.at) == 0


def test_right_lost_never_comes_back(made: World) -> None:
    case = case_of(submitted(made, price=COMMITTEE_PRICE))
    desk = made.committees["deal-desk"]
    held = CommitteeSeat.objects.get(user=made.ines, committee=desk, ended_on=None)
    changed(made, "unseat", held)
    seat(desk, made.ines, since=made.today)
    with pytest.raises(NotAllowed) as refusal:
        vote(made, case, "ines")
    assert refusal.value.code == "not_allowed_right_lost"


def test_electorate_that_shrinks_below_the_quorum_is_noticed_by_the_tick(made: World) -> None:
    """Seen to fail without the tick's recount."""
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = vote(made, case_of(deal), "joris")
    for user in (made.ines, made.karim):
        CommitteeSeat.objects.filter(user=user, committee__code="deal-desk").update(ended_on=made.today)
    at = made.at + timedelta(minutes=1)
    assert recount_electorates(at) == 1
    case.refresh_from_db()
    assert (case.state, case.stuck_at) == ("open", at)
    assert verbs(deal)[-1] == "case.stuck"
    assert recount_electorates(at) == 0
    assert Event.objects.filter(verb="case.stuck").count() == 1


def test_electorate_that_shrinks_can_leave_a_decision_behind(made: World) -> None:
    """Everybody who may still vote has, so the tick closes the case by their votes."""
    rule("deal-desk", rule="unanimity")
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal, "finance"), "lien")
    case = vote(made, case_of(deal), "joris", "karim")
    gone_by_unseating(made)
    assert recount_electorates(made.at) == 1
    case.refresh_from_db()
    deal.refresh_from_db()
    assert (case.state, deal.state) == ("approved", "approved")


def test_chair_of_later_has_no_casting_vote(made: World) -> None:
    rule("deal-desk", chair_casts=True)
    deal = submitted(made, price=COMMITTEE_PRICE)
    case = case_of(deal)
    held = {one.user_id: one for one in CommitteeSeat.objects.filter(committee=case.committee, ended_on=None)}
    former = next(one for one in held.values() if one.is_chair)
    changed(made, "chair", held[made.karim.pk])
    vote(made, case, next(key for key in ("ines", "joris") if made.people[key].pk == former.user_id))
    assert not Elector.objects.filter(case=case, is_chair=True).exists()


def test_answer_time_that_ends_lets_the_votes_cast_decide_a_majority(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal, "finance"), "lien")
    case = vote(made, case_of(deal), "ines")
    assert recount_electorates(case.due_at) == 0  # one vote is no quorum
    case = vote(made, case, "joris", choice="abstain")
    assert recount_electorates(case.due_at - timedelta(seconds=1)) == 0
    assert recount_electorates(case.due_at) == 1
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_answer_time_that_ends_on_a_tie_decides_nothing(made: World) -> None:
    case = vote(made, case_of(submitted(made, price=COMMITTEE_PRICE)), "ines")
    case = vote(made, case, "joris", choice="decline")
    assert recount_electorates(case.due_at) == 0


def test_case_keeps_the_rule_it_opened_with(made: World) -> None:
    case = case_of(submitted(made, price=COMMITTEE_PRICE))
    rule("deal-desk", rule="unanimity", quorum=3)
    vote(made, case, "ines", "joris")
    case.refresh_from_db()
    assert (case.rule, case.state) == ("majority", "approved")


def test_decline_that_closes_at_once_declines_the_deal(made: World) -> None:
    rule("deal-desk", decline_closes=True)
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal), "ines", choice="decline")
    deal.refresh_from_db()
    assert deal.state == "declined"
