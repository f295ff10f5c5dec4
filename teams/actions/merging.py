"""Two teams become one: people, customers and what is not submitted yet go over in one transaction."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid, NotAllowed
from teams import leaving
from teams.actions.membership import COACH, LEAD, MEMBER, link_of, lock_with_merged, pass_baton
from teams.models import Customer, CustomerTeam, Membership, Team, User
from teams.standing import require_today

# whoever works goes on working; of two places the one that does more stays
DOES = {COACH: 0, MEMBER: 1, LEAD: 2}


@transaction.atomic
def merge_teams(*, team: Team, into: Team, by: User, at: datetime, edition: int | None = None) -> Team:
    """Make a team part of another from today; returns the other.

    Its people, its customers with their contacts, and their drafts go over; its account lead becomes a member. What it
    submitted stays with it and is answered for by the people of the other; so does its mandate, which judges that.
    Locks both teams by id, then budgets, deals and mandates, then the customers.
    Raises: NotAllowed, also for somebody of either team; Conflict `stale_edition`, `team_inactive`; Invalid.
    """
    day = require_today("team.manage", by=by, at=at)
    if team.pk == into.pk:
        raise Invalid("same_team", _("Choose another team than itself."), path="into")
    locked = lock_with_merged([team.pk, into.pk])
    old, new = locked[team.pk], locked[into.pk]
    _may_merge(old, new, by=by, edition=edition)
    leaving.lock(user_id=None, team_ids=[old.pk], at=at)
    customers = _customers_of(old)
    joined = _people_go_over(old, new, day)
    for customer, contact in customers:
        pass_baton(customer, new, contact, "", day)
    Team.objects.filter(merged_into=old).update(merged_into=new)
    old.is_active, old.merged_into = False, new
    old.edition += 1
    old.save(update_fields=["is_active", "merged_into", "edition"])
    for customer, contact in customers:
        leaving.move_customer(customer=customer, team=new, contact=contact, by=by, at=at)
    leaving.merge(team=old, into=new, by=by, at=at)
    _record(old, new, joined, customers, by=by, at=at)
    return new


def _may_merge(old: Team, new: Team, *, by: User, edition: int | None) -> None:
    if edition is not None and old.edition != edition:
        raise Conflict("stale_edition", _("Somebody changed this since you read it. Look at both, then decide."))
    if not (old.is_active and new.is_active):
        raise Conflict("team_inactive", _("Only teams that work can be merged."))
    if Membership.objects.filter(team__in=(old, new), user=by, ended_on=None).exists():
        detail = _("You belong to one of these teams, so another mandate administrator merges them.")
        raise NotAllowed("own_right", detail)


def _customers_of(old: Team) -> list[tuple[Customer, User]]:
    """Return the team's customers, locked by id, each with its contact."""
    rows = CustomerTeam.objects.filter(team=old, ended_on=None).select_related("contact")
    contacts = {row.customer_id: row.contact for row in rows}
    customers = Customer.objects.select_for_update().filter(pk__in=contacts).order_by("pk")
    return [(customer, contacts[customer.pk]) for customer in customers]


def _people_go_over(old: Team, new: Team, day: date) -> list[Membership]:
    """End every place in the old team and begin one in the new; return the places that are new there."""
    here = {row.user_id: row for row in Membership.objects.filter(team=new, ended_on=None)}
    leaving_rows = list(Membership.objects.filter(team=old, ended_on=None).select_related("user").order_by("pk"))
    joined = []
    for row in leaving_rows:
        row.ended_on = day
        row.save(update_fields=["ended_on"])
        role = MEMBER if row.role == LEAD else Membership.Role(row.role)
        held = here.get(row.user_id)
        if held is not None and DOES[Membership.Role(held.role)] >= DOES[role]:
            continue
        if held is not None:
            held.ended_on = day
            held.save(update_fields=["ended_on"])
        joined.append(
            Membership.objects.create(
                team=new, user=row.user, role=role, may_decide=row.may_decide and role != COACH, started_on=day
            )
        )
    return joined


def _record(
    old: Team, new: Team, joined: list[Membership], customers: list[tuple[Customer, User]], *, by: User, at: datetime
) -> None:
    """Write one event for the teams and one for each customer; everybody of both teams hears of the first."""
    for customer, contact in customers:
        record(
            "customer.assigned",
            subject=("customer", customer.reference),
            by=by.pk,
            at=at,
            data={
                "reference": customer.reference,
                "team": new.code,
                "to": contact.pk,
                "team_before": old.code,
                "from": contact.pk,
            },
            about=[("team", new.code), ("team", old.code)],
            link=f"/customers/{customer.reference}/",
        )
    people = Membership.objects.filter(team=new, ended_on=None).values_list("user_id", flat=True)
    record(
        "team.merged",
        subject=("team", old.code),
        by=by.pk,
        at=at,
        data={
            "code": old.code,
            "into": new.code,
            "people": [[row.user_id, row.role, row.may_decide] for row in joined],
            "customers": len(customers),
        },
        about=[("team", new.code), *(("user", str(row.user_id)) for row in joined)],
        tell=sorted(set(people) - {by.pk}),
        link=link_of(new),
    )
