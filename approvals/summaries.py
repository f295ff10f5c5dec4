"""A deal or a case in short, as one reader may know it: what is asked, the figures, the reason.

For the preview beside the inbox and for letters, which say the same.
"""

import json
from dataclasses import dataclass

from django.utils.translation import gettext as _

from approvals.models import Advice, Case, Deal, Revision
from approvals.readings import figures
from approvals.readings.breaches import ask, breaches
from approvals.readings.lines import totals_of
from approvals.shown import documents_of, names_of
from approvals.sight import about, cost_shown
from teams.models import Organisation
from teams.permissions import About, Person
from teams.sight import CostView


@dataclass(frozen=True, slots=True)
class Summary:
    """`ask` is one sentence; `facts` are labels with figures, margins by right; `why` is the team's own words."""

    ask: str
    facts: tuple[tuple[str, str], ...] = ()
    why: str = ""


def of_case(case: Case, person: Person, organisation: Organisation, known: About) -> Summary:
    """Return a case in short; it needs its deal with team and customer, its revision, decision and committee.

    `known` is what permissions know about it.
    """
    deal = case.deal
    view = cost_shown(deal, person, organisation, known)
    judged, given = documents_of(case.decision)
    asked = []
    if view.figures:
        names = names_of(judged["deal"])
        asked = breaches(judged, given, case.committee.code, names)
    said = ask(team=deal.team.name, customer=deal.customer.name, cause=case.cause, asked=asked)
    return Summary(said, _facts(case.revision, view), case.revision.why)


def of_deal(deal: Deal, person: Person, organisation: Organisation) -> Summary:
    """Return a deal in short, by its latest revision; it needs its team, customer and latest revision."""
    words = {"team": deal.team.name, "customer": deal.customer.name, "reference": deal.reference}
    said = _("%(reference)s: %(team)s for %(customer)s") % words
    if deal.latest is None:
        return Summary(said)
    view = cost_shown(deal, person, organisation, about(deal))
    return Summary(said, _facts(deal.latest, view), deal.latest.why)


def of_advice(advice: Advice) -> Summary:
    """Return a question for advice in short."""
    said = _("%(name)s asks for your advice: %(customer)s")
    words = {"name": advice.asked_by.name, "customer": advice.deal.customer.name}
    return Summary(said % words, (), advice.question)


def _facts(revision: Revision, view: CostView) -> tuple[tuple[str, str], ...]:
    totals = totals_of(json.loads(revision.document)["deal"], sees_cost=view.figures, bands=view.bands)
    found = [
        (_("Net value"), totals.net),
        (_("Discount"), f"{totals.discount} · {totals.discount_amount}" if totals.discount else ""),
        (_("Margin"), totals.margin or totals.rating),
        (_("Term"), figures.months(revision.term_months) if revision.term_months else ""),
        (_("Payment"), _("within %(days)s") % {"days": figures.days(revision.payment_days)}),
    ]
    return tuple((label, text) for label, text in found if text)
