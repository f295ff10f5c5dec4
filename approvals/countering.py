"""Conditions and counter-proposals: figures read, and shown by the engine to be a bounded yes."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from approvals import envelopes
from approvals.bounding import (
    BOUNDABLE,
    NO_RATES,
    ON_LINES,
    Figure,
    Rates,
    is_tighter,
    keeps,
    nearest,
    tightened,
    wider,
)
from journal.refusals import Invalid
from mandates.documents import number_text
from mandates.engine import METRICS, canonical, evaluate

Document = Mapping[str, Any]
MOST_FIGURES = 40
MOST = Decimal(10) ** 15
PLACES = 4


@dataclass(frozen=True, slots=True)
class Ask:
    """What a committee is asked: the judged case, its answer, and which committee.

    `until` is the usual end of a yes that is given on the day `today`; `tolerance` is the organisation's, in 1/10000
    of a percent.
    """

    case: Document
    answer: Document
    committee: str
    today: date
    until: date
    tolerance: int = 0

    @property
    def deal(self) -> Document:
        deal: Document = self.case["deal"]
        return deal

    @property
    def rates(self) -> Rates:
        """The rates by which the answering mandate, else the charter, measures an effective discount."""
        named = [one for one in self.case["mandates"] if one["code"] == self.answer["mandate"]]
        bounder = named[0] if named else self.case["charter"]
        if bounder is None:
            return NO_RATES
        return str(bounder.get("capital_rate", "0")), int(bounder.get("standard_payment_days", 30))

    def envelope(self) -> dict[str, Any]:
        """Return what a plain yes would allow."""
        return envelopes.write(
            answer=self.answer, case=self.case, committee=self.committee, until=self.until, tolerance=self.tolerance
        )


@dataclass(frozen=True, slots=True)
class Bounded:
    """A bounded yes: the approval it would be, the nearest deal inside it, and what judging that deal answers then."""

    document: dict[str, Any]
    deal: dict[str, Any]
    answer: dict[str, Any]

    @property
    def others(self) -> list[str]:
        """The committees that would still be asked about the nearest deal."""
        asked: list[str] = self.answer["committees"]
        return asked


# --- reading ---


def written(figures: Iterable[Figure], deal: Document) -> str:
    """Return figures as the canonical text that rows keep, in a fixed order.

    Raises: Invalid `unknown_metric`, `unknown_product`, `bad_figure`, `figure_twice`, `too_many_figures`.
    """
    rows = [_read(figure, deal) for figure in figures]
    if len(rows) > MOST_FIGURES:
        raise Invalid("too_many_figures", _("These are too many figures for one yes."), path="figures")
    if len({(row["metric"], row.get("product")) for row in rows}) < len(rows):
        raise Invalid("figure_twice", _("Give each figure once."), path="figures")
    return canonical(sorted(rows, key=lambda row: (list(METRICS).index(row["metric"]), row.get("product", ""))))


def read(text: str) -> list[dict[str, str]]:
    """Return the figures that a row keeps."""
    return json.loads(text) if text else []


def _read(figure: Figure, deal: Document) -> dict[str, str]:
    metric = figure["metric"]
    if metric not in BOUNDABLE:
        raise Invalid("unknown_metric", _("A committee cannot bound this."), path="figures")
    row = {"metric": metric, "bound": _bound(metric, Decimal(str(figure["bound"])))}
    if metric in ON_LINES:
        if figure.get("product") not in {line["product"] for line in deal["lines"]}:
            raise Invalid("unknown_product", _("This product is not in the deal."), path="figures")
        row["product"] = str(figure["product"])
    return row


def _bound(metric: str, bound: Decimal) -> str:
    whole = METRICS[metric].kind in ("months", "days")
    exact = bound == round(bound, 0 if whole else PLACES)
    if not bound.is_finite() or abs(bound) >= MOST or not exact or (whole and bound < 0):
        raise Invalid("bad_figure", _("Write this figure as a number of at most 4 decimals."), path="figures")
    return number_text(bound)


# --- conditions of a yes ---


def conditioned(ask: Ask, figures: Sequence[Figure], until: date | None) -> dict[str, Any]:
    """Return the approval that a yes with these conditions gives; the deal as asked keeps to every one of them.

    Raises: Invalid `no_figures`, `not_tighter`, `not_met`, `until`.
    """
    _expect_something(figures, until)
    envelope = ask.envelope()
    _expect_tighter(envelope, figures)
    if not all(keeps(figure, ask.deal, ask.rates) for figure in figures):
        detail = _("What is asked does not keep to this condition. Propose it as a counter-proposal instead.")
        raise Invalid("not_met", detail, path="figures")
    document = bounded_until(tightened(envelope, figures, ask.deal["currency"], ask.rates), until, ask)
    if not envelopes.holds(document, ask.case, ask.deal):
        raise Invalid("not_met", _("What is asked would not fit these conditions itself."), path="figures")
    return document


def bounded_until(document: dict[str, Any], until: date | None, ask: Ask) -> dict[str, Any]:
    """Return the document good until the earlier of both days. Raises: Invalid `until` for a past or too late day."""
    if until is None:
        return document
    if not ask.today <= until <= ask.until:
        detail = _("A yes is good until a day from today to %(day)s.") % {"day": ask.until}
        raise Invalid("until", detail, path="until")
    return {**document, "until": min(document["until"], until.isoformat())}


def _expect_something(figures: Sequence[Figure], until: date | None) -> None:
    if not figures and until is None:
        raise Invalid("no_figures", _("Give at least one figure, or a day."), path="figures")


def _expect_tighter(envelope: Document, figures: Iterable[Figure]) -> None:
    for figure in figures:
        bounds = [
            limit["bound"]
            for limit in envelope["limits"]
            if limit["metric"] == figure["metric"] and limit.get("product") == figure.get("product")
        ]
        if any(bound is not None and not is_tighter(figure["metric"], figure["bound"], bound) for bound in bounds):
            detail = _("A plain yes would allow no more than this. Leave the figure out, or make it tighter.")
            raise Invalid("not_tighter", detail, path="figures")


# --- counter-proposals ---


def countered(ask: Ask, figures: Sequence[Figure], until: date | None, *, own: bool = False) -> Bounded:
    """Return the bounded yes that these figures are. The engine confirms it: nothing of it is outside the charter, and
    the nearest deal that keeps to the figures would be a yes of this committee.

    Bounds that the figures do not name stay as a plain yes to the ask would set them; they are wider only where the
    figures make that necessary (a longer term of a monthly charge). `own`: the committee was asked about something
    else than its limits (an objection), so it may bound what the team could agree.
    Raises: Invalid `no_figures`, `as_asked`, `not_tighter`, `out_of_reach`, `outside_charter`, `needs_no_committee`,
    `no_yes_inside`, `until`.
    """
    if not figures:
        raise Invalid("no_figures", _("Give at least one figure: what would you say yes to?"), path="figures")
    if all(keeps(figure, ask.deal, ask.rates) for figure in figures):
        detail = _("What is asked keeps to these figures already. Approve it with conditions instead.")
        raise Invalid("as_asked", detail, path="figures")
    envelope = ask.envelope()
    _expect_tighter(envelope, figures)
    deal = nearest(ask.deal, figures, ask.rates)
    if deal is None:
        detail = _("No price up to list keeps to these figures. Make them wider.")
        raise Invalid("out_of_reach", detail, path="figures")
    near = {**ask.case, "deal": deal}
    answer = evaluate(near)
    _expect_a_committee(answer, ask, own)
    ours = envelopes.write(answer=answer, case=near, committee=ask.committee, until=ask.until, tolerance=ask.tolerance)
    document = tightened(wider(envelope, ours), figures, ask.deal["currency"], ask.rates)
    document = bounded_until(document, until, ask)
    final = evaluate({**near, "approvals": [*near["approvals"], document]})
    if ask.committee in final["committees"] or not envelopes.holds(document, near, deal):
        detail = _("No revision inside these figures would be a yes. Change them.")
        raise Invalid("no_yes_inside", detail, path="figures")
    return Bounded(document, deal, final)


def _expect_a_committee(answer: Document, ask: Ask, own: bool) -> None:
    if answer["outcome"] == "outside_charter":
        detail = _("Inside these figures the deal would be outside the charter. Change them.")
        raise Invalid("outside_charter", detail, path="figures")
    if not own and ask.committee not in answer["committees"]:
        detail = _(
            "Inside these figures the team needs no yes of yours. Decline, and say up to where it may go itself."
        )
        raise Invalid("needs_no_committee", detail, path="figures")
