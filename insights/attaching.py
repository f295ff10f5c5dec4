"""The replay that is attached to what a team asks for, so that the grantor reads what it would have changed."""

from datetime import datetime

from django.db import transaction

from insights.actions.asking import ask_replay
from journal.refusals import Refusal
from mandates import proposals
from mandates.models import MandateVersion
from teams.models import User


def register() -> None:
    """Follow every request that comes before the grantors; called once, when the app is ready."""
    proposals.followers["replay"] = attach


def attach(version: MandateVersion, by: User, at: datetime) -> None:
    """Ask for the replay of a version over all past deals; where there is nothing to replay, nothing is attached."""
    try:
        with transaction.atomic():
            ask_replay(version=version, by=by, at=at)
    except Refusal:
        return
