"""Words for metrics, conditions and bounds, each a whole phrase so that it can be translated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from mandates.engine import METRICS
from mandates.engine.currencies import EXPONENTS

NARROW = "\u00a0"
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Phrase:
    """How one metric is spoken of; each text takes `bound` where it names a figure."""

    label: Text
    member: Text
    team: Text
    then_team: Text
    member_any: Text
    team_any: Text
    nobody: Text
    at_most: Text


_UP: Final = pgettext_lazy("after: a member may ... up to", "the team up to %(bound)s")
_DOWN: Final = pgettext_lazy("after: a member may go down to", "the team down to %(bound)s")
_FROM: Final = pgettext_lazy("after: a member may agree ... from", "the team from %(bound)s")

# what stands in a document in place of a bound that the reader may not see
HIDDEN: Final = "hidden"

PHRASES: Final[dict[str, Phrase]] = {
    "line_discount": Phrase(
        gettext_lazy("discount on a line"),
        gettext_lazy("a member may give up to %(bound)s discount on a line"),
        gettext_lazy("the team together may give up to %(bound)s discount on a line"),
        _UP,
        gettext_lazy("a member may give any discount on a line"),
        gettext_lazy("the team together may give any discount on a line"),
        gettext_lazy("nobody may give more than %(bound)s discount on a line"),
        gettext_lazy("a discount of at most %(bound)s"),
    ),
    "line_margin": Phrase(
        gettext_lazy("margin on a line"),
        gettext_lazy("a member may go down to a margin of %(bound)s on a line"),
        gettext_lazy("the team together may go down to a margin of %(bound)s on a line"),
        _DOWN,
        gettext_lazy("a member may agree any margin on a line"),
        gettext_lazy("the team together may agree any margin on a line"),
        gettext_lazy("nobody may go below a margin of %(bound)s on a line"),
        gettext_lazy("a margin of at least %(bound)s"),
    ),
    "deal_discount": Phrase(
        gettext_lazy("discount on the whole deal"),
        gettext_lazy("a member may give up to %(bound)s discount on the whole deal"),
        gettext_lazy("the team together may give up to %(bound)s discount on the whole deal"),
        _UP,
        gettext_lazy("a member may give any discount on the whole deal"),
        gettext_lazy("the team together may give any discount on the whole deal"),
        gettext_lazy("nobody may give more than %(bound)s discount on the whole deal"),
        gettext_lazy("a discount on the whole deal of at most %(bound)s"),
    ),
    "deal_margin": Phrase(
        gettext_lazy("margin on the whole deal"),
        gettext_lazy("a member may go down to a margin of %(bound)s on the whole deal"),
        gettext_lazy("the team together may go down to a margin of %(bound)s on the whole deal"),
        _DOWN,
        gettext_lazy("a member may agree any margin on the whole deal"),
        gettext_lazy("the team together may agree any margin on the whole deal"),
        gettext_lazy("nobody may go below a margin of %(bound)s on the whole deal"),
        gettext_lazy("a margin on the whole deal of at least %(bound)s"),
    ),
    "effective_discount": Phrase(
        gettext_lazy("effective discount (late payment included)"),
        gettext_lazy("a member may give up to %(bound)s effective discount, late payment included"),
        gettext_lazy("the team together may give up to %(bound)s effective discount, late payment included"),
        _UP,
        gettext_lazy("a member may give any effective discount"),
        gettext_lazy("the team together may give any effective discount"),
        gettext_lazy("nobody may give more than %(bound)s effective discount, late payment included"),
        gettext_lazy("an effective discount, late payment included, of at most %(bound)s"),
    ),
    "discount_amount": Phrase(
        gettext_lazy("discount amount"),
        gettext_lazy("a member may give away up to %(bound)s on a deal"),
        gettext_lazy("the team together may give away up to %(bound)s on a deal"),
        _UP,
        gettext_lazy("a member may give away any amount on a deal"),
        gettext_lazy("the team together may give away any amount on a deal"),
        gettext_lazy("nobody may give away more than %(bound)s on a deal"),
        gettext_lazy("a discount amount of at most %(bound)s"),
    ),
    "net_value": Phrase(
        gettext_lazy("net value"),
        gettext_lazy("a member may agree deals up to a net value of %(bound)s"),
        gettext_lazy("the team together may agree deals up to a net value of %(bound)s"),
        _UP,
        gettext_lazy("a member may agree deals of any net value"),
        gettext_lazy("the team together may agree deals of any net value"),
        gettext_lazy("nobody may agree a deal above a net value of %(bound)s"),
        gettext_lazy("a net value of at most %(bound)s"),
    ),
    "minimum_value": Phrase(
        gettext_lazy("minimum value"),
        gettext_lazy("a member may agree deals from a net value of %(bound)s"),
        gettext_lazy("the team together may agree deals from a net value of %(bound)s"),
        _FROM,
        gettext_lazy("a member may agree deals however small"),
        gettext_lazy("the team together may agree deals however small"),
        gettext_lazy("nobody may agree a deal below a net value of %(bound)s"),
        gettext_lazy("a net value of at least %(bound)s"),
    ),
    "term_months": Phrase(
        gettext_lazy("term"),
        gettext_lazy("a member may agree terms up to %(bound)s"),
        gettext_lazy("the team together may agree terms up to %(bound)s"),
        _UP,
        gettext_lazy("a member may agree any term"),
        gettext_lazy("the team together may agree any term"),
        gettext_lazy("nobody may agree a term longer than %(bound)s"),
        gettext_lazy("a term of at most %(bound)s"),
    ),
    "minimum_term": Phrase(
        gettext_lazy("minimum term"),
        gettext_lazy("a member may agree terms from %(bound)s"),
        gettext_lazy("the team together may agree terms from %(bound)s"),
        _FROM,
        gettext_lazy("a member may agree terms however short"),
        gettext_lazy("the team together may agree terms however short"),
        gettext_lazy("nobody may agree a term shorter than %(bound)s"),
        gettext_lazy("a term of at least %(bound)s"),
    ),
    "payment_days": Phrase(
        gettext_lazy("payment days"),
        gettext_lazy("a member may agree payment within up to %(bound)s"),
        gettext_lazy("the team together may agree payment within up to %(bound)s"),
        _UP,
        gettext_lazy("a member may agree any payment term"),
        gettext_lazy("the team together may agree any payment term"),
        gettext_lazy("nobody may agree payment later than %(bound)s"),
        gettext_lazy("payment within at most %(bound)s"),
    ),
}

CONDITION_LABELS: Final[dict[str, Text]] = {
    "family": gettext_lazy("family"),
    "product": gettext_lazy("product"),
    "charge": gettext_lazy("charge"),
    "quantity": gettext_lazy("quantity"),
    "segment": gettext_lazy("segment"),
    "country": gettext_lazy("country"),
    "customer": gettext_lazy("customer"),
    "kind": gettext_lazy("kind"),
    "channel": gettext_lazy("channel"),
    "currency": gettext_lazy("currency"),
    "term_months": gettext_lazy("term in months"),
    "payment_days": gettext_lazy("payment days"),
    "list_value": gettext_lazy("list value"),
}
# How each condition narrows a sentence, in the order of speaking.
CONDITIONS: Final[dict[str, Text]] = {
    "charge": gettext_lazy("charged %(values)s"),
    "quantity": gettext_lazy("in quantities %(range)s"),
    "kind": gettext_lazy("for %(values)s"),
    "segment": gettext_lazy("for customers of the segment %(values)s"),
    "country": gettext_lazy("for customers in %(values)s"),
    "customer": gettext_lazy("for the customer %(values)s"),
    "channel": gettext_lazy("through the channel %(values)s"),
    "currency": gettext_lazy("in %(values)s"),
    "term_months": gettext_lazy("on terms %(range)s"),
    "payment_days": gettext_lazy("with payment %(range)s"),
    "list_value": gettext_lazy("with a list value %(range)s"),
}
CHOICES: Final[dict[str, Text]] = {
    "one_off": gettext_lazy("once"),
    "monthly": gettext_lazy("monthly"),
    "new": gettext_lazy("new business"),
    "renewal": gettext_lazy("renewals"),
    "expansion": gettext_lazy("expansions"),
}
RANGE_METRICS: Final = {"term_months": "months", "payment_days": "days", "list_value": "money", "quantity": "number"}


def metric_label(metric: str) -> str:
    """Return what a metric is called, or its own name where it is none."""
    phrase = PHRASES.get(metric)
    return metric if phrase is None else str(phrase.label)


def figure(raw: Any, kind: str, currency: str = "") -> str:
    """Return a number for reading: grouped, with its unit (`percent`, `money`, `months`, `days` or `number`).

    `price` is money with all decimals of its currency, for columns.
    """
    try:
        value = Decimal(str(raw))
    except InvalidOperation:
        return str(raw)
    decimals = max(0, -int(value.normalize().as_tuple().exponent))
    minor = EXPONENTS.get(currency, 2)
    if kind == "price" or (kind == "money" and decimals):
        decimals = max(decimals, minor)
    text = formats.number_format(value, decimal_pos=decimals, force_grouping=kind in ("money", "price", "number"))
    if kind == "percent":
        return f"{text}{NARROW}%"
    if kind in ("money", "price"):
        return f"{text}{NARROW}{currency}"
    if kind in ("months", "days"):
        count = abs(int(value)) if value == int(value) else 2
        unit = ngettext("month", "months", count) if kind == "months" else ngettext("day", "days", count)
        return f"{text}{NARROW}{unit}"
    return text


def bound_text(metric: str, bound: Any, currency: str) -> str:
    """Return a bound of a metric for a table's cell: a figure, “any”, or “none”."""
    if bound is None:
        return _("none")
    if bound == "any":
        return _("any")
    if bound == HIDDEN:
        return _("not shown to you")
    return figure(bound, METRICS[metric].kind if metric in METRICS else "number", currency)


def listed(words: Sequence[str], *, last: str = "") -> str:
    """Return words as one list: a, b and c."""
    if len(words) < 2:
        return "".join(words)
    joined = ", ".join(words[:-1])
    return (last or _("%(first)s and %(last)s")) % {"first": joined, "last": words[-1]}


def either(words: Sequence[str]) -> str:
    """Return words as alternatives: a, b or c."""
    return listed(words, last=_("%(first)s or %(last)s"))


def texts(raw: Any) -> list[str]:
    """Return a text condition's values as words."""
    values = raw if isinstance(raw, list | tuple) else [raw]
    return [str(CHOICES.get(str(value), value)) for value in values]


def range_text(raw: Any, kind: str, currency: str) -> str:
    """Return a range in words: from, below, or both."""
    if not isinstance(raw, Mapping):
        return str(raw)
    start, end = raw.get("from"), raw.get("below")
    if end is None:
        return _("from %(start)s") % {"start": figure(start, kind, currency)}
    if start is None:
        return _("below %(end)s") % {"end": figure(end, kind, currency)}
    return _("from %(start)s to below %(end)s") % {
        "start": figure(start, "number"),
        "end": figure(end, kind, currency),
    }


def condition_text(name: str, raw: Any, currency: str) -> str:
    """Return one condition as a phrase, such as “on terms from 24 months”."""
    if name in RANGE_METRICS:
        return str(CONDITIONS[name]) % {"range": range_text(raw, RANGE_METRICS[name], currency)}
    if name == "family":
        return _("products of %(families)s") % {"families": listed(texts(raw))}
    if name == "product":
        return _("the product %(products)s") % {"products": either(texts(raw))}
    if name in CONDITIONS:
        return str(CONDITIONS[name]) % {"values": either(texts(raw))}
    return f"{name}: {raw}"


def conditions_text(when: Mapping[str, Any], currency: str) -> str:
    """Return all conditions of a row as one compact phrase, empty where there are none."""
    names = [*("family", "product"), *CONDITIONS]
    ordered = sorted(when, key=lambda name: names.index(name) if name in names else len(names))
    return ", ".join(condition_text(name, when[name], currency) for name in ordered)


def day_text(raw: Any) -> str:
    """Return a document's day for reading."""
    try:
        day = raw if isinstance(raw, date) else date.fromisoformat(str(raw))
    except ValueError:
        return str(raw)
    return formats.date_format(day, "DATE_FORMAT")
