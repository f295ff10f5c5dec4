"""`manage.py states`: write the state tables of the product as `docs/states.md`."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from approvals.state_page import page


class Command(BaseCommand):
    """Generates the page from the tables that the actions obey, so that it cannot say anything else."""

    help = "Write docs/states.md from the tables of moves; with --check, only say whether it is stale."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let a check before a commit change nothing."""
        parser.add_argument("--check", action="store_true", help="write nothing; exit status 1 if the page is stale")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page, or compare it."""
        path = Path(settings.BASE_DIR) / "docs" / "states.md"
        wanted = page()
        if options["check"]:
            if not path.exists() or path.read_text(encoding="utf-8") != wanted:
                raise CommandError("docs/states.md is stale: run manage.py states.", returncode=1)
            return
        path.write_text(wanted, encoding="utf-8")
        self.stdout.write(f"{path} written.")
