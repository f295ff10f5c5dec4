"""What is still open for a person in a team, told by the apps that hold it, before that person leaves."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """One thing that waits for somebody: its kind, a sentence part to show, and the page where it stands.

    `kind` is `customer`, `deal`, `draft`, `consent`, `vote` or the like. What is `blocking` must be handed over first.
    """

    kind: str
    label: str
    url: str
    blocking: bool = False


# (user id, team id or None for everything) -> what is open; called inside the leaving action's transaction
Finder = Callable[[int, int | None], list[OpenMatter]]
# (user id, team id or None, new contact's id, acting user's id, time): hands contacts over in the same transaction
HandOver = Callable[..., None]

open_matters: list[Finder] = []
hand_overs: list[HandOver] = []


def all_open(user_id: int, team_id: int | None = None) -> list[OpenMatter]:
    """Everything that is open for this person, in this team or at all."""
    return [matter for finder in open_matters for matter in finder(user_id, team_id)]
