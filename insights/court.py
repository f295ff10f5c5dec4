"""Judges past deals by what is in force and by the replayed version: in columns, and by the engine what is left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import polars as pl

from insights.plans import Plan
from insights.tables import fits, tables_of
from mandates.engine import Case, canonical, judge, parse_case
from mandates.engine.bulk import NOBODY, UNCLEAR, Bulk

Document = Mapping[str, Any]
RANK = {"member": 0, "team": 1, "committee": 2, "outside_charter": 3}


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one mandate says of a deal by its limits alone; `given` is G in 1/10000 of its currency, None unknown."""

    code: str
    rank: int
    consents: int
    given: int | None


@dataclass(frozen=True, slots=True)
class Said:
    """The outcome of one deal; `opinions` only where a mandate that has budgets is asked."""

    outcome: str
    unmeasured: bool
    opinions: tuple[Opinion, ...] = ()


Tables = tuple[pl.DataFrame, pl.DataFrame]


class Bench:
    """What a team holds on one side, with the charter."""

    def __init__(self, plan: Plan, held: Sequence[Document], budgets: Mapping[str, Any]) -> None:
        self._plan = plan
        self._held = held
        self._bulk = Bulk(held, plan.charter)
        self._single = [Bulk([one]) for one in held] if any(one["code"] in budgets for one in held) else []

    def judge(self, cases: Mapping[int, Case], tables: Tables) -> dict[int, Said]:
        """Return what is said of each deal, by its key; what is not in the tables goes through the engine."""
        opinions = self._opinions(cases, tables)
        found: dict[int, Said] = {}
        answers = self._bulk.outcomes(*tables).select("deal", "outcome", "mandate", "unmeasured")
        for key, outcome, mandate, unmeasured in answers.iter_rows():
            if outcome != "committee" or mandate != UNCLEAR:  # else only the engine can say which of several answers
                found[key] = Said(outcome, unmeasured, tuple(opinions.get(key, ())))
        for key, case in cases.items():
            if key not in found:
                found[key] = self._by_engine(case, tuple(opinions.get(key, ())))
        return found

    def _by_engine(self, case: Case, opinions: tuple[Opinion, ...]) -> Said:
        court = parse_case(case_document(self._plan, _NO_FACTS, self._held))
        answer = judge(replace(case, charter=court.charter, mandates=court.mandates))
        return Said(answer.outcome, any(one.reason == "unknown" for one in answer.findings), opinions)

    def _opinions(self, cases: Mapping[int, Case], tables: Tables) -> dict[int, list[Opinion]]:
        """What each mandate says alone, where one of them has budgets."""
        found: dict[int, list[Opinion]] = {}
        for document, bulk in zip(self._held, self._single, strict=False):
            consents = document.get("consents", 1)
            answers = bulk.outcomes(*tables).select("deal", "outcome", "mandate", "given", "given_known")
            for key, outcome, mandate, given, known in answers.iter_rows():
                if mandate != NOBODY:
                    units = _converted(given, cases[key], document["currency"]) if known else None
                    found.setdefault(key, []).append(Opinion(document["code"], RANK[outcome], consents, units))
        return found


class Court:
    """The benches of all teams on both sides, each made once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        held = [one for side in (plan.before, plan.after) for some in side.values() for one in some]
        owners = [*held, *([plan.charter] if plan.charter is not None else [])]
        self._currencies = sorted({str(one["currency"]) for one in owners})
        self._benches: dict[str, Bench] = {}
        self._sides: dict[str, str] = {}

    def judge(self, cases: Iterable[tuple[str, int, Case]]) -> list[tuple[int, Said, Said]]:
        """Return for each deal what the mandates in force say, and what those with the replayed version say.

        A case comes with its team's code and a key. Teams that hold the same are judged together.
        """
        together: dict[tuple[str, str], dict[int, Case]] = {}
        for team, key, case in cases:
            together.setdefault((self._key("before", team), self._key("after", team)), {})[key] = case
        found = []
        for (first, second), some in together.items():
            tables = tables_of(((key, case) for key, case in some.items() if fits(case)), self._currencies)
            before = self._benches[first].judge(some, tables)
            after = before if first == second else self._benches[second].judge(some, tables)
            found += [(key, before[key], after[key]) for key in some]
        return found

    def _key(self, side: str, team: str) -> str:
        """Return the name of a team's bench on one side: equal where what is held is equal."""
        name = f"{side} {team}"
        if name not in self._sides:
            held = (self.plan.before if side == "before" else self.plan.after)[team]
            budgets = self.plan.budgets.get(side, {})
            key = canonical([held, {one["code"]: budgets.get(one["code"]) for one in held}])
            self._sides[name] = key
            if key not in self._benches:
                self._benches[key] = Bench(self.plan, held, budgets)
        return self._sides[name]


def case_document(plan: Plan, facts: Mapping[str, Any], mandates: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the case of a replay: frozen facts, a member who may decide alone, no earlier approval."""
    return {
        "on": facts["on"],
        "member_may_decide": True,
        "default_committee": plan.default_committee,
        "rates": facts["rates"],
        "charter": plan.charter,
        "mandates": list(mandates),
        "approvals": [],
        "deal": facts["deal"],
    }


def read_facts(plan: Plan, facts: Mapping[str, Any]) -> Case:
    """Return the frozen facts as a case without mandates. Raises: InvalidCase."""
    case = case_document(plan, facts, ())
    return parse_case({**case, "charter": None})


def _converted(given: int | None, case: Case, currency: str) -> int | None:
    """G in 1/10000 of the currency, rounded up as a budget holds it; None where a rate is missing."""
    if not given:
        return given
    own = case.deal.currency
    if own == currency:
        return -(-given // 10_000)
    into, out_of = case.rates.get(currency), case.rates.get(own)
    return None if not into or not out_of else -(-given * into // (10_000 * out_of))


# The facts of a case that is read for its mandates alone.
_NO_FACTS: dict[str, Any] = {
    "on": "2000-01-01",
    "rates": {},
    "deal": {
        "reference": "none",
        "currency": "EUR",
        "kind": "new",
        "term_months": 0,
        "payment_days": 0,
        "customer": {"reference": "none"},
        "lines": [{"product": "none", "family": "none", "quantity": "1", "list_price": "0", "unit_price": "0"}],
    },
}
