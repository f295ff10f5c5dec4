"""Writing imported deals: those with a result become history, the open ones become drafts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

from approvals.imports.batches import Ledger
from approvals.imports.staging import Progress, Staged, StagedDeal, StagedLine
from approvals.models import Deal, DealState, Revision, RevisionLine
from mandates.engine import canonical, digest, measure
from mandates.models import Product
from teams.models import Customer, Team, User
from teams.organisation import organisation

CHUNK = 500
_GRAIN = Decimal("0.0001")


def decimal_text(number: Decimal) -> str:
    """The shortest plain writing of an exact number: `12.50` gives `12.5`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


@dataclass(frozen=True, slots=True)
class _Known:
    """What the deals of one chunk refer to."""

    teams: Mapping[str, int]
    people: Mapping[str, int]
    customers: Mapping[str, Customer]
    products: Mapping[str, Product]


class DealWriter:
    """Writes staged deals chunk by chunk, so that memory does not grow with their number."""

    def __init__(self, ledger: Ledger, *, at: datetime, by: User | None) -> None:
        self.ledger = ledger
        self.at = at
        self.by = by
        self.zone = ZoneInfo(organisation().time_zone)

    def write(self, staged: Staged, progress: Progress) -> None:
        total = staged.deal_count()
        if not total:
            return
        known = _Known(
            dict(Team.objects.values_list("code", "pk")),
            {email.lower(): pk for email, pk in User.objects.values_list("email", "pk")},
            {customer.reference: customer for customer in Customer.objects.all()},
            {product.code: product for product in Product.objects.all()},
        )
        stream: Iterator[StagedDeal] = staged.deals()
        done = 0
        while chunk := list(islice(stream, CHUNK)):
            self._write_chunk(chunk, known)
            done += len(chunk)
            progress("writing", int(done * 100 / total))

    def _write_chunk(self, chunk: list[StagedDeal], known: _Known) -> None:
        existing = {
            deal.reference: deal
            for deal in Deal.objects.filter(reference__in=[staged.reference for staged in chunk]).select_related(
                "latest"
            )
        }
        fresh = [staged for staged in chunk if staged.reference not in existing]
        deals = Deal.objects.bulk_create([self._deal(staged, known) for staged in fresh])
        for deal in deals:
            self.ledger.added("drafts" if deal.state == DealState.DRAFT else "deals", "deal", deal.pk)
        history = [(deal, staged, 1) for deal, staged in zip(deals, fresh, strict=True) if staged.result]
        for staged in chunk:
            if staged.reference in existing:
                history.extend(self._again(existing[staged.reference], staged, known))
        self._write_history(history, known)

    def _deal(self, staged: StagedDeal, known: _Known) -> Deal:
        moment = self._moment(staged.submitted_on)
        return Deal(
            reference=staged.reference,
            team_id=known.teams[staged.team],
            customer=known.customers[staged.customer],
            contact_id=known.people[staged.submitted_by],
            created_by_id=known.people[staged.submitted_by],
            created_at=moment,
            imported=True,
            **self._header(staged),
        )

    def _header(self, staged: StagedDeal) -> dict[str, object]:
        """The columns that a correction may change."""
        return {
            "state": staged.result or DealState.DRAFT,
            "kind": staged.kind,
            "channel": staged.channel,
            "currency": staged.currency,
            "draft": _draft(staged),
            "submitted_at": self._moment(staged.submitted_on) if staged.result else None,
            "closed_on": staged.closed_on,
        }

    def _moment(self, day: date) -> datetime:
        return datetime.combine(day, time(12), self.zone)

    def _again(self, deal: Deal, staged: StagedDeal, known: _Known) -> list[tuple[Deal, StagedDeal, int]]:
        """A deal that is here already: the same, a draft to follow, a history to correct, or not ours to touch."""
        place = f"deals.csv:{staged.line}: {deal.reference}"
        if not deal.imported:
            self.ledger.left(f"{place} was made here, not imported; it is left alone")
            return []
        if (deal.latest is None) != (not staged.result) and deal.state != DealState.DRAFT:
            self.ledger.left(f"{place} is on its way here; it is left alone")
            return []
        same = deal.draft == _draft(staged) and deal.state == (staged.result or DealState.DRAFT)
        if same and (deal.latest is None or deal.latest.sha256 == digest(_facts(staged, known))):
            return []
        if deal.edition > 1 and deal.latest is None:
            self.ledger.left(f"{place} has been edited here; it is left alone")
            return []
        for name, value in self._header(staged).items():
            setattr(deal, name, value)
        deal.save()
        self.ledger.changed("deals")
        if not staged.result:
            return []
        return [(deal, staged, deal.latest.number + 1 if deal.latest else 1)]

    def _write_history(self, history: list[tuple[Deal, StagedDeal, int]], known: _Known) -> None:
        revisions = Revision.objects.bulk_create(
            [self._revision(deal, staged, number, known) for deal, staged, number in history]
        )
        RevisionLine.objects.bulk_create(
            [
                _line(revision, line, known)
                for revision, (_deal, staged, _number) in zip(revisions, history, strict=True)
                for line in staged.lines
            ],
            batch_size=2000,
        )
        for revision, (deal, _staged, _number) in zip(revisions, history, strict=True):
            deal.latest = revision
            self.ledger.remember("revision", revision.pk)
        Deal.objects.bulk_update([deal for deal, _staged, _number in history], ["latest"], batch_size=200)

    def _revision(self, deal: Deal, staged: StagedDeal, number: int, known: _Known) -> Revision:
        facts = _facts(staged, known)
        figures = measure(facts["deal"])
        return Revision(
            deal=deal,
            number=number,
            document=canonical(facts),
            sha256=digest(facts),
            submitted_by_id=known.people[staged.submitted_by],
            submitted_at=self._moment(staged.submitted_on),
            on=staged.submitted_on,
            judged=False,
            term_months=staged.term_months,
            payment_days=staged.payment_days,
            list_value=_rounded(figures["L"]) or 0,
            net_value=_rounded(figures["P"]) or 0,
            discount_amount=_rounded(figures["G"]),
            cost=_rounded(figures["C"]),
        )


def _rounded(figure: str | None) -> Decimal | None:
    return None if figure is None else Decimal(figure).quantize(_GRAIN, rounding=ROUND_HALF_EVEN)


def _draft(staged: StagedDeal) -> str:
    lines = [
        {
            "product": line.product,
            "quantity": decimal_text(line.quantity),
            "unit_price": decimal_text(line.unit_price),
        }
        for line in staged.lines
    ]
    terms = {"term_months": staged.term_months, "payment_days": staged.payment_days, "why": "", "lines": lines}
    return json.dumps(terms, sort_keys=True, separators=(",", ":"))


def _facts(staged: StagedDeal, known: _Known) -> dict[str, Any]:
    customer = known.customers[staged.customer]
    deal = {
        "reference": staged.reference,
        "currency": staged.currency,
        "kind": staged.kind,
        "channel": staged.channel or None,
        "term_months": staged.term_months,
        "payment_days": staged.payment_days,
        "customer": {
            "reference": customer.reference,
            "segment": customer.segment or None,
            "country": customer.country or None,
        },
        "lines": [_fact(line, known.products[line.product]) for line in staged.lines],
    }
    return {"on": staged.submitted_on.isoformat(), "rates": {}, "deal": deal}


def _fact(line: StagedLine, product: Product) -> dict[str, object]:
    return {
        "product": product.code,
        "family": product.family,
        "charge": product.charge,
        "quantity": decimal_text(line.quantity),
        "list_price": decimal_text(line.list_price),
        "unit_cost": None if line.unit_cost is None else decimal_text(line.unit_cost),
        "unit_price": decimal_text(line.unit_price),
    }


def _line(revision: Revision, line: StagedLine, known: _Known) -> RevisionLine:
    product = known.products[line.product]
    return RevisionLine(
        revision=revision,
        position=line.position,
        product=product,
        charge=product.charge,
        quantity=line.quantity,
        list_price=line.list_price,
        unit_cost=line.unit_cost,
        unit_price=line.unit_price,
        judged=False,
    )
