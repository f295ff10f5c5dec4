"""Mandates as a Django app."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from journal import letters, ticking


class MandatesConfig(AppConfig):
    """Registers what time does to authority."""

    name = "mandates"

    def ready(self) -> None:
        """Tell the worker of the periodic work, the team's page of its section, the settings of what comes first."""
        ticking.register("mandates.settle", "mandates.ticking.settle_due", every=60)
        ticking.register("mandates.remind", "mandates.ticking.remind_due", every=300)
        for kind in ("mandate", "charter"):
            letters.register(kind, f"mandates.letters.of_{kind}")
        letters.send_at_once(("mandate.suspended", "mandate.revoked"))
        letters.send_at_once(("mandate.emergency_asked", "mandate.emergency_confirmed"))
        # by their paths, because this file is read before any model is
        team_sections = import_string("teams.sections.team_sections")
        team_sections["mandates"] = import_string("mandates.views.team_section.team_section")
        setup_steps = import_string("teams.setting_up.setup_steps")
        for name in ("products", "charter", "mandates"):
            setup_steps[name] = import_string(f"mandates.setting_up.{name}")
        import_string("mandates.leaving.register")()
        import_string("mandates.competences.register")()
