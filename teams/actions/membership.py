"""Teams and who is in them: dated rows are ended and started anew, never edited."""

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from teams import leaving
from teams.actions.writing import active, change, checked, insert, not_for_oneself, same_edition
from teams.models import Customer, CustomerTeam, Membership, Team, User
from teams.standing import require_today

LEAD, MEMBER, COACH = Membership.Role.LEAD, Membership.Role.MEMBER, Membership.Role.COACH


def link_of(team: Team) -> str:
    return f"/teams/{team.code}/"


@transaction.atomic
def create_team(
    *,
    by: User,
    at: datetime,
    code: str,
    name: str,
    group: str = "",
    cost_sight: str = Team.CostSight.TEAM,
    cost_rating: bool = False,
) -> Team:
    """Make a team without members; its code is kept for good. Raises: NotAllowed, Invalid."""
    require_today("team.manage", by=by, at=at)
    team = Team(code=code, name=name.strip(), group=group.strip(), cost_sight=cost_sight, cost_rating=cost_rating)
    checked(team, ["code", "name", "group", "cost_sight"])
    insert(team, taken="code_taken", path="code")
    data = {"code": team.code, "cost_sight": team.cost_sight, "cost_rating": team.cost_rating}
    record("team.created", subject=("team", team.code), by=by.pk, at=at, data=data, link=link_of(team))
    return team


@transaction.atomic
def change_team(
    *,
    team: Team,
    by: User,
    at: datetime,
    edition: int | None,
    name: str,
    group: str,
    cost_sight: str,
    is_active: bool,
    cost_rating: bool = False,
) -> Team:
    """Change a team's name, group, sight of cost, and whether it works.

    Raises: NotAllowed; Conflict for a stale edition, or for closing a team that still has customers; Invalid.
    """
    require_today("team.manage", by=by, at=at)
    locked = Team.objects.select_for_update().get(pk=team.pk)
    same_edition(locked, edition)
    if locked.is_active and not is_active:
        _not_needed(locked)
    if locked.merged_into_id and is_active:
        detail = _("This team became part of another one. Make a new team instead.")
        raise Conflict("team_merged", detail)
    seen = {"cost_sight": cost_sight, "cost_rating": cost_rating}
    values = {"name": name.strip(), "group": group.strip(), **seen, "is_active": is_active}
    if data := change(locked, values, told=frozenset({*seen, "is_active"})):
        data["code"] = team.code
        record("team.changed", subject=("team", team.code), by=by.pk, at=at, data=data, link=link_of(team))
    return locked


def _not_needed(team: Team) -> None:
    if CustomerTeam.objects.filter(team=team, ended_on=None).exists():
        raise Conflict("team_has_customers", _("Move the customers of this team to another team first."))
    if leaving.of_team(team.pk):
        raise Conflict("team_has_open_deals", _("Deals of this team are still open. Close or withdraw them first."))


# --- members ---


@transaction.atomic
def add_member(*, team: Team, by: User, at: datetime, user: User, role: str, may_decide: bool = True) -> Membership:
    """Give a person a place in a team from today; a new account lead makes the one before a member.

    Raises: NotAllowed, also for oneself; Conflict where the person is in the team already; Invalid.
    """
    day = require_today("team.manage", by=by, at=at)
    not_for_oneself(by, user)
    locked, _ids = _locked(team)
    _known_role(role)
    active(user, "user")
    if Membership.objects.filter(team=team, user=user, ended_on=None).exists():
        raise Conflict("member_already", _("This person is in this team already."))
    former = _make_room(locked, role, day)
    row = _start(locked, user, role, may_decide, day)
    for verb, place in (("team.role_changed", former), ("team.member_added", row)):
        _record(verb, place, by, at)
    return row


@transaction.atomic
def change_role(*, membership: Membership, by: User, at: datetime, role: str, may_decide: bool) -> Membership:
    """Give a member another role from today. Raises: NotAllowed, also for oneself; Conflict; Invalid."""
    day = require_today("team.manage", by=by, at=at)
    not_for_oneself(by, membership.user)
    team, ids = _locked(membership.team)
    _known_role(role)
    row = _open(membership)
    leaving.lock(user_id=row.user_id, team_ids=ids, at=at)
    if (row.role, row.may_decide) == (role, may_decide):
        return row
    if role == COACH and CustomerTeam.objects.filter(team=team, contact=row.user_id, ended_on=None).exists():
        raise Conflict("hand_over_first", _("Hand over the customers of this person first: a coach is no contact."))
    _end(row, day)
    former = _make_room(team, role, day)
    fresh = _start(team, row.user, role, may_decide, day)
    for place in (former, fresh):
        _record("team.role_changed", place, by, at)
    if role == COACH:  # a coach consents to nothing
        leaving.left(user_id=row.user_id, team_ids=ids, by=by, at=at)
    return fresh


@transaction.atomic
def end_membership(*, membership: Membership, by: User, at: datetime, new_contact: User | None = None) -> Membership:
    """End a person's place in a team today; their customers and deals there go to `new_contact`.

    A round of consent that can no longer come to a yes without this person goes to its committee.
    Raises: NotAllowed; Conflict `hand_over_first` while something would be left without a contact; Invalid.
    """
    day = require_today("team.manage", by=by, at=at)
    team, ids = _locked(membership.team)
    row = _open(membership)
    leaving.lock(user_id=row.user_id, team_ids=ids, at=at)
    handed = _hand_customers_over(team, row.user, new_contact, day) if new_contact else []
    if new_contact:
        for hand_over in leaving.hand_overs:
            hand_over(user_id=row.user_id, team_id=team.pk, to=new_contact, by=by, at=at)
    if any(matter.blocking for matter in leaving.of_person(row.user_id, team.pk)):
        raise Conflict("hand_over_first", _("Name the new contact of this person's customers and deals first."))
    _end(row, day)
    for customer in handed:
        record_baton(customer, row.user, new_contact, by, at)
    _record("team.member_ended", row, by, at)
    leaving.left(user_id=row.user_id, team_ids=ids, by=by, at=at)
    return row


def _hand_customers_over(team: Team, leaver: User, contact: User, day: date) -> list[Customer]:
    """Give the leaver's customers in this team to another; returns them. Locks them by id."""
    may_be_contact(team, contact, path="new_contact", leaver=leaver)
    mine = Customer.objects.filter(teams__team=team, teams__contact=leaver, teams__ended_on=None)
    customers = list(Customer.objects.select_for_update().filter(pk__in=mine.values("pk")).order_by("pk"))
    for customer in customers:
        pass_baton(customer, team, contact, "", day)
    return customers


def pass_baton(customer: Customer, team: Team, contact: User, note: str, day: date) -> CustomerTeam:
    """End the customer's open row and start the next one; the caller holds the locks and records the event."""
    CustomerTeam.objects.filter(customer=customer, ended_on=None).update(ended_on=day)
    return CustomerTeam.objects.create(customer=customer, team=team, contact=contact, note=note, started_on=day)


def record_baton(customer: Customer, former: User | None, contact: User | None, by: User, at: datetime) -> None:
    """Write that a customer has another contact; both of them hear of it."""
    people = [user.pk for user in (former, contact) if user is not None and user.pk != by.pk]
    record(
        "customer.handed_over",
        subject=("customer", customer.reference),
        by=by.pk,
        at=at,
        data={"from": former and former.pk, "to": contact and contact.pk, "reference": customer.reference},
        tell=people,
        link=f"/customers/{customer.reference}/",
    )


def may_be_contact(team: Team, user: User, *, path: str, leaver: User | None = None) -> None:
    """Raises: Invalid unless this person works in the team today, and is not the one who leaves."""
    works = Membership.objects.filter(
        team=team, user=user, ended_on=None, role__in=(LEAD, MEMBER), user__is_active=True
    ).exists()
    if not works or (leaver is not None and leaver.pk == user.pk):
        raise Invalid(
            "not_in_team", _("The contact is a member or the account lead of the customer's team."), path=path
        )


def lock_with_merged(team_ids: Collection[int]) -> dict[int, Team]:
    """Lock teams, and those that were merged into them, in the order of their ids; return them by id."""
    rows = Team.objects.select_for_update(of=("self",)).filter(Q(pk__in=team_ids) | Q(merged_into__in=team_ids))
    return {row.pk: row for row in rows.order_by("pk")}


def _locked(team: Team) -> tuple[Team, list[int]]:
    """Return the team, locked, and the ids of all teams for which its people speak."""
    locked = lock_with_merged([team.pk])
    if not locked[team.pk].is_active:
        raise Conflict("team_inactive", _("This team no longer works. Make it active first."))
    return locked[team.pk], list(locked)


def _open(membership: Membership) -> Membership:
    row = Membership.objects.select_related("user", "team").filter(pk=membership.pk, ended_on=None).first()
    if row is None:
        raise Conflict("membership_ended", _("This person's place in the team has ended or changed already."))
    return row


def _known_role(role: str) -> None:
    if role not in Membership.Role.values:
        raise Invalid("unknown_role", _("Choose one of the roles offered."), path="role")


def _end(row: Membership, day: date) -> None:
    row.ended_on = day
    row.save(update_fields=["ended_on"])


def _start(team: Team, user: User, role: str, may_decide: bool, day: date) -> Membership:
    return Membership.objects.create(
        team=team, user=user, role=role, may_decide=may_decide and role != COACH, started_on=day
    )


def _make_room(team: Team, role: str, day: date) -> Membership | None:
    """Where another is to be account lead, the lead of today becomes a member."""
    lead = Membership.objects.select_related("user").filter(team=team, role=LEAD, ended_on=None).first()
    if role != LEAD or lead is None:
        return None
    _end(lead, day)
    return _start(team, lead.user, MEMBER, lead.may_decide, day)


def _record(verb: str, row: Membership | None, by: User, at: datetime) -> None:
    if row is None:
        return
    record(
        verb,
        subject=("team", row.team.code),
        by=by.pk,
        at=at,
        data={"user": row.user_id, "role": row.role, "may_decide": row.may_decide, "code": row.team.code},
        about=[("user", str(row.user_id))],
        tell=[row.user_id] if row.user_id != by.pk else [],
        link=link_of(row.team),
    )
