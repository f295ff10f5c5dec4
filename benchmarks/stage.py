"""What `benchmarks.pages` asks about: the small world of the tests, a mandate of twelve limits, tokens, drafts."""

import json
import sys
from typing import Any

import django
from django.core.management import call_command
from django.utils import timezone

LINES = [
    ("SW-24P", "4", "1116.00"),
    ("SW-48P", "2", "2016.00"),
    ("RT-1", "3", "752.00"),
    ("SUP-M", "1", "85.50"),
    ("TRAIN-1", "1", "912.00"),
]
FAMILIES = ("network/switches", "network/routers", "cloud", "services/support")
LIMITS: list[dict[str, Any]] = [
    *(
        {"metric": "line_discount", "when": {"family": name, "term_months": {"from": 24}}, "member": "12", "team": "18"}
        for name in FAMILIES
    ),
    {"metric": "line_discount", "member": "8", "team": "12"},
    {"metric": "line_margin", "when": {"family": "services"}, "member": "40", "team": "35"},
    {"metric": "line_margin", "member": "42", "team": "40", "committee": "finance"},
    {"metric": "deal_discount", "member": "10", "team": "15"},
    {"metric": "deal_margin", "member": "40", "team": "35"},
    {"metric": "net_value", "member": "100000", "team": "250000"},
    {"metric": "payment_days", "member": "30", "team": "60"},
    {"metric": "effective_discount", "member": "10", "team": "15"},
]
BUDGETS = [{"per": "team", "period": "year", "amount": "100000000.00"}]
HEADER = {"kind": "new", "channel": "direct", "currency": "EUR"}


def fill(users: int, deals: int) -> dict[str, Any]:
    """Fill an empty database; return what the requests need."""
    # the settings must stand before any model is read
    from approvals.actions.draft import create_deal  # noqa: PLC0415
    from approvals.judging import preview  # noqa: PLC0415
    from teams.actions import create_token  # noqa: PLC0415
    from teams.standing import person_of  # noqa: PLC0415
    from tests import factories  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    made = factories.world(timezone.now())
    document = factories.public_document(made.at.year, 2, limits=LIMITS, budgets=BUDGETS)
    factories.mandate_in_force(made, "public", document)
    people = [made.people[key] for key in ("anke", "bram", "chloe", "dirk")]
    scopes = ["evaluate", "deals", "read"]
    tokens = [create_token(by=people[n % 4], at=made.at, name="b", scopes=scopes, days=2).key for n in range(users)]
    header: dict[str, Any] = HEADER | {"customer": made.customers["C-17"], "terms": factories.terms(*LINES)}
    asked = preview(team=made.teams["public"], person=person_of(made.bram, made.today), at=made.at, **header)
    if asked.answer is None or asked.answer["outcome"] != "member":
        raise SystemExit(f"the deal to be measured is not a member's: {asked}")
    lines = [{"product": code, "quantity": quantity, "unit_price": price} for code, quantity, price in LINES]
    return {
        "tokens": tokens,
        "case": asked.case,
        "question": HEADER | {"customer": "C-17", "term_months": 24, "payment_days": 30, "lines": lines},
        "deals": [create_deal(by=made.bram, at=made.at, **header).reference for _ in range(deals)],
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(fill(int(sys.argv[1]), int(sys.argv[2]))))
