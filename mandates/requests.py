"""What teams have asked for, and where it stands: for the pages of the team, of Today, and of a version."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from mandates.models import Mandate, MandateVersion, VersionCounter, VersionPeriod, VersionState
from mandates.snapshots import in_force
from teams.models import Team

# how long an answered request is still shown
LATELY = timedelta(days=30)
OPEN = (VersionState.DRAFT, VersionState.PROPOSED)


def askable(team: Team, at: datetime) -> list[Mandate]:
    """Return the mandates that a team holds today: it may ask for a wider version of each."""
    periods = VersionPeriod.objects.filter(in_force(at), version__holders__team=team)
    return list(Mandate.objects.filter(pk__in=periods.values("mandate")).order_by("name", "pk"))


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as a page lists it: what it is, where it stands, and whether the team is asked something."""

    version: MandateVersion
    state: str
    said: str
    waits_for_team: bool


def requests_of(team_ids: Collection[int], at: datetime) -> list[Asked]:
    """Return the requests of these teams that are open, or were answered lately, newest first."""
    if not team_ids:
        return []
    recent = Q(state__in=OPEN) | Q(counters__answer="") | Q(answered_at__gte=at - LATELY)
    rows = MandateVersion.objects.filter(recent, request__team__in=team_ids).distinct().order_by("-id")
    found = rows.select_related("mandate", "request__team", "drafted_by", "answered_by").prefetch_related("counters")
    return [asked(version) for version in found]


def asked(version: MandateVersion) -> Asked:
    """Return where one request stands; its counters are read with it."""
    counters = sorted(version.counters.all(), key=lambda one: -one.pk)
    last = counters[0] if counters else None
    state = str(VersionState(version.state).value)
    names = {"drafter": version.drafted_by, "grantor": version.answered_by}
    said = {
        "draft": _("%(drafter)s drafts it; it is not sent yet."),
        "proposed": _("It waits for a grantor."),
        "granted": _("%(grantor)s granted it."),
        "declined": _("%(grantor)s declined it.") if version.answered_by else _("It was taken back."),
    }.get(state, "")
    if version.state == VersionState.COUNTERED and last is not None:
        said = _answered(last) % names
    return Asked(version, state, said % names, is_open(last))


def is_open(offer: VersionCounter | None) -> bool:
    """Say whether the team has not answered yet what was offered."""
    return offer is not None and offer.answer == ""


def _answered(offer: VersionCounter) -> str:
    if offer.answer == VersionCounter.Answer.ACCEPTED:
        return _("The team accepted what %(grantor)s offered.")
    if offer.answer == VersionCounter.Answer.REFUSED:
        return _("The team said no to what %(grantor)s offered.")
    return _("%(grantor)s offers something else: accept it, or say no.")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a request's way: done, current, todo, or the end that it came to."""

    name: str
    label: str


def steps_of(version: MandateVersion, *, is_in_force: bool) -> Sequence[Step]:
    """Return the way of a request: drafted, sent, answered, in force, with where it stands now."""
    state = version.state
    draft, sent, force = _("Drafted"), _("With the grantors"), Step("todo", _("In force"))
    done = [Step("done", draft), Step("done", sent)]
    if state == VersionState.DRAFT:
        return [Step("current", draft), Step("todo", sent), Step("todo", _("Answered")), force]
    if state == VersionState.PROPOSED:
        return [Step("done", draft), Step("current", sent), Step("todo", _("Answered")), force]
    if state == VersionState.DECLINED:
        label = _("Declined") if version.answered_by_id else _("Taken back")
        return [*(done if version.proposed_by_id else done[:1]), Step("end", label)]
    if state == VersionState.COUNTERED:
        return [*done, *_countered(version), *([force] if _offers(version) == {""} else [])]
    return [*done, Step("done", _("Granted")), Step("current" if is_in_force else "todo", _("In force"))]


def _countered(version: MandateVersion) -> list[Step]:
    answers = _offers(version)
    if "" in answers:
        return [Step("current", _("Something else is offered"))]
    return [Step("done", _("Accepted as offered")) if "accepted" in answers else Step("end", _("Offer refused"))]


def _offers(version: MandateVersion) -> set[str]:
    """Return how the offers of a countered version stand, without those that were withdrawn."""
    return {str(one.answer) for one in version.counters.all()} - {"withdrawn"}
