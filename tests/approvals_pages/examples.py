"""A case and its answer, small enough to be read in a test."""

from typing import Any

from approvals.readings.findings import Names

NAMES = Names(
    products={"SW-24P": "Switch 24 ports", "RT-1": "Router"},
    committees={"deal-desk": "Deal desk", "finance": "Finance"},
)


def case(**changes: Any) -> dict[str, Any]:
    """A two-level mandate, a charter, one line at 13 % discount and 41.57 % margin."""
    line = {
        "product": "SW-24P",
        "family": "network/switches",
        "charge": "one_off",
        "quantity": "4",
        "list_price": "1200.00",
        "unit_cost": "610.00",
        "unit_price": "1044.00",
    }
    document: dict[str, Any] = {
        "on": "2026-11-23",
        "member_may_decide": True,
        "default_committee": "deal-desk",
        "rates": {"EUR": "1"},
        "charter": {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "45"}]},
        "mandates": [
            {
                "code": "public-2026",
                "version": 2,
                "currency": "EUR",
                "valid_from": "2026-01-01",
                "valid_until": "2026-12-31",
                "consents": 1,
                "committee": "deal-desk",
                "budgets": [{"per": "team", "period": "quarter", "amount": "50000.00", "used": "48200.00"}],
                "limits": [
                    {"metric": "line_discount", "member": "12", "team": "18"},
                    {"metric": "line_margin", "member": "45", "team": "42", "committee": "finance"},
                ],
            }
        ],
        "approvals": [],
        "deal": {
            "reference": "D-1001",
            "currency": "EUR",
            "kind": "new",
            "channel": None,
            "term_months": 24,
            "payment_days": 30,
            "customer": {"reference": "C-17", "segment": "public", "country": "BE"},
            "lines": [line],
        },
    }
    document.update(changes)
    return document


def finding(metric: str, level: str, reason: str, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "source": "mandate",
        "metric": metric,
        "line": None,
        "limit": 0,
        "value": None,
        "level": level,
        "reason": reason,
        "committee": None,
        "covered_by": None,
    }
    made.update(changes)
    return made


def answer(outcome: str, *findings: dict[str, Any], **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = {
        "outcome": outcome,
        "mandate": "public-2026",
        "version": 2,
        "consents": 1 if outcome == "team" else 0,
        "committees": ["deal-desk"] if outcome == "committee" else [],
        "findings": list(findings),
    }
    made.update(changes)
    return made
