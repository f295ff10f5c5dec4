"""What a button of the editor does to the rows and fields that were sent; nothing is saved here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import QueryDict

from mandates.advice import Step, read_steps
from mandates.forms.rows import numbered_rows

TABLES: Final = ("limits", "budgets")
Fields = dict[str, str]


def pressed(data: Mapping[str, Any]) -> list[Step]:
    """Return what the button of a row, or of a remedy, asks for; empty where none was pressed."""
    if remedy := str(data.get("remedy", "")):
        return read_steps(remedy)
    table, _colon, rest = str(data.get("row", "")).partition(":")
    what, _colon, number = rest.partition(":")
    if table not in TABLES or what not in ("add", "up", "down", "copy", "remove"):
        return []
    row = int(number) if number.isascii() and number.isdecimal() and len(number) < 5 else -1
    if what in ("up", "down"):
        return [Step("move", table, row, row + (1 if what == "down" else -1))]
    return [Step(what, table, row)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed: the fields beside the tables, and the rows of each table by their numbers."""

    data: QueryDict
    tables: Mapping[str, Mapping[int, Fields]]

    def rows(self, table: str) -> list[Fields]:
        """The rows of a table that say anything, in their order: those that a document gets."""
        return [row for row in self.tables.get(table, {}).values() if any(row.values())]


def typed_in(data: QueryDict) -> Typed:
    """Return what a form sent."""
    return Typed(data, {table: numbered_rows(data, table) for table in TABLES})


def changed(typed: Typed, steps: Sequence[Step]) -> Typed:
    """Return what was typed with the steps done; what names no row that there is does nothing."""
    data = typed.data.copy()
    tables = {table: typed.rows(table) for table in TABLES}
    for step in steps:
        if step.what == "field":
            for name, value in step.fields:
                data[name] = value
        elif step.table in tables:
            tables[step.table] = stepped(tables[step.table], step)
    return Typed(data, {table: dict(enumerate(rows)) for table, rows in tables.items()})


def stepped(rows: Sequence[Fields], step: Step) -> list[Fields]:
    """Return the rows of a table after one step."""
    changed_rows = [dict(row) for row in rows]
    if step.what == "add":
        return [*changed_rows, dict(step.fields)]
    if not 0 <= step.row < len(changed_rows):
        return changed_rows
    if step.what == "remove":
        del changed_rows[step.row]
    elif step.what == "copy":
        changed_rows.insert(step.row + 1, dict(changed_rows[step.row]))
    elif step.what == "move" and 0 <= step.to < len(changed_rows):
        changed_rows.insert(step.to, changed_rows.pop(step.row))
    elif step.what == "set":
        changed_rows[step.row].update(step.fields)
    elif step.what == "clear":
        # all fields of a condition: its own, the ends of its range, its boxes
        names = [name for name, _value in step.fields]
        changed_rows[step.row] = {
            name: value
            for name, value in changed_rows[step.row].items()
            if not any(name == one or name.startswith(f"{one}_") for one in names)
        }
    return changed_rows
