"""A committee votes; its yes becomes an approval, and the last yes needed makes the deal judged again."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from approvals import countering, envelopes, following
from approvals.actions.electing import strike_out
from approvals.actions.settling import (
    approve,
    ask_committees,
    close_case,
    end_without_yes,
    expect_edition,
    get_stuck,
    judge_again,
    refuse,
)
from approvals.actions.submit import checked_reason
from approvals.bounding import Figure, tightened
from approvals.electorates import lost_rights
from approvals.locking import Locked, lock_deal
from approvals.models import Approval, ApprovalRevocation, Case, Decision, PastVote, Vote
from approvals.quorum import Result, Tally
from approvals.sight import about_case
from approvals.states import CASE_MOVES
from approvals.telling import action, owners, tell_case, tell_deal
from approvals.voting import conditions_that_count, count, dissenting
from journal.hashing import sha256
from journal.moves import find
from journal.refusals import Conflict, Invalid
from mandates.engine import canonical
from teams.models import User
from teams.organisation import today
from teams.permissions import require
from teams.standing import person_of


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a yes is bound to: figures as a counter-proposal has them, and a day until which it is good."""

    figures: Sequence[Figure] = ()
    until: date | None = None


NO_CONDITIONS = Conditions()


@action
def cast_vote(
    *,
    case: Case,
    by: User,
    at: datetime,
    choice: str,
    reason: str,
    conditions: Conditions = NO_CONDITIONS,
    edition: int | None = None,
) -> Case:
    """Vote, or change one's vote while the case is open; the vote that decides closes it in the same transaction.

    Conditions go with a yes with conditions and with nothing else; the revision itself keeps to them.
    Locks team, budgets, deal and open cases, and reads again. Raises: NotAllowed; Conflict `illegal_move`,
    `stale_edition`; Invalid `unknown_choice`, `reason_missing`, and as `countering.conditioned` does.
    """
    locked = lock_deal(case.deal_id, at=at)
    current = _read(case.pk, locked)
    found = find(CASE_MOVES, "vote", current.state)
    expect_edition(current.edition, edition)
    strike_out(current, day=locked.day, at=at)
    require(found.permission, person_of(by, locked.day), about_case(current))
    if choice not in Vote.Choice.values:
        raise Invalid("unknown_choice", _("Approve, decline or abstain."), path="choice")
    reason = checked_reason(reason, required=True)
    kept = _checked_conditions(locked, current, conditions) if choice == Vote.Choice.CONDITIONS else {}
    _keep_vote(current, by, at, {"choice": choice, "reason": reason, "figures": "", "until": None} | kept)
    current.edition += 1
    current.save(update_fields=["edition"])
    counted = count(current)
    data: dict[str, object] = {"choice": choice, "reason_sha256": sha256(reason)}
    data |= {"cast": counted.cast, "missing": counted.missing}
    if kept:
        data["conditions_sha256"] = sha256(str(kept["figures"]))
    tell_case(found.event, current, by=by, at=at, data=data)
    _settle(locked, current, counted, by=by, at=at)
    following.said(locked.deal, [current], reason, by=by, at=at)
    return current


def _read(case_id: int, locked: Locked) -> Case:
    case = Case.objects.select_related("committee", "decision", "revision").get(pk=case_id)
    case.deal = locked.deal
    return case


read_case = _read


def _checked_conditions(locked: Locked, case: Case, conditions: Conditions) -> dict[str, object]:
    """Return the conditions as a vote keeps them. Raises: Invalid as `countering.conditioned` does."""
    ask = _ask(locked, case)
    figures = countering.written(conditions.figures, ask.deal)
    countering.conditioned(ask, countering.read(figures), conditions.until)
    return {"figures": figures, "until": conditions.until}


def _ask(locked: Locked, case: Case) -> countering.Ask:
    """Return what the committee was asked, as it was judged when the case opened."""
    case_document, answer = (json.loads(text) for text in (case.decision.case_document, case.decision.answer_document))
    until = locked.day + timedelta(days=locked.organisation.approval_days)
    return countering.Ask(
        case_document, answer, case.committee.code, locked.day, until, tolerance=locked.organisation.tolerance
    )


def _keep_vote(case: Case, by: User, at: datetime, values: dict[str, object]) -> None:
    """Write the vote; what it said before is kept beside it."""
    before = Vote.objects.filter(case=case, user=by).first()
    if before is not None:
        names = ("choice", "reason", "figures", "until", "cast_at")
        PastVote.objects.create(vote=before, changed_at=at, **{name: getattr(before, name) for name in names})
    Vote.objects.update_or_create(case=case, user=by, defaults=values | {"cast_at": at})


def _settle(locked: Locked, case: Case, counted: Tally, *, by: User | None, at: datetime) -> None:
    figures: dict[str, object] = {
        "approving": counted.approving,
        "declining": counted.declining,
        "abstaining": counted.abstaining,
    }
    if counted.result is Result.DECLINED:
        close_case(case, "decline", by=by, at=at, data=figures | {"dissent": dissenting(case, Case.State.DECLINED)})
        data: dict[str, object] = {"case": case.pk, "committee": case.committee.code}
        end_without_yes(locked.deal, "decline", by=by, at=at, data=data)
    elif counted.result is Result.APPROVED:
        close_case(case, "approve", by=by, at=at, data=figures | {"dissent": dissenting(case, Case.State.APPROVED)})
        _grant(locked, case, by=by, at=at)
        _conclude(locked, case, by=by, at=at)
    elif counted.result is Result.STUCK:
        get_stuck(case, at=at)


settle = _settle


def _grant(locked: Locked, case: Case, *, by: User | None, at: datetime) -> Approval:
    """Write down what this yes allows: the conditions of everybody who said yes tighten it."""
    ask = _ask(locked, case)
    document = ask.envelope()
    votes = conditions_that_count(case)
    for vote in votes:
        figures = countering.read(vote.figures)
        document = tightened(document, figures, ask.deal["currency"], ask.rates)
    days = [vote.until for vote in votes if vote.until is not None]
    until = max(locked.day, min([*days, ask.until]))
    text = canonical({**document, "until": until.isoformat()})
    approval = Approval.objects.create(
        case=case, deal=case.deal, document=text, sha256=sha256(text), until=until, granted_at=at
    )
    data = {"approval": approval.pk, "until": until, "sha256": approval.sha256, "conditions": len(votes)}
    tell_case("approval.granted", case, by=by, at=at, data=data)
    return approval


def _conclude(locked: Locked, case: Case, *, by: User | None, at: datetime) -> None:
    """Once no committee is left to answer, judge again with all their approvals and live authority.

    A yes of every committee asked approves the revision, consents included; what live authority asks beyond that is
    asked in new cases, and what the charter forbids is refused.
    """
    if Case.objects.filter(deal=locked.deal, state=Case.State.OPEN).exists():
        return
    turn = judge_again(locked, cause=Decision.Cause.CASE, by=by, at=at)
    if turn.judged.outcome == "outside_charter":
        refuse(turn)
        return
    asked = envelopes.still_asked(turn.judged.answer, _allowed(case))
    if turn.judged.outcome == "committee" and asked:
        ask_committees(turn, asked, Case.Cause.LIMIT)
    else:
        approve(turn)


def _allowed(case: Case) -> dict[str, frozenset[tuple[object, ...]]]:
    """Return by committee what its approved cases about this very revision were asked."""
    allowed: dict[str, frozenset[tuple[object, ...]]] = {}
    won = Case.objects.filter(revision=case.revision, state=Case.State.APPROVED)
    for one in won.filter(approvals__revocation=None, approvals__proposal=None).select_related("committee", "decision"):
        code = one.committee.code
        asked = envelopes.asked_of(json.loads(one.decision.answer_document), code)
        allowed[code] = allowed.get(code, frozenset()) | asked
    return allowed


@action
def recount(case_id: int, at: datetime) -> bool:
    """Count an open case again: somebody may have lost the right to vote, or the answer time may be over.

    Says whether that changed anything.
    """
    seen = Case.objects.select_related("deal", "committee").get(pk=case_id)
    if not lost_rights(seen, today(at)) and _count_now(seen, at).result is Result.OPEN:
        return False
    locked = lock_deal(seen.deal_id, at=at)
    case = _read(case_id, locked)
    if case.state != Case.State.OPEN or case.stuck_at is not None:
        return False
    strike_out(case, day=locked.day, at=at)
    _settle(locked, case, _count_now(case, at), by=None, at=at)
    return True


def _count_now(case: Case, at: datetime) -> Tally:
    return count(case, time_is_over=case.due_at <= at and case.paused_at is None)


@action
def revoke_approval(*, approval: Approval, by: User, at: datetime, reason: str) -> ApprovalRevocation:
    """End an approval before its date: no later judgement counts it. What was approved under it stays approved.

    Raises: NotAllowed; Conflict `already_revoked`; Invalid `reason_missing`.
    """
    locked = lock_deal(approval.deal_id, at=at)
    case = _read(approval.case_id, locked)
    require("approval.revoke", person_of(by, locked.day), about_case(case))
    reason = checked_reason(reason, required=True)
    if ApprovalRevocation.objects.filter(approval=approval).exists():
        raise Conflict("already_revoked", _("This approval has been revoked already."))
    row = ApprovalRevocation.objects.create(approval=approval, by=by, at=at, reason=reason)
    data = {"approval": approval.pk, "case": case.pk, "reason_sha256": sha256(reason)}
    tell_deal("approval.revoked", locked.deal, by=by, at=at, data=data, tell=owners(locked.deal))
    return row
