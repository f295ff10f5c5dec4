"""`manage.py demo`: load the demo company into an empty database, or say how to sign in."""

import sys
import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from insights.demo.company import DOMAIN, ORGANISATION, SIGN_INS
from insights.demo.loading import DEALS, load
from journal.refusals import Conflict
from teams.demo import demo_people


class Command(BaseCommand):
    help = "Load the demo company once, or list its sign-ins."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sign-ins", action="store_true", help="print who can sign in, and what to try")
        parser.add_argument("--deals", type=int, default=DEALS, help="how many past deals to live through")

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["sign_ins"]:
            roles = {person.user.email: person.roles for person in demo_people()}
            for key, name, hint in SIGN_INS:
                address = f"{key}@{DOMAIN}"
                self.stdout.write(f"  {name:<20} {address:<30} {roles.get(address, '')}")
                self.stdout.write(f"  {'':<51} {hint}")
            return
        started = time.monotonic()
        try:
            load(at=timezone.now(), deals=options["deals"], progress=self._progress)
        except Conflict as refusal:
            raise CommandError(refusal.detail) from refusal
        self.stdout.write(f"{ORGANISATION} is ready ({time.monotonic() - started:.0f} s).")

    def _progress(self, lived: int) -> None:
        if sys.stderr.isatty() and lived % 25 == 0:
            sys.stderr.write(f"\rliving through a year of deals: {lived} steps ")
            sys.stderr.flush()
