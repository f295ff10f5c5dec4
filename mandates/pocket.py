"""A mandate's limits in short, for a phone: by metric, each bound a figure of its own, in the sentences' words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mandates.engine import METRICS
from mandates.phrases import HIDDEN, bound_text, figure, metric_label
from mandates.sentences import Names, subject_text

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Short:
    """One limit: what it speaks of, what a member and the team may agree; both empty where neither may."""

    subject: str
    member: str
    team: str
    beyond: str


@dataclass(frozen=True, slots=True)
class Topic:
    """The limits on one metric, in the order of reading; `beyond` is empty where they name several committees."""

    metric: str
    limits: tuple[Short, ...]
    beyond: str


def topics(document: Document, names: Names) -> list[Topic]:
    """Return a valid mandate's limits by metric, metrics in the order in which the document first names them."""
    by_metric: dict[str, list[Mapping[str, Any]]] = {}
    for row in document["limits"]:
        by_metric.setdefault(row["metric"], []).append(row)
    return [_topic(document, metric, rows, names) for metric, rows in by_metric.items()]


def _topic(document: Document, metric: str, rows: Sequence[Mapping[str, Any]], names: Names) -> Topic:
    currency = document["currency"]
    shorts = []
    for place, row in enumerate(rows):
        bounds = (row["member"], row.get("team", row["member"]))
        code = row.get("committee") or document["committee"]
        subject = subject_text(metric, row.get("when") or {}, currency, place > 0)
        member, team = (_bound(metric, bound, currency) for bound in bounds)
        shorts.append(Short(subject, member, team, _beyond(bounds, names.get(code, code))))
    said = {short.beyond for short in shorts}
    label = metric_label(metric)
    return Topic(label[:1].upper() + label[1:], tuple(shorts), said.pop() if len(said) == 1 else "")


def _bound(metric: str, bound: Any, currency: str) -> str:
    """Return a bound as a figure with its direction; empty where there is none to agree by."""
    if bound is None:
        return ""
    if bound == "any":
        return _("without a bound")
    if bound == HIDDEN:
        return bound_text(metric, bound, currency)
    known = METRICS[metric]
    text = _("at least %(bound)s") if known.is_minimum else _("up to %(bound)s")
    return text % {"bound": figure(bound, known.kind, currency)}


def _beyond(bounds: tuple[Any, Any], committee: str) -> str:
    """Return who decides beyond the bounds; empty where there is no beyond."""
    if "any" in bounds:
        return ""
    if bounds == (None, None):
        return _("%(committee)s decides.") % {"committee": committee}
    return _("Beyond that %(committee)s decides.") % {"committee": committee}


__all__ = ["Short", "Topic", "topics"]
