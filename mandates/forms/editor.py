"""The editor of a mandate or the charter: what was typed becomes a document, and a page with what is wrong."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from django.utils.translation import gettext as _

from mandates.advice import Check
from mandates.forms.changing import Typed
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
    place_checks,
    posted_rows,
    said_conditions,
)
from mandates.sentences import budget_sentence_at, charter_sentence_at, limit_sentence_at, scope_sentence

TEXTS = ("currency", "valid_from", "valid_until", "committee")
NUMBERS = ("consents", "capital_rate", "standard_payment_days")
COUNTS = ("consents", "standard_payment_days")


@dataclass(slots=True)
class Editor:
    """All that the editor's page shows: the fields, the tables, and what is wrong where."""

    form: Any
    limits: list[Row]
    budgets: list[Row] = field(default_factory=list)
    scope: Row | None = None
    committees: list[tuple[str, str]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @property
    def rows(self) -> list[Row]:
        """Every row of the page."""
        return [*([self.scope] if self.scope else []), *self.limits, *self.budgets]

    @property
    def shown(self) -> list[dict[str, Any]]:
        """Each check with the field to which it leads, and where that is."""
        named = {"limits": _("Limit"), "budgets": _("Budget"), "scope": _("Scope")}
        at_rows = {id(check): (row, name) for row in self.rows for name, check in row.said}
        found = []
        for check in self.checks:
            where, href = "", ""
            if place := at_rows.get(id(check)):
                row, name = place
                where = f"{named[row.prefix]} {row.place}" if row.prefix != "scope" else named["scope"]
                href = f"#id_{row.name}-{name}"
            elif check.field in self.form.fields:
                where, href = str(self.form.fields[check.field].label), f"#id_{check.field}"
            found.append({"check": check, "where": where, "href": href})
        return found

    @property
    def stops(self) -> list[Check]:
        """What keeps the draft from being proposed."""
        return [check for check in self.checks if check.stops]

    @property
    def hints(self) -> list[Check]:
        """What the grantor will be shown and has to confirm, and what looks like a slip."""
        return [check for check in self.checks if not check.stops]

    def blank(self, prefix: str) -> Row:
        """The row that a script copies for a new one."""
        return Row(prefix, "__prefix__", {})

    @property
    def blank_limit(self) -> Row:
        return self.blank("limits")

    @property
    def blank_budget(self) -> Row:
        return self.blank("budgets")


# --- from what was typed to the document ---


def document_in(sent: Typed, *, charter: bool = False) -> dict[str, Any]:
    """Return the document that was typed, however wrong it may be."""
    names = [*TEXTS, *NUMBERS] if not charter else ["currency", "capital_rate", "standard_payment_days"]
    document: dict[str, Any] = {}
    for name in names:
        text = str(sent.data.get(name, "")).strip()
        if name in NUMBERS:
            if text:
                document[name] = _number(name, text)
        else:
            document[name] = text.upper() if name == "currency" else text
    document["limits"] = [limit_of(fields, charter=charter) for fields in sent.rows("limits")]
    if not charter:
        document["budgets"] = [budget_of(fields) for fields in sent.rows("budgets")]
        if conditions := conditions_of(scope_in(sent), DEAL_CONDITIONS):
            document["scope"] = conditions
    return document


def scope_in(sent: Typed) -> dict[str, str]:
    """Return the fields of the scope."""
    return next(iter(posted_rows(sent.data, "scope")), {})


def _number(name: str, text: str) -> Any:
    number = plain(text.removesuffix("%"))
    return int(number) if name in COUNTS and number.isascii() and number.isdecimal() and len(number) < 16 else number


# --- to the page ---


def initial_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the plain fields show for a document."""
    shown = {name: document.get(name, "") for name in TEXTS}
    shown |= {name: typed(document[name]) for name in NUMBERS if name in document}
    return shown


def editor_of(form: Any, document: Mapping[str, Any], checks: Sequence[Check], *, charter: bool = False) -> Editor:
    """Return the editor of a stored document, each check at its field."""
    limits = [limit_row("limits", n, limit) for n, limit in enumerate(document.get("limits", []))]
    budgets = [budget_row("budgets", n, budget) for n, budget in enumerate(document.get("budgets", []))]
    scope = None if charter else Row("scope", 0, condition_fields(document.get("scope") or {}))
    return _filled(Editor(form, limits, budgets, scope), document, checks, (limits, budgets), charter)


def editor_in(
    form: Any, sent: Typed, document: Mapping[str, Any], checks: Sequence[Check], *, charter: bool = False
) -> Editor:
    """Return the editor with all as it was typed; `document` is what that comes to."""
    rows = {
        table: [Row(table, number, dict(fields)) for number, fields in sent.tables.get(table, {}).items()]
        for table in ("limits", "budgets")
    }
    scope = None if charter else Row("scope", 0, scope_in(sent))
    editor = Editor(form, rows["limits"], [] if charter else rows["budgets"], scope)
    spoken = tuple([row for row in rows[table] if any(row.values.values())] for table in ("limits", "budgets"))
    return _filled(editor, document, checks, (spoken[0], spoken[1]), charter)


def _filled(
    editor: Editor,
    document: Mapping[str, Any],
    checks: Sequence[Check],
    spoken: tuple[list[Row], list[Row]],
    charter: bool,
) -> Editor:
    """Put checks, sentences and conditions beside the rows; `spoken` are the rows that the document has."""
    named = {row.values.get("committee", "") for row in editor.limits} - {""}
    known = [] if charter else list(editor.form.fields["committee"].choices)
    editor.committees = known + [(code, code) for code in sorted(named - {code for code, _name in known})]
    editor.checks = list(checks)
    place_checks(checks, {"limits": spoken[0], "budgets": spoken[1]}, editor.scope)
    for row, limit in zip(spoken[0], document.get("limits", []), strict=False):
        row.conditions = said_conditions(limit, str(document.get("currency", "")))
    _say(editor, document, dict(editor.committees), spoken, charter)
    return editor


def _say(
    editor: Editor,
    document: Mapping[str, Any],
    names: Mapping[str, str],
    spoken: tuple[list[Row], list[Row]],
    charter: bool,
) -> None:
    """Put its sentence beside each row that can be read; one that cannot has what is wrong with it instead."""
    for index, row in enumerate(spoken[0]):
        speak = charter_sentence_at if charter else limit_sentence_at
        row.sentence = _read(partial(speak, document, index, names))
    for index, row in enumerate(spoken[1]):
        row.sentence = _read(partial(budget_sentence_at, document, index))
    if editor.scope is not None:
        editor.scope.sentence = _read(partial(scope_sentence, document))
    for row in editor.rows:
        row.sentence = "" if row.has_stops else row.sentence


def _read(speak: Callable[[], str]) -> str:
    """Return a sentence, empty where what was typed cannot be read yet."""
    try:
        return speak()
    except (TypeError, ValueError, AttributeError, ArithmeticError):
        return ""
