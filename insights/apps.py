"""The app of what is learnt from past deals."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from journal import ticking


class InsightsConfig(AppConfig):
    """Registers the work on replays, and their section on the page of a version."""

    name = "insights"

    def ready(self) -> None:
        """Name the work by its path, because this module is read before any model is."""
        ticking.register("insights.replay", "insights.ticking.advance_due", every=1)
        import_string("insights.sections.register")()
        import_string("insights.attaching.register")()
