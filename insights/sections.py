"""What insights adds to the pages of mandates and their versions, to Today, and to the demo's sign-in."""

import json
from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from approvals import today_parts
from insights.demo.company import DOMAIN, SIGN_INS
from insights.models import Replay, ReplayState
from insights.readings.outcome import bars_of, sentences_of
from insights.readings.spending import budget_sentences
from insights.readings.trust import unanswered, waiting
from insights.tallies import summary
from insights.views.widenings import shown
from mandates import sections as mandate_pages
from mandates.models import Mandate, MandateVersion
from teams.demo import hints
from teams.organisation import today
from teams.permissions import Person


def register() -> None:
    """Add the sections, and what to try as somebody of the demo company; called once, when the app is ready."""
    hints.update({f"{key}@{DOMAIN}": hint for key, _name, hint in SIGN_INS})
    mandate_pages.version_sections["replay"] = of_version
    mandate_pages.mandate_sections["widening"] = of_mandate
    today_parts.waiting_parts["widenings"] = waiting


def of_mandate(mandate: Mandate, person: Person, request: HttpRequest) -> tuple[str, Mapping[str, Any]] | None:
    """Return what the record under the version in force has earned: proposed, or put off until a day."""
    at = timezone.now()
    widening = unanswered(at).filter(version__mandate=mandate).order_by("-pk").first()
    if widening is None:
        return None
    day = today(at)
    if widening.put_off_until is not None and widening.put_off_until < day:
        return None
    return "insights/_section_widening.html", {"mandate": mandate, **shown(person, widening, day)}


def of_version(version: MandateVersion, person: Person, request: HttpRequest) -> tuple[str, Mapping[str, Any]]:
    """Return what the last replay of this version found, and the way to its page."""
    replay = (
        Replay.objects.filter(version=version).select_related("asked_by", "team").defer("plan").order_by("-pk").first()
    )
    context: dict[str, Any] = {"version": version, "replay": replay}
    if replay is not None and replay.state == ReplayState.DONE:
        found = summary(json.loads(replay.result))
        context["found"] = found
        context["bars"] = bars_of(found)
        context["sentences"] = [*sentences_of(found), *budget_sentences(json.loads(replay.spending))]
        context["outdated"] = replay.sha256 != version.sha256
    return "insights/_section_replay.html", context
