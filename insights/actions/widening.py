"""The trust rule at work: proposing what a record has earned, "not now", and a person's draft of it."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from insights.actions.drafting import draft_next
from insights.models import Widening
from insights.trust import has_earned, record_of, widened
from journal.refusals import Conflict, Invalid
from mandates.actions.writing import grantors_for, holder_ids, leads, lock_mandate, same_edition, tell_mandate
from mandates.documents import document_of
from mandates.engine import canonical, digest
from mandates.models import Mandate, MandateVersion, VersionPeriod, VersionState
from mandates.snapshots import in_force
from teams.models import Organisation, User
from teams.organisation import organisation, today
from teams.permissions import About
from teams.standing import require_today

OPEN = (VersionState.DRAFT, VersionState.PROPOSED)
LONGEST_WAIT = 3650


def propose_widening(*, mandate: Mandate, at: datetime) -> Widening | None:
    """Propose a wider version of what is in force where the record of its teams has earned it; None where it has not.

    Nothing is drafted or granted: account leads and grantors are told. A proposal that is open and no longer earned is
    ended. While a next version is drafted or waits for its answer, and until a "not now" is over, nothing is proposed.
    Locks the mandate. The product itself does this, on a due date.
    """
    with transaction.atomic():
        mandate = lock_mandate(mandate.pk)
        period = mandate.periods.filter(in_force(at)).select_related("version__mandate").first()
        if period is None or mandate.versions.filter(state__in=OPEN).exists():
            return None
        version, settings = period.version, organisation()
        known = Widening.objects.filter(version=version, ended_at=None).order_by("-pk").select_related("made").first()
        if known is not None and _is_answered(known, settings, at):
            return None
        record = record_of(version, settings=settings, at=at)
        document, rows = widened(document_of(version), record.rows, at) if has_earned(record, settings) else ({}, ())
        if known is not None and known.made is None and known.put_off_until is None:
            if not rows:
                _end(known, at)
            return None
        return _proposed(version, document, record.only(rows).stored(), at) if rows else None


def _is_answered(widening: Widening, settings: Organisation, at: datetime) -> bool:
    """Say whether people have answered, so that the product keeps quiet: until their day, or for a whole span."""
    if widening.made is not None:
        return at < widening.made.drafted_at + timedelta(days=settings.trust_days)
    return widening.put_off_until is not None and widening.put_off_until >= today(at, of=settings)


def _proposed(version: MandateVersion, document: dict[str, object], record: str, at: datetime) -> Widening:
    made = Widening.objects.create(
        version=version, document=canonical(document), sha256=digest(document), record=record, at=at
    )
    day = today(at)
    told = _people(version, day)
    data = {"widening": made.pk, "sha256": made.sha256}
    tell_mandate("mandate.widening_earned", version, by=None, at=at, data=data, tell=told, link=_link(made))
    return made


def _people(version: MandateVersion, day: date) -> list[int]:
    """Return whom it concerns: the account leads of the holding teams, and those who may grant the next version."""
    teams = holder_ids(version)
    return [*leads(teams, day), *grantors_for(teams, day)]


def _link(widening: Widening) -> str:
    return f"/mandates/{widening.version.mandate.code}/widening/{widening.pk}/"


def _end(widening: Widening, at: datetime) -> None:
    widening.ended_at = at
    widening.edition += 1
    widening.save(update_fields=["ended_at", "edition"])
    data = {"widening": widening.pk}
    tell_mandate("mandate.widening_ended", widening.version, by=None, at=at, data=data, link=_link(widening))


def propose_widenings(*, at: datetime) -> int:
    """Look at the record under every mandate in force; count what is proposed."""
    if not organisation().trusts_records:
        return 0
    periods = VersionPeriod.objects.filter(in_force(at))
    due = Mandate.objects.filter(pk__in=periods.values("mandate")).exclude(versions__state__in=OPEN).order_by("pk")
    return sum(propose_widening(mandate=mandate, at=at) is not None for mandate in due)


@transaction.atomic
def put_off(
    *, widening: Widening, by: User, at: datetime, until: date, reason: str = "", edition: int | None = None
) -> Widening:
    """Say "not now" to what a record has earned, until the end of a day; the record is looked at again after it.

    Locks the proposal. Raises: NotAllowed; Conflict `widening_over`, `stale_edition`; Invalid `not_ahead`, `too_far`.
    """
    widening = _locked(widening)
    day = require_today("widening.put_off", by=by, at=at, about=about(widening.version))
    same_edition(widening, edition)
    if until <= day:
        raise Invalid("not_ahead", _("Choose a day that is still to come."), path="until")
    if (until - day).days > LONGEST_WAIT:
        raise Invalid("too_far", _("Choose a day within the next ten years."), path="until")
    widening.put_off_until, widening.put_off_by, widening.put_off_at = until, by, at
    widening.put_off_reason = reason.strip()
    widening.edition += 1
    widening.save(update_fields=["put_off_until", "put_off_by", "put_off_at", "put_off_reason", "edition"])
    version = widening.version
    told = _people(version, day)
    data = {"widening": widening.pk, "until": until.isoformat()}
    tell_mandate("mandate.widening_put_off", version, by=by, at=at, data=data, tell=told, link=_link(widening))
    return widening


@transaction.atomic
def draft_widening(*, widening: Widening, by: User, at: datetime, edition: int | None = None) -> MandateVersion:
    """Make a draft of what a record has earned, in the drafter's name; it is checked, proposed and granted like any.

    One of a holding team asks for it from below; an administrator drafts it. Locks the proposal.
    Raises: NotAllowed; Conflict `widening_over`, `stale_edition`, `draft_exists`, `not_held`; Invalid.
    """
    widening = _locked(widening)
    version = widening.version
    require_today("widening.draft", by=by, at=at, about=about(version))
    same_edition(widening, edition)
    made = draft_next(version=version, by=by, at=at, document=document_of(widening), note=_said(widening))
    widening.made = made
    widening.edition += 1
    widening.save(update_fields=["made", "edition"])
    return made


def _said(widening: Widening) -> str:
    """Return why, as the version keeps it, in the drafter's language."""
    return _("The record of %(day)s has earned it; its figures stand on the page of the mandate.") % {
        "day": date_format(today(widening.at), "DATE_FORMAT")
    }


def about(version: MandateVersion) -> About:
    """Return what the permissions on a proposal look at."""
    return About(holder_team_ids=holder_ids(version))


def _locked(widening: Widening) -> Widening:
    """Return the proposal, locked after its mandate. Raises: Conflict `widening_over`."""
    lock_mandate(widening.version.mandate_id)
    found = Widening.objects.select_for_update(of=("self",)).select_related("version__mandate").get(pk=widening.pk)
    state = found.version.state
    if found.made_id or found.ended_at or state != VersionState.GRANTED:
        raise Conflict("widening_over", _("This is no longer proposed. Load the page again."))
    return found
