"""What is still open when people leave, customers move and teams merge, told and handed over by the apps that hold it.

Each of these actions locks in one order: team rows by id, then what `locks` names (budgets, deals), then its own rows.
Events are written once everything is locked.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from django.urls import reverse
from django.utils.translation import gettext as _

from teams.models import CommitteeSeat, Customer, CustomerTeam, Team, User


@dataclass(frozen=True, slots=True)
class OpenMatter:
    """One thing that waits for somebody: its kind, a sentence part to show, and the page where it stands.

    `kind` is `customer`, `deal`, `draft`, `consent`, `vote`, `hold` or the like. What is `blocking` must be handed over
    first; `note` says what becomes of the rest.
    """

    kind: str
    label: str
    url: str
    blocking: bool = False
    note: str = ""


class Lock(Protocol):
    """Lock what people's leaving, or a team's merging, will change: budgets by id, then deals by id, then the rest.

    The teams' rows are locked already. `user_id` is None where the whole team goes.
    """

    def __call__(self, *, user_id: int | None, team_ids: Collection[int], at: datetime) -> None: ...


class Left(Protocol):
    """Settle what waits for a person who has just lost their place in these teams; all of it is locked already.

    `is_gone`: the person's account is closed as well.
    """

    def __call__(self, *, user_id: int, team_ids: Collection[int], is_gone: bool, by: User, at: datetime) -> None: ...


class CustomerMove(Protocol):
    """Give what is not submitted yet with a customer to the team and the contact that look after it now."""

    def __call__(self, *, customer: Customer, team: Team, contact: User, by: User, at: datetime) -> None: ...


class TeamMerge(Protocol):
    """Hand over what a team leaves to the one that it becomes part of."""

    def __call__(self, *, team: Team, into: Team, by: User, at: datetime) -> None: ...


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


def _seats(user_id: int, team_id: int | None) -> list[OpenMatter]:
    """The seats on committees, which end with the account and not with a place in a team."""
    if team_id is not None:
        return []
    rows = CommitteeSeat.objects.filter(user=user_id, ended_on=None).select_related("committee")
    note = _("ends; its chair and all administrators are told")
    return [
        OpenMatter(
            "seat",
            (_("the chair of %(committee)s") if row.is_chair else _("seat on %(committee)s"))
            % {"committee": row.committee.name},
            reverse("teams:committee", args=[row.committee.code]),
            note=note,
        )
        for row in rows.order_by("committee__name")
    ]


open_matters: list[PersonFinder] = [_contacts, _seats]
customer_matters: list[RowFinder] = []
committee_matters: list[RowFinder] = []
team_matters: list[RowFinder] = []
merge_matters: list[RowFinder] = []
hand_overs: list[HandOver] = []
losses: list[Loss] = []
locks: list[Lock] = []
lefts: list[Left] = []
customer_moves: list[CustomerMove] = []
team_merges: list[TeamMerge] = []


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


def of_merge(team_id: int) -> list[OpenMatter]:
    """Everything that is open in this team, with what becomes of it when the team becomes part of another."""
    return [matter for find in merge_matters for matter in find(team_id)]


# --- for the actions ---


def lock(*, user_id: int | None, team_ids: Collection[int], at: datetime) -> None:
    """Lock what will change, after the teams' rows and before anything else."""
    for each in locks:
        each(user_id=user_id, team_ids=team_ids, at=at)


def left(*, user_id: int, team_ids: Collection[int], is_gone: bool = False, by: User, at: datetime) -> None:
    """Settle what waits for a person whose places have ended."""
    for each in lefts:
        each(user_id=user_id, team_ids=team_ids, is_gone=is_gone, by=by, at=at)


def move_customer(*, customer: Customer, team: Team, contact: User, by: User, at: datetime) -> None:
    """Hand over what is not submitted yet with a customer."""
    for each in customer_moves:
        each(customer=customer, team=team, contact=contact, by=by, at=at)


def merge(*, team: Team, into: Team, by: User, at: datetime) -> None:
    """Hand over what a team leaves."""
    for each in team_merges:
        each(team=team, into=into, by=by, at=at)
