"""Judge past deals by a mandate's document, as JSON: what a repository's CI shows beside a change."""

import json
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from approvals.models import Deal
from approvals.shown import names_of
from insights.court import Court
from insights.plans import Plan, plan_of
from insights.readings.changes import reason_of
from insights.replay import Changed, Choice, Found, judge_part, parts_of
from insights.spending import Use, spent
from insights.tallies import Tally, merged, summary
from journal.refusals import Refusal
from mandates.engine import ENGINE_VERSION, Problem, digest
from mandates.exchange import read_charter, read_mandate
from mandates.models import VersionPeriod
from mandates.snapshots import charter_in_force, in_force
from teams.models import Team


class Command(BaseCommand):
    """`manage.py replay --mandate FILE`."""

    help = "Judge past deals by a mandate's document, beside what is in force; print what changes as JSON."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the documents, and which past deals."""
        parser.add_argument("--mandate", required=True, type=Path, metavar="FILE", help="the mandate's document")
        parser.add_argument("--charter", type=Path, metavar="FILE", help="a charter's document; else the one in force")
        parser.add_argument("--since", type=_day, metavar="YYYY-MM-DD", help="the first day")
        parser.add_argument("--until", type=_day, metavar="YYYY-MM-DD", help="the last day")
        parser.add_argument("--team", metavar="CODE", help="this team's deals alone; it is taken to hold the mandate")
        parser.add_argument("--family", default="", help="deals with a product of this family alone")

    def handle(self, *args: Any, **options: Any) -> None:
        """Judge, and print one JSON object."""
        document, teams = _mandate(options["mandate"], options["team"])
        at = timezone.now()
        charter = charter_in_force(at) if options["charter"] is None else _charter(options["charter"])
        choice = Choice(options["since"], options["until"], options["family"])
        try:
            plan = plan_of(document, teams, at=at, charter=charter, only=teams[0] if options["team"] else None)
        except Refusal as refusal:
            raise CommandError(f"{refusal.detail} [{refusal.code}]") from refusal
        tally: Tally = {}
        changes: list[dict[str, Any]] = []
        uses: dict[str, list[Use]] = {}
        court = Court(plan)
        for part in parts_of(plan, choice):
            judged = judge_part(court, choice, part)
            tally = merged(tally, judged.tally)
            changes += _changes(plan, judged)
            for side, some in judged.uses.items():
                uses.setdefault(side, []).extend(some)
        found = {
            "mandate": document["code"],
            "version": document["version"],
            "sha256": digest(document),
            "engine_version": ENGINE_VERSION,
            "teams": sorted(plan.before),
            "since": options["since"],
            "until": options["until"],
            "summary": summary(tally).as_document(),
            "budgets": {side: _spent(rows, uses.get(side, [])) for side, rows in plan.budgets.items()},
            "changes": changes,
        }
        self.stdout.write(json.dumps(found, indent=2, ensure_ascii=False, default=str))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _mandate(path: Path, code: str | None) -> tuple[dict[str, Any], list[Team]]:
    """Return the document and the teams that hold it: as told, else as the file or the database says, else all."""
    parcel, problems = read_mandate(_text(path))
    if parcel is None:
        raise CommandError(_listed(path, problems))
    teams = Team.objects.filter(is_active=True).order_by("code")
    if code is not None:
        chosen = list(teams.filter(code=code))
        if not chosen:
            raise CommandError(f"There is no team {code}.")
        return parcel.document, chosen
    if parcel.teams:
        return parcel.document, list(teams.filter(code__in=parcel.teams))
    now = VersionPeriod.objects.filter(in_force(timezone.now()), mandate__code=parcel.document["code"])
    held = teams.filter(held_versions__version__in=now.values("version"))
    return parcel.document, list(held.distinct()) or list(teams)


def _charter(path: Path) -> dict[str, Any]:
    document, problems = read_charter(_text(path))
    if document is None:
        raise CommandError(_listed(path, problems))
    return document


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not UTF-8 text.") from error


def _listed(path: Path, problems: list[Problem]) -> str:
    lines = [f"{problem.path or 'document'}: {problem.detail} [{problem.code}]" for problem in problems]
    return "\n".join([f"{path} cannot be taken as it is:", *lines])


def _spent(rows: Any, uses: list[Use]) -> dict[str, Any]:
    """Return how one side's budgets are used, the deals by their references."""
    found = spent(rows, uses)
    names = dict(Deal.objects.filter(pk__in=[row[0] for row in found["shown"]]).values_list("pk", "reference"))
    keys = ("deal", "mandate", "budget", "left", "given")
    shown = [dict(zip(keys, [names.get(row[0]), *row[1:]], strict=True)) for row in found["shown"]]
    return {**found, "shown": shown}


def _changes(plan: Plan, judged: Found) -> list[dict[str, Any]]:
    documents = {change.deal.pk: json.loads(change.document) for change in judged.changes}
    names = names_of(*(facts["deal"] for facts in documents.values()))
    return [_change(plan, change, documents[change.deal.pk], names) for change in judged.changes]


def _change(plan: Plan, change: Changed, facts: dict[str, Any], names: Any) -> dict[str, Any]:
    what, figure, why = reason_of(change, plan, facts, names, sees_cost=True)
    return {
        "deal": change.deal.reference,
        "revision": change.number,
        "then": change.then or None,
        "before": change.before,
        "after": change.after,
        "reason": {"about": what, "figure": figure, "why": why},
    }
