"""A mandate's own test cases: deals of which its document says what must become of them; pure.

A test case is `{"name", "deal", "at_most"?, "at_least"?, "on"?, "rates"?}`. It is judged by this mandate alone, under
the charter handed in, with untouched budgets, for a member who may decide alone. `at_most: "member"` is a deal that
must be an immediate yes, `at_least: "committee"` one that the team must never agree by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from mandates.engine import InvalidCase, Problem, judge, parse_case
from mandates.engine.judge import LEVELS, RANKS

OUTCOMES: Final = LEVELS
REQUIRED: Final = ("name", "deal")
BOUNDS: Final = ("at_most", "at_least")
OPTIONAL: Final = (*BOUNDS, "on", "rates")
MOST: Final = 200

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Trial:
    """What became of one test case: its outcome, and whether that is what the mandate promised."""

    index: int
    name: str
    at_most: str
    at_least: str
    outcome: str
    holds: bool


def check_tests(tests: object, document: Document) -> list[Problem]:
    """Return what is wrong with the test cases of a valid mandate document; paths begin with `tests`."""
    if not isinstance(tests, list | tuple):
        return [Problem("not_a_list", "“tests” takes a list of test cases.", "tests")]
    if len(tests) > MOST:
        return [Problem("too_many", f"A mandate has at most {MOST} test cases.", "tests")]
    found: list[Problem] = []
    names: set[str] = set()
    for index, test in enumerate(tests):
        path = f"tests[{index}]"
        problems = _problems(test, document, path)
        if not problems and test["name"] in names:
            problems = [Problem("name_twice", "Another test case has this name. Give each its own.", f"{path}.name")]
        if not problems:
            names.add(test["name"])
        found += problems
    return found


def _problems(test: object, document: Document, path: str) -> list[Problem]:
    if not isinstance(test, Mapping):
        return [Problem("not_an_object", "A test case is an object with “name” and “deal”.", path)]
    found = [
        Problem("unknown_key", f"There is no key “{key}” in a test case.", f"{path}.{key}")
        for key in test
        if key not in (*REQUIRED, *OPTIONAL)
    ]
    found += [
        Problem("missing", f"The key “{key}” is required.", f"{path}.{key}") for key in REQUIRED if key not in test
    ]
    if "name" in test and not (isinstance(test["name"], str) and test["name"].strip()):
        found.append(Problem("empty_text", "Name the test case in a few words.", f"{path}.name"))
    return found or _bound_problems(test, path) or _case_problems(test, document, path)


def _bound_problems(test: Document, path: str) -> list[Problem]:
    given = [key for key in BOUNDS if key in test]
    if not given:
        detail = "Say what must become of the deal: “at_most”, “at_least” or both."
        return [Problem("missing", detail, f"{path}.at_most")]
    unknown = [key for key in given if test[key] not in OUTCOMES]
    if unknown:
        detail = f"This must be one of {', '.join(OUTCOMES)}."
        return [Problem("unknown_choice", detail, f"{path}.{key}") for key in unknown]
    if len(given) == len(BOUNDS) and RANKS[test["at_most"]] < RANKS[test["at_least"]]:
        return [Problem("never_holds", "No outcome is at most this and at least that.", f"{path}.at_least")]
    return []


def _case_problems(test: Document, document: Document, path: str) -> list[Problem]:
    try:
        parse_case(_case(test, document, None))
    except InvalidCase as error:
        return [Problem(error.code, error.detail, f"{path}.{error.path}")]
    return []


def _case(test: Document, document: Document, charter: Document | None) -> dict[str, Any]:
    """Return the case that judges a test: this mandate alone, nothing of its budgets used."""
    budgets = [{**row, "used": "0"} for row in document.get("budgets", [])]
    return {
        "on": test.get("on", document["valid_from"]),
        "member_may_decide": True,
        "default_committee": document["committee"],
        "rates": test.get("rates", {}),
        "charter": charter,
        "mandates": [{**document, "budgets": budgets}],
        "deal": test["deal"],
    }


def run_tests(tests: Sequence[Document], document: Document, charter: Document | None) -> list[Trial]:
    """Judge each test case of a valid document; `tests` has passed `check_tests`."""
    return [_trial(index, test, document, charter) for index, test in enumerate(tests)]


def _trial(index: int, test: Document, document: Document, charter: Document | None) -> Trial:
    outcome = judge(parse_case(_case(test, document, charter))).outcome
    at_most, at_least = test.get("at_most", ""), test.get("at_least", "")
    holds = (not at_most or RANKS[outcome] <= RANKS[at_most]) and (not at_least or RANKS[outcome] >= RANKS[at_least])
    return Trial(index, test["name"], at_most, at_least, outcome, holds)
