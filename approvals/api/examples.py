"""The examples and parameters that the OpenAPI description shows."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter

REFERENCE = OpenApiParameter("reference", str, OpenApiParameter.PATH, description="The deal's reference, as `D-1001`.")

TERMS = {
    "customer": "C-17",
    "kind": "new",
    "channel": "direct",
    "currency": "EUR",
    "term_months": 24,
    "payment_days": 30,
    "lines": [{"product": "SW-24P", "quantity": "4", "unit_price": "1044.00"}],
}
DRAFT = OpenApiExample(
    "Four switches at 13 % below list",
    request_only=True,
    value={**TERMS, "why": "The tender asks for one price for all sites."},
)
DRAFT_CHANGED = OpenApiExample("A longer term", request_only=True, value={"term_months": 36})
QUESTION = OpenApiExample("A question about one's own customer", request_only=True, value={"team": "public", **TERMS})
WHOLE_CASE = OpenApiExample(
    "A whole case",
    request_only=True,
    value={
        "on": "2026-11-23",
        "member_may_decide": True,
        "default_committee": "deal-desk",
        "mandates": [
            {
                "code": "public-2026",
                "version": 2,
                "currency": "EUR",
                "valid_from": "2026-01-01",
                "valid_until": "2026-12-31",
                "committee": "deal-desk",
                "limits": [{"metric": "line_discount", "member": "8", "team": "12"}],
            }
        ],
        "deal": {
            "reference": "D-1001",
            "currency": "EUR",
            "kind": "new",
            "term_months": 24,
            "payment_days": 30,
            "customer": {"reference": "C-17"},
            "lines": [
                {
                    "product": "SW-24P",
                    "family": "network/switches",
                    "quantity": "4",
                    "list_price": "1200.00",
                    "unit_price": "1044.00",
                }
            ],
        },
    },
)
ANSWER = OpenApiExample(
    "A committee is asked",
    response_only=True,
    value={
        "outcome": "committee",
        "mandate": "public-2026",
        "version": 2,
        "consents": 0,
        "committees": ["deal-desk"],
        "findings": [
            {
                "source": "mandate",
                "metric": "line_discount",
                "line": 0,
                "limit": 0,
                "value": "13.0000",
                "level": "committee",
                "reason": "beyond_team",
                "committee": "deal-desk",
                "covered_by": None,
            }
        ],
    },
)
RESULT = OpenApiExample("On the day", request_only=True, value={"closed_on": "2026-11-23"})
REASON = OpenApiExample("A reason", request_only=True, value={"reason": "Entered for the wrong customer."})
