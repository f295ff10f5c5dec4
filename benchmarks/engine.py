"""Measures the rules engine against peers on the same deals in the same run, after checking that all agree.

    python -m venv /tmp/peers && /tmp/peers/bin/pip install -r benchmarks/requirements.txt
    /tmp/peers/bin/python -m benchmarks.engine

Every peer is given its rules in its own language and says yes or no per limit at the member's bound; the engine gives
its full answer, with every finding, its level, its reason and its value. Peers that cannot add up the lines of a deal
get its sums handed to them, at no cost. Times are processor time, the best of many rounds taken in turn, so that a
busy machine disturbs all alike.
"""

import argparse
import platform
import random
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import cedarpy
import cel as rust_cel
import zen
from cel_expr_python import cel as google_cel

from benchmarks.engine_peers import (
    SUMS,
    by_hand,
    cedar_policies,
    cedar_requests,
    cel_rows,
    durable_facts,
    durable_rules,
    sums_of,
    zen_rows,
    zen_table,
)
from mandates.engine import guide, judge, parse_case
from mandates.engine.grants import read_mandate

Document = dict[str, Any]


def limit(metric: str, member: str, team: str, **when: Any) -> Document:
    return {"metric": metric, "member": member, "team": team, "when": when}


LIMITS = [
    limit("line_discount", "12", "18", family="network", term_months={"from": 24}),
    limit("line_discount", "15", "22", family="cloud"),
    limit("line_discount", "5", "9", product="X"),
    limit("line_discount", "8", "12"),
    limit("line_margin", "30", "25", charge="monthly"),
    limit("line_margin", "25", "20"),
    limit("deal_discount", "15", "20", list_value={"from": "100000"}),
    limit("deal_discount", "10", "15"),
    limit("deal_margin", "30", "25"),
    limit("net_value", "250000", "1000000"),
    limit("payment_days", "60", "60", segment="public"),
    limit("payment_days", "30", "45"),
]


def other_limits(count: int, draw: random.Random) -> list[Document]:
    """Limits that cannot apply to the deals below, by every sort of condition."""
    rows = []
    for index in range(count):
        when: Document = {"term_months": {"from": draw.randrange(0, 24)}}
        sort = index % 6
        if sort == 0:
            when["product"] = f"Z-{index}"
        elif sort == 1:
            when["family"] = [f"other/{index}", f"another/{index}"]
        elif sort == 2:
            when = {"customer": f"C-{index}", "payment_days": {"below": 30 + index}}
        elif sort == 3:
            when["list_value"] = {"from": str(900_000_000 + index)}
        elif sort == 4:
            when = {"term_months": {"from": 100 + index}}
        else:
            when["quantity"] = {"from": 10_000 + index}
        metric = ("line_discount", "line_margin")[index % 2] if "customer" not in when else "deal_discount"
        rows.append({"metric": metric, "member": "10", "when": when})
    return rows


def mandate(limits: list[Document]) -> Document:
    return {
        "code": "m",
        "version": 1,
        "currency": "EUR",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "committee": "desk",
        "limits": limits,
    }


def generated_deal(draw: random.Random) -> Document:
    """Whole cents and whole pieces, so that every peer's arithmetic is exact."""
    lines = []
    for _ in range(5):
        listed = draw.randrange(5_000, 500_000)
        lines.append(
            {
                "product": draw.choice(["P", "Q", "R", "X"]),
                "family": draw.choice(["network/switches", "networking", "network", "cloud/compute", "services"]),
                "charge": draw.choice(["one_off", "one_off", "monthly"]),
                "quantity": draw.randrange(1, 20),
                "list_price": listed,
                "unit_price": listed * draw.randrange(78, 101) // 100,
                "unit_cost": listed * draw.randrange(30, 75) // 100,
            }
        )
    return {
        "term_months": draw.choice([12, 24, 36]),
        "payment_days": draw.choice([14, 30, 45, 60]),
        "segment": draw.choice(["public", "small"]),
        "lines": lines,
    }


def case_document(deal: Document, limits: list[Document]) -> Document:
    def price(cents: int) -> str:
        return f"{cents // 100}.{cents % 100:02d}"

    lines = [
        {**line, **{key: price(line[key]) for key in ("list_price", "unit_price", "unit_cost")}}
        for line in deal["lines"]
    ]
    return {
        "on": "2026-11-23",
        "member_may_decide": True,
        "default_committee": "board",
        "mandates": [mandate(limits)],
        "deal": {
            "reference": "D",
            "currency": "EUR",
            "kind": "new",
            "term_months": deal["term_months"],
            "payment_days": deal["payment_days"],
            "customer": {"reference": "C", "segment": deal["segment"]},
            "lines": lines,
        },
    }


def engine_rows(deal: Document) -> list[bool]:
    """What the engine says per limit at the member's bound."""
    answer = judge(parse_case(case_document(deal, LIMITS)))
    return [all(one.level == "member" for one in answer.findings if one.limit == row) for row in range(12)]


class Contest:
    """The same deals for all, each in the form that a competitor wants parsed."""

    def __init__(self, deals: list[Document]) -> None:
        draw = random.Random(7)
        summed = [{**deal, **sums_of(deal)} for deal in deals]
        many = other_limits(1_188, draw) + LIMITS
        self.many = mandate(many)
        few_cases = [parse_case(case_document(deal, LIMITS)) for deal in deals]
        many_cases = [parse_case(case_document(deal, many)) for deal in deals]
        answers = [judge(case) for case in few_cases]
        expression = zen.compile_expression(f"[{', '.join(zen_rows())}]")
        given_sums = zen.compile_expression(f"[{', '.join(zen_rows(SUMS))}]")
        table, summing_table = (
            zen.ZenEngine().create_decision(zen_table(summing=summing)) for summing in (False, True)
        )
        tabled = [
            {**deal, "lines": [{**line, "term_months": deal["term_months"]} for line in deal["lines"]]}
            for deal in deals
        ]
        program = rust_cel.compile(f"[{', '.join(cel_rows())}]")
        expression_of_google = google_expression()
        policies = cedarpy.PolicySet.from_str(cedar_policies())
        requests = [cedar_requests(deal) for deal in deals]

        def google(data: Document) -> list[bool]:
            return expression_of_google.eval(data=data).plain_value()

        def cedar(asked: list[Document]) -> list[bool]:
            fired: set[str] = set()
            for result in cedarpy.is_authorized_batch(asked, policies, []):
                fired.update(result.diagnostics.reasons)
            return [f"policy{index + 1}" not in fired for index in range(12)]  # the first is the permit

        self.entries: dict[str, tuple[Callable[[Any], Any], list[Any]]] = {
            "engine, 12 limits": (judge, few_cases),
            "engine, 1,200 limits": (judge, many_cases),
            "engine, guidance": (lambda pair: guide(*pair), list(zip(few_cases, answers, strict=True))),
            "zen-engine, one compiled expression": (expression.evaluate, deals),
            "zen-engine, compiled expression, sums handed in": (given_sums.evaluate, summed),
            "zen-engine, decision tables": (summing_table.evaluate, tabled),
            "zen-engine, decision tables, sums handed in": (
                table.evaluate,
                [{**deal, **sums_of(deal)} for deal in tabled],
            ),
            "cel-expr-python, sums handed in": (google, summed),
            "common-expression-language, sums handed in": (program.execute, summed),
            "cedarpy, a batch, sums handed in": (cedar, requests),
            "durable_rules, percentages handed in": (durable_rules(), [durable_facts(deal) for deal in deals]),
            "a function by hand, yes or no": (by_hand, deals),
        }

    def disagreements(self) -> list[str]:
        found = []
        expected = [engine_rows(deal) for deal in self.entries["a function by hand, yes or no"][1]]
        for name, (run, inputs) in self.entries.items():
            if name == "engine, guidance" or name == "engine, 12 limits":
                continue
            for index, given in enumerate(inputs):
                if read(name, run(given)) != (all(expected[index]) if "by hand" in name else expected[index]):
                    found.append(f"{name}: deal {index}")
        return found

    def times(self, rounds: int) -> dict[str, float]:
        """Microseconds of processor time for a deal: the best round of each, the rounds taken in turn."""
        best = dict.fromkeys(self.entries, float("inf"))
        for _ in range(rounds):
            for name, (run, inputs) in self.entries.items():
                some = inputs[:20] if name in SLOW else inputs
                started = time.process_time()
                for given in some:
                    run(given)
                best[name] = min(best[name], (time.process_time() - started) / len(some) * 1e6)
        return best


PEERS = ("zen-engine", "cel-expr-python", "common-expression-language", "cedarpy", "durable_rules")
SLOW = ("engine, guidance", "durable_rules, percentages handed in")


def google_expression() -> Any:
    kinds = google_cel.Type
    variables = {
        "lines": kinds.List(kinds.Map(kinds.STRING, kinds.DYN)),
        "segment": kinds.STRING,
        **dict.fromkeys(("term_months", "payment_days", "listed", "asked", "cost", "given"), kinds.INT),
    }
    return google_cel.NewEnv(variables=variables).compile(f"[{', '.join(cel_rows())}]")


def read(name: str, output: Any) -> Any:
    """A competitor's output as twelve yeses and noes."""
    if "decision tables" in name:
        result = output["result"]
        rows = [True] * 12
        for line in result["lines"]:
            for part in (line["discount"], line["margin"]):
                rows[part["row"]] = rows[part["row"]] and part["ok"]
        for part in result["deal"]:
            rows[part["row"]] = part["ok"]
        return rows
    if "1,200" in name:
        places = range(1_188, 1_200)
        return [all(one.level == "member" for one in output.findings if one.limit == row) for row in places]
    return list(output) if isinstance(output, list | tuple) else output


def compile_milliseconds(document: Document) -> float:
    best = float("inf")
    for attempt in range(5):
        fresh = {**document, "version": 2 + attempt}
        started = time.process_time()
        compiled, _ = read_mandate(fresh)
        best = min(best, (time.process_time() - started) * 1e3)
        if compiled is None:
            raise SystemExit("The large mandate is not valid.")
    return best


def report(best: dict[str, float], compiling: float) -> str:
    base = best["engine, 12 limits"]
    rows = [
        ", ".join([f"Python {platform.python_version()}", *(f"{peer} {version(peer)}" for peer in PEERS)]),
        "",
        "| what | microseconds a deal | times the engine's |",
        "|---|---:|---:|",
        *(f"| {name} | {micros:,.1f} | {micros / base:,.2f} |" for name, micros in best.items()),
        f"| compiling 1,200 limits | {compiling * 1e3:,.0f} | |",
    ]
    expression = base / best["zen-engine, one compiled expression"]
    table = base / best["zen-engine, decision tables"]
    table_with_sums = base / best["zen-engine, decision tables, sums handed in"]
    cedar = base / best["cedarpy, a batch, sums handed in"]
    many, guided = best["engine, 1,200 limits"] / base, best["engine, guidance"] / base
    checks = [
        ("F1: engine / compiled expression", expression, 1.0),
        ("F1: engine / decision tables", table, 0.1),
        ("F1: engine / decision tables, sums handed in", table_with_sums, 0.1),
        ("F1: engine / Cedar", cedar, 0.1),
        ("F2: 1,200 limits / 12 limits", many, 2.0),
        ("F2: compiling 1,200 limits, milliseconds", compiling, 50.0),
        ("F4: guidance / answer", guided, 100.0),
    ]
    rows += ["", "| target | at most | measured | |", "|---|---:|---:|---|"]
    rows += [f"| {name} | {most:g} | {got:.2f} | {'met' if got <= most else 'missed'} |" for name, got, most in checks]
    return "\n".join(rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--deals", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    draw = random.Random(20261123)
    contest = Contest([generated_deal(draw) for _ in range(options.deals)])
    found = contest.disagreements()
    if found:
        print("\n".join(found[:20]), file=sys.stderr)
        return 1
    print(f"All agree on {options.deals} deals of 5 lines.\n")
    print(report(contest.times(options.rounds), compile_milliseconds(contest.many)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
