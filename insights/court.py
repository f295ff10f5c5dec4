"""Judges past deals by what is in force and by the replayed version: in columns, and by the engine what is left."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from insights.plans import Plan
from insights.tables import fits, tables_of
from mandates.engine import Case, judge, parse_case
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


class Bench:
    """What one team holds on one side, with the charter."""

    def __init__(self, plan: Plan, held: Sequence[Document], budgets: Mapping[str, Any]) -> None:
        self._plan = plan
        self._held = held
        self._bulk = Bulk(held, plan.charter)
        self._single = [Bulk([one]) for one in held] if any(one["code"] in budgets for one in held) else []

    def judge(self, cases: Sequence[tuple[int, Case]]) -> dict[int, Said]:
        """Return what is said of each deal, by its key."""
        plain = [(key, case) for key, case in cases if fits(case)]
        found: dict[int, Said] = {}
        opinions = self._opinions(plain)
        answers = self._bulk.outcomes(*tables_of(plain, self._bulk.currencies)) if plain else None
        if answers is not None:
            for key, outcome, mandate, unmeasured in answers.select(
                "deal", "outcome", "mandate", "unmeasured"
            ).iter_rows():
                if outcome == "committee" and mandate == UNCLEAR:
                    continue  # which of several mandates answers, only the engine can say
                found[key] = Said(outcome, unmeasured, tuple(opinions.get(key, ())))
        for key, case in cases:
            if key not in found:
                found[key] = self._by_engine(case, tuple(opinions.get(key, ())))
        return found

    def _by_engine(self, case: Case, opinions: tuple[Opinion, ...]) -> Said:
        document = {
            "on": case.on,
            "member_may_decide": True,
            "default_committee": self._plan.default_committee,
            "charter": self._plan.charter,
            "mandates": list(self._held),
            "deal": _NO_DEAL,
        }
        court = parse_case(document)
        answer = judge(replace(case, charter=court.charter, mandates=court.mandates))
        return Said(answer.outcome, any(one.reason == "unknown" for one in answer.findings), opinions)

    def _opinions(self, cases: Sequence[tuple[int, Case]]) -> dict[int, list[Opinion]]:
        """What each mandate says alone, where one of them has budgets."""
        found: dict[int, list[Opinion]] = {}
        by_key = dict(cases)
        for document, bulk in zip(self._held, self._single, strict=False):
            answers = bulk.outcomes(*tables_of(cases, bulk.currencies)) if cases else None
            if answers is None:
                continue
            columns = answers.select("deal", "outcome", "mandate", "given", "given_known")
            for key, outcome, mandate, given, known in columns.iter_rows():
                if mandate == NOBODY:
                    continue
                units = _converted(given, by_key[key], document["currency"]) if known else None
                found.setdefault(key, []).append(
                    Opinion(document["code"], RANK[outcome], document.get("consents", 1), units)
                )
        return found


class Court:
    """The benches of all teams on both sides, each made once."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._benches: dict[tuple[str, str], Bench] = {}

    def judge(self, team: str, cases: Sequence[tuple[int, Case]]) -> Iterable[tuple[int, Said, Said]]:
        """Return for each deal what the mandates in force say, and what those with the replayed version say."""
        before = self._bench("before", team).judge(cases)
        same = self.plan.before[team] == self.plan.after[team] and not self.plan.budgets
        after = before if same else self._bench("after", team).judge(cases)
        return [(key, before[key], after[key]) for key, _case in cases]

    def _bench(self, side: str, team: str) -> Bench:
        if (side, team) not in self._benches:
            held = self.plan.before[team] if side == "before" else self.plan.after[team]
            self._benches[side, team] = Bench(self.plan, held, self.plan.budgets.get(side, {}))
        return self._benches[side, team]


def _converted(given: int | None, case: Case, currency: str) -> int | None:
    """G in 1/10000 of the currency, rounded up as a budget holds it; None where a rate is missing."""
    if not given:
        return given
    own = case.deal.currency
    if own == currency:
        return -(-given // 10_000)
    into, out_of = case.rates.get(currency), case.rates.get(own)
    return None if not into or not out_of else -(-given * into // (10_000 * out_of))


_NO_DEAL: dict[str, Any] = {
    "reference": "none",
    "currency": "EUR",
    "kind": "new",
    "term_months": 0,
    "payment_days": 0,
    "customer": {"reference": "none"},
    "lines": [
        {
            "product": "none",
            "family": "none",
            "quantity": "1",
            "list_price": "0",
            "unit_price": "0",
        }
    ],
}
