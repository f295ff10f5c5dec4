"""A bounded yes: proposed by a member, voted on like the ask itself, and taken up by the team with one click."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from approvals import countering
from approvals.actions.asking import lock_case, turn_page
from approvals.actions.closing import LIVE
from approvals.actions.pausing import pause, resume_if_answered
from approvals.actions.settling import Turn, approve, ask_committees, close_case, expect_edition, look_again
from approvals.actions.submit import checked_reason, put_forward
from approvals.bounding import Figure
from approvals.countering import Ask, Bounded
from approvals.judging import Judged, hold_keys, judge, live_approvals, may_decide
from approvals.locking import Locked, lock_deal
from approvals.models import (
    Approval,
    ApprovalRevocation,
    Case,
    CounterProposal,
    CounterVote,
    Decision,
    PastVote,
)
from approvals.offers import hash_of, nearest_facts
from approvals.quorum import Result
from approvals.sight import about, about_case
from approvals.states import CASE_MOVES, COUNTER_MOVES
from approvals.telling import action, owners, tell_case
from approvals.terms import of_facts, written
from approvals.voting import count_counter
from journal.hashing import sha256
from journal.moves import find
from journal.refusals import Conflict, Invalid
from mandates.engine import canonical
from teams.models import User
from teams.permissions import About, require
from teams.standing import person_of


@action
def propose(
    *,
    case: Case,
    by: User,
    at: datetime,
    figures: Sequence[Figure],
    until: date | None,
    reason: str,
    edition: int | None = None,
) -> CounterProposal:
    """Propose a bounded yes; whoever proposes it has voted for it.

    Raises: NotAllowed; Conflict `illegal_move`, `stale_edition`, `one_at_a_time`; Invalid as `countering.countered`
    and `countering.written` do, `reason_missing`, `too_long`.
    """
    locked, current = lock_case(case, at=at)
    found = find(CASE_MOVES, "propose", current.state)
    expect_edition(current.edition, edition)
    require(found.permission, person_of(by, locked.day), about_case(current))
    reason = checked_reason(reason, required=True)
    if CounterProposal.objects.filter(case=current, state__in=LIVE).exists():
        detail = _("Another counter-proposal is under way. Vote on that one first.")
        raise Conflict("one_at_a_time", detail)
    ask = ask_of(locked, current)
    text = countering.written(figures, ask.deal)
    check(ask, current, countering.read(text), until)
    made = CounterProposal.objects.create(
        case=current,
        number=current.counter_proposals.count() + 1,
        figures=text,
        until=until,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    CounterVote.objects.create(proposal=made, user=by, choice=CounterVote.Choice.APPROVE, reason=reason, cast_at=at)
    turn_page(current)
    electors = list(current.electors.values_list("user_id", flat=True))
    data = {"proposal": made.number, "figures": len(figures), "sha256": sha256(text), "reason_sha256": sha256(reason)}
    tell_case(found.event, current, by=by, at=at, data=data, tell=electors)
    _settle(locked, current, made, by=by, at=at)
    return made


def ask_of(locked: Locked, case: Case) -> Ask:
    """Return what the committee is asked, judged with live authority."""
    judged, _revision = look_again(locked)
    until = locked.day + timedelta(days=locked.organisation.approval_days)
    return Ask(
        judged.case, judged.answer, case.committee.code, locked.day, until, tolerance=locked.organisation.tolerance
    )


def check(ask: Ask, case: Case, figures: Sequence[Figure], until: date | None) -> Bounded:
    """Return the bounded yes. Raises: Invalid as `countering.countered` does."""
    return countering.countered(ask, figures, until, own=case.cause != Case.Cause.LIMIT)


@action
def vote_on(
    *,
    proposal: CounterProposal,
    by: User,
    at: datetime,
    choice: str,
    reason: str,
    edition: int | None = None,
) -> CounterProposal:
    """Vote on a counter-proposal, or change one's vote while it is open; the vote that decides closes the question.

    Raises: NotAllowed; Conflict `illegal_move`, `stale_edition`; Invalid `unknown_choice`, `reason_missing`,
    `too_long`.
    """
    locked, current = lock_case(proposal.case, at=at)
    own = CounterProposal.objects.get(pk=proposal.pk)
    found = find(COUNTER_MOVES, "vote", own.state)
    expect_edition(current.edition, edition)
    require(found.permission, person_of(by, locked.day), about_case(current))
    if choice not in CounterVote.Choice.values:
        raise Invalid("unknown_choice", _("Approve, decline or abstain."), path="choice")
    reason = checked_reason(reason, required=True)
    _keep_vote(own, by, choice, reason, at)
    turn_page(current)
    counted = count_counter(current, own)
    data = {"proposal": own.number, "choice": choice, "reason_sha256": sha256(reason), "missing": counted.missing}
    tell_case(found.event, current, by=by, at=at, data=data)
    _settle(locked, current, own, by=by, at=at)
    return own


def _keep_vote(proposal: CounterProposal, by: User, choice: str, reason: str, at: datetime) -> None:
    before = CounterVote.objects.filter(proposal=proposal, user=by).first()
    if before is not None:
        PastVote.objects.create(
            counter_vote=before, choice=before.choice, reason=before.reason, cast_at=before.cast_at, changed_at=at
        )
    CounterVote.objects.update_or_create(
        proposal=proposal, user=by, defaults={"choice": choice, "reason": reason, "cast_at": at}
    )


@action
def take_back(*, proposal: CounterProposal, by: User, at: datetime) -> CounterProposal:
    """Take one's own counter-proposal back while it is being voted on. Raises: NotAllowed; Conflict `illegal_move`."""
    locked, current = lock_case(proposal.case, at=at)
    own = CounterProposal.objects.get(pk=proposal.pk)
    found = find(COUNTER_MOVES, "take_back", own.state)
    require(found.permission, person_of(by, locked.day), about_case(current, owner_id=own.proposed_by_id))
    _move(own, "take_back", at)
    turn_page(current)
    tell_case(found.event, current, by=by, at=at, data={"proposal": own.number})
    return own


def _settle(locked: Locked, case: Case, proposal: CounterProposal, *, by: User, at: datetime) -> None:
    """Adopt or reject the counter-proposal once its votes say so."""
    counted = count_counter(case, proposal)
    figures: dict[str, object] = {
        "proposal": proposal.number,
        "approving": counted.approving,
        "declining": counted.declining,
        "abstaining": counted.abstaining,
    }
    if counted.result is Result.DECLINED:
        _reject(case, proposal, by=by, at=at, data=figures)
    elif counted.result is Result.APPROVED:
        try:
            bounded = check(ask_of(locked, case), case, countering.read(proposal.figures), proposal.until)
        except Invalid as refusal:
            # authority changed while it was voted on: what is no bounded yes any more is never adopted
            _reject(case, proposal, by=by, at=at, data={**figures, "cause": refusal.code})
        else:
            _adopt(case, proposal, bounded, by=by, at=at, data=figures)


def _reject(case: Case, proposal: CounterProposal, *, by: User, at: datetime, data: dict[str, object]) -> None:
    event = _move(proposal, "reject", at)
    tell_case(event, case, by=by, at=at, data=data, tell=[proposal.proposed_by_id])


def _adopt(
    case: Case, proposal: CounterProposal, bounded: Bounded, *, by: User, at: datetime, data: dict[str, object]
) -> None:
    """Write down what this bounded yes allows; the clock stands still until the team has answered."""
    found = find(COUNTER_MOVES, "adopt", proposal.state)
    proposal.state, proposal.adopted_at = found.target, at
    proposal.save(update_fields=["state", "adopted_at"])
    pause(case, at)
    document = canonical(bounded.document)
    approval = Approval.objects.create(
        case=case,
        proposal=proposal,
        deal=case.deal,
        document=document,
        sha256=sha256(document),
        until=date.fromisoformat(bounded.document["until"]),
        granted_at=at,
    )
    told = [*owners(case.deal), *case.electors.values_list("user_id", flat=True)]
    granted = {"approval": approval.pk, "until": approval.until, "sha256": approval.sha256}
    tell_case(found.event, case, by=by, at=at, data=data | granted, tell=told)


def _move(proposal: CounterProposal, name: str, at: datetime) -> str:
    found = find(COUNTER_MOVES, name, proposal.state)
    proposal.state, proposal.closed_at = found.target, at
    proposal.save(update_fields=["state", "closed_at", "answered_by", "answered_at", "answer_reason"])
    return found.event


# --- the team's answer ---


@action
def accept(*, proposal: CounterProposal, by: User, at: datetime, expected: str | None = None) -> Decision:
    """Take the counter-proposal up: submit the nearest revision inside it, which is approved at once.

    Another committee whose question this revision still raises is asked. `expected` is the hash of the terms that the
    person was shown (`offers.hash_of`).
    Raises: NotAllowed; Conflict `illegal_move`, `counter_ended`, `no_longer_a_yes`, `preview_changed`.
    """
    locked = lock_deal(proposal.case.deal_id, at=at, next_revision=True)
    own = CounterProposal.objects.select_related("case__revision", "case__committee").get(pk=proposal.pk)
    find(COUNTER_MOVES, "accept", own.state)
    person = person_of(by, locked.day)
    require("counter.accept", person, About(team_id=locked.team.pk))
    approval = _live_approval(own, locked.day)
    judged = _judged_offer(locked, own, approval, member_may_decide=may_decide(person, locked.team))
    if expected is not None and expected != hash_of(judged.facts):
        detail = _("Prices or terms have changed since you looked. Look at the revision again.")
        raise Conflict("preview_changed", detail)
    _close_accepted(locked, own, by=by, at=at)
    return _put_forward(locked, own, judged, until=approval.until, by=by, at=at)


def _live_approval(proposal: CounterProposal, day: date) -> Approval:
    approval = Approval.objects.get(proposal=proposal)
    if approval.until < day or ApprovalRevocation.objects.filter(approval=approval).exists():
        detail = _("This counter-proposal has ended. Submit a new revision, and the committee is asked again.")
        raise Conflict("counter_ended", detail)
    return approval


def _judged_offer(locked: Locked, proposal: CounterProposal, approval: Approval, *, member_may_decide: bool) -> Judged:
    """Judge the nearest revision of today with live authority. Raises: Conflict `no_longer_a_yes`."""
    facts = nearest_facts(proposal, approval, locked.deal, locked.day)
    if facts is not None:
        judged = judge(
            facts=facts,
            authority=locked.authority,
            team=locked.team,
            customer=locked.deal.customer,
            approvals=live_approvals(locked.deal),
            member_may_decide=member_may_decide,
            own_revisions=hold_keys(locked.deal),
        )
        ours = proposal.case.committee.code in judged.answer["committees"]
        if judged.outcome != "outside_charter" and not ours:
            return judged
    detail = _("Prices or authority have changed, so nothing inside this counter-proposal is a yes any more.")
    raise Conflict("no_longer_a_yes", detail)


def _close_accepted(locked: Locked, proposal: CounterProposal, *, by: User, at: datetime) -> None:
    proposal.answered_by, proposal.answered_at = by, at
    event = _move(proposal, "accept", at)
    case = proposal.case
    case.deal = locked.deal
    electors = list(case.electors.values_list("user_id", flat=True))
    tell_case(event, case, by=by, at=at, data={"proposal": proposal.number}, tell=electors)
    if case.state == Case.State.OPEN:
        close_case(case, "counter", by=by, at=at, data={"proposal": proposal.number})


def _put_forward(
    locked: Locked, proposal: CounterProposal, judged: Judged, *, until: date, by: User, at: datetime
) -> Decision:
    revision = proposal.case.revision
    terms = of_facts({**judged.facts["deal"], "why": revision.why})
    locked.deal.draft = written(terms, locked.deal.currency)
    data: dict[str, Any] = {"case": proposal.case_id, "proposal": proposal.number}
    turn: Turn = put_forward(locked, judged, cause=Decision.Cause.COUNTER, by=by, at=at, data=data)
    if judged.outcome == "committee":
        ask_committees(turn, judged.answer["committees"], Case.Cause.LIMIT)
    else:
        approve(turn, until=until)
    return turn.decision


@action
def go_on(*, proposal: CounterProposal, by: User, at: datetime, reason: str) -> CounterProposal:
    """Leave the counter-proposal aside and keep to the ask; the committee's clock runs again.

    The bounded yes stays what it is until its date: a later revision inside it needs no vote.
    Raises: NotAllowed; Conflict `illegal_move`; Invalid `reason_missing`, `too_long`.
    """
    locked, current = lock_case(proposal.case, at=at)
    own = CounterProposal.objects.get(pk=proposal.pk)
    found = find(COUNTER_MOVES, "go_on", own.state)
    require(found.permission, person_of(by, locked.day), about(locked.deal))
    reason = checked_reason(reason, required=True)
    own.answered_by, own.answered_at, own.answer_reason = by, at, reason
    _move(own, "go_on", at)
    resumed = current.state == Case.State.OPEN and resume_if_answered(current, locked.organisation, at)
    turn_page(current)
    data = {"proposal": own.number, "reason_sha256": sha256(reason), "resumed": resumed, "due_at": current.due_at}
    electors = list(current.electors.values_list("user_id", flat=True))
    tell_case(found.event, current, by=by, at=at, data=data, tell=electors)
    return own
