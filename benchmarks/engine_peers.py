"""The twelve limits of the engine's benchmark, told to each peer in its own language.

All figures are whole cents, whole percents and whole pieces, so that every peer's arithmetic is exact.
"""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

from durable.lang import assert_fact, m, retract_fact, ruleset, when_all

Document = dict[str, Any]


def sums_of(deal: Document) -> Document:
    sums = dict.fromkeys(("listed", "asked", "cost", "given"), 0)
    for line in deal["lines"]:
        weight = line["quantity"] * (deal["term_months"] if line["charge"] == "monthly" else 1)
        sums["listed"] += line["list_price"] * weight
        sums["asked"] += line["unit_price"] * weight
        sums["cost"] += line["unit_cost"] * weight
        sums["given"] += max(0, line["list_price"] - line["unit_price"]) * weight
    return sums


def in_words(line: str, starts: str, both: str, either: str, no: str, sums: Document | None) -> list[str]:
    """The twelve limits in an expression language; `{}` in `line` takes a condition that must hold of every line."""

    def below(family: str) -> str:
        quoted = f"'{family}/'"
        return f"(#.family == '{family}'{either}{starts.format(quoted)})"

    network = f"({below('network')}{both}term_months >= 24)"
    cloud = below("cloud")

    def off(percent: int) -> str:
        return f"100 * (#.list_price - #.unit_price) <= {percent} * #.list_price"

    def margin(percent: int) -> str:
        return f"100 * (#.unit_price - #.unit_cost) >= {percent} * #.unit_price"

    weight = "(#.charge == 'monthly' ? #.quantity * term_months : #.quantity)"
    names = sums or {
        "listed": f"sum(map(lines, #.list_price * {weight}))",
        "asked": f"sum(map(lines, #.unit_price * {weight}))",
        "cost": f"sum(map(lines, #.unit_cost * {weight}))",
        "given": f"sum(map(lines, (#.list_price > #.unit_price ? #.list_price - #.unit_price : 0) * {weight}))",
    }
    listed, asked, cost, given = (names[key] for key in ("listed", "asked", "cost", "given"))
    return [
        line.format(f"{no}{network}{either}{off(12)}"),
        line.format(f"{network}{either}{no}{cloud}{either}{off(15)}"),
        line.format(f"{network}{either}{cloud}{either}#.product != 'X'{either}{off(5)}"),
        line.format(f"{network}{either}{cloud}{either}#.product == 'X'{either}{off(8)}"),
        line.format(f"#.charge != 'monthly'{either}{margin(30)}"),
        line.format(f"#.charge == 'monthly'{either}{margin(25)}"),
        f"{listed} < 10000000{either}100 * {given} <= 15 * {listed}",
        f"{listed} >= 10000000{either}100 * {given} <= 10 * {listed}",
        f"100 * ({asked} - {cost}) >= 30 * {asked}",
        f"{asked} <= 25000000",
        f"segment != 'public'{either}payment_days <= 60",
        f"segment == 'public'{either}payment_days <= 30",
    ]


SUMS = {key: key for key in ("listed", "asked", "cost", "given")}


def zen_rows(sums: Document | None = None) -> list[str]:
    return in_words("all(lines, {})", "startsWith(#.family, {})", " and ", " or ", "not ", sums)


def cel_rows() -> list[str]:
    rows = in_words("lines.all(one, {})", "#.family.startsWith({})", " && ", " || ", "!", SUMS)
    return [row.replace("#.", "one.") for row in rows]


def zen_table(*, summing: bool) -> Document:
    """Decision tables in a row: two go through the lines, first match wins; one looks at the whole deal.

    Where `summing`, a node before them adds the lines up, as the engine does; otherwise the sums are handed in.
    """

    def column(name: str, field: str) -> Document:
        return {"id": name, "name": name, "field": field, "type": "expression"}

    def table(name: str, ins: Document, outs: Document, rules: list[Document], **more: Any) -> Document:
        content = {
            "hitPolicy": "first",
            "inputs": [column(key, field) for key, field in ins.items()],
            "outputs": [column(key, field) for key, field in outs.items()],
            "rules": [{"_id": f"{name}{index}", **rule} for index, rule in enumerate(rules)],
            "passThrough": True,
            **more,
        }
        return {"id": name, "name": name, "type": "decisionTableNode", "content": content}

    def off(percent: int) -> str:
        return f"100 * (list_price - unit_price) <= {percent} * list_price"

    def margin(percent: int) -> str:
        return f"100 * (unit_price - unit_cost) >= {percent} * unit_price"

    def below(family: str) -> str:
        return f"$ == '{family}' or startsWith($, '{family}/')"

    each_line = {"inputField": "lines", "outputPath": "lines", "executionMode": "loop"}
    discount = table(
        "discount",
        {"f": "family", "t": "term_months", "p": "product"},
        {"row": "discount.row", "ok": "discount.ok"},
        [
            {"f": below("network"), "t": ">= 24", "p": "", "row": "0", "ok": off(12)},
            {"f": below("cloud"), "t": "", "p": "", "row": "1", "ok": off(15)},
            {"f": "", "t": "", "p": "'X'", "row": "2", "ok": off(5)},
            {"f": "", "t": "", "p": "", "row": "3", "ok": off(8)},
        ],
        **each_line,
    )
    margins = table(
        "margin",
        {"c": "charge"},
        {"row": "margin.row", "ok": "margin.ok"},
        [{"c": "'monthly'", "row": "4", "ok": margin(30)}, {"c": "", "row": "5", "ok": margin(25)}],
        **each_line,
    )
    rules = [
        {"l": ">= 10000000", "s": "", "row": "6", "ok": "100 * given <= 15 * listed"},
        {"l": "< 10000000", "s": "", "row": "7", "ok": "100 * given <= 10 * listed"},
        {"l": "", "s": "", "row": "8", "ok": "100 * (asked - cost) >= 30 * asked"},
        {"l": "", "s": "", "row": "9", "ok": "asked <= 25000000"},
        {"l": "", "s": "'public'", "row": "10", "ok": "payment_days <= 60"},
        {"l": "", "s": "!= 'public'", "row": "11", "ok": "payment_days <= 30"},
    ]
    deal = table("deal", {"l": "listed", "s": "segment"}, {"row": "row", "ok": "ok"}, rules)
    deal["content"] |= {"hitPolicy": "collect", "outputPath": "deal"}
    nodes: list[Document] = [{"id": "in", "name": "in", "type": "inputNode"}]
    if summing:
        weight = "(#.charge == 'monthly' ? #.quantity * term_months : #.quantity)"
        given = "(#.list_price > #.unit_price ? #.list_price - #.unit_price : 0)"
        each = {"listed": "#.list_price", "asked": "#.unit_price", "cost": "#.unit_cost", "given": given}
        expressions = [
            {"id": key, "key": key, "value": f"sum(map(lines, {figure} * {weight}))"} for key, figure in each.items()
        ]
        content = {"expressions": expressions, "passThrough": True}
        nodes.append({"id": "sums", "name": "sums", "type": "expressionNode", "content": content})
    nodes += [discount, margins, deal]
    nodes.append({"id": "out", "name": "out", "type": "outputNode"})
    ids = [node["id"] for node in nodes]
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in pairwise(ids)]
    return {"nodes": nodes, "edges": edges}


def cedar_policies() -> str:
    """Forbids, one for each limit: those that fire name what is broken. One request for each line, one for the deal."""
    network = '((context.family == "network" || context.family like "network/*") && context.term_months >= 24)'
    cloud = '(context.family == "cloud" || context.family like "cloud/*")'

    def off(percent: int) -> str:
        return f"100 * (context.list_price - context.unit_price) > {percent} * context.list_price"

    def margin(percent: int) -> str:
        return f"100 * (context.unit_price - context.unit_cost) < {percent} * context.unit_price"

    rows = [
        f"{network} && {off(12)}",
        f"!{network} && {cloud} && {off(15)}",
        f'!{network} && !{cloud} && context.product == "X" && {off(5)}',
        f'!{network} && !{cloud} && context.product != "X" && {off(8)}',
        f'context.charge == "monthly" && {margin(30)}',
        f'context.charge != "monthly" && {margin(25)}',
        "context.listed >= 10000000 && 100 * context.given > 15 * context.listed",
        "context.listed < 10000000 && 100 * context.given > 10 * context.listed",
        "100 * (context.asked - context.cost) < 30 * context.asked",
        "context.asked > 25000000",
        'context.segment == "public" && context.payment_days > 60',
        'context.segment != "public" && context.payment_days > 30',
    ]
    policies = ["permit(principal, action, resource);"]
    for index, row in enumerate(rows):
        action = "line" if index < 6 else "deal"
        policies.append(f'forbid(principal, action == Action::"{action}", resource) when {{ {row} }};')
    return "\n".join(policies)


def cedar_requests(deal: Document) -> list[Document]:
    def request(action: str, context: Document) -> Document:
        return {"principal": 'User::"u"', "action": f'Action::"{action}"', "resource": 'Deal::"d"', "context": context}

    requests = [request("line", {**line, "term_months": deal["term_months"]}) for line in deal["lines"]]
    facts = {key: deal[key] for key in ("segment", "payment_days")}
    return [*requests, request("deal", {**facts, **sums_of(deal)})]


def by_hand(deal: Document) -> bool:
    """The least that could be done: yes or no to the whole deal, in plain Python."""
    term = deal["term_months"]
    listed = asked = cost = given = 0
    for line in deal["lines"]:
        family, price, full, unit_cost = line["family"], line["unit_price"], line["list_price"], line["unit_cost"]
        if term >= 24 and (family == "network" or family.startswith("network/")):
            bound = 12
        elif family == "cloud" or family.startswith("cloud/"):
            bound = 15
        else:
            bound = 5 if line["product"] == "X" else 8
        monthly = line["charge"] == "monthly"
        if 100 * (full - price) > bound * full or 100 * (price - unit_cost) < (30 if monthly else 25) * price:
            return False
        weight = line["quantity"] * term if monthly else line["quantity"]
        listed += full * weight
        asked += price * weight
        cost += unit_cost * weight
        given += max(0, full - price) * weight
    if 100 * given > (15 if listed >= 10_000_000 else 10) * listed or 100 * (asked - cost) < 30 * asked:
        return False
    return asked <= 25_000_000 and deal["payment_days"] <= (60 if deal["segment"] == "public" else 30)


def durable_facts(deal: Document) -> list[Document]:
    """What is asserted of a deal.

    A rule compares a field with a constant only and knows no "not" for a pattern, so percentages and families are
    handed in.
    """

    def below(line: Document, family: str) -> str:
        return "yes" if line["family"] == family or line["family"].startswith(f"{family}/") else "no"

    facts: list[Document] = [
        {
            "sort": "line",
            "network": below(line, "network") if deal["term_months"] >= 24 else "no",
            "cloud": below(line, "cloud"),
            "off": 100 * (line["list_price"] - line["unit_price"]) / line["list_price"],
            "margin": 100 * (line["unit_price"] - line["unit_cost"]) / line["unit_price"],
            **line,
        }
        for line in deal["lines"]
    ]
    whole = {key: deal[key] for key in ("segment", "payment_days")}
    sums = sums_of(deal)
    whole["off"] = 100 * sums["given"] / sums["listed"]
    whole["margin"] = 100 * (sums["asked"] - sums["cost"]) / sums["asked"]
    return [*facts, {"sort": "deal", **whole, **sums}]


def durable_rules() -> Callable[[list[Document]], list[bool]]:
    """A rule set of forbids, as for Cedar; each line is asserted, then the deal. (One rule would spend an event.)"""
    broken: list[int] = []

    def broke(row: int) -> Callable[[Any], None]:
        return lambda _: broken.append(row)

    def row(number: int, *conditions: Any) -> None:
        condition = conditions[0]
        for another in conditions[1:]:
            condition &= another
        when_all(condition)(broke(number))

    with ruleset("limits"):
        line, deal = m.sort == "line", m.sort == "deal"
        network, cloud = m.network == "yes", m.cloud == "yes"
        not_network, not_cloud = m.network == "no", m.cloud == "no"
        row(0, line, network, m.off > 12)
        row(1, line, not_network, cloud, m.off > 15)
        row(2, line, not_network, not_cloud, m.product == "X", m.off > 5)
        row(3, line, not_network, not_cloud, m.product != "X", m.off > 8)
        row(4, line, m.charge == "monthly", m.margin < 30)
        row(5, line, m.charge != "monthly", m.margin < 25)
        row(6, deal, m.listed >= 10_000_000, m.off > 15)
        row(7, deal, m.listed < 10_000_000, m.off > 10)
        row(8, deal, m.margin < 30)
        row(9, deal, m.asked > 25_000_000)
        row(10, deal, m.segment == "public", m.payment_days > 60)
        row(11, deal, m.segment != "public", m.payment_days > 30)
        when_all(+m.sort)(lambda _: None)

    def run(facts: list[Document]) -> list[bool]:
        broken.clear()
        for fact in facts:
            assert_fact("limits", fact)
            retract_fact("limits", fact)
        return [index not in broken for index in range(12)]

    return run
