"""What pages show about authority: documents as sentences and tables, periods in words, budgets with their bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandates.balances import Usage, fullest, usage
from mandates.documents import document_of
from mandates.drafters import aims_of
from mandates.models import MandateVersion, VersionPeriod, VersionState
from mandates.openness import as_read, hash_as_read, sees_margins
from mandates.phrases import bound_text, conditions_text, figure, metric_label
from mandates.sentences import (
    Names,
    budget_sentences,
    limit_sentences,
    opening,
    rest_sentence,
)
from teams.models import Committee, Team
from teams.permissions import Person

PER = {"team": gettext_lazy("team"), "customer": gettext_lazy("customer")}
PERIODS = {
    "month": gettext_lazy("month"),
    "quarter": gettext_lazy("quarter"),
    "year": gettext_lazy("year"),
    "validity": gettext_lazy("the mandate's validity"),
}


def committee_names() -> dict[str, str]:
    """Return the committees' names by code."""
    return dict(Committee.objects.values_list("code", "name"))


@dataclass(frozen=True, slots=True)
class Clause:
    """One limit as a page shows it: as a sentence and as a row of the table."""

    number: int
    sentence: str
    metric: str
    conditions: str
    member: str
    team: str
    committee: str


def clauses(document: Mapping[str, Any], names: Names) -> list[Clause]:
    """Return a mandate's limits, in the order of reading."""
    currency = document["currency"]
    rows = zip(document["limits"], limit_sentences(document, committees=names), strict=True)
    return [
        Clause(
            number,
            sentence,
            metric_label(row["metric"]),
            conditions_text(row.get("when") or {}, currency) or _("all"),
            bound_text(row["metric"], row["member"], currency),
            bound_text(row["metric"], row.get("team", row["member"]), currency),
            names.get(row.get("committee", ""), row.get("committee", "")),
        )
        for number, (row, sentence) in enumerate(rows, start=1)
    ]


def told(version: MandateVersion, names: Names, person: Person) -> dict[str, Any]:
    """Return what every page about a version shows this reader of its document; it is valid."""
    teams = [holder.team for holder in version.holders.select_related("team").order_by("team__name")]
    sees = sees_margins(person, teams)
    document = as_read(document_of(version), sees=sees)
    return {
        "document": document,
        "sees_margins": sees,
        "shown_sha256": hash_as_read(document_of(version), version.sha256, sees=sees),
        "aims": aims_of(version),
        "teams": teams,
        "opening": opening(document, teams=[team.name for team in teams]),
        "clauses": clauses(document, names),
        "budget_sentences": budget_sentences(document),
        "rest": rest_sentence(document, names),
    }


def period_text(period: VersionPeriod, at: datetime) -> str:
    """Return when a version judged, judges or will judge."""
    start = formats.date_format(timezone.localtime(period.starts_at), "DATETIME_FORMAT")
    if period.ends_at is not None and period.ends_at == period.starts_at:
        return _("was to begin on %(start)s; it never did") % {"start": start}
    if period.ends_at is None:
        return _("from %(start)s") % {"start": start}
    end = formats.date_format(timezone.localtime(period.ends_at), "DATETIME_FORMAT")
    return _("from %(start)s until %(end)s") % {"start": start, "end": end}


def shown_state(version: MandateVersion, in_force_id: int | None) -> str:
    """Return the state that the `state` component knows: a granted version is in force or still to come."""
    if version.pk == in_force_id:
        return "in_force"
    return str(VersionState(version.state).value)


# --- budgets ---


@dataclass(frozen=True, slots=True)
class Bar:
    """A budget for the `budget` component."""

    label: str
    amount: Any
    used: Any
    committed: Any
    amount_text: str
    committed_text: str
    held_text: str
    left_text: str
    note: str
    budget_id: int | None


def bar(shown: Usage) -> Bar:
    """Return a budget with its figures in words."""

    def money(amount: Any) -> str:
        return figure(amount, "money", shown.currency)

    label = _("%(receiver)s, %(start)s to %(end)s") % {
        "receiver": shown.receiver,
        "start": formats.date_format(shown.starts_on, "DATE_FORMAT"),
        "end": formats.date_format(shown.ends_on, "DATE_FORMAT"),
    }
    note = ""
    if shown.used > shown.amount:
        note = _("%(amount)s beyond the budget, by a committee's yes or a narrower version") % {
            "amount": money(shown.used - shown.amount)
        }
    return Bar(
        label=label,
        amount=max(shown.amount, shown.used) or 1,
        used=shown.used,
        committed=shown.committed,
        amount_text=money(shown.amount),
        committed_text=money(shown.committed),
        held_text=money(shown.held),
        left_text=money(shown.left),
        note=note,
        budget_id=shown.budget_id,
    )


def team_bars(version: MandateVersion, teams: Sequence[Team], on: date) -> list[Bar]:
    """Return the team budgets of a version on a day, one for each holding team."""
    if not document_of(version).get("budgets"):
        return []
    return [bar(shown) for team in teams for shown in usage(version=version, on=on, team=team)]


def customer_bars(version: MandateVersion, on: date, *, most: int = 10) -> list[Bar]:
    """Return the customer budgets of a version that were used on a day, the fullest first."""
    return [bar(shown) for shown in fullest(version=version, on=on, most=most)]
