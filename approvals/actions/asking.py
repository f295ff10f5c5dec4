"""A committee member asks the team for changes or information; the team ticks the points off."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from approvals.actions.electing import strike_out
from approvals.actions.pausing import pause, resume_if_answered
from approvals.actions.settling import expect_edition
from approvals.actions.submit import checked_reason
from approvals.locking import Locked, lock_deal
from approvals.models import AskedPoint, Case, CaseRequest
from approvals.sight import about, about_case
from approvals.states import CASE_MOVES
from approvals.telling import action, owners, tell_case
from journal.hashing import sha256
from journal.moves import find
from journal.refusals import Conflict, Invalid
from teams.models import User
from teams.permissions import require
from teams.standing import person_of

MOST_POINTS = 20


@action
def request(
    *, case: Case, by: User, at: datetime, kind: str, points: Sequence[str], reason: str, edition: int | None = None
) -> CaseRequest:
    """Ask the team for changes or information before voting; the case's clock pauses until all is answered.

    Raises: NotAllowed; Conflict `illegal_move`, `stale_edition`; Invalid `unknown_kind`, `no_points`,
    `too_many_points`, `reason_missing`, `too_long`.
    """
    locked, current = lock_case(case, at=at)
    found = find(CASE_MOVES, "request", current.state)
    expect_edition(current.edition, edition)
    require(found.permission, person_of(by, locked.day), about_case(current))
    if kind not in CaseRequest.Kind.values:
        raise Invalid("unknown_kind", _("Ask for changes or for information."), path="kind")
    reason = checked_reason(reason, required=True)
    texts = _checked(points)
    asked = CaseRequest.objects.create(case=current, kind=kind, reason=reason, asked_by=by, asked_at=at)
    AskedPoint.objects.bulk_create(
        AskedPoint(request=asked, position=position, text=text) for position, text in enumerate(texts, start=1)
    )
    pause(current, at)
    turn_page(current)
    data = {"request": asked.pk, "kind": kind, "points": len(texts), "reason_sha256": sha256(reason)}
    tell_case(found.event, current, by=by, at=at, data=data, tell=owners(locked.deal))
    return asked


def _checked(points: Sequence[str]) -> list[str]:
    texts = [text for point in points if (text := point.strip())]
    if not texts:
        raise Invalid("no_points", _("Say what you need, point by point."), path="points")
    if len(texts) > MOST_POINTS:
        raise Invalid("too_many_points", _("Ask for at most %(most)s points.") % {"most": MOST_POINTS}, path="points")
    return [checked_reason(text, required=True) for text in texts]


@action
def answer_point(*, point: AskedPoint, by: User, at: datetime, answer: str) -> CaseRequest:
    """Tick a point off with what there is to say to it; the last one lets the committee's clock run again.

    Raises: NotAllowed; Conflict `illegal_move`, `not_asked`, `already_answered`; Invalid `reason_missing`, `too_long`.
    """
    locked, current = lock_case(point.request.case, at=at)
    found = find(CASE_MOVES, "answer", current.state)
    require(found.permission, person_of(by, locked.day), about(locked.deal))
    answer = checked_reason(answer, required=True)
    asked, own = _open_request(point.request), AskedPoint.objects.get(pk=point.pk)
    if own.answered_at is not None:
        raise Conflict("already_answered", _("This point has been answered already. Load the page again."))
    own.answer, own.answered_by, own.answered_at = answer, by, at
    own.save(update_fields=["answer", "answered_by", "answered_at"])
    left = asked.points.filter(answered_at=None).count()
    if not left:
        _close(asked, CaseRequest.State.ANSWERED, at)
    resumed = resume_if_answered(current, locked.organisation, at)
    turn_page(current)
    data = {"request": asked.pk, "point": own.position, "left": left, "answer_sha256": sha256(answer)}
    tell = [asked.asked_by_id] if not resumed else list(current.electors.values_list("user_id", flat=True))
    tell_case(found.event, current, by=by, at=at, data=data | _clock(current, resumed), tell=tell)
    return asked


@action
def take_back_request(*, request: CaseRequest, by: User, at: datetime) -> CaseRequest:
    """Take back what was asked: it needs no answer any more.

    Raises: NotAllowed; Conflict `illegal_move`, `not_asked`.
    """
    locked, current = lock_case(request.case, at=at)
    found = find(CASE_MOVES, "take_back_request", current.state)
    require(found.permission, person_of(by, locked.day), about_case(current, owner_id=request.asked_by_id))
    asked = _open_request(request)
    _close(asked, CaseRequest.State.TAKEN_BACK, at)
    resumed = resume_if_answered(current, locked.organisation, at)
    turn_page(current)
    data = {"request": asked.pk} | _clock(current, resumed)
    tell_case(found.event, current, by=by, at=at, data=data, tell=owners(locked.deal))
    return asked


def lock_case(case: Case, *, at: datetime) -> tuple[Locked, Case]:
    """Lock the case's deal, and read the case again under that lock: who lost the right to vote is no elector then."""
    locked = lock_deal(case.deal_id, at=at)
    current = Case.objects.select_related("committee", "decision", "revision").get(pk=case.pk)
    current.deal = locked.deal
    if current.state == Case.State.OPEN:
        strike_out(current, day=locked.day, at=at)
    return locked, current


def turn_page(case: Case) -> None:
    """Count the change of a case, so that whoever looked before does not vote on what was."""
    case.edition += 1
    case.save(update_fields=["edition"])


def _open_request(request: CaseRequest) -> CaseRequest:
    asked = CaseRequest.objects.get(pk=request.pk)
    if asked.state != CaseRequest.State.OPEN:
        raise Conflict("not_asked", _("This is not asked any more. Load the page again."))
    return asked


def _close(asked: CaseRequest, state: str, at: datetime) -> None:
    asked.state, asked.closed_at = state, at
    asked.save(update_fields=["state", "closed_at"])


def _clock(case: Case, resumed: bool) -> dict[str, object]:
    return {"resumed": resumed, "due_at": case.due_at}
