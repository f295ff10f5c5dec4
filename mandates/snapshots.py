"""From rows to the engine's documents: the only place that knows both."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from journal.refusals import Conflict, Invalid
from mandates import budgets
from mandates.catalogue import EURO, Quote, quotes, rates_on, why_unpriced
from mandates.documents import document_of, money_text, number_text
from mandates.models import CharterPeriod, MandateVersion, VersionPeriod, VersionState
from teams.models import Customer, Organisation, Team
from teams.organisation import organisation

Line = tuple[str, Decimal, Decimal]
WIDE = Context(prec=60)


@dataclass(frozen=True, slots=True)
class Authority:
    """What judges a team's deals at a moment: the charter in force, and the versions of the mandates it holds."""

    charter_document: dict[str, Any] | None
    versions: list[MandateVersion]


@dataclass(frozen=True, slots=True)
class Assembled:
    """A whole case for the engine, and the version behind each mandate's code."""

    document: dict[str, Any]
    versions: dict[str, MandateVersion]


# --- facts ---


def freeze(
    *,
    on: date,
    currency: str,
    reference: str,
    kind: str,
    channel: str,
    customer: Customer,
    term_months: int,
    payment_days: int,
    lines: Sequence[Line],
) -> dict[str, Any]:
    """Return the facts of that day as `{"on", "rates", "deal"}` (`decision.md` section 2).

    A line is (product code, quantity, unit price). Reads the catalogue and the rates; writes nothing.
    Raises: Invalid `no_lines`, `line_unpriced` with the path of the line's product.
    """
    if not lines:
        raise Invalid("no_lines", _("A deal needs at least one line. Add a product."), path="lines")
    rates = rates_on(on)
    found = quotes((code for code, _quantity, _price in lines), currency=currency, on=on, rates=rates)
    frozen = []
    for index, (code, quantity, price) in enumerate(lines):
        quote = found.get(code)
        if quote is None:
            reason = why_unpriced(code, currency=currency, on=on)
            raise Invalid("line_unpriced", reason, path=f"lines[{index}].product")
        frozen.append(_line(quote, quantity, price, currency))
    deal = {
        "reference": reference,
        "currency": currency,
        "kind": kind,
        "channel": channel or None,
        "term_months": term_months,
        "payment_days": payment_days,
        "customer": {
            "reference": customer.reference,
            "segment": customer.segment or None,
            "country": customer.country or None,
        },
        "lines": frozen,
    }
    return {"on": on.isoformat(), "rates": rates, "deal": deal}


def _line(quote: Quote, quantity: Decimal, price: Decimal, currency: str) -> dict[str, Any]:
    return {
        "product": quote.product.code,
        "family": quote.product.family,
        "charge": quote.product.charge,
        "quantity": number_text(quantity),
        "list_price": money_text(quote.list_price, currency),
        "unit_cost": None if quote.unit_cost is None else money_text(quote.unit_cost, currency),
        "unit_price": money_text(price, currency),
    }


def given_away(facts: Mapping[str, Any], currency: str) -> Decimal | None:
    """Return G of `decision.md` section 3 in `currency`, rounded up to 4 decimals; None where a rate is missing.

    What cannot be measured counts for nothing: the sum is then the least that G can be. Rounded up, so that it fits
    a budget exactly where the engine, which does not round, finds it within.
    """
    deal = facts["deal"]
    total = sum((_line_gives(line, deal["term_months"]) for line in deal["lines"]), Fraction())
    if total and currency != deal["currency"]:
        rates = {**facts["rates"], EURO: "1"}
        if currency not in rates or deal["currency"] not in rates:
            return None
        total = total * Fraction(rates[currency]) / Fraction(rates[deal["currency"]])
    units = -(-total.numerator * 10_000 // total.denominator)
    return Decimal(units).scaleb(-4, context=WIDE).quantize(Decimal("0.0001"), ROUND_CEILING, context=WIDE)


def _line_gives(line: Mapping[str, Any], term_months: int) -> Fraction:
    months = term_months if line["charge"] == "monthly" else 1
    per_unit = Fraction(line["list_price"]) - Fraction(line["unit_price"])
    return max(Fraction(), per_unit) * Fraction(line["quantity"]) * months


# --- authority ---


def in_force(at: datetime) -> Q:
    """Return the filter for periods that cover `at`."""
    return Q(starts_at__lte=at) & (Q(ends_at__isnull=True) | Q(ends_at__gt=at))


def charter_in_force(at: datetime) -> dict[str, Any] | None:
    """Return the document of the charter that bounds everybody at `at`, None where there is none."""
    period = CharterPeriod.objects.select_related("version").filter(in_force(at)).first()
    return None if period is None else document_of(period.version)


def authority(*, team: Team, at: datetime, pinned: MandateVersion | None = None) -> Authority:
    """Return the charter and the versions in force for `team` at `at`, by the mandates' codes.

    `pinned`: the version under which a deal was submitted; merely superseded, it judges within the notice period
    instead of its successor. Suspended, revoked and expired versions never judge, pinned or not.
    """
    periods = VersionPeriod.objects.filter(in_force(at)).select_related("version__mandate")
    versions = {p.version.mandate.code: p.version for p in periods.filter(version__holders__team=team)}
    if pinned is not None and _still_judges(pinned, team, at):
        versions[pinned.mandate.code] = pinned
    return Authority(charter_in_force(at), [versions[code] for code in sorted(versions)])


def _still_judges(version: MandateVersion, team: Team, at: datetime) -> bool:
    """Say whether a version was merely superseded, not long ago, by one that is in force now."""
    last = version.periods.filter(starts_at__lte=at).order_by("-starts_at", "-id").first()
    if last is None or last.ends_at is None or last.ends_at > at:
        return False
    if last.end_cause != VersionPeriod.EndCause.SUPERSEDED:
        return False
    if at >= last.ends_at + timedelta(days=organisation().notice_days):
        return False
    if version.state not in (VersionState.GRANTED, VersionState.SUPERSEDED):
        return False
    others = VersionPeriod.objects.filter(mandate=version.mandate_id)
    # what succeeded it may have been revoked meanwhile, and a revoked mandate grants nothing
    if others.filter(starts_at__gte=last.ends_at, ends_at__lte=at, end_cause="revoked").exists():
        return False
    goes_on = others.filter(in_force(at)).exists()
    return goes_on and version.holders.filter(team=team).exists()


# --- the whole case ---


def assemble(
    *,
    facts: Mapping[str, Any],
    authority: Authority,
    team: Team,
    customer: Customer,
    approvals: list[dict[str, Any]],
    member_may_decide: bool,
    own_revisions: Collection[str],
    settings: Organisation | None = None,
) -> Assembled:
    """Return the case for the engine: frozen facts, live authority, and budgets as used by all other deals.

    `own_revisions`: the keys (`D-1001/2`) of the deal's revisions, whose own use of the budgets does not count.
    `settings`: the organisation where the caller has read it already.
    Reads only. Where the caller has locked the budgets (`budgets.locked`), the answer holds until it commits.
    Raises: Conflict `no_default_committee` where the organisation has not named one.
    """
    committee = (settings or organisation()).default_committee
    if committee is None:
        raise Conflict(
            "no_default_committee",
            _("No default committee has been chosen yet, so nothing can be judged. Ask a mandate administrator."),
        )
    on = date.fromisoformat(facts["on"])
    used = budgets.used(authority.versions, team=team, customer=customer, on=on, own_revisions=own_revisions)
    document = {
        "on": facts["on"],
        "member_may_decide": member_may_decide,
        "default_committee": committee.code,
        "rates": facts["rates"],
        "charter": authority.charter_document,
        "mandates": [_with_use(version, used[version.pk]) for version in authority.versions],
        "approvals": approvals,
        "deal": facts["deal"],
    }
    return Assembled(document, {version.mandate.code: version for version in authority.versions})


def _with_use(version: MandateVersion, used: Sequence[budgets.Use]) -> dict[str, Any]:
    document = document_of(version)
    rows = document.get("budgets", [])
    return {**document, "budgets": [_budget(row, use) for row, use in zip(rows, used, strict=True)]}


def _budget(row: Mapping[str, Any], use: budgets.Use) -> dict[str, Any]:
    """Return a budget as the engine takes it: with its use, and with what the period before left over."""
    amount = number_text(Decimal(row["amount"]) + use.carried) if use.carried else row["amount"]
    return {**row, "amount": amount, "used": number_text(use.used)}
