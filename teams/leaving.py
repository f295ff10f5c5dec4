"""What is still open for a person in a team, told by the apps that hold it, before that person leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.urls import reverse

from teams.models import CustomerTeam, User


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """One thing that waits for somebody: its kind, a sentence part to show, and the page where it stands.

    `kind` is `customer`, `deal`, `draft`, `consent`, `vote` or the like. What is `blocking` must be handed over first.
    """

    kind: str
    label: str
    url: str
    blocking: bool = False


class HandOver(Protocol):
    """Give the open deals of one contact to another, inside the transaction of the leaving action.

    The team's row is locked already; events are recorded after every row that the callee locks.
    """

    def __call__(self, *, user_id: int, team_id: int, to: User, by: User, at: datetime) -> None: ...


class Loss(Protocol):
    """Note that a person has left a committee, or with None all of them, inside the transaction of that action.

    It locks nothing that an action on deals locks before people and committees.
    """

    def __call__(self, *, user_id: int, committee_id: int | None, at: datetime) -> None: ...


# (user id, team id or None for everywhere) -> what is open for that person
PersonFinder = Callable[[int, int | None], list[OpenMatter]]
# (row id) -> what is open with that customer, before that committee, or in that team
RowFinder = Callable[[int], list[OpenMatter]]


def _contacts(user_id: int, team_id: int | None) -> list[OpenMatter]:
    rows = CustomerTeam.objects.select_related("customer").filter(contact_id=user_id, ended_on=None)
    if team_id is not None:
        rows = rows.filter(team_id=team_id)
    return [
        OpenMatter(
            "customer", row.customer.name, reverse("teams:customer", args=[row.customer.reference]), blocking=True
        )
        for row in rows.order_by("customer__name")
    ]


open_matters: list[PersonFinder] = [_contacts]
customer_matters: list[RowFinder] = []
committee_matters: list[RowFinder] = []
team_matters: list[RowFinder] = []
hand_overs: list[HandOver] = []
losses: list[Loss] = []


def rights_lost(user_id: int, committee_id: int | None, at: datetime) -> None:
    """Let every app note that this person votes no more in this committee, or anywhere."""
    for note in losses:
        note(user_id=user_id, committee_id=committee_id, at=at)


def of_person(user_id: int, team_id: int | None = None) -> list[OpenMatter]:
    """Everything that is open for this person, in this team or anywhere."""
    return [matter for find in open_matters for matter in find(user_id, team_id)]


def of_customer(customer_id: int) -> list[OpenMatter]:
    """Everything that is open with this customer."""
    return [matter for find in customer_matters for matter in find(customer_id)]


def of_committee(committee_id: int) -> list[OpenMatter]:
    """Everything that is open before this committee."""
    return [matter for find in committee_matters for matter in find(committee_id)]


def of_team(team_id: int) -> list[OpenMatter]:
    """Everything that is open in this team."""
    return [matter for find in team_matters for matter in find(team_id)]
