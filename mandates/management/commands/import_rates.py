"""Take in the euro reference rates of the European Central Bank, as CSV or gzipped CSV."""

import gzip
from argparse import ArgumentParser
from pathlib import Path
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from mandates.actions.rates import import_rates
from mandates.rates import BadRates, read_rates


class Command(BaseCommand):
    """`manage.py import_rates FILE`; safe to repeat."""

    help = "Import euro reference rates (eurofxref-hist.csv or .csv.gz of the ECB); safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file."""
        parser.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        """Read the file and say how many rates were new."""
        path: Path = options["file"]
        try:
            with _opened(path) as lines:
                header, rows = read_rates(lines)
                taken = import_rates(rows=rows, at=timezone.now())
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror or error}.") from error
        except (BadRates, UnicodeDecodeError) as error:
            raise CommandError(f"{path}: {error} Nothing was imported.") from error
        if header.left_out:
            self.stdout.write(f"Left out, because no deal can be in them: {', '.join(header.left_out)}.")
        if taken.differing:
            self.stdout.write(f"{taken.differing} rates differ from those that are known and stay as they are.")
        self.stdout.write(f"{taken.new} new rates, {taken.known} known already.")


def _opened(path: Path) -> TextIO:
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")
