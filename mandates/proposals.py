"""What apps further left add to a version that a team has asked for, once it is before the grantors."""

from collections.abc import Callable
from datetime import datetime

from mandates.models import MandateVersion
from teams.models import User

# runs in the transaction of the proposal
Follower = Callable[[MandateVersion, User, datetime], None]

followers: dict[str, Follower] = {}


def follow(version: MandateVersion, by: User, at: datetime) -> None:
    """Let every registered follower add what it has, in the order of their registration."""
    for add in followers.values():
        add(version, by, at)
