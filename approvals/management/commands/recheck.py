"""`manage.py recheck`: judge every stored decision again and name those that answer differently."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from approvals.models import Decision
from approvals.rechecking import differences, is_other_engine


class Command(BaseCommand):
    """Writes nothing: a decision that answers differently is a finding, not an edit."""

    help = "Judge every stored decision again from its own case; exit status 1 if any answer differs."

    def add_arguments(self, parser: CommandParser) -> None:
        """Let a long recheck begin where the last one ended."""
        parser.add_argument("--from", dest="first", type=int, default=0, metavar="ID", help="begin at this decision")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print one line for each difference, then the count."""
        found = 0
        for one in differences(options["first"]):
            found += 1
            older = f" (by engine {one.engine_version})" if is_other_engine(one) else ""
            self.stdout.write(f"decision {one.decision}, {one.deal} revision {one.revision}: {one.fault}{older}")
        total = Decision.objects.filter(pk__gte=options["first"]).count()
        if found:
            raise CommandError(f"{found} of {total} decisions answer differently.", returncode=1)
        self.stdout.write(f"{total} decisions judged again: all answer as they did.")
