"""What a team asks for, and what a grantor offers instead: the bounds of a mandate, each in a field of its own."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandates.engine import METRICS, Problem
from mandates.forms.figures import plain, typed
from mandates.forms.moves import Confirming
from mandates.forms.rows import ANY, bound_of
from mandates.phrases import conditions_text, metric_label
from mandates.sentences import budget_sentence

FIGURE = {"inputmode": "decimal", "autocomplete": "off"}
FREE_METRICS = ("line_discount", "deal_discount", "discount_amount", "net_value", "term_months", "payment_days")


@dataclass(frozen=True, slots=True)
class WantedRow:
    """One limit with its two fields."""

    label: str
    conditions: str
    member: Any
    team: Any


@dataclass(frozen=True, slots=True)
class WantedBudget:
    """One budget with the field of its amount."""

    label: str
    amount: Any


class WantedForm(forms.Form):
    """The figures of a mandate's document. What was typed goes into the document: the engine says what is wrong."""

    valid_until = forms.CharField(
        label=gettext_lazy("Valid until (included)"), max_length=10, widget=forms.TextInput(attrs={"type": "date"})
    )
    consents = forms.CharField(
        label=gettext_lazy("Consents needed for the team's bound"),
        max_length=3,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    more_metric = forms.ChoiceField(label=gettext_lazy("A limit that is missing"), required=False)
    more_family = forms.CharField(
        label=gettext_lazy("Only for the product family"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("Empty: for everything."),
    )
    more_member = forms.CharField(
        label=gettext_lazy("Member"), required=False, max_length=30, widget=forms.TextInput(attrs=FIGURE)
    )
    more_team = forms.CharField(
        label=gettext_lazy("Team"), required=False, max_length=30, widget=forms.TextInput(attrs=FIGURE)
    )

    def __init__(self, *args: Any, start: Mapping[str, Any], hidden: Collection[int] = (), **options: Any) -> None:
        """`start` is the document to change; `hidden` are the limits whose bounds the reader may not see: they stay."""
        self.start, self.hidden = start, frozenset(hidden)
        initial = {"valid_until": start.get("valid_until", ""), "consents": start.get("consents", 1)}
        options["initial"] = initial | (options.get("initial") or {})
        super().__init__(*args, **options)
        for index, limit in enumerate(start["limits"]):
            if index not in self.hidden:
                for level, label in (("member", _("Member")), ("team", _("Team"))):
                    self.fields[f"{level}-{index}"] = _bound_field(limit, level, label)
        for index, budget in enumerate(start.get("budgets", [])):
            field = forms.CharField(label=_("Amount"), max_length=30, widget=forms.TextInput(attrs=FIGURE))
            field.initial = typed(budget["amount"])
            self.fields[f"amount-{index}"] = field
        choices = [("", "—"), *((name, metric_label(name)) for name in FREE_METRICS)]
        self.fields["more_metric"].choices = choices  # type: ignore[attr-defined]

    def rows(self) -> list[WantedRow]:
        """Return the limits that are shown, in the order of reading."""
        return [
            WantedRow(
                metric_label(limit["metric"]),
                conditions_text(limit.get("when") or {}, self.start["currency"]) or _("all"),
                self[f"member-{index}"],
                self[f"team-{index}"],
            )
            for index, limit in enumerate(self.start["limits"])
            if index not in self.hidden
        ]

    def budget_rows(self) -> list[WantedBudget]:
        """Return the budgets, each with its sentence of today."""
        currency = self.start["currency"]
        return [
            WantedBudget(budget_sentence(row["per"], row["period"], row["amount"], currency), self[f"amount-{index}"])
            for index, row in enumerate(self.start.get("budgets", []))
        ]

    def document(self) -> dict[str, Any]:
        """Return the document with what was typed; what is no figure stands in it as it was typed."""
        values = self.cleaned_data
        limits = [self._limit(index, dict(limit)) for index, limit in enumerate(self.start["limits"])]
        if values["more_metric"]:
            limits.insert(_place(limits, values["more_metric"]), self._more())
        budgets = [
            {**row, "amount": plain(values[f"amount-{index}"])}
            for index, row in enumerate(self.start.get("budgets", []))
        ]
        consents = plain(values["consents"])
        number = int(consents) if consents.isascii() and consents.isdecimal() else consents
        changed = {"limits": limits, "budgets": budgets, "consents": number, "valid_until": values["valid_until"]}
        return {**self.start, **changed}

    def _limit(self, index: int, limit: dict[str, Any]) -> dict[str, Any]:
        return limit if index in self.hidden else _bounded(limit, self.cleaned_data, f"member-{index}", f"team-{index}")

    def _more(self) -> dict[str, Any]:
        family = self.cleaned_data["more_family"].strip()
        limit: dict[str, Any] = {"metric": self.cleaned_data["more_metric"]}
        if family and METRICS[limit["metric"]].on_lines:
            limit["when"] = {"family": family}
        return _bounded(limit, self.cleaned_data, "more_member", "more_team")

    def place(self, problems: Sequence[Problem]) -> None:
        """Put what is wrong with the document at the field that its path means."""
        for problem in problems:
            self.add_error(self._field_of(problem.path), problem.detail)

    def _field_of(self, path: str) -> str | None:
        name = path.replace("limits[", "").replace("budgets[", "").replace("]", "")
        index, _dot, part = name.partition(".")
        wanted = f"amount-{index}" if path.startswith("budgets[") else f"{part or 'member'}-{index}"
        return wanted if wanted in self.fields else path if path in self.fields else None


def _bounded(limit: dict[str, Any], values: Mapping[str, str], member: str, team: str) -> dict[str, Any]:
    """Write two typed bounds into a limit, as the editor's table does."""
    limit["member"] = bound_of(values.get(member, ""))
    limit.pop("team", None)
    if values.get(team) or limit["member"] is None:
        limit["team"] = bound_of(values.get(team, ""))
    return limit


def _place(limits: Sequence[Mapping[str, Any]], metric: str) -> int:
    """Return where a new limit goes: before the rows of its metric, because the first that fits governs."""
    return next((index for index, limit in enumerate(limits) if limit["metric"] == metric), len(limits))


def _bound_field(limit: Mapping[str, Any], level: str, label: str) -> forms.CharField:
    field = forms.CharField(label=label, required=False, max_length=30, widget=forms.TextInput(attrs=FIGURE))
    raw = limit.get(level)
    field.initial = "" if raw is None else _("any") if raw == ANY else typed(raw)
    return field


class RequestForm(WantedForm):
    """What a team asks for, and why."""

    goal = forms.CharField(
        label=gettext_lazy("What do we want to reach?"), max_length=2000, widget=forms.Textarea(attrs={"rows": 2})
    )
    walk_away = forms.CharField(
        label=gettext_lazy("What do we do without an agreement?"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    options = forms.CharField(
        label=gettext_lazy("What can we offer instead of price?"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    note = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What happened lately that this would have made easier. Everybody can read it."),
    )
    edition = forms.IntegerField(widget=forms.HiddenInput, required=False)


class CounterForm(WantedForm, Confirming):
    """What a grantor offers instead, and why."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The team reads it beside what you changed. So can everybody."),
    )
    from_on = forms.DateField(
        label=gettext_lazy("In force from"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Empty: as soon as the team accepts, or with the notice that is due."),
    )
