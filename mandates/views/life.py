"""What a version's page says of its life: the steps that ended or restored it, an emergency, and what it takes away."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mandates.actions.emergencies import open_emergency
from mandates.checking import problems_of
from mandates.models import Emergency, MandateVersion, VersionPeriod, VersionState
from mandates.narrowing import Narrowing, Start, earliest
from mandates.notices import said
from mandates.phrases import day_text, listed
from mandates.reaching import difference_label
from mandates.snapshots import in_force
from teams.organisation import organisation, today
from teams.permissions import About, Person, may

LIVING = (VersionState.GRANTED, VersionState.SUSPENDED)


def life_of(version: MandateVersion, person: Person, at: datetime) -> dict[str, Any]:
    """Return the steps of a version with their reasons, and the emergency that a reader with the right may decide."""
    steps = version.steps.select_related("by").order_by("-id")
    for step in steps:
        step.version = version
    asked = open_emergency(version) if version.state in LIVING and may("mandate.revoke", person) else None
    return {
        "steps": [{"sentence": said(step), "reason": step.reason, "grave": step.name in GRAVE} for step in steps],
        "emergency": asked,
        "announced": is_announced(version, at),
    }


GRAVE = ("suspend", "revoke", "emergency", "announce")


def is_announced(version: MandateVersion, at: datetime) -> bool:
    """Say whether the version judges only until its notice period is over."""
    rows = version.periods.filter(in_force(at), end_cause=VersionPeriod.EndCause.REVOKED)
    return version.state == VersionState.GRANTED and rows.exists()


def is_offered(name: str, life: Mapping[str, Any]) -> bool:
    """Say whether a move that the state allows makes sense now; `life` holds what is announced, asked and offered."""
    if name == "keep":
        return bool(life["announced"])
    if name == "revoke":
        return not life["announced"]
    if name == "ask_emergency":
        return life["emergency"] is None
    if name in ("confirm_emergency", "drop_emergency"):
        return life["emergency"] is not None
    return life["offer"] is not None if name in ("accept", "refuse", "withdraw_counter") else True


def owned(about: About, emergency: Emergency | None) -> About:
    """Return what the permission table asks, with who asked for an emergency."""
    return replace(about, owner_id=emergency.asked_by_id if emergency else None)


# --- before a grant ---


def start_of(version: MandateVersion, at: datetime) -> Start | None:
    """Return from when a proposed version could be in force, None where it could not be granted as it stands."""
    if version.state != VersionState.PROPOSED or version.valid_until is None:
        return None
    if problems_of(version) or version.valid_until < today(at):
        return None
    return earliest(version, wanted=None, at=at)


def told_start(start: Start) -> dict[str, Any]:
    """Return a start for reading: what is taken away, from when, and whether a reason is needed."""
    taken = start.too_soon or start.narrowings
    return {
        "taken": [_taken(one) for one in taken],
        "undecided": any(found.kind == "undecided" for one in taken for found in one.differences),
        "first": start.first,
        "first_text": day_text(start.first),
        "needs_reason": bool(start.narrowings),
        "notice_days": organisation().notice_days,
    }


def _taken(one: Narrowing) -> str:
    labels = dict.fromkeys(difference_label(found.metric) for found in one.differences)
    parts = list(labels)
    parts += [_("all of it for %(team)s") % {"team": team.name} for team in one.teams]
    return _("Against version %(number)s: %(what)s.") % {"number": one.other.number, "what": listed(parts)}
