"""What is wrong with a draft or worth knowing about it, in words, with changes that mend it; pure."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mandates.engine import METRICS, Problem
from mandates.forms.figures import typed
from mandates.forms.lists import words_text
from mandates.phrases import CONDITION_LABELS, bound_text

Document = Mapping[str, Any]
Text = str | Promise


@dataclass(frozen=True, slots=True)
class Step:
    """One change: `what` is set, clear, add, copy, move, remove (rows of a table) or field (beside the tables)."""

    what: str
    table: str = ""
    row: int = 0
    to: int = 0
    fields: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> list[Any]:
        """The step as a button carries it."""
        return [self.what, self.table, self.row, self.to, dict(self.fields)]


@dataclass(frozen=True, slots=True)
class Remedy:
    """A change that mends something, with one press."""

    label: str
    steps: tuple[Step, ...]

    @property
    def value(self) -> str:
        """The value of its button."""
        return json.dumps([step.as_json() for step in self.steps], ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Check:
    """One thing about a draft; `stops` says that it cannot be proposed so, `path` names the place in the document."""

    code: str
    detail: str
    path: str = ""
    stops: bool = True
    example: str = ""
    remedies: tuple[Remedy, ...] = ()

    @property
    def place(self) -> tuple[str, int]:
        """The table and the number, from 1, of the row that it is about; empty and 0 where it is about none."""
        match = re.match(r"(limits|budgets)\[([0-9]+)\]", self.path)
        if match:
            return match[1], int(match[2]) + 1
        return ("scope", 0) if self.path.startswith("scope") else ("", 0)

    @property
    def marks(self) -> bool:
        """Whether its field is marked as wrong: what nobody has written yet is only listed."""
        return self.code not in ("no_note", "no_team")

    @property
    def field(self) -> str:
        """The name of the field beside the tables that it is about."""
        return "" if self.place[0] else self.path.partition(".")[0].partition("[")[0]


def read_steps(text: str) -> list[Step]:
    """Return the steps that a button's value states, none where it states none."""
    try:
        return [
            Step(str(what), str(table), int(row), int(to), tuple((str(k), str(v)) for k, v in fields.items()))
            for what, table, row, to, fields in json.loads(text)
        ]
    except (ValueError, TypeError, AttributeError, RecursionError):
        return []


# --- the engine's problems in words ---

SAID: Final[dict[str, Text]] = {
    "missing": gettext_lazy("This is needed."),
    "empty_text": gettext_lazy("This is needed."),
    "not_text": gettext_lazy("This must be a text."),
    "empty_family_part": gettext_lazy("A family is a path such as network/switches, without an empty part."),
    "family_too_deep": gettext_lazy("A family has at most 100 parts."),
    "unknown_choice": gettext_lazy("Choose one of those that are offered."),
    "unknown_currency": gettext_lazy("There is no such currency. Use its three letters, such as EUR."),
    "not_a_day": gettext_lazy("Enter a day of the calendar."),
    "not_a_whole_number": gettext_lazy("Enter a whole number."),
    "too_small": gettext_lazy("This number is too small."),
    "not_a_number": gettext_lazy("“%(typed)s” is no number with at most four decimals. Enter one such as 12.5."),
    "negative": gettext_lazy("This must not be below 0."),
    "not_above_zero": gettext_lazy("This must be above 0."),
    "validity_reversed": gettext_lazy("A mandate cannot end before it begins."),
    "discount_unbounded": gettext_lazy(
        "No row bounds what may be given away. One on a discount or a margin needs a team bound other than “any”."
    ),
    "unknown_metric": gettext_lazy("Choose what this row limits."),
    "team_narrower": gettext_lazy(
        "The team's bound is narrower than a member's. Together they may agree at least as much."
    ),
    "condition_on_lines": gettext_lazy("This condition asks about a line, but the row limits the whole deal."),
    "empty_range": gettext_lazy("Nothing lies in this range: “from” must be less than “below”."),
    "empty_list": gettext_lazy("Name at least one, or leave the condition out."),
}


def problem_check(problem: Problem, document: Document) -> Check:
    """Return what keeps a draft from being proposed, in the reader's language and with what mends it."""
    said = SAID.get(problem.code)
    detail = problem.detail if said is None else str(said)
    raw = value_at(document, problem.path)
    if "%(typed)s" in detail:
        detail %= {"typed": raw if isinstance(raw, str) else ""}
    if problem.code == "missing" and problem.path.endswith("metric"):
        detail = str(SAID["unknown_metric"])
    mend = _MENDED.get(problem.code)
    remedies = tuple(mend(problem, document)) if mend else ()
    return Check(problem.code, detail, problem.path, remedies=remedies)


def value_at(document: Any, path: str) -> Any:
    """Return what stands at a path of a document, None where nothing does."""
    for part in re.findall(r"[^.\[\]]+", path):
        if isinstance(document, Mapping):
            document = document.get(part)
        elif isinstance(document, list) and part.isdecimal() and int(part) < len(document):
            document = document[int(part)]
        else:
            return None
    return document


def _row_at(path: str, table: str) -> int | None:
    match = re.match(rf"{table}\[([0-9]+)\]", path)
    return int(match[1]) if match else None


def _team_narrower(problem: Problem, document: Document) -> list[Remedy]:
    row = _row_at(problem.path, "limits")
    limit = value_at(document, f"limits[{row}]")
    if row is None or not isinstance(limit, Mapping):
        return []
    metric, member, team = (limit.get(name) for name in ("metric", "member", "team"))
    if metric not in METRICS or not isinstance(member, str):
        return []
    said = bound_text(metric, member, str(document.get("currency", "")))
    found = [
        Remedy(
            _("Set the team's bound to %(bound)s") % {"bound": said},
            (Step("set", "limits", row, fields=(("team", typed(member)),)),),
        )
    ]
    if isinstance(team, str):
        swapped = Step("set", "limits", row, fields=(("member", typed(team)), ("team", typed(member))))
        found.append(Remedy(_("Swap the two bounds"), (swapped,)))
    return found


def _swap_days(problem: Problem, document: Document) -> list[Remedy]:
    days = (("valid_from", str(document.get("valid_until"))), ("valid_until", str(document.get("valid_from"))))
    return [Remedy(_("Swap the two days"), (Step("field", fields=days),))]


def _swap_ends(problem: Problem, document: Document) -> list[Remedy]:
    row, raw = _row_at(problem.path, "limits"), value_at(document, problem.path)
    name = problem.path.rpartition(".")[2]
    if row is None or not isinstance(raw, Mapping) or raw.keys() != {"from", "below"} or raw["from"] == raw["below"]:
        return []
    ends = ((f"{name}_from", typed(raw["below"])), (f"{name}_below", typed(raw["from"])))
    return [Remedy(_("Swap the two ends"), (Step("set", "limits", row, fields=ends),))]


def _leave_out(problem: Problem, document: Document) -> list[Remedy]:
    row = _row_at(problem.path, "limits")
    name = problem.path.removeprefix(f"limits[{row}].when.").partition(".")[0].partition("[")[0]
    label = _("Leave out: %(condition)s") % {"condition": CONDITION_LABELS.get(name, name)}
    return [] if row is None else [Remedy(label, (Step("clear", "limits", row, fields=((name, ""),)),))]


def _remove_limit(problem: Problem, document: Document) -> list[Remedy]:
    row = _row_at(problem.path, "limits")
    return [] if row is None else [remove_row("limits", row)]


def remove_row(table: str, row: int) -> Remedy:
    """Return the remedy that takes a row out."""
    return Remedy(_("Remove row %(row)s") % {"row": row + 1}, (Step("remove", table, row),))


def _bound_something(problem: Problem, document: Document) -> list[Remedy]:
    label = _("Add a limit on the discount on a line")
    return [Remedy(label, (Step("add", "limits", fields=(("metric", "line_discount"),)),))]


def _one_consent(problem: Problem, document: Document) -> list[Remedy]:
    if problem.path != "consents":
        return []
    return [Remedy(_("Set it to %(figure)s") % {"figure": 1}, (Step("field", fields=(("consents", "1"),)),))]


_MENDED: Final[dict[str, Callable[[Problem, Document], list[Remedy]]]] = {
    "team_narrower": _team_narrower,
    "validity_reversed": _swap_days,
    "empty_range": _swap_ends,
    "condition_on_lines": _leave_out,
    "unknown_metric": _remove_limit,
    "discount_unbounded": _bound_something,
    "too_small": _one_consent,
}


# --- what the grantor will be shown ---


def all_the_rest(metric: str) -> Remedy:
    """Return the remedy for a metric whose rows leave deals out: a last row that says what governs them."""
    label = _("Add a last row for all the rest, where the committee decides")
    return Remedy(label, (Step("add", "limits", fields=(("metric", metric),)),))


def move_row(row: int, to: int) -> Remedy:
    """Return the remedy that moves a row above another."""
    label = _("Move row %(row)s above row %(above)s") % {"row": row + 1, "above": to + 1}
    return Remedy(label, (Step("move", "limits", row, to),))


def to_charter(row: int, limit: Mapping[str, Any], bound: Any, currency: str) -> Remedy:
    """Return the remedy that narrows a row to the charter's bound, which is in the mandate's own currency."""
    metric = limit["metric"]
    shown = "" if bound is None else _("any") if bound == "any" else typed(bound)
    names = [name for name in ("member", "team") if _is_beyond(limit.get(name, limit["member"]), bound, metric)]
    label = _("Set row %(row)s to the charter's bound, %(bound)s") % {
        "row": row + 1,
        "bound": bound_text(metric, bound, currency),
    }
    return Remedy(label, (Step("set", "limits", row, fields=tuple((name, shown) for name in names)),))


def _is_beyond(own: Any, bound: Any, metric: str) -> bool:
    if own is None or bound == "any":
        return False
    if own == "any" or bound is None:
        return True
    return Decimal(own) < Decimal(bound) if METRICS[metric].is_minimum else Decimal(own) > Decimal(bound)


def instead(path: str, asked: str, better: str, values: Sequence[str]) -> Remedy:
    """Return the remedy that puts an existing name in the place of one that there is not."""
    row = _row_at(path, "limits")
    name = re.sub(r"\[[0-9]+\]$", "", path).rpartition(".")[2]
    words = words_text([better if value == asked else value for value in values])
    label = _("Use “%(name)s”") % {"name": better}
    if row is None:
        return Remedy(label, (Step("field", fields=((f"scope-0-{name}", words),)),))
    return Remedy(label, (Step("set", "limits", row, fields=((name, words),)),))
