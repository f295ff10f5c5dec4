"""The journal as a Django app."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from journal import guards, ticking


class JournalConfig(AppConfig):
    """Registers the check on guarding triggers and the journal's own periodic work."""

    name = "journal"

    def ready(self) -> None:
        """Tell Django of the check, and the worker of the periodic work."""
        register(guards.check_guards, Tags.database)
        ticking.register("journal.forget_requests", "journal.idempotency.forget_old", every=3600)
        ticking.register("journal.forget_workers", "journal.heartbeats.forget_old", every=3600)
