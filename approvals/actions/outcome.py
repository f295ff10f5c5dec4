"""How an approved deal ends: won, lost or lapsed; and a mis-clicked result reopened by a second person."""

import json
from datetime import date, datetime

from django.utils.translation import gettext as _

from approvals import following
from approvals.actions.advice_closing import close_advice
from approvals.actions.settling import expect_edition, move, release, save
from approvals.actions.submit import checked_reason
from approvals.judging import hold_key
from approvals.locking import Locked, lock_deal
from approvals.models import Deal, DealState, Revision
from approvals.sight import about
from approvals.states import DEAL_MOVES
from approvals.telling import action, owners, tell_deal
from approvals.terms import of_facts, read
from journal.hashing import sha256
from journal.moves import find
from journal.refusals import Conflict, Invalid
from mandates import budgets
from teams.models import User
from teams.permissions import require
from teams.standing import person_of


@action
def win(*, deal: Deal, by: User, at: datetime, closed_on: date, edition: int | None = None) -> Deal:
    """Enter that the customer took the deal as approved; what it held of its budgets is committed.

    Raises: NotAllowed; Conflict `illegal_move`, `stale_edition`, `yes_has_lapsed`, `draft_differs`;
    Invalid `closed_on`.
    """
    locked = _lock(deal, "win", by=by, at=at, edition=edition)
    revision = _approved_revision(locked.deal)
    _check_day(closed_on, revision, locked.day)
    if locked.deal.good_until is not None and locked.deal.good_until < locked.day:
        detail = _("The yes to this deal was good until %(day)s. Submit it again.")
        raise Conflict("yes_has_lapsed", detail % {"day": locked.deal.good_until})
    approved = of_facts(json.loads(revision.document)["deal"])
    if not read(locked.deal.draft).says_the_same_as(approved):
        detail = _("The draft differs from what was approved. Submit it as a new revision, or set it back.")
        raise Conflict("draft_differs", detail)
    budgets.commit(revision=hold_key(locked.deal, revision), by=by, at=at)
    return _close(locked.deal, "win", by=by, at=at, closed_on=closed_on, why="")


@action
def lose(*, deal: Deal, by: User, at: datetime, closed_on: date, why: str = "", edition: int | None = None) -> Deal:
    """Enter that the customer did not take the deal; its budget is free again.

    Raises: NotAllowed; Conflict `illegal_move`, `stale_edition`; Invalid `closed_on`, `too_long`.
    """
    locked = _lock(deal, "lose", by=by, at=at, edition=edition)
    _check_day(closed_on, _approved_revision(locked.deal), locked.day)
    why = checked_reason(why, required=False)
    release(locked.deal, by=by, at=at)
    return _close(locked.deal, "lose", by=by, at=at, closed_on=closed_on, why=why)


def _lock(deal: Deal, name: str, *, by: User, at: datetime, edition: int | None) -> Locked:
    locked = lock_deal(deal.pk, at=at)
    expect_edition(locked.deal.edition, edition)
    found = find(DEAL_MOVES, name, locked.deal.state)
    require(found.permission, person_of(by, locked.day), about(locked.deal))
    return locked


def _approved_revision(deal: Deal) -> Revision:
    if deal.latest is None:
        raise Conflict("nothing_submitted", _("This deal has not been submitted yet."))
    return deal.latest


def _check_day(closed_on: date, revision: Revision, day: date) -> None:
    if closed_on > day:
        raise Invalid(
            "closed_on", _("A result is entered once it is known: choose today or an earlier day."), path="closed_on"
        )
    if closed_on < revision.on:
        raise Invalid("closed_on", _("A result cannot be older than the revision it is about."), path="closed_on")


def _close(deal: Deal, name: str, *, by: User, at: datetime, closed_on: date, why: str) -> Deal:
    event = move(deal, name)
    deal.closed_on, deal.result_by, deal.result_why = closed_on, by, why
    save(deal, "state", "closed_on", "result_by", "result_why")
    close_advice(deal, by=by, at=at)
    data = {"closed_on": closed_on, "why_sha256": sha256(why)}
    tell_deal(event, deal, by=by, at=at, data=data, tell=owners(deal))
    following.closed(deal, by=by, at=at)
    return deal


@action
def reopen(*, deal: Deal, by: User, at: datetime, reason: str, edition: int | None = None) -> Deal:
    """Undo a result that somebody else entered by mistake; the deal is approved again, or a draft where that is over.

    What was committed is held again. A lost deal gets its budget back where there is still room; where another deal
    took it, or where the yes has lapsed meanwhile, the deal becomes a draft, to be submitted again.
    Raises: NotAllowed; Conflict `illegal_move`, `imported_history`; Invalid `reason_missing`.
    """
    locked = _lock(deal, "reopen", by=by, at=at, edition=edition)
    if not _approved_revision(locked.deal).judged:
        detail = _("This deal was decided elsewhere and imported. Correct it with a new import.")
        raise Conflict("imported_history", detail)
    reason = checked_reason(reason, required=True)
    name = "reopen" if _good_again(locked, by=by, at=at) else "reopen_as_draft"
    if name == "reopen_as_draft":
        release(locked.deal, by=by, at=at)
    event = move(locked.deal, name)
    locked.deal.closed_on = locked.deal.result_by = None
    locked.deal.result_why = ""
    locked.deal.reopened_count += 1
    save(locked.deal, "state", "closed_on", "result_by", "result_why", "reopened_count")
    data = {"reason_sha256": sha256(reason), "state": locked.deal.state}
    tell_deal(event, locked.deal, by=by, at=at, data=data, tell=owners(locked.deal))
    return locked.deal


def _good_again(locked: Locked, *, by: User, at: datetime) -> bool:
    """Say whether the yes still stands, and hold its budget again."""
    deal = locked.deal
    if deal.good_until is None or deal.good_until < locked.day:
        return False
    held = budgets.uncommit(revision=hold_key(deal, _approved_revision(deal)), by=by, at=at)
    return all(one.fits for one in held)


@action
def lapse(*, deal: Deal, at: datetime) -> bool:
    """End a yes whose date has passed; say whether it was still to be done."""
    locked = lock_deal(deal.pk, at=at)
    current = locked.deal
    if current.state != DealState.APPROVED or current.good_until is None or current.good_until >= locked.day:
        return False
    release(current, by=None, at=at)
    event = move(current, "lapse")
    save(current, "state")
    close_advice(current, by=None, at=at)
    tell_deal(event, current, by=None, at=at, data={"good_until": current.good_until}, tell=owners(current))
    return True
