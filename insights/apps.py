"""The app of what is learnt from past deals."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from journal import ticking


class InsightsConfig(AppConfig):
    """Registers the work on replays and records, and what is shown of them on the pages of others."""

    name = "insights"

    def ready(self) -> None:
        """Name the work by its path, because this module is read before any model is."""
        ticking.register("insights.replay", "insights.ticking.advance_due", every=1)
        ticking.register("insights.trust", "insights.actions.propose_widenings", every=21_600)
        ticking.register("insights.look_backs", "insights.ticking.ask_due", every=60)
        import_string("insights.learning.register")()
        import_string("insights.sections.register")()
        import_string("insights.attaching.register")()
