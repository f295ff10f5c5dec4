"""Changing a committee takes two people: one proposes, a second one confirms; then it happens."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from teams.actions import committees
from teams.actions.writing import active, checked, same_edition
from teams.models import Committee, CommitteeChange, OrganisationRole, User, holds_on
from teams.organisation import today
from teams.permissions import About
from teams.standing import require_today

Kind, State = CommitteeChange.Kind, CommitteeChange.State
ANSWERING = (OrganisationRole.Role.MANDATE_ADMINISTRATOR, OrganisationRole.Role.EXECUTIVE)
ENOUGH = 2  # people


def link_of(change: CommitteeChange) -> str:
    return f"{committees.link_of(change.committee)}changes/{change.pk}/"


@transaction.atomic
def propose_change(
    *,
    committee: Committee,
    by: User,
    at: datetime,
    kind: str,
    values: Mapping[str, Any],
    edition: int | None = None,
    reason: str = "",
) -> CommitteeChange:
    """Propose a change of a committee; a second administrator or executive confirms it.

    `values`: for `rule` the columns of `committees.FACTS` that change; for `seat` `user` (an id) and `is_chair`; for
    `unseat` and `chair` `seat` (an id). In an organisation that never had two people who could confirm, it happens at
    once. Raises: NotAllowed; Conflict `stale_edition`, `proposed_already`, `nothing_changes` and as the change itself
    does; Invalid.
    """
    require_today("committee.manage", by=by, at=at)
    locked = _locked(committee.pk)
    same_edition(locked, edition)
    document = _document(locked, kind, values)
    _possible(locked, kind, document)
    row = _insert(locked, by=by, at=at, kind=kind, document=document, reason=reason.strip())
    alone = founding()
    # before a second person there is nobody to tell
    tell = [] if alone else [person for person in who_answer(at) if person not in {by.pk, *gaining(row)}]
    _record("committee.change_proposed", row, by, at, tell=tell)
    if alone:
        _confirm(row, by=by, at=at)
    return row


def founding() -> bool:
    """Say whether this organisation never had two people who could confirm: a fresh one has to start somehow.

    INVARIANT: once it had, it is never again so, whoever leaves: roles are rows that only end.
    """
    held = OrganisationRole.objects.filter(role__in=ANSWERING)
    return held.values("user").distinct().count() < ENOUGH


def gaining(change: CommitteeChange) -> frozenset[int]:
    """Return who gains a right by the change: they do not confirm it."""
    document = json.loads(change.document)
    if change.kind == Kind.SEAT:
        return frozenset({document["user"]})
    if change.kind == Kind.CHAIR:
        return frozenset(change.committee.seats.filter(pk=document["seat"]).values_list("user_id", flat=True))
    return frozenset()


def about_change(change: CommitteeChange) -> About:
    """Return what the right to answer a change depends on."""
    return About(owner_id=change.proposed_by_id, seat_ids=gaining(change))


@transaction.atomic
def confirm_change(*, change: CommitteeChange, by: User, at: datetime) -> CommitteeChange:
    """Let a proposed change happen; open cases keep the rule and the electorate that they opened with.

    Raises: NotAllowed, also for whoever proposed it or gains by it; Conflict; Invalid.
    """
    row = _open(change, at)
    require_today("committee.confirm", by=by, at=at, about=about_change(row))
    _confirm(row, by=by, at=at)
    return row


@transaction.atomic
def decline_change(*, change: CommitteeChange, by: User, at: datetime, reason: str) -> CommitteeChange:
    """Decline a proposed change. Raises: NotAllowed; Conflict; Invalid `reason_missing`."""
    row = _open(change, at)
    require_today("committee.confirm", by=by, at=at, about=about_change(row))
    if not reason.strip():
        raise Invalid("reason_missing", _("Say why: whoever proposed it will want to know."), path="reason")
    _answer(row, State.DECLINED, by=by, at=at, reason=reason.strip())
    _record("committee.change_declined", row, by, at, tell=[row.proposed_by_id])
    return row


@transaction.atomic
def take_back_change(*, change: CommitteeChange, by: User, at: datetime) -> CommitteeChange:
    """Take back what one proposed oneself. Raises: NotAllowed; Conflict."""
    row = _open(change, at)
    require_today("committee.take_back", by=by, at=at, about=about_change(row))
    _answer(row, State.TAKEN_BACK, by=by, at=at)
    _record("committee.change_taken_back", row, by, at)
    return row


def _locked(committee_id: int) -> Committee:
    # "no key": rows that merely refer to the committee, such as new cases, may be written meanwhile
    return Committee.objects.select_for_update(no_key=True).get(pk=committee_id)


def _open(change: CommitteeChange, at: datetime) -> CommitteeChange:
    locked = _locked(change.committee_id)
    row = CommitteeChange.objects.select_for_update().get(pk=change.pk)
    row.committee = locked
    if row.state != State.PROPOSED:
        raise Conflict("already_answered", _("This change has been answered already."))
    return row


def _document(committee: Committee, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    if kind == Kind.RULE:
        facts = {name: getattr(committee, name) for name in committees.FACTS}
        changed = facts | {name: value for name, value in values.items() if name in facts}
        changed["name"] = str(changed["name"]).strip()
        if changed == facts:
            raise Conflict("nothing_changes", _("This is how the committee is already."))
        return changed
    if kind == Kind.SEAT:
        return {"user": int(values["user"]), "is_chair": bool(values.get("is_chair"))}
    return {"seat": int(values["seat"])}


def _possible(committee: Committee, kind: str, document: Mapping[str, Any]) -> None:
    """Refuse at once what could never be confirmed. Raises: Conflict, Invalid."""
    if kind == Kind.RULE:
        committees.sensible(document)
        draft = Committee(code=committee.code, **document)
        checked(draft, committees.FACTS)
        if committee.is_active and not document["is_active"]:
            committees.not_needed(committee)
    elif kind == Kind.SEAT:
        user = User.objects.get(pk=document["user"])
        active(user, "user")
        if committee.seats.filter(user=user, ended_on=None).exists():
            raise Conflict("seated_already", _("This person sits on this committee already."))
    else:
        committees.open_seat(committee, document["seat"])


def _insert(
    committee: Committee, *, by: User, at: datetime, document: dict[str, Any], **fields: Any
) -> CommitteeChange:
    row = CommitteeChange(
        committee=committee,
        committee_edition=committee.edition,
        document=json.dumps(document, sort_keys=True),
        proposed_by=by,
        proposed_at=at,
        **fields,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise Conflict("proposed_already", _("Somebody has proposed this already.")) from None
    return row


def _confirm(row: CommitteeChange, *, by: User, at: datetime) -> None:
    document = json.loads(row.document)
    _answer(row, State.CONFIRMED, by=by, at=at)
    _record("committee.change_confirmed", row, by, at, tell=[row.proposed_by_id])
    if row.kind == Kind.RULE:
        same_edition(row.committee, row.committee_edition)
        committees.change_facts(row.committee, document, by=by, at=at)
    elif row.kind == Kind.SEAT:
        user = User.objects.get(pk=document["user"])
        committees.seat(row.committee, user, is_chair=document["is_chair"], by=by, at=at)
    elif row.kind == Kind.UNSEAT:
        committees.unseat(row.committee, document["seat"], by=by, at=at)
    else:
        committees.make_chair(row.committee, document["seat"], by=by, at=at)


def _answer(row: CommitteeChange, state: str, *, by: User, at: datetime, reason: str = "") -> None:
    row.state, row.answered_by, row.answered_at, row.answer_reason = state, by, at, reason
    row.save(update_fields=["state", "answered_by", "answered_at", "answer_reason"])


def who_answer(at: datetime) -> list[int]:
    """Return who could answer a proposed change today: administrators and executives."""
    held = OrganisationRole.objects.filter(holds_on(today(at)), role__in=ANSWERING, user__is_active=True)
    return list(held.order_by("user_id").values_list("user_id", flat=True).distinct())


def _record(verb: str, row: CommitteeChange, by: User, at: datetime, *, tell: list[int] | None = None) -> None:
    record(
        verb,
        subject=("committee", row.committee.code),
        by=by.pk,
        at=at,
        data={"change": row.pk, "kind": row.kind, "code": row.committee.code, "proposed_by": row.proposed_by_id},
        about=[("user", str(user)) for user in sorted(gaining(row))],
        tell=[person for person in tell or [] if person != by.pk],
        link=link_of(row),
    )
