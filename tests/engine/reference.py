"""The rules read a second time, slowly and with fractions, as an opponent for the engine.

It shares nothing with the engine but the page that both were written from: no index, no integers, no cleverness.
"""

from fractions import Fraction
from typing import Any

Document = dict[str, Any]

LINE_METRICS = ("line_discount", "line_margin")
AT_LEAST = ("line_margin", "deal_margin", "minimum_value", "minimum_term")
MONEY_OF = {"net_value": "P", "minimum_value": "P", "discount_amount": "G"}
ORDER = ("member", "team", "committee", "outside_charter")
NEEDS_G = ("deal_discount", "effective_discount", "discount_amount")
UNKNOWN, BELOW_ALL, NOTHING = "unknown", "below all", "nothing sold"


def weight(deal: Document, line: Document) -> Fraction:
    return Fraction(line["quantity"]) * (deal["term_months"] if line.get("charge") == "monthly" else 1)


def figures(case: Document) -> Document:
    deal = case["deal"]
    total = {"L": Fraction(0), "P": Fraction(0), "C": Fraction(0), "G": Fraction(0)}
    known = {"C": True, "G": True}
    for line in deal["lines"]:
        listed, price, cost = Fraction(line["list_price"]), Fraction(line["unit_price"]), line.get("unit_cost")
        total["L"] += listed * weight(deal, line)
        total["P"] += price * weight(deal, line)
        if cost is None:
            known["C"] = False
        else:
            total["C"] += Fraction(cost) * weight(deal, line)
        if listed == 0 and (price > 0 or cost is None or Fraction(cost) > 0):
            known["G"] = False
        elif price < listed:
            total["G"] += (listed - price) * weight(deal, line)
    return total | {"C known": known["C"], "G known": known["G"]}


def converted(case: Document, amount: Fraction, currency: str) -> Any:
    own = case["deal"]["currency"]
    if currency == own or amount == 0:
        return amount
    rates = {"EUR": "1", **case.get("rates", {})}
    if currency not in rates or own not in rates:
        return UNKNOWN
    return amount * Fraction(rates[currency]) / Fraction(rates[own])


def margin(price: Fraction, cost: Fraction, listed: Fraction) -> Any:
    if price > 0:
        return 100 * (price - cost) / price
    if cost > 0:
        return BELOW_ALL
    return NOTHING if listed == 0 else UNKNOWN


def value_of(case: Document, metric: str, line: Document | None, terms: Document, least: bool = False) -> Any:
    if metric == "line_discount":
        assert line is not None
        listed, price, cost = Fraction(line["list_price"]), Fraction(line["unit_price"]), line.get("unit_cost")
        if listed == 0:
            return Fraction(0) if price == 0 and cost is not None and Fraction(cost) == 0 else UNKNOWN
        return 100 * (listed - price) / listed
    if metric == "line_margin":
        assert line is not None
        if line.get("unit_cost") is None:
            return UNKNOWN
        return margin(*(Fraction(line[key]) for key in ("unit_price", "unit_cost", "list_price")))
    deal, sums = case["deal"], figures(case)
    if metric in NEEDS_G and not sums["G known"] and not least:
        return UNKNOWN
    if metric in MONEY_OF:
        return converted(case, sums[MONEY_OF[metric]], terms["currency"])
    if metric == "deal_margin":
        return margin(sums["P"], sums["C"], sums["L"]) if sums["C known"] else UNKNOWN
    if metric in ("deal_discount", "effective_discount"):
        if sums["L"] == 0:
            return Fraction(0)
        late = max(0, deal["payment_days"] - terms.get("standard_payment_days", 30))
        cost = sums["P"] * Fraction(terms.get("capital_rate", "0")) / 100 * late / 365
        return 100 * (sums["G"] + (cost if metric == "effective_discount" else 0)) / sums["L"]
    return Fraction(deal["payment_days" if metric == "payment_days" else "term_months"])


def least_breaks(case: Document, metric: str, terms: Document, bound: Any) -> bool:
    if metric not in NEEDS_G or figures(case)["L"] == 0 or bound in (None, "any"):
        return False
    value = value_of(case, metric, None, terms, least=True)
    return value != UNKNOWN and not is_within(metric, value, bound)


def is_within(metric: str, value: Any, bound: Any) -> bool:
    if bound == "any":
        return True
    if bound is None or value in (UNKNOWN, BELOW_ALL):
        return False
    if value == NOTHING:
        return True
    return bool(value >= Fraction(bound) if metric in AT_LEAST else value <= Fraction(bound))


def holds(case: Document, when: Document, line: Document | None, terms: Document) -> bool | None:
    """True, False, or None where it cannot be measured."""
    answers = [condition_holds(case, name, asked, line, terms) for name, asked in when.items()]
    if False in answers:
        return False
    return None if None in answers else True


def condition_holds(case: Document, name: str, asked: Any, line: Document | None, terms: Document) -> bool | None:
    deal = case["deal"]
    texts = asked if isinstance(asked, list) else [asked]
    if name == "family":
        assert line is not None
        return any(line["family"] == one or line["family"].startswith(one + "/") for one in texts)
    if name in ("product", "charge"):
        assert line is not None
        return line.get(name, "one_off") in texts
    if name in ("quantity", "term_months", "payment_days", "list_value"):
        fact: Any = figures(case)["L"] if name == "list_value" else (line if name == "quantity" else deal)[name]
        if name == "list_value":
            fact = converted(case, fact, terms["currency"])
            if fact == UNKNOWN:
                return None
        fact = Fraction(fact)
        return Fraction(asked.get("from", fact)) <= fact and ("below" not in asked or fact < Fraction(asked["below"]))
    if name == "customer":
        return deal["customer"]["reference"] in texts
    fact = deal["customer"].get(name) if name in ("segment", "country") else deal.get(name)
    return None if fact is None else fact in texts


def governing(case: Document, terms: Document, metric: str, line: Document | None) -> tuple[int | None, bool]:
    for index, row in enumerate(terms["limits"]):
        if row["metric"] == metric:
            answer = holds(case, row.get("when", {}), line, terms)
            if answer is not False:
                return index, answer is True
    return None, True


def places(case: Document, terms: Document) -> Any:
    for metric in dict.fromkeys(row["metric"] for row in terms["limits"]):
        for number, line in enumerate(case["deal"]["lines"]) if metric in LINE_METRICS else [(None, None)]:
            yield metric, number, line


def written(value: Any) -> str | None:
    if not isinstance(value, Fraction):
        return None
    units = round(value * 10_000)
    return f"{'-' if units < 0 else ''}{abs(units) // 10_000}.{abs(units) % 10_000:04d}"


def finding(source: str, metric: str, line: Any, limit: Any, value: Any, level: str, reason: str, to: Any) -> Document:
    return {
        "source": source, "metric": metric, "line": line, "limit": limit, "value": written(value), "level": level,
        "reason": reason, "committee": to if level == "committee" else None, "covered_by": None,
    }  # fmt: skip


def mandate_findings(case: Document, mandate: Document) -> list[Document]:
    found = []
    for metric, number, line in places(case, mandate):
        index, measured = governing(case, mandate, metric, line)
        value = value_of(case, metric, line, mandate)
        row = mandate["limits"][index] if index is not None else {}
        member = row.get("member")
        team = row.get("team", member)
        if index is None:
            level, reason = "committee", "not_covered"
        elif not measured:
            level, reason = "committee", "unknown"
        elif is_within(metric, value, member):
            level, reason = "member", "within"
        elif is_within(metric, value, team):
            level, reason = "team", "beyond_member"
        elif value == UNKNOWN:
            level = "committee"
            reason = "beyond_team" if least_breaks(case, metric, mandate, team) else "unknown"
        else:
            level, reason = "committee", "beyond_team"
        to = row.get("committee", mandate["committee"])
        found.append(finding("mandate", metric, number, index, value, level, reason, to))
    for index, budget in enumerate(mandate.get("budgets", [])):
        found.append(budget_finding(case, mandate, index, budget))
    return found


def budget_finding(case: Document, mandate: Document, index: int, budget: Document) -> Document:
    sums = figures(case)
    given = converted(case, sums["G"], mandate["currency"])
    value: Any = UNKNOWN if given == UNKNOWN else Fraction(budget["used"]) + given
    beyond = given != UNKNOWN and given > 0 and value > Fraction(budget["amount"])
    level, reason = ("committee", "beyond_budget") if beyond else ("member", "within")
    if given == UNKNOWN or not sums["G known"]:
        level, reason = ("committee", "beyond_budget" if beyond else "unknown")
        value = UNKNOWN
    return finding("mandate", "budget", None, index, value, level, reason, mandate["committee"])


def charter_findings(case: Document) -> list[Document]:
    charter = case.get("charter")
    found = []
    for metric, number, line in places(case, charter) if charter else []:
        index, measured = governing(case, charter, metric, line)
        if index is None:
            continue
        value, bound = value_of(case, metric, line, charter), charter["limits"][index]["limit"]
        outside = ("outside_charter", "beyond_charter")
        if bound is None:
            verdict: Any = outside
        elif not measured:
            verdict = ("committee", "unknown")
        elif is_within(metric, value, bound):
            continue
        elif value == UNKNOWN and not least_breaks(case, metric, charter, bound):
            verdict = ("committee", "unknown")
        else:
            verdict = outside
        found.append(finding("charter", metric, number, index, value, *verdict, case["default_committee"]))
    return found


def is_live(case: Document, approval: Document) -> bool:
    lines, products = case["deal"]["lines"], approval.get("products")
    if case["on"] > approval["until"]:
        return False
    for line in lines if products is not None else []:
        if line["product"] not in products:
            return False
        pin = products[line["product"]]
        sold = sum(Fraction(one["quantity"]) for one in lines if one["product"] == line["product"])
        if pin.get("quantity") is not None and sold > Fraction(pin["quantity"]):
            return False
        if pin.get("unit_price") is not None and Fraction(line["unit_price"]) < Fraction(pin["unit_price"]):
            return False
    return all(limit_holds(case, limit) for limit in approval["limits"])


def limit_holds(case: Document, limit: Document) -> bool:
    metric, bound = limit["metric"], limit["bound"]
    if bound is None:
        return True
    if metric not in LINE_METRICS:
        return is_within(metric, value_of(case, metric, None, limit), bound)
    lines = [one for one in case["deal"]["lines"] if limit.get("product") in (None, one["product"])]
    return all(is_within(metric, value_of(case, metric, line, limit), bound) for line in lines)


def covered(case: Document, one: Document) -> Document:
    if one["level"] != "committee":
        return one
    product = case["deal"]["lines"][one["line"]]["product"] if one["line"] is not None else None
    for index, approval in enumerate(case.get("approvals", [])):
        if approval["committee"] == one["committee"] and is_live(case, approval):
            for limit in approval["limits"]:
                unbound_fits = one["reason"] in ("unknown", "not_covered", "beyond_budget", "no_mandate")
                if (
                    limit["metric"] == one["metric"]
                    and limit.get("product") in (None, product)
                    and (limit["bound"] is not None or unbound_fits)
                ):
                    return {**one, "covered_by": index}
    return one


def answer(case: Document) -> Document:
    candidates = []
    for mandate in case.get("mandates", []):
        valid = mandate["valid_from"] <= case["on"] <= mandate["valid_until"]
        if valid and holds(case, mandate.get("scope", {}), None, mandate) is True:
            candidates.append(candidate(case, mandate, mandate_findings(case, mandate)))
    nobody = finding("mandate", "mandate", None, None, None, "committee", "no_mandate", case["default_committee"])
    none = candidate(case, {"code": None, "version": None, "consents": 1}, [nobody])
    best = min(candidates, key=lambda one: one["rank"], default=none)
    if none["findings"][0]["covered_by"] is not None and ORDER.index(none["level"]) < ORDER.index(best["level"]):
        best = none
    charter = [covered(case, one) for one in charter_findings(case)]
    level, committees = best["level"], set(best["committees"])
    for one in charter:
        if one["level"] == "committee" and one["covered_by"] is None:
            level = "committee"
            committees.add(one["committee"])
    if any(one["level"] == "outside_charter" for one in charter):
        level = "outside_charter"
    return {
        "outcome": level,
        "mandate": best["mandate"]["code"],
        "version": best["mandate"]["version"],
        "consents": best["mandate"].get("consents", 1) if level == "team" else 0,
        "committees": sorted(committees) if level == "committee" else [],
        "findings": charter + best["findings"],
    }


def candidate(case: Document, mandate: Document, findings: list[Document]) -> Document:
    found = [covered(case, one) for one in findings]
    counting = [one for one in found if one["covered_by"] is None]
    level = max((one["level"] for one in counting), key=ORDER.index, default="member")
    if level == "member" and not case["member_may_decide"]:
        level = "team"
    committees = {one["committee"] for one in counting if one["level"] == "committee"}
    consents = mandate.get("consents", 1) if level == "team" else 0
    rank = (ORDER.index(level), len(committees), consents, mandate["code"])
    return {"mandate": mandate, "level": level, "committees": committees, "findings": found, "rank": rank}
