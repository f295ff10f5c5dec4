"""The editor of a mandate or the charter: one form of plain fields, and tables of rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandates.engine import Problem
from mandates.forms.figures import plain, typed
from mandates.forms.rows import (
    DEAL_CONDITIONS,
    Row,
    budget_of,
    budget_row,
    condition_fields,
    conditions_of,
    limit_of,
    limit_row,
    moved,
    place_problems,
    posted_rows,
)
from mandates.sentences import charter_sentences, limit_sentences, scope_sentence
from teams.models import CODE, Committee, Team

FIGURE = {"inputmode": "decimal", "autocomplete": "off"}
TEXTS = ("currency", "valid_from", "valid_until", "committee")
NUMBERS = ("consents", "capital_rate", "standard_payment_days")
COUNTS = ("consents", "standard_payment_days")
TABLES = ("limits", "budgets")


class NeededLater(forms.CharField):
    """A field that a draft may leave empty, although it cannot be proposed without: the engine says so then."""

    def validate(self, value: Any) -> None:
        """Take what there is."""


class CommitteeField(forms.ChoiceField):
    """The choice of a committee, which a draft may leave empty."""

    def validate(self, value: Any) -> None:
        """Take nothing, or one of the committees."""
        if value:
            super().validate(value)


class TeamsField(forms.ModelMultipleChoiceField):
    """The choice of teams, which a draft may leave empty."""

    def clean(self, value: Any) -> Any:
        """Return the teams chosen, perhaps none."""
        return super().clean(value) if value else Team.objects.none()


class CharterFieldsForm(forms.Form):
    """What a charter says beside its rows. Every field may be wrong or empty: the engine judges the document."""

    currency = NeededLater(label=gettext_lazy("Currency"), max_length=3)
    capital_rate = forms.CharField(
        label=gettext_lazy("Capital rate, % a year"),
        required=False,
        max_length=20,
        widget=forms.TextInput(attrs=FIGURE),
        help_text=gettext_lazy("What late payment costs; used by the effective discount."),
    )
    standard_payment_days = forms.CharField(
        label=gettext_lazy("Standard payment days"),
        required=False,
        max_length=5,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    note = NeededLater(
        label=gettext_lazy("Why"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What changes and for which reason; everybody can read it."),
    )


class MandateFieldsForm(CharterFieldsForm):
    """What a mandate says beside its rows."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    goal = forms.CharField(
        label=gettext_lazy("Goal"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text=gettext_lazy("What the team is to reach with it."),
    )
    walk_away = forms.CharField(
        label=gettext_lazy("Walk-away alternative"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text=gettext_lazy("What the team does where no agreement is found."),
    )
    options = forms.CharField(
        label=gettext_lazy("Options"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text=gettext_lazy("What the team may offer or ask for instead of a lower price."),
    )
    teams = TeamsField(
        label=gettext_lazy("Teams that hold it"),
        queryset=Team.objects.none(),
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = NeededLater(
        label=gettext_lazy("Valid from"), max_length=10, widget=forms.TextInput(attrs={"type": "date"})
    )
    valid_until = NeededLater(
        label=gettext_lazy("Valid until (included)"),
        max_length=10,
        widget=forms.TextInput(attrs={"type": "date"}),
    )
    committee = CommitteeField(
        label=gettext_lazy("Committee"),
        help_text=gettext_lazy("Where everything goes that no row sends elsewhere."),
    )
    consents = forms.CharField(
        label=gettext_lazy("Consents needed for the team's bound"),
        required=False,
        max_length=3,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, held_by: Sequence[int] = (), **options: Any) -> None:
        super().__init__(*args, **options)
        teams = Team.objects.filter(Q(is_active=True) | Q(pk__in=list(held_by)))
        self.fields["teams"].queryset = teams.order_by("name")  # type: ignore[attr-defined]
        named = self.data.get("committee") or (self.initial or {}).get("committee", "")
        self.fields["committee"].choices = committee_choices(named)  # type: ignore[attr-defined]


class NewMandateForm(MandateFieldsForm):
    """A mandate that is not there yet also needs its code."""

    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=40,
        validators=[CODE],
        help_text=gettext_lazy("A short name for addresses and documents, such as public-2026."),
    )
    field_order = ("code", "name")


def committee_choices(named: str = "") -> list[tuple[str, str]]:
    """Return the committees to choose from, and whatever unknown one the document names."""
    known = [(c.code, c.name) for c in Committee.objects.filter(is_active=True).order_by("name")]
    unknown = [(named, named)] if named and named not in {code for code, _name in known} else []
    return [("", "—"), *known, *unknown]


@dataclass(slots=True)
class Editor:
    """All that the editor's page shows: the fields, the tables, and what is wrong where."""

    form: Any
    limits: list[Row]
    budgets: list[Row] = field(default_factory=list)
    scope: Row | None = None
    committees: list[tuple[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def row_problems(self) -> list[dict[str, Any]]:
        """One entry for each problem at a row, with the field it links to."""
        said = {"limits": _("Limit"), "budgets": _("Budget"), "scope": _("Scope")}
        return [
            {"href": f"#id_{row.name}-{name}", "row": said[row.prefix], "place": row.place, "detail": detail}
            for row in [*([self.scope] if self.scope else []), *self.limits, *self.budgets]
            for name, details in row.errors.items()
            for detail in details
        ]

    def blank(self, prefix: str) -> Row:
        """The row that a script copies for a new one."""
        return Row(prefix, "__prefix__", {})

    @property
    def blank_limit(self) -> Row:
        return self.blank("limits")

    @property
    def blank_budget(self) -> Row:
        return self.blank("budgets")


# --- from the form to the document ---


def posted_document(data: Mapping[str, Any], *, charter: bool = False) -> dict[str, Any]:
    """Return the document that a sent form states, however wrong it may be."""
    names = [*TEXTS, *NUMBERS] if not charter else ["currency", "capital_rate", "standard_payment_days"]
    document: dict[str, Any] = {}
    for name in names:
        text = str(data.get(name, "")).strip()
        if name in NUMBERS:
            if text:
                document[name] = _number(name, text)
        else:
            document[name] = text.upper() if name == "currency" else text
    document["limits"] = [limit_of(fields, charter=charter) for fields in posted_rows(data, "limits")]
    if not charter:
        document["budgets"] = [budget_of(fields) for fields in posted_rows(data, "budgets")]
        scope = next(iter(posted_rows(data, "scope")), {})
        if conditions := conditions_of(scope, DEAL_CONDITIONS):
            document["scope"] = conditions
    return document


def _number(name: str, text: str) -> Any:
    number = plain(text.removesuffix("%"))
    return int(number) if name in COUNTS and number.isascii() and number.isdecimal() and len(number) < 16 else number


def pressed(data: Mapping[str, Any]) -> tuple[str, str, int] | None:
    """Return which row button of a page without scripts was pressed, as (table, what, number)."""
    table, _colon, rest = str(data.get("row", "")).partition(":")
    what, _colon, number = rest.partition(":")
    if table not in TABLES or what not in ("add", "up", "down", "copy", "remove"):
        return None
    return table, what, int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else -1


# --- from a document, or from what was sent, to the page ---


def initial_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the plain fields show for a document."""
    shown = {name: document.get(name, "") for name in TEXTS}
    shown |= {name: typed(document[name]) for name in NUMBERS if name in document}
    return shown


def editor_of(form: Any, document: Mapping[str, Any], problems: Sequence[Problem], *, charter: bool = False) -> Editor:
    """Return the editor of a document, each problem at its field."""
    currency = str(document.get("currency", ""))
    limits = [limit_row("limits", n, limit, currency) for n, limit in enumerate(document.get("limits", []))]
    budgets = [budget_row("budgets", n, budget) for n, budget in enumerate(document.get("budgets", []))]
    scope = None if charter else Row("scope", 0, condition_fields(document.get("scope") or {}))
    named = {row.values.get("committee", "") for row in limits} - {""}
    committees = [] if charter else committee_choices()
    committees += [(code, code) for code in sorted(named - {code for code, _name in committees})]
    editor = Editor(form, limits, budgets, scope, committees)
    editor.problems = place_problems(problems, {"limits": limits, "budgets": budgets}, scope)
    _say(editor, document, dict(committees), charter)
    return editor


def _say(editor: Editor, document: Mapping[str, Any], names: Mapping[str, str], charter: bool) -> None:
    """Put its sentence beside each row that has nothing wrong with it."""
    try:
        said = charter_sentences(document) if charter else limit_sentences(document, committees=names)
        if editor.scope is not None and not editor.scope.errors:
            editor.scope.sentence = scope_sentence(document)
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        return
    for row, sentence in zip(editor.limits, said, strict=False):
        row.sentence = "" if row.errors else sentence


def editor_after_button(
    form: Any, data: Mapping[str, Any], button: tuple[str, str, int], *, charter: bool = False
) -> Editor:
    """Return the editor as it was sent, with one row added, moved, copied or removed; nothing was saved."""
    table, what, number = button
    tables: dict[str, list[Row]] = {}
    for prefix in TABLES:
        rows = posted_rows(data, prefix)
        if prefix == table:
            rows = moved(rows, what, number)
        tables[prefix] = [Row(prefix, place, values) for place, values in enumerate(rows)]
    scope = None if charter else Row("scope", 0, next(iter(posted_rows(data, "scope")), {}))
    return Editor(form, tables["limits"], tables["budgets"], scope, [] if charter else committee_choices())
