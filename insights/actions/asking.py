"""Asking for a replay, and cancelling one."""

from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils.translation import gettext as _

from insights.models import OPEN_STATES, Replay, ReplayPart, ReplayState
from insights.plans import Plan, version_plan
from insights.replay import Choice, parts_of
from insights.waking import wake_replay
from journal.record import record
from journal.refusals import Conflict, Invalid
from mandates.documents import document_of
from mandates.engine import ENGINE_VERSION, check_mandate
from mandates.models import MandateVersion
from teams.models import Team, User
from teams.permissions import About
from teams.standing import require_today


@transaction.atomic
def ask_replay(
    *,
    version: MandateVersion,
    by: User,
    at: datetime,
    since: date | None = None,
    until: date | None = None,
    team: Team | None = None,
    family: str = "",
    size: int | None = None,
) -> Replay:
    """Have past deals judged by this version, in the background; asking the same twice gives the same replay.

    Locks the version; freezes what judges, and divides the deals into parts, of `size` where it is given. `since` and
    `until` are both inclusive, `family` takes what lies below it.
    Raises: NotAllowed; Invalid `period_turned`, `incomplete`, `no_team`, `no_deals`; Conflict `replay_open` while
    another replay of the version is under way, `no_default_committee`.
    """
    require_today("replay.ask", by=by, at=at)
    version = MandateVersion.objects.select_for_update(of=("self",)).select_related("mandate").get(pk=version.pk)
    asked = {"since": since, "until": until, "team": team, "family": family}
    under_way = Replay.objects.filter(version=version, state__in=OPEN_STATES).first()
    if under_way is not None:
        if all(getattr(under_way, name) == value for name, value in asked.items()):
            return under_way
        raise Conflict("replay_open", _("A replay of this version is under way. Wait for it, or cancel it first."))
    plan = _checked(version, at=at, since=since, until=until, team=team)
    parts = parts_of(plan, Choice(since, until, family), size=size)
    if not parts:
        raise Invalid("no_deals", _("No approved or closed deal matches. Choose a longer period or all teams."))
    replay = Replay.objects.create(
        version=version,
        asked_by=by,
        asked_at=at,
        total=sum(part.count for part in parts),
        plan=plan.stored(),
        sha256=version.sha256,
        engine_version=ENGINE_VERSION,
        **asked,
    )
    ReplayPart.objects.bulk_create(
        ReplayPart(replay=replay, number=number, first_deal=part.first, last_deal=part.last, count=part.count)
        for number, part in enumerate(parts, start=1)
    )
    tell("replay.asked", replay, by=by, at=at, data={"deals": replay.total})
    transaction.on_commit(partial(wake_replay, replay.pk, len(parts)))
    return replay


def _checked(
    version: MandateVersion, *, at: datetime, since: date | None, until: date | None, team: Team | None
) -> Plan:
    if since and until and since > until:
        raise Invalid("period_turned", _("The first day lies after the last."), path="until")
    if check_mandate(document_of(version)):
        raise Invalid("incomplete", _("This version is not complete yet. Mend what its page names, then replay it."))
    plan = version_plan(version, at=at, only=team)
    if not plan.before:
        raise Invalid("no_team", _("No team is to hold this version yet. Give it to a team, then replay it."))
    return plan


@transaction.atomic
def cancel_replay(*, replay: Replay, by: User, at: datetime) -> Replay:
    """Stop a replay; what was counted so far stays to be read.

    Locks the replay. Raises: NotAllowed; Conflict `replay_over`.
    """
    replay = Replay.objects.select_for_update(of=("self",)).select_related("version__mandate").get(pk=replay.pk)
    require_today("replay.cancel", by=by, at=at, about=About(owner_id=replay.asked_by_id))
    if replay.state not in OPEN_STATES:
        raise Conflict("replay_over", _("This replay is over already. Load the page again."))
    replay.state, replay.finished_at, replay.lease_until = ReplayState.CANCELLED, at, None
    replay.edition += 1
    replay.save(update_fields=["state", "finished_at", "lease_until", "edition"])
    tell("replay.cancelled", replay, by=by, at=at, data={"deals": replay.done_count})
    return replay


def tell(
    verb: str, replay: Replay, *, by: User | None, at: datetime, data: dict[str, int], people: list[int] | None = None
) -> None:
    """Record an event in the mandate's timeline; an answer that somebody waits for comes to the inbox, not by mail."""
    mandate = replay.version.mandate
    record(
        verb,
        subject=("mandate", mandate.code),
        by=None if by is None else by.pk,
        at=at,
        data={"replay": replay.pk, "code": mandate.code, "version": replay.version.number, **data},
        tell=people or [],
        mail=False,
        link=f"/mandates/{mandate.code}/versions/{replay.version.number}/replay/",
    )
