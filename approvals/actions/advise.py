"""Asking for advice about a deal: the answer is recorded and thanked for, and is no vote."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from approvals.actions.submit import checked_reason
from approvals.locking import lock_draft
from approvals.models import Advice, Deal
from approvals.sight import about, about_advice
from approvals.states import ADVICE_MOVES, SUBMITTABLE
from approvals.telling import action, owners, tell_advice
from journal.hashing import sha256
from journal.moves import find
from journal.refusals import Conflict, Invalid
from mandates.engine.metrics import METRICS
from teams.models import User
from teams.organisation import today
from teams.permissions import require
from teams.standing import person_of

MOST_ASKED = 5
NOBODY_NAMED: Mapping[int, str] = {}


@action
def ask_for_advice(
    *,
    deal: Deal,
    by: User,
    at: datetime,
    people: Sequence[User],
    question: str,
    clause: str = "",
    named_for: Mapping[int, str] = NOBODY_NAMED,
) -> list[Advice]:
    """Put one question to each of these people; `named_for` is JSON of why the finder named them, by person.

    Locks the deal. Raises: NotAllowed; Conflict `deal_ended`, `asked_already`; Invalid with the path of the field.
    """
    locked = lock_draft(deal.pk)
    require("advice.ask", person_of(by, today(at)), about(locked))
    if locked.state not in SUBMITTABLE:
        raise Conflict("deal_ended", _("This deal has ended, so there is nothing to advise on any more."))
    if clause and clause not in METRICS:
        raise Invalid("unknown_clause", _("Choose one of the clauses offered."), path="clause")
    question = _written(question, path="question")
    _askable(locked, people, by)
    asked = [
        Advice(
            deal=locked,
            revision=locked.latest,
            clause=clause,
            question=question,
            named_for=named_for.get(person.pk, "[]"),
            asked_by=by,
            asked_of=person,
            asked_at=at,
        )
        for person in people
    ]
    for one in asked:
        one.save(force_insert=True)
        data = {"question_sha256": sha256(question), "clause": clause}
        tell_advice("advice.asked", one, by=by, at=at, data=data, tell=[one.asked_of_id])
    return asked


def _written(text: str, *, path: str) -> str:
    try:
        return checked_reason(text, required=True)
    except Invalid as refusal:
        raise Invalid(refusal.code, refusal.detail, path=path) from None


def _askable(deal: Deal, people: Sequence[User], by: User) -> None:
    """Raises: Invalid where nobody, too many, or somebody who cannot advise is asked; Conflict `asked_already`."""
    if not people:
        raise Invalid("nobody_asked", _("Choose whom to ask."), path="people")
    if len(people) > MOST_ASKED:
        detail = _("Ask at most %(count)s people at once: more would answer less.") % {"count": MOST_ASKED}
        raise Invalid("too_many_asked", detail, path="people")
    if any(person.pk == by.pk for person in people):
        raise Invalid("asked_oneself", _("Ask somebody else than yourself."), path="people")
    if any(not person.is_active or person.is_staff for person in people):
        raise Invalid("cannot_advise", _("One of these people cannot be asked any more. Choose again."), path="people")
    waiting = Advice.objects.filter(deal=deal, state=Advice.State.ASKED, asked_of__in=[one.pk for one in people])
    if first := waiting.select_related("asked_of").order_by("id").first():
        detail = _("%(name)s has a question of yours on this deal already.") % {"name": first.asked_of.name}
        raise Conflict("asked_already", detail)


@action
def give_advice(*, advice: Advice, by: User, at: datetime, text: str) -> Advice:
    """Answer a question that was put to oneself. Raises: NotAllowed; Conflict `illegal_move`; Invalid."""
    own, event = _moved(advice, "answer", by=by, at=at)
    own.answer, own.answered_at = _written(text, path="text"), at
    own.save(update_fields=["state", "answer", "answered_at"])
    tell_advice(event, own, by=by, at=at, data={"answer_sha256": sha256(own.answer)}, tell=_waiting(own))
    return own


@action
def pass_question(*, advice: Advice, by: User, at: datetime) -> Advice:
    """Say that one does not know, so that somebody else is asked. Raises: NotAllowed; Conflict `illegal_move`."""
    own, event = _moved(advice, "pass", by=by, at=at)
    return _close(own, event, by=by, at=at, tell=_waiting(own))


@action
def thank(*, advice: Advice, by: User, at: datetime, text: str = "") -> Advice:
    """Thank for an answer; the finder names its author for the like from now on.

    Raises: NotAllowed, also for one's own advice; Conflict `illegal_move`; Invalid `too_long`.
    """
    own, event = _moved(advice, "thank", by=by, at=at)
    own.thanks, own.thanked_by, own.thanked_at = checked_reason(text, required=False), by, at
    own.save(update_fields=["state", "thanks", "thanked_by", "thanked_at"])
    tell_advice(event, own, by=by, at=at, data={"thanks_sha256": sha256(own.thanks)}, tell=[own.asked_of_id])
    return own


@action
def withdraw_question(*, advice: Advice, by: User, at: datetime) -> Advice:
    """Take a question back that is not answered yet. Raises: NotAllowed; Conflict `illegal_move`."""
    own, event = _moved(advice, "withdraw", by=by, at=at)
    return _close(own, event, by=by, at=at, tell=[own.asked_of_id])


def _moved(advice: Advice, move: str, *, by: User, at: datetime) -> tuple[Advice, str]:
    """Return the question, locked and taken along an arrow of its table but not written yet, and the event's verb."""
    rows = Advice.objects.select_for_update(of=("self",), no_key=True)
    own = rows.select_related("deal__team", "deal__customer", "deal__latest", "asked_of").get(pk=advice.pk)
    found = find(ADVICE_MOVES, move, own.state)
    require(found.permission, person_of(by, today(at)), about_advice(own))
    own.state = found.target
    return own, found.event


def _close(own: Advice, event: str, *, by: User, at: datetime, tell: Sequence[int]) -> Advice:
    own.closed_at = at
    own.save(update_fields=["state", "closed_at"])
    tell_advice(event, own, by=by, at=at, tell=tell)
    return own


def _waiting(own: Advice) -> list[int]:
    """Return who waits for an answer: whoever asked, and those who answer for the deal."""
    return [own.asked_by_id, *owners(own.deal)]
