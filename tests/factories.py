"""A small world to test in: teams, people, customers, prices, committees and authority in force."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from django.contrib.auth.hashers import make_password

from approvals.actions.draft import DraftLine, DraftTerms, create_deal, edit_draft
from approvals.actions.submit import submit
from approvals.actions.vote import cast_vote
from approvals.models import Case, ConsentSeat, Deal, Decision
from mandates.engine.values import canonical, digest
from mandates.models import (
    Charter,
    CharterPeriod,
    CharterVersion,
    Mandate,
    MandateVersion,
    Price,
    Product,
    Rate,
    VersionHolder,
    VersionPeriod,
    VersionState,
)
from teams.models import (
    Committee,
    CommitteeSeat,
    Customer,
    CustomerTeam,
    Membership,
    Organisation,
    OrganisationRole,
    Team,
    User,
)

# A Monday morning in Brussels, outside every public holiday of the Benelux.
AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
PASSWORD = "a long test password"

PEOPLE = {
    "anke": "Anke Claes",
    "bram": "Bram Wouters",
    "chloe": "Chloé Lambert",
    "dirk": "Dirk Peeters",
    "els": "Els Maes",
    "femke": "Femke de Boer",
    "gilles": "Gilles Dubois",
    "hanne": "Hanne Jacobs",
    "sofie": "Sofie Goossens",
    "tom": "Tom Willems",
    "ines": "Ines Martens",
    "joris": "Joris Hermans",
    "karim": "Karim Haddad",
    "lien": "Lien Aerts",
    "maarten": "Maarten Smit",
    "nora": "Nora Declercq",
    "noud": "Noud Vermeer",
    "olivier": "Olivier Lemaire",
    "oda": "Oda Kremer",
    "petra": "Petra Nijs",
    "quinten": "Quinten Bos",
    "ruth": "Ruth Schmit",
}
MEMBERSHIPS = (
    ("public", "anke", "lead", True),
    ("public", "bram", "member", True),
    ("public", "chloe", "member", True),
    ("public", "dirk", "member", False),
    ("public", "els", "coach", True),
    ("industry", "femke", "lead", True),
    ("industry", "gilles", "member", True),
    ("industry", "hanne", "member", True),
    ("industry", "els", "coach", True),
    ("retail", "sofie", "lead", True),
    ("retail", "tom", "member", True),
)
SEATS = (
    ("deal-desk", "ines", True),
    ("deal-desk", "joris", False),
    ("deal-desk", "karim", False),
    ("finance", "lien", True),
    ("finance", "maarten", False),
)
ROLES = (
    ("nora", "mandate_administrator"),
    ("noud", "mandate_administrator"),
    ("olivier", "executive"),
    ("oda", "executive"),
    ("petra", "auditor"),
)
CUSTOMERS = (
    ("C-17", "Gemeente Hoogveld", "public", "BE", "public", "bram"),
    ("C-18", "Waterschap Lindedal", "public", "NL", "public", "chloe"),
    ("C-31", "Staalhuis Maasoever", "industry", "BE", "industry", "gilles"),
    ("C-32", "Imprimerie du Lac", "industry", "LU", "industry", "hanne"),
    ("C-51", "Bakkerij Zonneweelde", "retail", "NL", "retail", "tom"),
)
# code, family, charge, list price and unit cost in EUR
PRODUCTS = (
    ("SW-24P", "network/switches", "one_off", "1200.00", "610.00"),
    ("SW-48P", "network/switches", "one_off", "2100.00", "1150.00"),
    ("RT-1", "network/routers", "one_off", "800.00", "420.00"),
    ("SUP-M", "services/support", "monthly", "90.00", "40.00"),
    ("CLOUD-1", "cloud/compute", "monthly", "200.00", None),
    ("TRAIN-1", "services/training", "one_off", "950.00", "300.00"),
)


@dataclass
class World:
    """What `world()` made, by the keys of the tables above."""

    at: datetime
    today: date
    organisation: Organisation
    people: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    committees: dict[str, Committee] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    mandates: dict[str, MandateVersion] = field(default_factory=dict)
    charter: CharterVersion | None = None

    def __getattr__(self, name: str) -> User:
        """A person by key, for short: `world.bram`."""
        try:
            return self.__dict__["people"][name]
        except KeyError as error:
            raise AttributeError(name) from error


def world(at: datetime = AT) -> World:
    """Make the whole small world, in force since the first day of the year before `at`.

    `public` holds `public-2026` (one consent, a team budget a quarter), `industry` holds `industry-2026` (two
    consents, a customer budget a year), `retail` holds nothing. Two committees: `deal-desk` (majority, quorum 2)
    and `finance` (one approval). Everybody's password is `PASSWORD`.
    """
    made = World(at=at, today=at.date(), organisation=Organisation(id=1))
    since = date(at.year - 1, 1, 1)
    _people(made, since)
    _committees(made, since)
    _organisation(made)
    _customers(made, since)
    _catalogue(made, since)
    made.charter = charter_in_force(made, {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "45"}]})
    mandate_in_force(made, "public", public_document(at.year))
    mandate_in_force(made, "industry", industry_document(at.year))
    return made


@cache
def _password_hash() -> str:
    return make_password(PASSWORD)


def person(key: str, name: str = "", **fields: Any) -> User:
    """An active user with the world's password."""
    defaults = {"name": name or key.title(), "password": _password_hash()}
    return User.objects.create(email=f"{key}@example.test", **(defaults | fields))


def _people(made: World, since: date) -> None:
    for key, name in PEOPLE.items():
        made.people[key] = person(key, name, is_staff=key == "quinten")
    for code, name in (("public", "Public sector"), ("industry", "Industry"), ("retail", "Retail")):
        made.teams[code] = Team.objects.create(code=code, name=name)
    for code, key, role, may_decide in MEMBERSHIPS:
        join(made.teams[code], made.people[key], role=role, may_decide=may_decide, since=since)
    OrganisationRole.objects.bulk_create(
        OrganisationRole(user=made.people[key], role=role, started_on=since) for key, role in ROLES
    )


def join(team: Team, user: User, *, since: date, role: str = "member", may_decide: bool = True) -> Membership:
    """A place in a team since a day."""
    return Membership.objects.create(team=team, user=user, role=role, may_decide=may_decide, started_on=since)


def leave(team: Team, user: User, on: date) -> None:
    """End a person's place in a team on a day."""
    Membership.objects.filter(team=team, user=user, ended_on=None).update(ended_on=on)


def _committees(made: World, since: date) -> None:
    made.committees["deal-desk"] = Committee.objects.create(
        code="deal-desk", name="Deal desk", rule="majority", quorum=2
    )
    made.committees["finance"] = Committee.objects.create(
        code="finance", name="Finance committee", rule="number", approvals_needed=1, quorum=1
    )
    for code, key, is_chair in SEATS:
        seat(made.committees[code], made.people[key], since=since, is_chair=is_chair)


def seat(committee: Committee, user: User, *, since: date, is_chair: bool = False) -> CommitteeSeat:
    """A seat on a committee since a day."""
    return CommitteeSeat.objects.create(committee=committee, user=user, is_chair=is_chair, started_on=since)


def _organisation(made: World) -> None:
    made.organisation, _ = Organisation.objects.update_or_create(
        id=1,
        defaults={"name": "Meridian Networks", "default_committee": made.committees["deal-desk"]},
    )
    made.organisation.refresh_from_db()


def _customers(made: World, since: date) -> None:
    for reference, name, segment, country, team, contact in CUSTOMERS:
        made.customers[reference] = customer(
            reference, made.teams[team], made.people[contact], since, name=name, segment=segment, country=country
        )


def customer(reference: str, team: Team, contact: User, since: date, **fields: Any) -> Customer:
    """A customer whom a team looks after since a day."""
    made = Customer.objects.create(reference=reference, **({"name": reference} | fields))
    CustomerTeam.objects.create(customer=made, team=team, contact=contact, started_on=since)
    return made


def _catalogue(made: World, since: date) -> None:
    for code, family, charge, list_price, unit_cost in PRODUCTS:
        made.products[code] = product(code, family, list_price, unit_cost, since=since, charge=charge)
    Price.objects.create(
        product=made.products["SW-24P"],
        currency="USD",
        from_on=since,
        list_price=Decimal("1300.00"),
        unit_cost=Decimal("660.00"),
    )
    Rate.objects.bulk_create(
        Rate(currency=currency, on=made.today - timedelta(days=3), per_euro=Decimal(rate))
        for currency, rate in (("USD", "1.0850"), ("GBP", "0.8350"))
    )


def product(
    code: str, family: str, list_price: str, unit_cost: str | None, *, since: date, charge: str = "one_off"
) -> Product:
    """A product with a price in EUR since a day; no `unit_cost` means that the cost is unknown."""
    made = Product.objects.create(code=code, name=f"Product {code}", family=family, charge=charge)
    Price.objects.create(
        product=made,
        currency="EUR",
        from_on=since,
        list_price=Decimal(list_price),
        unit_cost=None if unit_cost is None else Decimal(unit_cost),
    )
    return made


def public_document(year: int, version: int = 1, **changes: Any) -> dict[str, Any]:
    """The mandate of the public team, as `docs/decision.md` writes one."""
    return {
        "code": "public-2026",
        "version": version,
        "currency": "EUR",
        "valid_from": f"{year}-01-01",
        "valid_until": f"{year}-12-31",
        "scope": {"segment": ["public"]},
        "consents": 1,
        "committee": "deal-desk",
        "capital_rate": "8",
        "standard_payment_days": 30,
        "budgets": [{"per": "team", "period": "quarter", "amount": "50000.00"}],
        "limits": [
            {
                "metric": "line_discount",
                "when": {"family": "network", "term_months": {"from": 24}},
                "member": "12",
                "team": "18",
            },
            {"metric": "line_discount", "member": "8", "team": "12"},
            {"metric": "line_margin", "member": "45", "team": "42", "committee": "finance"},
            {"metric": "payment_days", "member": "30", "team": "60"},
        ],
    } | changes


def industry_document(year: int, version: int = 1, **changes: Any) -> dict[str, Any]:
    """The mandate of the industry team: two consents, a budget for each customer and year."""
    return {
        "code": "industry-2026",
        "version": version,
        "currency": "EUR",
        "valid_from": f"{year}-01-01",
        "valid_until": f"{year}-12-31",
        "consents": 2,
        "committee": "deal-desk",
        "budgets": [{"per": "customer", "period": "year", "amount": "10000.00"}],
        "limits": [
            {"metric": "line_discount", "member": "10", "team": "20"},
            {"metric": "net_value", "member": "100000", "team": "250000", "committee": "finance"},
        ],
    } | changes


def mandate_in_force(
    made: World, team: str | Sequence[str], document: Mapping[str, Any], since: datetime | None = None
) -> MandateVersion:
    """Write a granted version with its period and holders straight into the tables; ends the one before it."""
    starts_at = since or datetime(made.at.year, 1, 1, tzinfo=UTC)
    mandate, _ = Mandate.objects.get_or_create(code=document["code"], defaults={"name": document["code"].title()})
    VersionPeriod.objects.filter(mandate=mandate, ends_at=None).update(ends_at=starts_at, end_cause="superseded")
    MandateVersion.objects.filter(mandate=mandate, state=VersionState.GRANTED).update(state=VersionState.SUPERSEDED)
    version = MandateVersion.objects.create(
        mandate=mandate,
        valid_from=date.fromisoformat(document["valid_from"]),
        valid_until=date.fromisoformat(document["valid_until"]),
        **_granted(made, document, document["version"]),
    )
    holders = [team] if isinstance(team, str) else team
    VersionHolder.objects.bulk_create(VersionHolder(version=version, team=made.teams[code]) for code in holders)
    VersionPeriod.objects.create(mandate=mandate, version=version, starts_at=starts_at, cause="granted")
    made.mandates[document["code"]] = version
    return version


def charter_in_force(made: World, document: Mapping[str, Any], since: datetime | None = None) -> CharterVersion:
    """Write a granted version of the charter with its period; ends the one before it."""
    starts_at = since or datetime(made.at.year, 1, 1, tzinfo=UTC)
    charter, _ = Charter.objects.get_or_create(id=1)
    CharterPeriod.objects.filter(charter=charter, ends_at=None).update(ends_at=starts_at, end_cause="superseded")
    CharterVersion.objects.filter(charter=charter, state=VersionState.GRANTED).update(state=VersionState.SUPERSEDED)
    number = charter.versions.count() + 1
    version = CharterVersion.objects.create(charter=charter, **_granted(made, document, number))
    CharterPeriod.objects.create(charter=charter, version=version, starts_at=starts_at, cause="granted")
    return version


def _granted(made: World, document: Mapping[str, Any], number: int) -> dict[str, Any]:
    nora, olivier = made.people["nora"], made.people["olivier"]
    long_ago = datetime(made.at.year - 1, 12, 1, 10, tzinfo=UTC)
    return {
        "number": number,
        "state": VersionState.GRANTED,
        "document": canonical(document),
        "sha256": digest(document),
        "drafted_by": nora,
        "drafted_at": long_ago,
        "proposed_by": nora,
        "proposed_at": long_ago,
        "answered_by": olivier,
        "answered_at": long_ago,
    }


def suspend_everything(made: World, code: str, at: datetime) -> None:
    """End a mandate's authority in the tables, as revoking it does."""
    VersionPeriod.objects.filter(mandate__code=code, ends_at=None).update(ends_at=at, end_cause="revoked")
    MandateVersion.objects.filter(mandate__code=code, state=VersionState.GRANTED).update(state=VersionState.REVOKED)


# --- deals, made by the actions themselves ---


def terms(*lines: tuple[str, str, str], term_months: int = 24, payment_days: int = 30, why: str = "") -> DraftTerms:
    """Terms with lines of (product, quantity, unit price); without lines, four switches inside the member bound."""
    given = lines or (("SW-24P", "4", "1116.00"),)
    return DraftTerms(
        term_months=term_months,
        payment_days=payment_days,
        why=why,
        lines=tuple(DraftLine(code, Decimal(quantity), Decimal(price)) for code, quantity, price in given),
    )


# Four switches of `public-2026`: what each price comes to.
MEMBER_PRICE, TEAM_PRICE, COMMITTEE_PRICE, FORBIDDEN_PRICE = "1116.00", "1060.00", "900.00", "600.00"


def draft(
    made: World, *, by: str = "bram", customer: str = "C-17", at: datetime | None = None, price: str = "", **fields: Any
) -> Deal:
    """A draft by a person of the world; `price` is that of four switches, else give `terms`."""
    chosen = fields.pop("terms", None) or terms(("SW-24P", "4", price or MEMBER_PRICE))
    return create_deal(
        by=made.people[by],
        at=at or made.at,
        customer=made.customers[customer],
        terms=chosen,
        **({"kind": "new", "channel": "direct", "currency": "EUR"} | fields),
    )


def submitted(made: World, *, by: str = "bram", at: datetime | None = None, **fields: Any) -> Deal:
    """A draft that was submitted by the same person, as it stands afterwards."""
    deal = draft(made, by=by, at=at, **fields)
    submit(deal=deal, by=made.people[by], at=at or made.at, edition=deal.edition)
    deal.refresh_from_db()
    return deal


def revised(made: World, deal: Deal, chosen: DraftTerms, *, by: str = "bram", at: datetime | None = None) -> Decision:
    """Edit a deal's draft and submit it again."""
    edited = edit_draft(deal=deal, by=made.people[by], at=at or made.at, edition=None, terms=chosen)
    decision = submit(deal=edited, by=made.people[by], at=at or made.at, edition=None)
    deal.refresh_from_db()
    return decision


def vote(made: World, case: Case, *people: str, choice: str = "approve", at: datetime | None = None) -> Case:
    """Votes of these people on a case, one after the other; the case as it stands afterwards."""
    for key in people:
        cast_vote(case=case, by=made.people[key], at=at or made.at, choice=choice, reason="For the test.")
    case.refresh_from_db()
    return case


def seat_of(made: World, deal: Deal, key: str) -> ConsentSeat:
    """A colleague's seat in the round of the deal's latest revision."""
    return ConsentSeat.objects.get(round__revision=deal.latest_id, user=made.people[key])
