"""Mandates as a Django app."""

from django.apps import AppConfig

from journal import ticking


class MandatesConfig(AppConfig):
    """Registers what time does to authority."""

    name = "mandates"

    def ready(self) -> None:
        """Tell the worker of the periodic work."""
        ticking.register("mandates.settle", "mandates.ticking.settle_due", every=60)
