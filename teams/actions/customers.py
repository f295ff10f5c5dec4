"""Customers: their facts, the team that looks after them, and the one person who speaks to them."""

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from teams import leaving
from teams.actions.membership import may_be_contact, pass_baton, record_baton
from teams.actions.writing import change, checked, insert, same_edition
from teams.models import Customer, CustomerTeam, Team, User
from teams.permissions import About
from teams.standing import require_today

FACTS = ("name", "segment", "country")
TOLD = frozenset({"segment", "country", "is_active"})


def link_of(customer: Customer) -> str:
    return f"/customers/{customer.reference}/"


@transaction.atomic
def create_customer(
    *,
    by: User,
    at: datetime,
    reference: str,
    name: str,
    segment: str = "",
    country: str = "",
    team: Team | None = None,
    contact: User | None = None,
) -> Customer:
    """Make a customer, and let a team look after it from today where one is given with its contact.

    Raises: NotAllowed; Invalid, also for a team without a contact or the reverse.
    """
    day = require_today("customer.manage", by=by, at=at)
    if (team is None) != (contact is None):
        raise Invalid("contact_and_team", _("Name the team and its contact together."), path="contact")
    customer = Customer(reference=reference.strip(), **_facts(name, segment, country))
    checked(customer, ["reference", *FACTS])
    if not customer.reference or "/" in customer.reference:
        raise Invalid("reference_unusable", _("A reference has no slash in it."), path="reference")
    if team and contact:
        _take_on(customer, team, contact)
    insert(customer, taken="reference_taken", path="reference")
    if team and contact:
        pass_baton(customer, team, contact, "", day)
    data = {"reference": customer.reference, "segment": customer.segment, "country": customer.country}
    record(
        "customer.created", subject=("customer", customer.reference), by=by.pk, at=at, data=data, link=link_of(customer)
    )
    if team and contact:
        _record_assigned(customer, team, contact, None, by, at)
    return customer


def _facts(name: str, segment: str, country: str) -> Mapping[str, str]:
    country = country.strip().upper()
    if country and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise Invalid("unknown_country", _("A country is its code of two letters, like BE."), path="country")
    return {"name": name.strip(), "segment": segment.strip(), "country": country}


@transaction.atomic
def change_customer(
    *,
    customer: Customer,
    by: User,
    at: datetime,
    edition: int | None,
    name: str,
    segment: str,
    country: str,
    is_active: bool,
) -> Customer:
    """Change what is known of a customer; the reference stays. Raises: NotAllowed, Conflict, Invalid."""
    require_today("customer.manage", by=by, at=at)
    locked = Customer.objects.select_for_update().get(pk=customer.pk)
    same_edition(locked, edition)
    if data := change(locked, {**_facts(name, segment, country), "is_active": is_active}, told=TOLD):
        data["reference"] = locked.reference
        subject = ("customer", locked.reference)
        record("customer.changed", subject=subject, by=by.pk, at=at, data=data, link=link_of(locked))
    return locked


@transaction.atomic
def assign_customer(
    *, customer: Customer, by: User, at: datetime, team: Team, contact: User, note: str = ""
) -> CustomerTeam:
    """Give a customer to a team with one of its people as contact, from today.

    Drafts go with it. What was submitted stays with its team; its next revision is judged by the new one's mandate.

    Raises: NotAllowed; Conflict where it is with that team already; Invalid for a contact outside the team.
    """
    day = require_today("customer.manage", by=by, at=at)
    held = _held(customer)
    ids = {team.pk, *([held.team_id] if held else [])}
    teams = {row.pk: row for row in Team.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
    Customer.objects.select_for_update().get(pk=customer.pk)
    if _held(customer) != held:
        raise Conflict("customer_moved", _("This customer was moved in the meantime. Load the page again."))
    if held and held.team_id == team.pk:
        raise Conflict("same_team", _("This team looks after the customer already: hand it over within the team."))
    _take_on(customer, teams[team.pk], contact)
    row = pass_baton(customer, team, contact, note.strip(), day)
    leaving.move_customer(customer=customer, team=team, contact=contact, by=by, at=at)
    _record_assigned(customer, team, contact, held, by, at)
    return row


def _held(customer: Customer) -> CustomerTeam | None:
    rows = CustomerTeam.objects.select_related("team", "contact")
    return rows.filter(customer=customer, ended_on=None).first()


def _take_on(customer: Customer, team: Team, contact: User) -> None:
    """Raises: Invalid where the team or the contact cannot look after a customer."""
    if not team.is_active:
        raise Invalid("team_inactive", _("This team no longer works."), path="team")
    may_be_contact(team, contact, path="contact")


def _record_assigned(
    customer: Customer, team: Team, contact: User, held: CustomerTeam | None, by: User, at: datetime
) -> None:
    about = [("team", team.code), *([("team", held.team.code)] if held else [])]
    people = {contact.pk, *([held.contact_id] if held else [])} - {by.pk}
    record(
        "customer.assigned",
        subject=("customer", customer.reference),
        by=by.pk,
        at=at,
        data={
            "reference": customer.reference,
            "team": team.code,
            "to": contact.pk,
            "team_before": held.team.code if held else None,
            "from": held.contact_id if held else None,
        },
        about=about,
        tell=sorted(people),
        link=link_of(customer),
    )


@transaction.atomic
def hand_over(*, customer: Customer, by: User, at: datetime, contact: User, note: str) -> CustomerTeam:
    """Pass the baton: another person of the same team speaks to this customer from today.

    Raises: NotAllowed; Conflict where no team looks after the customer, or the contact is the same; Invalid.
    """
    held = _held(customer)
    if held is None:
        raise Conflict("no_team", _("No team looks after this customer. Give it to a team first."))
    about = About(team_id=held.team_id, contact_id=held.contact_id)
    day: date = require_today("customer.hand_over", by=by, at=at, about=about)
    Team.objects.select_for_update().get(pk=held.team_id)
    Customer.objects.select_for_update().get(pk=customer.pk)
    if _held(customer) != held:
        raise Conflict("customer_moved", _("This customer was moved in the meantime. Load the page again."))
    if held.contact_id == contact.pk:
        raise Conflict("same_contact", _("This person is the contact already."))
    may_be_contact(held.team, contact, path="contact")
    row = pass_baton(customer, held.team, contact, note.strip(), day)
    leaving.move_customer(customer=customer, team=held.team, contact=contact, by=by, at=at)
    record_baton(customer, held.contact, contact, by, at)
    return row
