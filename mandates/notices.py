"""What stops, or stopped lately, of what a team may agree, each with its reason: for the pages of its people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from mandates.models import VersionState, VersionStep

# how long an ended version is still told of
LATELY = timedelta(days=60)
ENDED = ("revoke", "emergency", "announce")


@dataclass(frozen=True, slots=True)
class Notice:
    """One sentence with the reason that was given; `grave` where the authority stopped already."""

    sentence: str
    reason: str
    url: str
    grave: bool


def notices_of(team_ids: Collection[int], at: datetime) -> list[Notice]:
    """Return the last suspension, revocation or emergency of each version that these teams hold or held, newest first.

    A version that was resumed, kept, or followed by another one is told of no more.
    """
    rows = VersionStep.objects.filter(version__holders__team__in=team_ids, at__gte=at - LATELY)
    steps = rows.select_related("version__mandate", "by").distinct().order_by("version_id", "-id")
    last: dict[int, VersionStep] = {}
    for step in steps:
        last.setdefault(step.version_id, step)
    found = [step for step in last.values() if _still_matters(step)]
    return [_notice(step) for step in sorted(found, key=lambda step: -step.pk)]


def _still_matters(step: VersionStep) -> bool:
    state = step.version.state
    if step.name == "suspend":
        return state == VersionState.SUSPENDED
    if step.name == "announce":
        return state in (VersionState.GRANTED, VersionState.SUSPENDED, VersionState.REVOKED)
    return step.name in ENDED and state == VersionState.REVOKED


def _notice(step: VersionStep) -> Notice:
    version = step.version
    url = reverse("mandates:version", args=[version.mandate.code, version.number])
    return Notice(said(step), step.reason, url, step.name != "announce" or version.state == VersionState.REVOKED)


def said(step: VersionStep) -> str:
    """Return one step of a version's end as a sentence."""
    sentences = {
        "suspend": _("%(by)s suspended “%(name)s” on %(on)s: it judges nothing until it is resumed."),
        "resume": _("%(by)s resumed “%(name)s” on %(on)s."),
        "revoke": _("%(by)s revoked “%(name)s” on %(on)s."),
        "emergency": _("An emergency: two people revoked “%(name)s” at once on %(on)s; %(by)s confirmed it."),
        "announce": _("%(by)s gave notice on %(on)s: “%(name)s” is revoked on %(end)s and judges until then."),
        "keep": _("%(by)s took the notice back on %(on)s: “%(name)s” goes on."),
    }
    return sentences[step.name] % {
        "by": step.by,
        "name": step.version.mandate.name,
        "on": formats.date_format(timezone.localtime(step.at), "DATE_FORMAT"),
        "end": formats.date_format(timezone.localtime(step.takes_effect_at or step.at), "DATE_FORMAT"),
    }
