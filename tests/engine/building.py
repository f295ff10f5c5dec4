"""Small builders for cases, so that a test shows only what it is about."""

from typing import Any

from mandates.engine import InvalidCase, evaluate

Document = dict[str, Any]


def line(list_price: Any = "100", unit_price: Any = "100", unit_cost: Any = "50", **more: Any) -> Document:
    return {
        "product": "P",
        "family": "network/switches",
        "quantity": 1,
        "list_price": list_price,
        "unit_cost": unit_cost,
        "unit_price": unit_price,
        **more,
    }


def limit(metric: str, member: Any, team: Any = ..., **more: Any) -> Document:
    row = {"metric": metric, "member": member, **more}
    return row if team is ... else {**row, "team": team}


# What a mandate must not lack, a bound on what is given away, in a form that never speaks up: the second row binds,
# but the first always governs.
HARMLESS = (limit("line_margin", "any"), limit("line_margin", None))


def mandate(*limits: Document, **more: Any) -> Document:
    """A mandate of exactly these limits, all of whose other fields are as plain as can be."""
    return {
        "code": "m",
        "version": 1,
        "currency": "EUR",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "committee": "desk",
        "limits": list(limits),
        **more,
    }


def deal(*lines: Document, **more: Any) -> Document:
    return {
        "reference": "D-1",
        "currency": "EUR",
        "kind": "new",
        "channel": "direct",
        "term_months": 12,
        "payment_days": 30,
        "customer": {"reference": "C-1", "segment": "public", "country": "BE"},
        "lines": list(lines) or [line()],
        **more,
    }


def case(*mandates: Document, of: Document | None = None, **more: Any) -> Document:
    return {
        "on": "2026-11-23",
        "member_may_decide": True,
        "default_committee": "board",
        "mandates": list(mandates),
        "deal": of or deal(),
        **more,
    }


def approval(*limits: Document, **more: Any) -> Document:
    return {"committee": "desk", "until": "2026-11-23", "limits": list(limits), **more}


def problem(document: Any) -> InvalidCase | None:
    """The first problem of the case; None where it is valid."""
    try:
        evaluate(document)
    except InvalidCase as error:
        return error
    return None
