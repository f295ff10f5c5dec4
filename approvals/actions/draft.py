"""Making a deal and working on its draft."""

from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from approvals.actions.settling import expect_edition, save
from approvals.electorates import place_of
from approvals.locking import lock_draft, lock_teams
from approvals.models import Deal, DealEditor, DealSupport
from approvals.sight import about, about_next
from approvals.states import DEAL_MOVES
from approvals.telling import action, tell_deal
from approvals.terms import DraftLine, DraftTerms, check_terms, written
from journal.moves import find
from journal.refusals import Conflict, Invalid
from mandates.engine.currencies import EXPONENTS
from teams.models import Customer, CustomerTeam, Team, User
from teams.organisation import today
from teams.permissions import About, require
from teams.standing import person_of

__all__ = [
    "DraftHeader",
    "DraftLine",
    "DraftTerms",
    "copy_deal",
    "create_deal",
    "edit_draft",
    "support",
    "unsupport",
]

FIRST_NUMBER = 1001
PREFIX = "D-"
LONGEST_CHANNEL = 60


@dataclass(frozen=True, slots=True)
class DraftHeader:
    """What is fixed once a deal has been submitted: another deal is another deal."""

    customer: Customer
    kind: str
    channel: str
    currency: str


@action
def create_deal(
    *, by: User, at: datetime, customer: Customer, kind: str, channel: str, currency: str, terms: DraftTerms
) -> Deal:
    """Begin a deal with a customer of the person's own team.

    Raises: NotAllowed; Invalid with the path of the field, `customer_without_team` among them.
    """
    header = DraftHeader(customer, kind, channel, currency)
    return _create(header, terms, by=by, at=at, data={})


@action
def copy_deal(*, deal: Deal, by: User, at: datetime) -> Deal:
    """Begin another deal with the same customer and the same draft; nothing that was decided comes with it."""
    require("deal.copy", person_of(by, today(at)), about_next(deal, today(at)))
    source = Deal.objects.select_related("customer").get(pk=deal.pk)
    header = DraftHeader(source.customer, source.kind, source.channel, source.currency)
    copied = _create(header, None, by=by, at=at, data={"copied_from": source.reference}, draft=source.draft)
    return copied


def _create(
    header: DraftHeader, terms: DraftTerms | None, *, by: User, at: datetime, data: dict[str, object], draft: str = ""
) -> Deal:
    day = today(at)
    place = _place(header.customer, day=at)
    require("deal.create", person_of(by, day), About(team_id=place.team_id, contact_id=place.contact_id))
    _check_header(header)
    if terms is not None:
        check_terms(terms)
        draft = written(terms, header.currency)
    lock_teams([place.team_id])
    place = _place_again(header.customer, place, day=at)
    deal = Deal(
        team=place.team,
        customer=header.customer,
        contact=place.contact,
        kind=header.kind,
        channel=header.channel,
        currency=header.currency,
        draft=draft,
        created_by=by,
        created_at=at,
    )
    _insert(deal)
    DealEditor.objects.create(deal=deal, user=by)
    tell_deal("deal.drafted", deal, by=by, at=at, data=data, tell=[deal.contact_id])
    return deal


def _place(customer: Customer, *, day: datetime) -> CustomerTeam:
    place = place_of(customer.pk, today(day))
    if place is None:
        detail = _("No team looks after this customer. Ask a mandate administrator to give it one.")
        raise Invalid("customer_without_team", detail, path="customer")
    return place


def _place_again(customer: Customer, seen: CustomerTeam, *, day: datetime) -> CustomerTeam:
    """Return who looks after the customer now that the team is locked. Raises: Conflict `deal_changed`."""
    place = _place(customer, day=day)
    if place.team_id != seen.team_id:
        raise Conflict("deal_changed", _("This customer was moved in the meantime. Load the page again."))
    return place


def _check_header(header: DraftHeader) -> None:
    if header.kind not in Deal.Kind.values:
        raise Invalid("unknown_kind", _("Choose new business, renewal or expansion."), path="kind")
    if header.currency not in EXPONENTS:
        raise Invalid("unknown_currency", _("This is no currency of ISO 4217."), path="currency")
    if len(header.channel) > LONGEST_CHANNEL:
        raise Invalid("too_long", _("The name of the channel is too long."), path="channel")
    if not header.customer.is_active:
        raise Invalid("customer_inactive", _("This customer is no longer active."), path="customer")


def _insert(deal: Deal) -> None:
    """Write the deal under the next free reference; whoever takes the same one at once has it, and we the next."""
    while True:
        deal.reference = _next_reference()
        try:
            with transaction.atomic():
                deal.save(force_insert=True)
            return
        except IntegrityError:
            if not Deal.objects.filter(reference=deal.reference).exists():
                raise


def _next_reference() -> str:
    numbered = Deal.objects.filter(imported=False, reference__regex=rf"^{PREFIX}[0-9]+$")
    last = numbered.order_by("-id").values_list("reference", flat=True).first()
    number = FIRST_NUMBER if last is None else int(last.removeprefix(PREFIX)) + 1
    while Deal.objects.filter(reference=f"{PREFIX}{number}").exists():
        number += 1  # an import brought this one in
    return f"{PREFIX}{number}"


@action
def edit_draft(
    *, deal: Deal, by: User, at: datetime, edition: int | None, terms: DraftTerms, header: DraftHeader | None = None
) -> Deal:
    """Change what the team works on; what was submitted stays as it is until the draft is submitted again.

    Raises: NotAllowed; Conflict `stale_edition`, `illegal_move`, `header_fixed`; Invalid with the path of the field.
    """
    locked = lock_draft(deal.pk)
    expect_edition(locked.edition, edition)
    found = find(DEAL_MOVES, "edit", locked.state)
    require(found.permission, person_of(by, today(at)), about_next(locked, today(at)))
    fields = ["draft"]
    if header is not None and _header_of(locked) != header:
        _change_header(locked, header, by=by, at=at)
        fields += ["customer", "team", "contact", "kind", "channel", "currency"]
    check_terms(terms)
    locked.draft = written(terms, locked.currency)
    become_editor(locked, by)
    save(locked, *fields)
    tell_deal(found.event, locked, by=by, at=at, data={"edition": locked.edition, "lines": len(terms.lines)})
    return locked


def _header_of(deal: Deal) -> DraftHeader:
    return DraftHeader(deal.customer, deal.kind, deal.channel, deal.currency)


def _change_header(deal: Deal, header: DraftHeader, *, by: User, at: datetime) -> None:
    if deal.submitted_at is not None:
        detail = _("Customer, kind, channel and currency are fixed once a deal was submitted. Copy it to change them.")
        raise Conflict("header_fixed", detail)
    _check_header(header)
    place = _place(header.customer, day=at)
    require("deal.create", person_of(by, today(at)), About(team_id=place.team_id, contact_id=place.contact_id))
    deal.customer, deal.team, deal.contact = header.customer, place.team, place.contact
    deal.kind, deal.channel, deal.currency = header.kind, header.channel, header.currency


def become_editor(deal: Deal, user: User) -> None:
    """Note that the person has had a hand in the deal, and so never votes or consents on it."""
    DealEditor.objects.get_or_create(deal=deal, user=user)


@action
def support(*, deal: Deal, team: Team, by: User, at: datetime) -> DealSupport:
    """Let another team see this deal and advise on it."""
    locked = lock_draft(deal.pk)
    require("deal.support", person_of(by, today(at)), about(locked))
    if team.pk == locked.team_id:
        raise Invalid("own_team", _("The deal's own team needs no invitation."), path="team")
    row, made = DealSupport.objects.get_or_create(deal=locked, team=team)
    if made:
        _tell_support("deal.supported", locked, team, by, at)
    return row


@action
def unsupport(*, deal: Deal, team: Team, by: User, at: datetime) -> None:
    """End another team's sight of this deal."""
    locked = lock_draft(deal.pk)
    require("deal.support", person_of(by, today(at)), about(locked))
    if DealSupport.objects.filter(deal=locked, team=team).delete()[0]:
        _tell_support("deal.unsupported", locked, team, by, at)


def _tell_support(verb: str, deal: Deal, team: Team, by: User, at: datetime) -> None:
    tell_deal(verb, deal, by=by, at=at, data={"team": team.code}, about=[("team", team.code)])
