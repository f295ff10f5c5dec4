"""Verify a receipt that lies in a file, without the database: its seal, its hashes, its judgement, its PDF."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from approvals import proof
from journal import export
from journal.refusals import Refusal


class Command(BaseCommand):
    """`manage.py receipt verify FILE`: exit status 1 where anything is wrong."""

    help = "Verify the proof of a receipt (JSON), and the PDF that lies beside it."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer what can be checked."""
        check = parser.add_subparsers(dest="action", required=True).add_parser("verify", help="check a proof")
        check.add_argument("file", type=Path, help="the proof, a JSON file")
        check.add_argument(
            "--pdf", type=Path, help="the receipt as PDF; default: the one beside the proof, by its name"
        )
        check.add_argument("--journal", type=Path, help="an exported journal in which its event must stand")
        check.add_argument("--without-key", action="store_true", help="leave the seal out: only its installation knows")

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, and say in a sentence what was found."""
        raw = _bytes(options["file"])
        pdf = _pdf(options["pdf"], options["file"], proof.pdf_name(raw))
        found = proof.flaws(raw, pdf=pdf, exported=_exported(options["journal"]), sealed=not options["without_key"])
        if other := proof.engine_of(raw):
            self.stderr.write(f"It was judged by engine {other}; this is another one, whose answer may differ.")
        for flaw in found:
            self.stderr.write(f"{flaw.code}: {flaw.detail}")
        if found:
            sys.exit(1)
        paper = "with its PDF" if pdf is not None else "without a PDF"
        self.stdout.write(f"The receipt is genuine and unchanged, {paper}.")


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _pdf(named: Path | None, proof_path: Path, name: str) -> bytes | None:
    if named is not None:
        return _bytes(named)
    beside = proof_path.parent / name
    return _bytes(beside) if name and beside.is_file() else None


def _exported(path: Path | None) -> list[str] | None:
    """Return the lines of an exported journal that is sound by itself. Raises: CommandError."""
    if path is None:
        return None
    lines = _bytes(path).decode("utf-8", "replace").splitlines(keepends=True)
    try:
        finding = export.check_lines(lines)
    except Refusal as refusal:
        raise CommandError(refusal.detail) from refusal
    if finding is not None:
        raise CommandError(f"The exported journal is wrong from event {finding.sequence} on ({finding.fault}).")
    return lines
