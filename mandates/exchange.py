"""Mandates and charters as JSON documents that a repository can keep: written, read and checked; no database here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mandates.engine import InvalidCase, Problem, check_charter, check_mandate, parse_text
from mandates.expectations import check_tests

TEXTS = ("name", "goal", "walk_away", "options", "note")
ENVELOPE = ("mandate", *TEXTS, "teams", "tests")


@dataclass(frozen=True, slots=True)
class Parcel:
    """A document with what surrounds it; `teams` and `tests` are None where the file does not name them."""

    document: dict[str, Any]
    name: str = ""
    goal: str = ""
    walk_away: str = ""
    options: str = ""
    teams: tuple[str, ...] | None = None
    note: str = ""
    tests: tuple[dict[str, Any], ...] | None = None


def read_mandate(text: str) -> tuple[Parcel | None, list[Problem]]:
    """Return a mandate's document with its envelope, or what is wrong with it; paths are those of the file.

    The file is either the document alone (`decision.md` section 2) or `{"mandate": ...}` with what surrounds it beside;
    there `tests` are the mandate's own test cases (`mandates.expectations`).
    """
    value, problems = _parsed(text)
    if problems:
        return None, problems
    wrapped = isinstance(value, Mapping) and "mandate" in value
    inside = value["mandate"] if wrapped else value
    prefix = "mandate" if wrapped else ""
    found = [problem._replace(path=_joined(prefix, problem.path)) for problem in check_mandate(inside)]
    if wrapped:
        found += _envelope_problems(value)
    if not found and wrapped and "tests" in value:
        found = check_tests(value["tests"], inside)
    if found:
        return None, found
    outer = value if wrapped else {}
    tests = tuple(map(dict, outer["tests"])) if "tests" in outer else None
    teams = tuple(outer["teams"]) if "teams" in outer else None
    named = {name: str(outer.get(name, "")) for name in TEXTS}
    return Parcel(dict(inside), teams=teams, tests=tests, **named), []


def read_charter(text: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    """Return a charter's document, or what is wrong with it."""
    value, problems = _parsed(text)
    problems = problems or check_charter(value)
    return (None, problems) if problems else (dict(value), [])


def _parsed(text: str) -> tuple[Any, list[Problem]]:
    try:
        return parse_text(text), []
    except InvalidCase as error:
        return None, [Problem(error.code, error.detail, error.path)]


def _envelope_problems(value: Mapping[str, Any]) -> list[Problem]:
    found = [Problem("unknown_key", f"“{key}” means nothing here.", key) for key in value if key not in ENVELOPE]
    found += [
        Problem("not_text", "This must be a text.", key)
        for key in TEXTS
        if key in value and not isinstance(value[key], str)
    ]
    teams = value.get("teams", [])
    if not isinstance(teams, list) or not all(isinstance(team, str) for team in teams):
        found.append(Problem("not_a_list", "This must be a list of the teams' codes.", "teams"))
    return found


def _joined(prefix: str, path: str) -> str:
    return f"{prefix}.{path}" if prefix and path else prefix or path


def written(document: Mapping[str, Any]) -> str:
    """Return a document for a repository: readable, keys as they are read, one line break at its end."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def envelope(
    document: Mapping[str, Any],
    *,
    name: str,
    goal: str = "",
    walk_away: str = "",
    options: str = "",
    teams: Sequence[str] = (),
    note: str = "",
    tests: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """Return a mandate's document with what surrounds it, as `read_mandate` takes it."""
    about: dict[str, Any] = {"name": name, "goal": goal, "walk_away": walk_away, "options": options}
    about |= {"teams": list(teams), "note": note}
    found = {key: value for key, value in about.items() if value} | {"mandate": ordered(document)}
    if tests:
        found["tests"] = [_ordered_test(test) for test in tests]
    return found


ORDER = [
    "code",
    "version",
    "currency",
    "valid_from",
    "valid_until",
    "scope",
    "consents",
    "committee",
    "capital_rate",
    "standard_payment_days",
    "budgets",
    "limits",
]


def _ordered_test(test: Mapping[str, Any]) -> dict[str, Any]:
    return {key: test[key] for key in TEST_ORDER if key in test}


TEST_ORDER = ["name", "at_most", "at_least", "on", "rates", "deal"]
ROW_ORDER = ["metric", "when", "member", "team", "limit", "committee", "per", "period", "amount"]


def ordered(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document with its keys in the order of reading."""
    found = {key: document[key] for key in [*ORDER, *sorted(document)] if key in document}
    for table in ("budgets", "limits"):
        if table in found:
            rows = found[table]
            found[table] = [{key: row[key] for key in [*ROW_ORDER, *sorted(row)] if key in row} for row in rows]
    return found
