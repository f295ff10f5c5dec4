"""Colleagues consent or object inside the team's own authority."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals.actions.settling import Turn, approve, ask_committees, judge_again, refuse
from approvals.actions.submit import checked_reason
from approvals.electorates import eligible_colleagues, involved_in
from approvals.eligibility import counting
from approvals.locking import Locked, lock_deal
from approvals.models import Case, ConsentRound, ConsentSeat, Decision
from approvals.sight import about, about_round
from approvals.states import ROUND_MOVES
from approvals.telling import action, owners, tell_deal
from journal.hashing import sha256
from journal.moves import find
from journal.refusals import Conflict, NotAllowed
from teams.models import User
from teams.permissions import require
from teams.standing import person_of

Answer = ConsentSeat.Answer


@action
def give_consent(*, seat: ConsentSeat, by: User, at: datetime, reason: str = "") -> ConsentSeat:
    """Say yes as a colleague; the last one needed makes the deal judged again, and approved.

    Raises: NotAllowed; Conflict `illegal_move`, `already_answered`.
    """
    locked, round, own = _lock_seat(seat, by=by, at=at)
    found = find(ROUND_MOVES, "consent", round.state)
    _may_answer(round, own, by, locked.day)
    if own.answer:
        raise Conflict("already_answered", _("You have answered already. Withdraw your objection first, if it is one."))
    _answer(own, Answer.CONSENT, checked_reason(reason, required=False), at)
    _tell(found.event, locked, round, by=by, at=at)
    _settle(locked, round, by=by, at=at)
    return own


@action
def object_to(*, seat: ConsentSeat, by: User, at: datetime, reason: str) -> ConsentSeat:
    """Say no with a reason; nobody is outvoted: until it is withdrawn, the team cannot agree the deal by itself.

    Raises: NotAllowed; Conflict `illegal_move`, `already_answered`; Invalid `reason_missing`.
    """
    locked, round, own = _lock_seat(seat, by=by, at=at)
    found = find(ROUND_MOVES, "object", round.state)
    _may_answer(round, own, by, locked.day)
    if own.answer == Answer.OBJECTION:
        raise Conflict("already_answered", _("Your objection stands already."))
    _answer(own, Answer.OBJECTION, checked_reason(reason, required=True), at)
    _tell(found.event, locked, round, by=by, at=at, data={"reason_sha256": sha256(own.reason)})
    return own


@action
def reply(*, seat: ConsentSeat, by: User, at: datetime, text: str) -> ConsentSeat:
    """Answer a colleague's objection; it stands until its author withdraws it.

    Raises: NotAllowed; Conflict `illegal_move`, `no_objection`; Invalid `reason_missing`.
    """
    locked, round, own = _lock_seat(seat, by=by, at=at)
    found = find(ROUND_MOVES, "reply", round.state)
    require(found.permission, person_of(by, locked.day), about(locked.deal))
    if own.user_id == by.pk:
        raise NotAllowed("not_allowed_own_objection", _("Somebody else replies to your objection."))
    _expect_objection(own)
    own.reply, own.replied_by, own.replied_at = checked_reason(text, required=True), by, at
    own.save(update_fields=["reply", "replied_by", "replied_at"])
    data = {"colleague": own.user_id, "reply_sha256": sha256(own.reply)}
    _tell(found.event, locked, round, by=by, at=at, data=data, tell=[own.user_id])
    return own


@action
def withdraw_objection(*, seat: ConsentSeat, by: User, at: datetime) -> ConsentSeat:
    """Take one's objection back; consenting is another step.

    Raises: NotAllowed; Conflict `illegal_move`, `no_objection`.
    """
    locked, round, own = _lock_seat(seat, by=by, at=at)
    found = find(ROUND_MOVES, "withdraw_objection", round.state)
    _may_answer(round, own, by, locked.day)
    _expect_objection(own)
    own.answer, own.answered_at = "", None
    own.save(update_fields=["answer", "answered_at"])
    _tell(found.event, locked, round, by=by, at=at)
    _settle(locked, round, by=by, at=at)
    return own


@action
def escalate(*, round: ConsentRound, by: User, at: datetime) -> Case | None:
    """Take a colleague's objection to the mandate's committee; no case opens where the charter forbids it by now.

    Raises: NotAllowed; Conflict `illegal_move`, `no_objection`.
    """
    locked, current = _lock_round(round, at=at)
    found = find(ROUND_MOVES, "escalate", current.state)
    require(found.permission, person_of(by, locked.day), about(locked.deal))
    if not current.seats.filter(answer=Answer.OBJECTION).exists():
        raise Conflict("no_objection", _("No objection stands, so there is nothing to take to the committee."))
    opened = pass_on(locked, current, Case.Cause.OBJECTION, by=by, at=at)
    return opened[0] if opened else None


def pass_on(locked: Locked, round: ConsentRound, cause: str, *, by: User | None, at: datetime) -> list[Case]:
    """Close the round and ask the committee instead, under the caller's locks; judged again, it may ask others too."""
    found = find(ROUND_MOVES, "escalate" if by else "pass_on", round.state)
    _close(round, found.target, at)
    tell_deal(found.event, locked.deal, by=by, at=at, data={"round": round.pk, "cause": cause}, tell=_seated(round))
    turn = judge_again(locked, cause=Decision.Cause.RECHECK, by=by, at=at)
    if turn.judged.outcome == "outside_charter":
        refuse(turn)
        return []
    if turn.judged.outcome == "committee":
        return ask_committees(turn, turn.judged.answer["committees"], Case.Cause.LIMIT)
    return ask_committees(turn, [turn.judged.committee_code], cause)


def _lock_seat(seat: ConsentSeat, *, by: User, at: datetime) -> tuple[Locked, ConsentRound, ConsentSeat]:
    locked, round = _lock_round(seat.round, at=at)
    own = ConsentSeat.objects.select_for_update().get(pk=seat.pk)
    own.round = round
    return locked, round, own


def _lock_round(round: ConsentRound, *, at: datetime) -> tuple[Locked, ConsentRound]:
    """Lock the round's deal, and read the round again under that lock."""
    locked = lock_deal(round.revision.deal_id, at=at)
    current = ConsentRound.objects.select_related("revision").get(pk=round.pk)
    current.revision.deal = locked.deal
    return locked, current


def _may_answer(round: ConsentRound, own: ConsentSeat, by: User, day: date) -> None:
    """A seat is answered by whoever was given it, and by nobody else."""
    require("consent.give", person_of(by, day), about_round(round))
    if own.user_id != by.pk:
        raise NotAllowed("not_allowed_not_asked", _("You were not asked for your consent on this revision."))


def _expect_objection(own: ConsentSeat) -> None:
    if own.answer != Answer.OBJECTION:
        raise Conflict("no_objection", _("There is no objection here any more. Load the page again."))


def _answer(own: ConsentSeat, answer: str, reason: str, at: datetime) -> None:
    own.answer, own.reason, own.answered_at = answer, reason, at
    own.save(update_fields=["answer", "reason", "answered_at"])


def _tell(
    verb: str,
    locked: Locked,
    round: ConsentRound,
    *,
    by: User,
    at: datetime,
    data: dict[str, object] | None = None,
    tell: list[int] | None = None,
) -> None:
    figures = {"revision": round.revision.number, "round": round.pk, **(data or {})}
    tell_deal(verb, locked.deal, by=by, at=at, data=figures, tell=owners(locked.deal) if tell is None else tell)


def _seated(round: ConsentRound) -> list[int]:
    return list(round.seats.values_list("user_id", flat=True))


def _close(round: ConsentRound, state: str, at: datetime) -> None:
    round.state, round.closed_at = state, at
    round.save(update_fields=["state", "closed_at"])


def _settle(locked: Locked, round: ConsentRound, *, by: User, at: datetime) -> None:
    """Judge again once enough colleagues have consented and no objection stands.

    INVARIANT: an open objection is never outvoted; whoever took the deal into their own hands, or has left the team
    since, does not count.
    """
    involved = involved_in(locked.deal)
    answers = list(round.seats.values_list("user_id", "answer"))
    if any(answer == Answer.OBJECTION for _user, answer in answers):
        return
    here = eligible_colleagues(locked.team, locked.day, involved)
    given = counting(
        ((user, answer) for user, answer in answers if answer == Answer.CONSENT and user in here), involved
    )
    if len(given) < round.needed:
        return
    turn = judge_again(locked, cause=Decision.Cause.CONSENT, by=by, at=at)
    _act(turn, round, len(given))


def _act(turn: Turn, round: ConsentRound, given: int) -> None:
    """Do what the judgement says now that colleagues have consented; the live mandate may ask for more of them."""
    answer = turn.judged.answer
    if turn.judged.outcome == "team" and answer["consents"] > given:
        round.needed = answer["consents"]
        round.save(update_fields=["needed"])
        return
    agreed = find(ROUND_MOVES, "agree", round.state)
    _close(round, agreed.target, turn.at)
    tell_deal(agreed.event, turn.deal, by=turn.by, at=turn.at, data={"round": round.pk, "consents": given})
    if turn.judged.outcome == "outside_charter":
        refuse(turn)
    elif turn.judged.outcome == "committee":
        ask_committees(turn, answer["committees"], Case.Cause.LIMIT)
    else:
        approve(turn)
