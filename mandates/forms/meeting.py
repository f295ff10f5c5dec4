"""A draft as a state that can be merged with another one, and back; and how such a merge reads."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from journal.threeway import FieldMerge, Merge, RowMerge, TableMerge
from mandates.forms.changing import TABLES, Typed
from mandates.forms.editor import NUMBERS, TEXTS, initial_of
from mandates.forms.rows import budget_row, condition_fields, limit_row
from mandates.phrases import CONDITION_LABELS, bound_text, condition_text, day_text, listed, metric_label
from mandates.sentences import Names, budget_sentence_at, charter_sentence_at, limit_sentence_at

State = Mapping[str, Any]
BESIDE: Final = ("name", "goal", "walk_away", "options", "teams", "note")
LABELS: Final[dict[str, str | Promise]] = {
    "name": gettext_lazy("Name"),
    "goal": gettext_lazy("Goal"),
    "walk_away": gettext_lazy("Walk-away alternative"),
    "options": gettext_lazy("Options"),
    "teams": gettext_lazy("Teams that hold it"),
    "note": gettext_lazy("Why"),
    "currency": gettext_lazy("Currency"),
    "valid_from": gettext_lazy("Valid from"),
    "valid_until": gettext_lazy("Valid until (included)"),
    "committee": gettext_lazy("Committee"),
    "consents": gettext_lazy("Consents needed for the team's bound"),
    "capital_rate": gettext_lazy("Capital rate, % a year"),
    "standard_payment_days": gettext_lazy("Standard payment days"),
    "metric": gettext_lazy("What"),
    "member": gettext_lazy("Member"),
    "team": gettext_lazy("Team"),
    "limit": gettext_lazy("Bound"),
    "per": gettext_lazy("For each"),
    "period": gettext_lazy("Period"),
    "amount": gettext_lazy("Amount"),
}
TITLES: Final[dict[str, str | Promise]] = {"limits": gettext_lazy("Limits"), "budgets": gettext_lazy("Budgets")}


# --- to a state and back ---


def state_of(document: Mapping[str, Any], beside: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document and what stands beside it as one state, its scope and rows flat."""
    state = {name: beside[name] for name in BESIDE if beside.get(name)}
    state |= {name: document[name] for name in (*TEXTS, *NUMBERS) if document.get(name) not in (None, "")}
    state |= _flat("scope", document.get("scope"))
    return state | {table: [_flat_row(row) for row in document.get(table) or []] for table in TABLES}


def _flat(prefix: str, when: Any) -> dict[str, Any]:
    conditions = when if isinstance(when, Mapping) else {}
    return {f"{prefix}.{name}": raw for name, raw in conditions.items()}


def _flat_row(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: raw for name, raw in row.items() if name != "when" and raw not in (None, "")}
    return plain | _flat("when", row.get("when"))


def _nested(row: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    start = f"{prefix}."
    return {name.removeprefix(start): raw for name, raw in row.items() if name.startswith(start)}


def typed_from(state: State, *, team_ids: Mapping[str, int]) -> Typed:
    """Return a state as if it had been typed; `team_ids` are the ids of the teams that it names by their codes."""
    data = QueryDict(mutable=True)
    document = {name: state[name] for name in (*TEXTS, *NUMBERS) if name in state}
    for name, value in {**initial_of(document), **{name: state.get(name, "") for name in BESIDE}}.items():
        if name != "teams":
            data[name] = str(value)
    data.setlist("teams", [str(team_ids[code]) for code in state.get("teams", []) if code in team_ids])
    for name, value in condition_fields(_nested(state, "scope")).items():
        data[f"scope-0-{name}"] = value
    rows = {
        "limits": [limit_row("limits", n, _limit(row)).values for n, row in enumerate(state.get("limits", []))],
        "budgets": [budget_row("budgets", n, row).values for n, row in enumerate(state.get("budgets", []))],
    }
    return Typed(data, {table: dict(enumerate(values)) for table, values in rows.items()})


def _limit(row: Mapping[str, Any]) -> dict[str, Any]:
    plain = {name: raw for name, raw in row.items() if not name.startswith("when.")}
    return plain | {"when": _nested(row, "when")}


def read_state(text: str) -> dict[str, Any]:
    """Return the state that a page carried; an empty one where it carries none that can be read."""
    try:
        state = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    if not isinstance(state, dict):
        return {}
    for table in TABLES:
        rows = state.get(table, [])
        state[table] = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    teams = state.get("teams", [])
    state["teams"] = [str(code) for code in teams] if isinstance(teams, list) else []
    return state if state["teams"] else {name: value for name, value in state.items() if name != "teams"}


def state_text(state: State) -> str:
    """Return a state as the text that a page carries."""
    return json.dumps(state, ensure_ascii=False, separators=(",", ":"))


# --- how a merge reads ---


class Reading:
    """Puts a merge into words: `committees` and `teams` map codes to names."""

    def __init__(self, found: Merge, mine: State, *, committees: Names, teams: Names, charter: bool) -> None:
        self.found = found
        self.currency = str(mine.get("currency", ""))
        self.committee = str(mine.get("committee", ""))
        self.committees, self.teams, self.charter = committees, teams, charter

    def shown(self, choices: Mapping[str, str], missing: Sequence[str]) -> dict[str, Any]:
        """Return what the page of the merge shows: what differs, field by field and row by row."""
        return {
            "fields": [self._field(one, one.key, choices) for one in self.found.fields if one.kind != "same"],
            "tables": [
                table for one in self.found.tables if (table := self._table(one, choices))["rows"] or table["order"]
            ],
            "missing": missing,
        }

    def _field(self, one: FieldMerge, key: str, choices: Mapping[str, str]) -> dict[str, Any]:
        name = one.key
        label = LABELS.get(name) or CONDITION_LABELS.get(name.rpartition(".")[2], name)
        said = {side: self._text(name, getattr(one, side)) for side in ("base", "theirs", "mine")}
        return {"key": key, "label": label, "kind": one.kind, "chosen": choices.get(key, ""), **said}

    def _text(self, name: str, raw: Any) -> str:
        if raw is None:
            return "-"
        if name == "teams":
            return listed([str(self.teams.get(code, code)) for code in raw])
        if name == "committee":
            return str(self.committees.get(raw, raw))
        if name == "metric":
            return metric_label(str(raw))
        if name in ("valid_from", "valid_until"):
            return day_text(raw)
        condition = name.rpartition(".")[2]
        try:
            return condition_text(condition, raw, self.currency) if "." in name else str(raw)
        except (TypeError, ValueError, AttributeError, ArithmeticError):
            return str(raw)

    def _table(self, table: TableMerge, choices: Mapping[str, str]) -> dict[str, Any]:
        rows = [self._row(table.name, row, choices) for row in table.rows if row.kind != "same"]
        order = {"key": table.order_key, "chosen": choices.get(table.order_key, "")}
        return {
            "title": TITLES[table.name],
            "rows": rows,
            "moved": table.moved_by,
            "order": order if table.moved_by == "conflict" else None,
        }

    def _row(self, table: str, row: RowMerge, choices: Mapping[str, str]) -> dict[str, Any]:
        whole = row.theirs is None or row.mine is None
        asks = [] if whole else [self._row_field(row, one, choices) for one in row.fields if one.kind == "conflict"]
        return {
            "key": row.key,
            "kind": row.kind,
            "whole": whole,
            "chosen": choices.get(row.key, ""),
            "asks": asks,
            **{side: self._sentence(table, getattr(row, side)) for side in ("base", "theirs", "mine")},
        }

    def _row_field(self, row: RowMerge, one: FieldMerge, choices: Mapping[str, str]) -> dict[str, Any]:
        shown = self._field(one, row.field_key(one), choices)
        if one.key in ("member", "team", "limit"):
            metric = str((row.mine or {}).get("metric", ""))
            for side in ("base", "theirs", "mine"):
                shown[side] = self._bound(metric, getattr(one, side))
        return shown

    def _bound(self, metric: str, raw: Any) -> str:
        try:
            return bound_text(metric, raw, self.currency) if raw is not None else "-"
        except (TypeError, ValueError, KeyError, ArithmeticError):
            return str(raw)

    def _sentence(self, table: str, row: Mapping[str, Any] | None) -> str:
        """Return how a row reads, or what it holds where it cannot be read."""
        if row is None:
            return _("no such row")
        document = {"currency": self.currency, "committee": self.committee, table: [_limit(row)]}
        try:
            if table == "budgets":
                said = budget_sentence_at(document, 0)
            elif self.charter:
                said = charter_sentence_at(document, 0)
            else:
                said = limit_sentence_at(document, 0, self.committees)
        except (TypeError, ValueError, AttributeError, ArithmeticError, KeyError):
            said = ""
        return said or ", ".join(f"{LABELS.get(name, name)}: {raw}" for name, raw in row.items())
