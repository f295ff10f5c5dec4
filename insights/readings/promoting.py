"""What the cases behind a precedent justify, in words: for its page, and as the reason of the draft."""

from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.models import Precedent
from insights.promoting import Promotion, Step
from mandates.phrases import bound_text, conditions_text, listed, metric_label


def step_rows(found: Promotion) -> list[dict[str, Any]]:
    """Return the limits that would be wider: as it is, as it would be, and which cases carry it."""
    return [
        {
            "label": _label(found, step),
            "before": _bound(found, step, step.before) if step.before is not None else _("a committee"),
            "after": _bound(found, step, step.after),
            "cases": step.cases,
            "term": _term(step),
        }
        for step in found.steps
    ]


def note_of(precedent: Precedent, found: Promotion) -> str:
    """Return why the draft was made, as the version keeps it, in the drafter's language; cases by their numbers."""
    address = reverse("insights:precedent", args=[precedent.pk])
    words = {"title": precedent.title, "address": address}
    return "\n".join(
        [
            _("Cases like the precedent “%(title)s” (%(address)s) are asked again and again.") % words,
            *(_carried(found, step) for step in found.steps),
        ]
    )


def _carried(found: Promotion, step: Step) -> str:
    said = ngettext(
        "%(limit)s: with %(bound)s for the team, case %(cases)s would have been its own to agree.",
        "%(limit)s: with %(bound)s for the team, cases %(cases)s would have been its own to agree.",
        len(step.cases),
    )
    bound = _bound(found, step, step.after)
    cases = listed([str(case) for case in step.cases])
    carried = said % {"limit": capfirst(_label(found, step)), "bound": bound, "cases": cases}
    return f"{carried} {_term(step)}".rstrip()


def _term(step: Step) -> str:
    if not step.shortest_term:
        return ""
    return ngettext("Shortest term: %(count)s month.", "Shortest term: %(count)s months.", step.shortest_term) % {
        "count": step.shortest_term
    }


def _label(found: Promotion, step: Step) -> str:
    row, currency = found.document["limits"][step.place], found.document["currency"]
    conditions = conditions_text(row.get("when") or {}, currency)
    label = metric_label(step.metric)
    return f"{label}, {conditions}" if conditions else label


def _bound(found: Promotion, step: Step, bound: Any) -> str:
    return bound_text(step.metric, bound, found.document["currency"])
