"""The app of people, teams and customers."""

from django.apps import AppConfig

from journal import access


class TeamsConfig(AppConfig):
    """Tells the journal who may audit it."""

    name = "teams"

    def ready(self) -> None:
        """Hand the answer in by its path, because models are not loaded yet everywhere."""
        access.answer_with("teams.standing.may_audit")
