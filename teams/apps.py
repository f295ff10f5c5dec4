"""The app of people, teams and customers."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in

from journal import access, letters
from teams.sessions import stamp_sign_in


class TeamsConfig(AppConfig):
    """Tells the journal who may audit it, and lets every session know when it was signed in."""

    name = "teams"

    def ready(self) -> None:
        """Hand the answer in by its path, because models are not loaded yet everywhere."""
        access.answer_with("teams.standing.may_audit")
        letters.register("committee", "teams.letters.of_committee")
        letters.send_at_once(("token.created", "user.role_granted"))
        user_logged_in.connect(stamp_sign_in)
