"""Verify the journal, export it, take a checkpoint of it, put missing guards back, send again what was given up."""

import sys
from argparse import ArgumentParser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from journal import export, guards
from journal.actions import send_again
from journal.refusals import Refusal
from journal.verify import Verdict, verify


class Command(BaseCommand):
    """`manage.py journal verify | export | checkpoint | guard | resend`."""

    help = "Verify the journal, export it, take a checkpoint, put missing guards back, send again what was given up."
    # A missing guard must not keep the command away that finds out what happened.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer the things to do."""
        actions = parser.add_subparsers(dest="action", required=True)
        check = actions.add_parser("verify", help="walk the whole chain; exit status 1 where it is wrong")
        check.add_argument("--checkpoint", type=Path, help="a checkpoint kept elsewhere")
        check.add_argument("--export", type=Path, help="check this exported file by itself instead of the database")
        for name, what in (
            ("export", "write all events as signed JSON Lines"),
            ("checkpoint", "write the chain's end"),
        ):
            actions.add_parser(name, help=what).add_argument("file", nargs="?", type=Path, help="default: the terminal")
        actions.add_parser("guard", help="put missing triggers back")
        actions.add_parser("resend", help="make the messages that were given up due once more")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of them."""
        try:
            getattr(self, f"_{options['action']}")(options)
        except Refusal as refusal:
            raise CommandError(refusal.detail) from refusal

    def _verify(self, options: dict[str, Any]) -> None:
        if options["export"]:
            self._verify_export(options["export"])
            return
        checkpoint = export.read_checkpoint(options["checkpoint"].read_text()) if options["checkpoint"] else None
        self._report(verify(checkpoint=checkpoint, progress=self._progress if sys.stderr.isatty() else None))

    def _progress(self, sequence: int) -> None:
        self.stderr.write(f"\r{sequence} events", ending="")

    def _report(self, verdict: Verdict) -> None:
        if verdict.missing_triggers:
            self.stderr.write(f"Missing guards: {', '.join(verdict.missing_triggers)}")
        if verdict.finding:
            raise CommandError(f"Event {verdict.finding.sequence} is the first bad one: {verdict.finding.fault}.")
        if not verdict.sound:
            raise CommandError(f"All {verdict.checked} events are sound, but the guards are not complete.")
        self.stdout.write(f"All {verdict.checked} events are sound; the chain ends with {verdict.hash}.")

    def _verify_export(self, path: Path) -> None:
        with path.open(encoding="utf-8", newline="\n") as exported:
            if finding := export.check_lines(exported):
                raise CommandError(f"Event {finding.sequence} is the first bad one: {finding.fault}.")
        self.stdout.write("The export is complete and sound.")

    def _export(self, options: dict[str, Any]) -> None:
        path: Path | None = options["file"]
        if path is None:
            self._write_export(partial(self.stdout.write, ending=""))
            return
        with path.open("w", encoding="utf-8", newline="\n") as file:
            self._write_export(file.write)

    def _write_export(self, write: Callable[[str], object]) -> None:
        for line in export.lines():
            write(line)

    def _checkpoint(self, options: dict[str, Any]) -> None:
        document = export.checkpoint_document(timezone.now())
        if options["file"]:
            options["file"].write_text(f"{document}\n", encoding="utf-8")
        else:
            self.stdout.write(document)

    def _guard(self, options: dict[str, Any]) -> None:
        restored = guards.restore()
        self.stdout.write(f"Put back: {', '.join(restored)}." if restored else "No guard was missing.")

    def _resend(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"Messages made due once more: {send_again(at=timezone.now())}.")
