"""Mandates and the charter as JSON documents: import and export them, check and compare them without a database."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from journal.refusals import Refusal
from mandates.actions import draft_charter, draft_mandate
from mandates.checking import failed, tests_of
from mandates.documents import document_of
from mandates.drafters import aims_of
from mandates.engine import Problem
from mandates.engine.compare import Difference, beyond_charter, compare
from mandates.engine.currencies import EXPONENTS
from mandates.engine.values import read_rate
from mandates.exchange import Parcel, envelope, read_charter, read_mandate, written
from mandates.expectations import Trial, run_tests
from mandates.models import CharterVersion, MandateVersion
from mandates.reaching import beyond_text, difference_text
from mandates.schemas import CHARTER_SCHEMA, MANDATE_SCHEMA
from mandates.snapshots import in_force
from teams.models import Team, User


class Command(BaseCommand):
    """`manage.py mandate import|export|check|compare|schema`."""

    help = "Import, export, check or compare mandates and the charter (--charter) as JSON documents."
    # `check` and `compare` run in a repository's CI, where there is no database and nothing is configured.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take one of five tasks."""
        tasks = parser.add_subparsers(dest="task", required=True)
        check = tasks.add_parser("check", help="say what is wrong with documents; exit status 1 if anything is")
        check.add_argument("files", nargs="*", type=Path)
        check.add_argument("--charter", type=Path, metavar="FILE", help="check against this charter, or it alone")
        check.add_argument("--json", action="store_true", help="print problems as JSON, one object a file")
        schema = tasks.add_parser("schema", help="print the JSON Schema of mandates, or of the charter")
        schema.add_argument("--charter", action="store_true", help="of the charter instead of a mandate")
        compare = tasks.add_parser("compare", help="say what NEW allows beyond OLD; exit status 1 if anything")
        compare.add_argument("old", type=Path)
        compare.add_argument("new", type=Path)
        compare.add_argument("--json", action="store_true", help="print the differences as one JSON object")
        for task in (check, compare):
            task.add_argument("--rate", action="append", default=[], metavar="USD=1.085", help="units for one euro")
        bring = tasks.add_parser("import", help="make a document the draft of its mandate")
        bring.add_argument("file", type=Path)
        bring.add_argument("--by", required=True, metavar="EMAIL", help="who drafts it: a mandate administrator")
        bring.add_argument("--team", action="append", default=None, metavar="CODE", help="a team that holds it")
        bring.add_argument("--note", default="", help="why; the document's own note where it has one")
        export = tasks.add_parser("export", help="print the version in force, or another one")
        export.add_argument("code", nargs="?", default="")
        export.add_argument("--number", type=int, help="a version's number")
        export.add_argument("--bare", action="store_true", help="the document alone, without name and teams")
        for task in (bring, export):
            task.add_argument("--charter", action="store_true", help="the charter instead of a mandate")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do the task."""
        if options["task"] == "check":
            self._check(options)
        elif options["task"] == "compare":
            self._compare(options)
        elif options["task"] == "schema":
            self.stdout.write(written(CHARTER_SCHEMA if options["charter"] else MANDATE_SCHEMA), ending="")
        elif options["task"] == "import":
            self._import(options)
        else:
            self._export(options)

    # --- check ---

    def _check(self, options: dict[str, Any]) -> None:
        charter, rates = options["charter"], _rates(options["rate"])
        if charter is None and not options["files"]:
            raise CommandError("Name at least one file.")
        bounds, wrong = None, 0
        if charter is not None:
            bounds, problems = _charter(charter)
            wrong += self._told(charter, problems, [], [], as_json=options["json"])
        for path in options["files"]:
            parcel, problems = _mandate(path)
            document = None if parcel is None else parcel.document
            beyond = beyond_charter(document, bounds, rates) if document is not None and bounds is not None else []
            trials = [] if parcel is None else run_tests(parcel.tests or (), parcel.document, bounds)
            wrong += self._told(path, problems, beyond, trials, as_json=options["json"])
        if wrong:
            raise SystemExit(1)

    def _told(
        self, path: Path, problems: list[Problem], beyond: list[Difference], trials: list[Trial], *, as_json: bool
    ) -> bool:
        """Print what is wrong with one file; return whether anything is."""
        wrong = bool(problems or beyond or not all(trial.holds for trial in trials))
        if as_json:
            found: dict[str, Any] = {"file": str(path), "problems": [problem._asdict() for problem in problems]}
            if beyond:
                found["beyond_charter"] = [asdict(one) for one in beyond]
            if trials:
                found["tests"] = [asdict(trial) for trial in trials]
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        else:
            for problem in problems:
                self.stdout.write(f"{path}: {problem.path or 'document'}: {problem.detail} [{problem.code}]")
            for one in beyond:
                self.stdout.write(f"{path}: {beyond_text(one)}")
            for trial in trials:
                if not trial.holds:
                    self.stdout.write(f"{path}: {failed(trial).detail}")
            if not wrong:
                held = f" {len(trials)} of its own test cases hold." if trials else ""
                self.stdout.write(f"{path}: nothing is wrong.{held}")
        return wrong

    # --- compare ---

    def _compare(self, options: dict[str, Any]) -> None:
        documents = []
        for path in (options["old"], options["new"]):
            parcel, problems = _mandate(path)
            if parcel is None:
                self.stderr.write(_listed(path, problems))
                raise SystemExit(2)
            documents.append(parcel.document)
        found = compare(documents[0], documents[1], _rates(options["rate"]))
        wider = any("wider" in (one.kind, one.toward) for one in found)
        if options["json"]:
            shown = {"wider": wider, "differences": [asdict(one) for one in found]}
            self.stdout.write(json.dumps(shown, ensure_ascii=False))
        else:
            self.stdout.write("\n".join(map(difference_text, found)) or "Both allow the same.")
        if wider:
            raise SystemExit(1)

    # --- import ---

    def _import(self, options: dict[str, Any]) -> None:
        by = User.objects.filter(email__iexact=options["by"], is_active=True).first()
        if by is None:
            raise CommandError(f"Nobody active has the e-mail address {options['by']}.")
        text = _text(options["file"])
        try:
            said = self._import_charter(text, by, options) if options["charter"] else self._draft(text, by, options)
        except Refusal as refusal:
            raise CommandError(f"{refusal.detail} [{refusal.code}]") from refusal
        self.stdout.write(said)

    def _draft(self, text: str, by: User, options: dict[str, Any]) -> str:
        parcel, problems = read_mandate(text)
        if parcel is None:
            raise CommandError(_listed(options["file"], problems))
        codes = options["team"] if options["team"] is not None else parcel.teams
        version = draft_mandate(
            by=by,
            at=timezone.now(),
            code=parcel.document["code"],
            name=parcel.name,
            goal=parcel.goal,
            walk_away=parcel.walk_away,
            options=parcel.options,
            document=parcel.document,
            teams=None if codes is None else _teams(codes),
            note=options["note"] or parcel.note,
            tests=parcel.tests,
        )
        code = version.mandate.code
        return f"Version {version.number} of {code} is a draft now: /mandates/{code}/draft/"

    def _import_charter(self, text: str, by: User, options: dict[str, Any]) -> str:
        document, problems = read_charter(text)
        if document is None:
            raise CommandError(_listed(options["file"], problems))
        version = draft_charter(by=by, at=timezone.now(), document=document, note=options["note"])
        return f"Version {version.number} of the charter is a draft now: /charter/draft/"

    # --- export ---

    def _export(self, options: dict[str, Any]) -> None:
        if options["charter"]:
            version = _chosen(CharterVersion.objects.all(), options["number"])
            self.stdout.write(written(document_of(version)), ending="")
            return
        if not options["code"]:
            raise CommandError("Name the mandate by its code, or give --charter.")
        found = MandateVersion.objects.filter(mandate__code=options["code"]).select_related("mandate")
        mandate = _chosen(found, options["number"])
        document = document_of(mandate)
        if not options["bare"]:
            teams = mandate.holders.order_by("team__code").values_list("team__code", flat=True)
            aims = aims_of(mandate)
            document = envelope(
                document,
                name=mandate.mandate.name,
                goal=aims.goal,
                walk_away=aims.walk_away,
                options=aims.options,
                teams=list(teams),
                note=mandate.note,
                tests=tests_of(mandate),
            )
        self.stdout.write(written(document), ending="")


def _mandate(path: Path) -> tuple[Parcel | None, list[Problem]]:
    """Return the mandate in the file with what surrounds it, or what is wrong with it."""
    try:
        return read_mandate(_text(path))
    except CommandError as error:
        return None, [Problem("unreadable", str(error), "")]


def _charter(path: Path) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Return the charter in the file, or what is wrong with it."""
    try:
        return read_charter(_text(path))
    except CommandError as error:
        return None, [Problem("unreadable", str(error), "")]


def _rates(given: list[str]) -> dict[str, str]:
    rates = {}
    for one in given:
        currency, _equals, rate = one.partition("=")
        if currency not in EXPONENTS or (read_rate(rate) or 0) <= 0:
            raise CommandError(f"{one} is not a rate. Write it as USD=1.085: units of the currency for one euro.")
        rates[currency] = rate
    return rates


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


def _teams(codes: Any) -> list[Team]:
    teams = list(Team.objects.filter(code__in=codes, is_active=True))
    if missing := sorted(set(codes) - {team.code for team in teams}):
        raise CommandError(f"There is no team {', '.join(missing)}.")
    return teams


def _chosen(versions: Any, number: int | None) -> Any:
    """Return the version of that number, else the one in force."""
    if number is not None:
        found = versions.filter(number=number).first()
    else:
        model = versions.model
        periods = model._meta.get_field("periods").related_model.objects.filter(in_force(timezone.now()))
        found = versions.filter(pk__in=periods.values("version")).first()
    if found is None:
        raise CommandError("There is no such version. Without --number the one in force is exported.")
    return found
