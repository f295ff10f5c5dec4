"""A committee votes; its yes becomes an approval, and the last yes needed makes the deal judged again."""

import json
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from approvals import envelopes
from approvals.actions.settling import (
    approve,
    ask_committees,
    close_case,
    end_without_yes,
    expect_edition,
    judge_again,
    refuse,
    sha256,
)
from approvals.actions.submit import checked_reason
from approvals.electorates import involved_in
from approvals.eligibility import counting
from approvals.locking import Locked, lock_deal
from approvals.models import Approval, ApprovalRevocation, Case, Decision, Vote
from approvals.quorum import Result, Tally, tally
from approvals.sight import about_case
from approvals.states import CASE_MOVES
from approvals.telling import action, owners, tell_case, tell_deal
from journal.moves import find
from journal.refusals import Conflict, Invalid
from mandates.engine import canonical
from teams.models import User
from teams.permissions import require
from teams.standing import person_of


@action
def cast_vote(*, case: Case, by: User, at: datetime, choice: str, reason: str, edition: int | None = None) -> Case:
    """Vote, or change one's vote while the case is open; the vote that decides closes it in the same transaction.

    Locks team, budgets, deal and open cases, and reads again. Raises: NotAllowed; Conflict `illegal_move`,
    `stale_edition`; Invalid `unknown_choice`, `reason_missing`.
    """
    locked = lock_deal(case.deal_id, at=at)
    current = _read(case.pk, locked)
    found = find(CASE_MOVES, "vote", current.state)
    expect_edition(current.edition, edition)
    require(found.permission, person_of(by, locked.day), about_case(current))
    if choice not in Vote.Choice.values:
        raise Invalid("unknown_choice", _("Approve, decline or abstain."), path="choice")
    reason = checked_reason(reason, required=True)
    Vote.objects.update_or_create(case=current, user=by, defaults={"choice": choice, "reason": reason, "cast_at": at})
    current.edition += 1
    current.save(update_fields=["edition"])
    counted = count(current)
    data = {"choice": choice, "reason_sha256": sha256(reason), "cast": counted.cast, "missing": counted.missing}
    tell_case(found.event, current, by=by, at=at, data=data)
    _settle(locked, current, counted, by=by, at=at)
    return current


def _read(case_id: int, locked: Locked) -> Case:
    case = Case.objects.select_related("committee", "decision", "revision").get(pk=case_id)
    case.deal = locked.deal
    return case


def count(case: Case) -> Tally:
    """Count the case by its frozen rule; whoever took the deal into their own hands since does not count."""
    involved = involved_in(case.deal)
    electorate = counting(((user, user) for user in case.electors.values_list("user_id", flat=True)), involved)
    votes = counting(case.votes.values_list("user_id", "choice"), involved)
    return tally(case.rule, case.approvals_needed, case.quorum, len(electorate), votes)


def _settle(locked: Locked, case: Case, counted: Tally, *, by: User, at: datetime) -> None:
    figures: dict[str, object] = {
        "approving": counted.approving,
        "declining": counted.declining,
        "abstaining": counted.abstaining,
    }
    if counted.result is Result.DECLINED:
        close_case(case, "decline", by=by, at=at, data=figures)
        data: dict[str, object] = {"case": case.pk, "committee": case.committee.code}
        end_without_yes(locked.deal, "decline", by=by, at=at, data=data)
    elif counted.result is Result.APPROVED:
        close_case(case, "approve", by=by, at=at, data=figures)
        _grant(locked, case, by=by, at=at)
        _conclude(locked, case, by=by, at=at)


def _grant(locked: Locked, case: Case, *, by: User, at: datetime) -> Approval:
    """Write down what this yes allows."""
    until = locked.day + timedelta(days=locked.organisation.approval_days)
    document = canonical(
        envelopes.write(
            answer=json.loads(case.decision.answer_document),
            case=json.loads(case.decision.case_document),
            committee=case.committee.code,
            until=until,
            tolerance=locked.organisation.tolerance,
        )
    )
    approval = Approval.objects.create(
        case=case, deal=case.deal, document=document, sha256=sha256(document), until=until, granted_at=at
    )
    data = {"approval": approval.pk, "until": until, "sha256": approval.sha256}
    tell_case("approval.granted", case, by=by, at=at, data=data)
    return approval


def _conclude(locked: Locked, case: Case, *, by: User, at: datetime) -> None:
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
    for one in won.filter(approval__revocation=None).select_related("committee", "decision"):
        code = one.committee.code
        asked = envelopes.asked_of(json.loads(one.decision.answer_document), code)
        allowed[code] = allowed.get(code, frozenset()) | asked
    return allowed


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
