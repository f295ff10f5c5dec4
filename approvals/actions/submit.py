"""Submitting a deal, which answers it at once or asks those who may, and withdrawing it."""

import json
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from approvals import following
from approvals.actions.advice_closing import close_advice
from approvals.actions.draft import become_editor
from approvals.actions.settling import (
    Turn,
    approve,
    ask_colleagues,
    ask_committees,
    close_questions,
    decide,
    expect_edition,
    move,
    refuse,
    release,
    save,
)
from approvals.electorates import eligible_colleagues, involved_in, present_colleagues
from approvals.eligibility import too_few
from approvals.judging import Judged, facts_of, hold_keys, judge, live_approvals, may_decide
from approvals.locking import Locked, lock_deal
from approvals.models import Case, Deal, Decision, Revision, RevisionLine
from approvals.sight import about
from approvals.states import DEAL_MOVES
from approvals.telling import action, owners, tell_deal
from approvals.terms import read
from journal.hashing import sha256
from journal.moves import find
from journal.refusals import Invalid
from mandates.engine import canonical, measure
from mandates.models import Product
from teams.models import User
from teams.permissions import About, Person, require
from teams.standing import person_of

LONGEST_REASON = 4000


@action
def submit(*, deal: Deal, by: User, at: datetime, edition: int | None) -> Decision:
    """Freeze the draft as the deal's next revision, judge it and do what the answer says (`domain.md`, step 2).

    Locks team, budgets, deal and open cases. Writes the revision with its decision, and either the yes, the refusal,
    the round of colleagues or a case for each committee; whatever was open about an earlier revision is void.
    Raises: NotAllowed; Conflict `stale_edition`, `illegal_move`, `deal_changed`, `committee_unknown`;
    Invalid where the draft cannot be judged, with the path in it.
    """
    locked = lock_deal(deal.pk, at=at, next_revision=True)
    expect_edition(locked.deal.edition, edition)
    found = find(DEAL_MOVES, "submit", locked.deal.state)
    person = person_of(by, locked.day)
    require(found.permission, person, About(team_id=locked.team.pk))
    turn = put_forward(locked, _judge(locked, person), cause=Decision.Cause.SUBMIT, by=by, at=at)
    _act(turn)
    following.said(turn.deal, turn.revision.cases.all(), turn.revision.why, by=by, at=at)
    return turn.decision


def put_forward(
    locked: Locked, judged: Judged, *, cause: str, by: User, at: datetime, data: dict[str, object] | None = None
) -> Turn:
    """Freeze the draft as the next revision with its judgement, which is still to be acted upon.

    Whatever was open about an earlier revision is void, and its budget is free.
    """
    deal = locked.deal
    event = find(DEAL_MOVES, "submit", deal.state).event
    if deal.latest is not None:
        release(deal, by=by, at=at)
        close_questions(deal, by=by, at=at)
    revision = _freeze(locked, judged, by=by, at=at)
    decision = decide(revision, judged, cause, at, number=1)
    _become_pending(locked, revision, by=by, at=at)
    told = {"revision": revision.number, "decision": decision.pk, "outcome": decision.outcome}
    told |= {"sha256": revision.sha256, **(data or {})}
    tell_deal(event, deal, by=by, at=at, data=told, tell=owners(deal))
    return Turn(locked, revision, judged, decision, by, at)


def _judge(locked: Locked, person: Person) -> Judged:
    deal = locked.deal
    return judge(
        facts=facts_of(deal, read(deal.draft), locked.day),
        authority=locked.authority,
        team=locked.team,
        customer=deal.customer,
        approvals=live_approvals(deal),
        member_may_decide=may_decide(person, locked.team),
        own_revisions=hold_keys(deal),
        settings=locked.organisation,
    )


def _act(turn: Turn) -> None:
    """Do what a first judgement says."""
    answer = turn.judged.answer
    if turn.judged.outcome == "member":
        approve(turn)
    elif turn.judged.outcome == "outside_charter":
        refuse(turn)
    elif turn.judged.outcome == "committee":
        ask_committees(turn, answer["committees"], Case.Cause.LIMIT)
    else:
        colleagues = eligible_colleagues(turn.locked.team, turn.locked.day, involved_in(turn.deal))
        if too_few(present_colleagues(colleagues, turn.locked.day), answer["consents"]):
            ask_committees(turn, [turn.judged.committee_code], Case.Cause.TOO_FEW)
        else:
            ask_colleagues(turn, colleagues)


def _freeze(locked: Locked, judged: Judged, *, by: User, at: datetime) -> Revision:
    """Write the revision and its lines as they will stay."""
    deal, facts = locked.deal, judged.facts
    document = canonical(facts)
    sums = measure(facts["deal"])
    revision = Revision.objects.create(
        deal=deal,
        number=1 if deal.latest is None else deal.latest.number + 1,
        document=document,
        sha256=sha256(document),
        why=json.loads(deal.draft)["why"],
        submitted_by=by,
        submitted_at=at,
        on=locked.day,
        term_months=facts["deal"]["term_months"],
        payment_days=facts["deal"]["payment_days"],
        list_value=Decimal(sums["L"]),
        net_value=Decimal(sums["P"]),
        discount_amount=_known(sums["G"]),
        cost=_known(sums["C"]),
    )
    lines = facts["deal"]["lines"]
    codes = {line["product"] for line in lines}
    products = dict(Product.objects.filter(code__in=codes).values_list("code", "id"))
    RevisionLine.objects.bulk_create(
        RevisionLine(
            revision=revision,
            position=position,
            product_id=products[line["product"]],
            charge=line["charge"],
            quantity=Decimal(line["quantity"]),
            list_price=Decimal(line["list_price"]),
            unit_cost=_known(line["unit_cost"]),
            unit_price=Decimal(line["unit_price"]),
        )
        for position, line in enumerate(lines)
    )
    return revision


def _known(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure)


def _become_pending(locked: Locked, revision: Revision, *, by: User, at: datetime) -> None:
    """Fix the deal's team and contact as of today, and note who submitted it."""
    deal = locked.deal
    move(deal, "submit")
    if locked.place is not None:
        deal.team, deal.contact = locked.place.team, locked.place.contact
    deal.latest = revision
    deal.submitted_at = deal.submitted_at or at
    deal.answered_at = deal.good_until = None
    become_editor(deal, by)
    save(deal, "draft", "state", "team", "contact", "latest", "submitted_at", "answered_at", "good_until")


@action
def withdraw(*, deal: Deal, by: User, at: datetime, reason: str = "", edition: int | None = None) -> Deal:
    """Take a draft or pending deal back: whoever was asked need not answer, and its budget is free again.

    Raises: NotAllowed; Conflict `stale_edition`, `illegal_move`; Invalid `too_long`.
    """
    locked = lock_deal(deal.pk, at=at)
    expect_edition(locked.deal.edition, edition)
    found = find(DEAL_MOVES, "withdraw", locked.deal.state)
    require(found.permission, person_of(by, locked.day), about(locked.deal))
    reason = checked_reason(reason, required=False)
    release(locked.deal, by=by, at=at)
    close_questions(locked.deal, by=by, at=at)
    move(locked.deal, "withdraw")
    locked.deal.result_by, locked.deal.closed_on, locked.deal.result_why = by, locked.day, reason
    save(locked.deal, "state", "result_by", "closed_on", "result_why")
    close_advice(locked.deal, by=by, at=at)
    tell_deal(found.event, locked.deal, by=by, at=at, data={"reason_sha256": sha256(reason)}, tell=owners(locked.deal))
    return locked.deal


def checked_reason(reason: str, *, required: bool) -> str:
    """Return the reason without its margins. Raises: Invalid `reason_missing`, `too_long`, path `reason`."""
    reason = reason.strip()
    if required and not reason:
        raise Invalid("reason_missing", _("Say why in a sentence: those it concerns will read it."), path="reason")
    if len(reason) > LONGEST_REASON:
        raise Invalid("too_long", _("The reason is too long. Shorten it."), path="reason")
    return reason
