"""Judges cases written one to a line, with no database and no clock."""

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser

from mandates.engine import InvalidCase, Problem, error_text, evaluate_text, is_error


class Command(BaseCommand):
    """`evaluate FILE|-`: prints one answer a line, in order; exits with 1 if any line was no valid case."""

    help = "Judge the cases in FILE (JSON Lines; - reads standard input) and print one answer a line."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help="a file of cases, one JSON object a line; - for standard input"
        )
        parser.add_argument("--guide", action="store_true", help="add what would have been a yes")

    def handle(self, *args: Any, file: str, guide: bool, **options: Any) -> None:
        all_valid = True
        with _opened(file) as source:
            for raw in source:
                if raw.strip():
                    answer = _answered(raw, guide=guide)
                    all_valid = all_valid and not is_error(answer)
                    self.stdout.write(answer)
        if not all_valid:
            sys.exit(1)


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise CommandError(f"{file} cannot be read: {error.strerror}.", returncode=2) from error


def _answered(raw: bytes, *, guide: bool) -> str:
    try:
        return evaluate_text(raw.decode("utf-8-sig"), guide=guide)
    except UnicodeDecodeError:
        return error_text(InvalidCase(Problem("not_utf8", "The line is not UTF-8.", "")))
