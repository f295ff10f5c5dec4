"""The journal as a Django app."""

from django.apps import AppConfig
from django.core.checks import Tags, register

from journal import guards, pdf, ticking


class JournalConfig(AppConfig):
    """Registers the checks on guarding triggers and on Pango, and the journal's own periodic work."""

    name = "journal"

    def ready(self) -> None:
        """Tell Django of the checks, and the worker of the periodic work."""
        register(guards.check_guards, Tags.database)
        register(pdf.check_pango, deploy=True)
        ticking.register("journal.forget_requests", "journal.idempotency.forget_old", every=3600)
        ticking.register("journal.forget_workers", "journal.heartbeats.forget_old", every=3600)
