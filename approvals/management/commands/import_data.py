"""`manage.py import_data FOLDER`: bring in teams, people, customers, products and deals; or take a batch back."""

import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from approvals.imports.batches import Report
from approvals.imports.undo import undo_import
from approvals.imports.writing import import_folder
from approvals.models import ImportBatch
from journal.refusals import Conflict


class Bar:
    """A progress line on a terminal; silent anywhere else."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()

    def __call__(self, phase: str, figure: int) -> None:
        if not self.shown:
            return
        if phase == "writing":
            line = f"writing deals [{'#' * (figure // 4):<25}] {figure:3d} %"
        else:
            line = f"reading and checking: {figure:,} rows"
        sys.stderr.write(f"\r{line:<60}")
        sys.stderr.flush()

    def close(self) -> None:
        if self.shown:
            sys.stderr.write("\r" + " " * 60 + "\r")


class Command(BaseCommand):
    help = "Import the six files of a folder (docs/importing.md), or undo an earlier import."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", nargs="?", help="the folder that holds teams.csv, members.csv and so on")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen and write nothing")
        parser.add_argument("--undo", metavar="BATCH", type=int, help="take back what nothing refers to yet")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["undo"] is not None:
            self._undo(options["undo"])
            return
        if not options["folder"]:
            raise CommandError("Name a folder to import, or a batch to undo with --undo.")
        folder = Path(options["folder"])
        if not folder.is_dir():
            raise CommandError(f"There is no folder {folder}.")
        bar = Bar()
        started = time.monotonic()
        report = import_folder(
            folder=folder.resolve(), by=None, at=timezone.now(), dry_run=options["dry_run"], progress=bar
        )
        bar.close()
        self._tell(report, seconds=time.monotonic() - started)

    def _tell(self, report: Report, *, seconds: float) -> None:
        if report.faults:
            for fault in report.faults:
                self.stderr.write(str(fault))
            raise CommandError(f"{len(report.faults)} faults found in {report.rows_read:,} rows; nothing was written.")
        for reason in report.left:
            self.stderr.write(reason)
        for title, counts in (("added", report.added), ("changed", report.changed)):
            for kind, count in counts.items():
                self.stdout.write(f"{title:>8} {count:>8,} {kind}")
        if not report.writes:
            self.stdout.write(f"{report.rows_read:,} rows read; all of it is here already, nothing changed.")
        elif report.batch is None:
            self.stdout.write(f"{report.rows_read:,} rows read in {seconds:.1f} s; a dry run, so nothing was written.")
        else:
            self.stdout.write(f"{report.rows_read:,} rows read; batch {report.batch.pk}, {seconds:.1f} s.")

    def _undo(self, number: int) -> None:
        batch = ImportBatch.objects.filter(pk=number).first()
        if batch is None:
            raise CommandError(f"There is no import {number}.")
        try:
            removed, kept = undo_import(batch=batch, by=None, at=timezone.now())
        except Conflict as refusal:
            raise CommandError(refusal.detail) from refusal
        for table, count in removed.items():
            self.stdout.write(f" removed {count:>8,} {table}")
        for table, count in kept.items():
            self.stdout.write(f"    kept {count:>8,} {table} (something refers to them)")
