"""The app of deals, consents, committees and approvals."""

from django.apps import AppConfig
from django.utils.module_loading import import_string

from journal import letters, ticking


class ApprovalsConfig(AppConfig):
    """Registers the due dates of deals, and what leaving people and moving customers leave open."""

    name = "approvals"

    def ready(self) -> None:
        """Name the work by its path, because this module is read before any model is."""
        ticking.register("approvals.silence", "approvals.ticking.pass_on_silence", every=60)
        ticking.register("approvals.cases", "approvals.ticking.look_at_cases", every=60)
        ticking.register("approvals.electorates", "approvals.ticking.recount_electorates", every=60)
        ticking.register("approvals.lapse", "approvals.ticking.lapse_due", every=300)
        for kind in ("deal", "case", "advice"):
            letters.register(kind, f"approvals.letters.of_{kind}")
        letters.send_at_once(("approval.revoked",))
        import_string("approvals.leaving.register")()
        import_string("approvals.sections.register")()
