"""Precedents: which stand, which are similar to what is at hand, and what is known of one of them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from approvals.desk import Desk
from approvals.models import Case, Deal, Revision
from approvals.readings import figures
from approvals.readings.lines import totals_of
from approvals.shown import documents_of
from insights.models import Precedent
from insights.similar import MOST, Likeness, Sign, Subject, likeness
from mandates.phrases import listed, metric_label

ANSWERS: Final = ("approved", "declined")
# the newest that are looked at, so that the answer takes as long with many as with few
READ = 300


def citable(day: date) -> Q:
    """Return the condition of precedents that may be cited on a day."""
    return Q(Q(until=None) | Q(until__gte=day), withdrawn_at=None)


def is_citable(precedent: Precedent, day: date) -> bool:
    """Say the same of one that has been read."""
    return precedent.withdrawn_at is None and (precedent.until is None or precedent.until >= day)


def standing(day: date) -> QuerySet[Precedent]:
    """Return the precedents that may be cited on a day, with what lists show of them."""
    return Precedent.objects.filter(citable(day)).select_related("case__committee", "case__deal", "customer")


def all_precedents() -> QuerySet[Precedent]:
    """Return all precedents with what a page shows of them; `cases` counts those that cite one."""
    rows = Precedent.objects.select_related("case__committee", "case__deal__team", "customer", "published_by")
    return rows.annotate(cases=Count("citations__case", distinct=True))


def narrowed(rows: QuerySet[Precedent], values: Mapping[str, Any], day: date) -> QuerySet[Precedent]:
    """Return those with all words of `q`, beyond a `metric`, with an `answer`; `withdrawn`: also what is over."""
    if not values.get("withdrawn"):
        rows = rows.filter(citable(day))
    for word in str(values.get("q", "")).split():
        rows = rows.filter(
            Q(title__icontains=word)
            | Q(difference__icontains=word)
            | Q(families__icontains=word)
            | Q(segment__iexact=word)
            | Q(customer__name__icontains=word)
        )
    if metric := values.get("metric"):
        rows = rows.filter(metrics__contains=metric)
    if answer := values.get("answer"):
        declined = Q(case__state=Case.State.DECLINED)
        rows = rows.filter(declined if answer == "declined" else ~declined)
    return rows


@dataclass(frozen=True, slots=True)
class Similar:
    """A precedent with why it is similar and how it turned out, ready to be shown."""

    precedent: Precedent
    why: str
    answered: str
    turned_out: str
    cited: int


def similar_to(subject: Subject, day: date, *, without: int | None = None, most: int = MOST) -> list[Similar]:
    """Return the most similar precedents, the most similar first; one query. `without` is the case at hand itself."""
    rows = standing(day).annotate(cases=Count("citations__case", distinct=True)).order_by("-id")
    found = []
    for precedent in rows[:READ]:
        if precedent.case_id == without:
            continue
        alike = likeness(subject, subject_of(precedent))
        if alike is not None:
            found.append((alike, precedent))
    found.sort(key=lambda pair: (-pair[0].score, -pair[1].pk))
    return [
        Similar(one, why(alike), answered(one.case), turned_out(one.case.deal), one.cases)
        for alike, one in found[:most]
    ]


def subject_of(precedent: Precedent) -> Subject:
    """Return what a precedent is compared by."""
    return Subject(
        metrics=frozenset(precedent.metrics.split()),
        families=frozenset(precedent.families.split("\n")) - {""},
        segment=precedent.segment,
        customer_id=precedent.customer_id,
        currency=precedent.currency,
        net_value=precedent.net_value,
    )


def subject_of_case(case: Case, revision: Revision) -> Subject:
    """Return what a case is about; limits on margins are left out, because they would tell of costs."""
    judged, answer = documents_of(case.decision)
    beyond = {one["metric"] for one in answer["findings"] if one["committee"] == case.committee.code}
    deal = case.deal
    return Subject(
        metrics=frozenset(beyond - figures.MARGIN),
        families=frozenset(line["family"] for line in judged["deal"]["lines"]),
        segment=deal.customer.segment,
        customer_id=deal.customer_id,
        currency=deal.currency,
        net_value=revision.net_value,
    )


def subject_of_desk(desk: Desk, metrics: Iterable[str]) -> Subject:
    """Return what stands on the deal desk; `metrics` are the limits that it is beyond."""
    document = desk.document()
    return Subject(
        metrics=frozenset(metrics) - figures.MARGIN,
        families=frozenset(line["family"] for line in document["lines"]),
        segment=desk.customer.segment,
        customer_id=desk.customer.pk,
        currency=desk.currency,
        net_value=totals_of(document, sees_cost=False).net_value,
    )


# --- in words ---


def why(alike: Likeness) -> str:
    """Return why two are similar, as one sentence."""
    said = []
    for sign, values in alike.shared.items():
        match sign:
            case Sign.METRIC:
                said.append(_("beyond the same limit (%(what)s)") % {"what": listed([metric_label(v) for v in values])})
            case Sign.CUSTOMER:
                said.append(_("the same customer"))
            case Sign.FAMILY:
                said.append(_("the same product family (%(what)s)") % {"what": listed(list(values))})
            case Sign.SEGMENT:
                said.append(_("the same segment (%(what)s)") % {"what": values[0]})
            case Sign.SIZE:
                said.append(_("of like size"))
    return _("Similar: %(reasons)s.") % {"reasons": listed(said)}


def answered(case: Case) -> str:
    """Return how the committee answered, in a sentence."""
    names = {"committee": case.committee.name}
    if case.state == Case.State.APPROVED:
        return _("%(committee)s approved it.") % names
    if case.state == Case.State.COUNTERED:
        return _("%(committee)s made a counter-proposal, and the team took it up.") % names
    return _("%(committee)s declined it.") % names


def turned_out(deal: Deal) -> str:
    """Return what became of the deal afterwards."""
    return {
        "won": _("The deal was won."),
        "lost": _("The deal was lost."),
        "approved": _("The deal is approved; how it ends is not known yet."),
        "pending": _("The deal is being decided again."),
        "lapsed": _("The yes lapsed."),
        "withdrawn": _("The deal was withdrawn."),
    }.get(deal.state, _("The deal was not agreed."))


def cited_in(case: Case) -> Sequence[Precedent]:
    """Return the precedents that were cited in a case."""
    return list(Precedent.objects.filter(citations__case=case).order_by("pk"))
