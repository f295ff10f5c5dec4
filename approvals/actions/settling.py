"""What an answer does to a deal: approved, refused, declined, or asked of colleagues and committees.

Every function here runs inside the transaction of an action, under its locks.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial

from django.utils.translation import gettext as _

from approvals.actions.closing import close_answers
from approvals.electorates import chairs, electorate, involved_in, substitutions_of
from approvals.eligibility import Involved
from approvals.judging import Judged, hold_key, hold_keys, judge, live_approvals, may_decide, votes_needed
from approvals.locking import Locked
from approvals.models import Case, ConsentRound, ConsentSeat, Deal, DealState, Decision, Elector, Revision
from approvals.states import CASE_MOVES, DEAL_MOVES, ROUND_MOVES
from approvals.telling import owners, tell_case, tell_deal
from journal.hashing import sha256
from journal.moves import find
from journal.refusals import Conflict
from mandates import budgets
from mandates.budgets import Held
from mandates.engine import ENGINE_VERSION, canonical
from mandates.snapshots import given_away
from teams import working_time
from teams.calendars import calendars, working_due
from teams.models import Committee, Organisation, OrganisationRole, User, holds_on
from teams.organisation import today
from teams.standing import person_of


@dataclass(frozen=True, slots=True)
class Turn:
    """One judgement of one revision, about to be acted upon."""

    locked: Locked
    revision: Revision
    judged: Judged
    decision: Decision
    by: User | None
    at: datetime

    @property
    def deal(self) -> Deal:
        return self.locked.deal

    @property
    def organisation(self) -> Organisation:
        return self.locked.organisation

    @property
    def is_first(self) -> bool:
        """Whether the revision was written in this transaction: it uses no budget, and nobody was asked about it."""
        return self.decision.number == 1


# --- judging ---


def decide(revision: Revision, judged: Judged, cause: str, at: datetime, *, number: int | None = None) -> Decision:
    """Write the judgement down, byte for byte; `number` where it is known which judgement of the revision it is."""
    case, answer = canonical(judged.case), canonical(judged.answer)
    return Decision.objects.create(
        revision=revision,
        number=number or revision.decisions.count() + 1,
        cause=cause,
        outcome=judged.outcome,
        mandate_version=judged.version,
        case_document=case,
        case_sha256=sha256(case),
        answer_document=answer,
        answer_sha256=sha256(answer),
        engine_version=ENGINE_VERSION,
        at=at,
    )


def judge_again(locked: Locked, *, cause: str, by: User | None, at: datetime) -> Turn:
    """Judge the latest revision again and write that down."""
    judged, revision = look_again(locked)
    return Turn(locked, revision, judged, decide(revision, judged, cause, at), by, at)


def look_again(locked: Locked) -> tuple[Judged, Revision]:
    """Judge the latest revision with its frozen facts and live authority, as if whoever submitted it did so now."""
    deal, revision = locked.deal, locked.deal.latest
    if revision is None:
        raise Conflict("nothing_submitted", _("This deal has not been submitted yet."))
    submitter = person_of(revision.submitted_by, locked.day)
    judged = judge(
        facts=json.loads(revision.document),
        authority=locked.authority,
        team=locked.team,
        customer=deal.customer,
        approvals=live_approvals(deal),
        member_may_decide=may_decide(submitter, locked.team),
        own_revisions=hold_keys(deal),
        settings=locked.organisation,
    )
    return judged, revision


# --- answers ---


def approve(turn: Turn, *, until: date | None = None) -> None:
    """Make the revision approved: hold all of its budget, and give it the date until which it is good.

    `until` is the last day of what it was taken up from, where that is a counter-proposal.
    """
    _move(turn.deal, "approve")
    _hold_all(turn)
    if not turn.is_first:
        close_questions(turn.deal, by=turn.by, at=turn.at)
    good_until = _good_until(turn)
    turn.deal.good_until = good_until if until is None else min(good_until, until)
    turn.deal.answered_at = turn.at
    save(turn.deal, "state", "good_until", "answered_at")
    data = {"revision": turn.revision.number, "decision": turn.decision.pk, "good_until": turn.deal.good_until}
    tell_deal("deal.approved", turn.deal, by=turn.by, at=turn.at, data=data, tell=owners(turn.deal))


def refuse(turn: Turn) -> None:
    """Store that the charter forbids the revision, with the reasons in its decision."""
    end_without_yes(turn.deal, "refuse", by=turn.by, at=turn.at, data={"decision": turn.decision.pk})


def end_without_yes(deal: Deal, move: str, *, by: User | None, at: datetime, data: dict[str, object]) -> None:
    """Refuse or decline the latest revision: its budget is free again and nobody is asked any more."""
    event = _move(deal, move)
    release(deal, by=by, at=at)
    close_questions(deal, by=by, at=at)
    deal.answered_at = at
    save(deal, "state", "answered_at")
    number = None if deal.latest is None else deal.latest.number
    tell_deal(event, deal, by=by, at=at, data={"revision": number, **data}, tell=owners(deal))


def ask_colleagues(turn: Turn, colleagues: Sequence[int]) -> ConsentRound:
    """Open the round in which these colleagues consent or object, and hold what fits meanwhile."""
    hold_what_fits(turn)
    due_at = working_due(turn.at, days=turn.organisation.consent_days, of=turn.organisation)
    needed = turn.judged.answer["consents"]
    round = ConsentRound.objects.create(revision=turn.revision, needed=needed, opened_at=turn.at, due_at=due_at)
    ConsentSeat.objects.bulk_create(ConsentSeat(round=round, user_id=user) for user in colleagues)
    data = {"revision": turn.revision.number, "needed": needed, "colleagues": len(colleagues), "due_at": due_at}
    tell_deal("deal.asked_colleagues", turn.deal, by=turn.by, at=turn.at, data=data, tell=colleagues)
    return round


def ask_committees(turn: Turn, codes: Iterable[str], cause: str) -> list[Case]:
    """Open one case for each committee, with the electorate and the rule of this moment, and hold what fits meanwhile.

    Raises: Conflict `committee_unknown` where a mandate names a committee that decides no more.
    """
    hold_what_fits(turn)
    committees = _committees(codes)
    data = {"revision": turn.revision.number, "committees": [one.code for one in committees], "cause": cause}
    tell_deal("deal.escalated", turn.deal, by=turn.by, at=turn.at, data=data, tell=owners(turn.deal))
    involved = involved_in(turn.deal)
    return [_open_case(turn, committee, cause, involved) for committee in committees]


def _committees(codes: Iterable[str]) -> list[Committee]:
    known = {one.code: one for one in Committee.objects.filter(code__in=set(codes), is_active=True)}
    missing = sorted(set(codes) - known.keys())
    if missing:
        detail = _("There is no committee %(code)s that could decide this. Ask a mandate administrator.")
        raise Conflict("committee_unknown", detail % {"code": missing[0]})
    return [known[code] for code in sorted(known)]


def _open_case(turn: Turn, committee: Committee, cause: str, involved: Involved) -> Case:
    calendar = calendars(turn.at, of=turn.organisation).of(committee)
    time = timedelta(hours=committee.answer_hours)
    case = Case.objects.create(
        deal=turn.deal,
        revision=turn.revision,
        decision=turn.decision,
        committee=committee,
        cause=cause,
        rule=committee.rule,
        approvals_needed=committee.approvals_needed,
        share=committee.share,
        quorum=committee.quorum,
        chair_casts=committee.chair_casts,
        decline_closes=committee.decline_closes,
        silence=committee.silence,
        opened_at=turn.at,
        due_at=working_time.after(calendar, turn.at, time),
        looks_at=working_time.after(calendar, turn.at, time / 2),
    )
    people = _freeze_electorate(case, turn.locked.day, involved)
    data = {"revision": turn.revision.number, "cause": cause, "electorate": len(people), "due_at": case.due_at}
    enough = len(people) >= votes_needed(committee)
    tell_case("case.opened", case, by=turn.by, at=turn.at, data={**data, "enough": enough}, tell=people)
    if not enough:
        get_stuck(case, at=turn.at)
    return case


def _freeze_electorate(case: Case, day: date, involved: Involved) -> list[int]:
    """Write down who may vote on a case; a substitute takes the vote of a member who is away, but never the chair."""
    elected = electorate(case.committee, day, involved)
    chair = chairs(case, day)
    known = substitutions_of(case.committee, day) if any(one.stands_in_for for one in elected) else {}
    Elector.objects.bulk_create(
        Elector(
            case=case,
            user_id=one.user_id,
            is_chair=one.user_id in chair,
            substitution=known.get((one.stands_in_for or 0, one.user_id)),
        )
        for one in elected
    )
    return [one.user_id for one in elected]


def get_stuck(case: Case, *, at: datetime) -> None:
    """Note, once, that those who may still vote cannot decide a case, and tell everybody who can do something."""
    if case.stuck_at is not None:
        return
    found = find(CASE_MOVES, "get_stuck", case.state)
    case.stuck_at = at
    # its rule on silence has its turn at once
    case.looks_at = at
    case.edition += 1
    case.save(update_fields=["stuck_at", "looks_at", "edition"])
    left = case.electors.filter(lost_at=None).values_list("user_id", flat=True)
    day = today(at)
    told = [*owners(case.deal), *left, *_administrators(day)]
    data = {"silence": case.silence, "left": len(left), "quorum": case.quorum}
    tell_case(found.event, case, by=None, at=at, data=data, tell=told)


def _administrators(day: date) -> list[int]:
    """Return those who can give a committee more members."""
    held = OrganisationRole.objects.filter(holds_on(day), role=OrganisationRole.Role.MANDATE_ADMINISTRATOR)
    return list(held.values_list("user_id", flat=True))


def close_questions(deal: Deal, *, by: User | None, at: datetime) -> None:
    """Close whatever is still open about the deal: rounds and cases become void, and so do the votes on them."""
    for round in ConsentRound.objects.filter(revision__deal=deal, state=ConsentRound.State.OPEN):
        round.state = find(ROUND_MOVES, "void", round.state).target
        round.closed_at = at
        round.save(update_fields=["state", "closed_at"])
        seated = list(round.seats.values_list("user_id", flat=True))
        tell_deal("consent.voided", deal, by=by, at=at, data={"round": round.pk}, tell=seated)
    for case in Case.objects.select_related("committee").filter(deal=deal, state=Case.State.OPEN).order_by("id"):
        case.deal = deal
        close_case(case, "void", by=by, at=at)


def close_case(case: Case, move: str, *, by: User | None, at: datetime, data: dict[str, object] | None = None) -> None:
    """Close a case; those who could vote are told."""
    found = find(CASE_MOVES, move, case.state)
    case.state, case.closed_at = found.target, at
    case.edition += 1
    close_answers(case, by=by, at=at)
    case.save(update_fields=["state", "closed_at", "edition", "paused_at"])
    electors = list(case.electors.values_list("user_id", flat=True))
    # whoever voids a case by a new revision or a withdrawal is of the team: only the committee must hear of it
    told = electors if move == "void" else [*electors, *owners(case.deal)]
    tell_case(found.event, case, by=by, at=at, data=data, tell=told)


# --- budgets ---


def hold_what_fits(turn: Turn) -> None:
    """Hold the revision's discount in the answering mandate's budgets where there is room for it."""
    _hold(turn, beyond=False)


def _hold_all(turn: Turn) -> None:
    """Hold it everywhere; beyond a budget only where a committee has said yes to that.

    INVARIANT: what the judgement found within a budget fits, because the budgets have been locked since before.
    """
    held = _hold(turn, beyond=False)
    if all(one.fits for one in held):
        return
    findings = [one for one in turn.judged.answer["findings"] if one["metric"] == "budget"]
    within = {one["limit"] for one in findings if one["reason"] == "within"}
    if any(index in within and not one.fits for index, one in enumerate(held)):
        raise RuntimeError(f"{hold_key(turn.deal, turn.revision)} was judged within a budget that cannot hold it")
    _hold(turn, beyond=True)


def _hold(turn: Turn, *, beyond: bool) -> list[Held]:
    version = turn.judged.version
    key = hold_key(turn.deal, turn.revision)
    if version is None and turn.is_first:
        return []
    if version is None:
        budgets.release(revision=key, by=turn.by, at=turn.at)
        return []
    currency = next(one["currency"] for one in turn.judged.case["mandates"] if one["code"] == version.mandate.code)
    place = budgets.extend if beyond else partial(budgets.hold, is_new=turn.is_first)
    return place(
        version=version,
        team=turn.locked.team,
        customer=turn.deal.customer,
        on=turn.revision.on,
        amount=given_away(turn.judged.facts, currency),
        revision=key,
        by=turn.by,
        at=turn.at,
    )


def release(deal: Deal, *, by: User | None, at: datetime) -> None:
    """Give back what the deal's latest revision holds."""
    if deal.latest is not None:
        budgets.release(revision=hold_key(deal, deal.latest), by=by, at=at)


# --- rows ---


def _good_until(turn: Turn) -> date:
    """Return the day until which the yes is good: the first to end of the approvals that it rests on, else its own."""
    covering = {one["covered_by"] for one in turn.judged.answer["findings"] if one["covered_by"] is not None}
    ends = [turn.judged.approvals[index].until for index in covering]
    ends += [
        one.until
        for one in turn.judged.approvals
        if one.case.revision_id == turn.revision.pk and one.proposal_id is None
    ]
    return min(ends, default=turn.revision.on + timedelta(days=turn.organisation.approval_days))


def _move(deal: Deal, name: str) -> str:
    """Take the deal along an arrow of its table; return the event that tells of it."""
    found = find(DEAL_MOVES, name, deal.state)
    deal.state = DealState(found.target)
    return found.event


move = _move


def save(deal: Deal, *fields: str) -> None:
    """Write the named columns and count the change, so that whoever looked before cannot overwrite it."""
    deal.edition += 1
    deal.save(update_fields=[*fields, "edition"])


def expect_edition(current: int, given: int | None) -> None:
    """Raises: Conflict `stale_edition` where somebody changed the row since it was read; None asks nothing."""
    if given is not None and given != current:
        detail = _("Somebody else has changed this since you loaded it. Load the page again and look at what is new.")
        raise Conflict("stale_edition", detail)
