"""The published JSON Schemas (draft 2020-12) of mandates and the charter, made from the engine's own lists; pure.

What a schema cannot say (a team bound narrower than a member's, an empty range, the end before the beginning) the
engine says: every document that the engine takes fits its schema, not the other way round.
"""

from typing import Any, Final

from mandates.engine import CHARGES, CONDITIONS, KINDS, METRICS, PERIODS, PERS, Condition
from mandates.engine.currencies import EXPONENTS
from mandates.expectations import MOST, OUTCOMES

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
Schema = dict[str, Any]
LARGEST: Final = 999_999_999_999_999


def _ref(name: str) -> Schema:
    return {"$ref": f"#/$defs/{name}"}


def _object(required: list[str], optional: dict[str, Schema], /, **properties: Schema) -> Schema:
    return {
        "type": "object",
        "properties": {**properties, **optional},
        "required": required,
        "additionalProperties": False,
    }


def _number(pattern: str, least: int) -> Schema:
    return {
        "anyOf": [
            {"type": "string", "pattern": pattern},
            {"type": "integer", "minimum": least, "maximum": LARGEST},
        ]
    }


WHOLE: Final = "(0|[1-9][0-9]{0,14})"
DEFINITIONS: Final[Schema] = {
    "text": {"type": "string", "minLength": 1},
    "day": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
    "currency": {"enum": sorted(EXPONENTS)},
    "count": {"type": "integer"},
    "amount": _number(rf"^-?{WHOLE}(\.[0-9]{{1,4}})?$", -LARGEST)
    | {"description": "An exact number of at most 4 decimals, as text or as a whole number."},
    "not_negative": _number(rf"^({WHOLE}(\.[0-9]{{1,4}})?|-0(\.0{{1,4}})?)$", 0)
    | {"description": "As amount, and not below 0."},
    "rate": _number(rf"^{WHOLE}(\.[0-9]{{1,6}})?$", 1) | {"description": "Units of a currency for one euro."},
    "bound": {
        "anyOf": [_ref("amount"), {"const": "any"}, {"type": "null"}],
        "description": "A number, “any” (always within) or null (no authority at this level).",
    },
    "range": _object([], {"from": _ref("amount"), "below": _ref("amount")}) | {"minProperties": 1},
    "family": {"type": "string", "pattern": "^[^/]+(/[^/]+)*$"},
}


def _one_or_many(one: Schema) -> Schema:
    return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}


def _condition(condition: Condition) -> Schema:
    if condition.kind == "range":
        return _ref("range")
    if condition.kind == "choice":
        return _one_or_many({"enum": list(condition.choices)})
    names = {"family": "family", "currency": "currency", "text": "text"}
    return _one_or_many(_ref(names[condition.kind]))


def _when(*levels: str) -> Schema:
    asked = {name: _condition(one) for name, one in CONDITIONS.items() if one.level in levels}
    return _object([], asked)


def _metrics(level: str) -> Schema:
    return {"enum": [name for name, metric in METRICS.items() if metric.level == level]}


def _limit(bounds: dict[str, Schema], required: list[str], more: dict[str, Schema]) -> Schema:
    """A row: one about lines may ask line conditions, one about the deal may not."""
    return {
        "anyOf": [
            _object(["metric", *required], {"when": when, **more}, metric=_metrics(level), **bounds)
            for level, when in (("line", _ref("line_conditions")), ("deal", _ref("deal_conditions")))
        ]
    }


DELAY: Final[Schema] = {
    "capital_rate": _ref("not_negative"),
    "standard_payment_days": {"type": "integer", "minimum": 0},
}
CONDITION_SETS: Final[Schema] = {"line_conditions": _when("line", "deal"), "deal_conditions": _when("deal")}

MANDATE: Final[Schema] = _object(
    ["code", "version", "currency", "valid_from", "valid_until", "committee", "limits"],
    {
        "scope": _ref("deal_conditions"),
        "consents": {"type": "integer", "minimum": 1},
        "budgets": {"type": "array", "items": _ref("budget")},
        **DELAY,
    },
    code=_ref("text"),
    version=_ref("count"),
    currency=_ref("currency"),
    valid_from=_ref("day"),
    valid_until=_ref("day"),
    committee=_ref("text"),
    limits={"type": "array", "items": _ref("limit")},
)
BUDGET: Final[Schema] = _object(
    ["per", "period", "amount"],
    {"used": _ref("not_negative")},
    per={"enum": list(PERS)},
    period={"enum": list(PERIODS)},
    amount=_ref("not_negative"),
)
LINE: Final[Schema] = _object(
    ["product", "family", "quantity", "list_price", "unit_price"],
    {"charge": {"enum": list(CHARGES)}, "unit_cost": {"anyOf": [_ref("not_negative"), {"type": "null"}]}},
    product=_ref("text"),
    family=_ref("family"),
    quantity=_ref("not_negative"),
    list_price=_ref("not_negative"),
    unit_price=_ref("not_negative"),
)
TEXT_OR_NULL: Final[Schema] = {"anyOf": [_ref("text"), {"type": "null"}]}
CUSTOMER: Final[Schema] = _object(
    ["reference"], {"segment": TEXT_OR_NULL, "country": TEXT_OR_NULL}, reference=_ref("text")
)
DEAL: Final[Schema] = _object(
    ["reference", "currency", "kind", "term_months", "payment_days", "customer", "lines"],
    {"channel": TEXT_OR_NULL},
    reference=_ref("text"),
    currency=_ref("currency"),
    kind={"enum": list(KINDS)},
    term_months={"type": "integer", "minimum": 0},
    payment_days={"type": "integer", "minimum": 0},
    customer=CUSTOMER,
    lines={"type": "array", "items": LINE, "minItems": 1},
)
TEST: Final[Schema] = _object(
    ["name", "deal"],
    {
        "at_most": {"enum": list(OUTCOMES)},
        "at_least": {"enum": list(OUTCOMES)},
        "on": _ref("day"),
        "rates": {"type": "object", "additionalProperties": _ref("rate")},
    },
    name={"type": "string", "pattern": r"\S"},
    deal=_ref("deal"),
) | {
    "anyOf": [{"required": ["at_most"]}, {"required": ["at_least"]}],
    "description": "A deal of which the mandate promises what becomes of it.",
}
PARCEL: Final[Schema] = _object(
    ["mandate"],
    {
        "name": {"type": "string"},
        "goal": {"type": "string"},
        "note": {"type": "string"},
        "teams": {"type": "array", "items": {"type": "string"}},
        "tests": {"type": "array", "items": _ref("test"), "maxItems": MOST},
    },
    mandate=_ref("mandate"),
)

MANDATE_SCHEMA: Final[Schema] = {
    "$schema": DIALECT,
    "$id": "urn:negotiation-mandates:mandate:1",
    "title": "A negotiation mandate",
    "description": "The mandate alone, or with its name, goal, teams, reason and own test cases around it.",
    "anyOf": [_ref("mandate"), PARCEL],
    "$defs": {
        **DEFINITIONS,
        **CONDITION_SETS,
        "limit": _limit({"member": _ref("bound")}, ["member"], {"team": _ref("bound"), "committee": _ref("text")}),
        "budget": BUDGET,
        "deal": DEAL,
        "test": TEST,
        "mandate": MANDATE,
    },
}
CHARTER_SCHEMA: Final[Schema] = {
    "$schema": DIALECT,
    "$id": "urn:negotiation-mandates:charter:1",
    "title": "A charter",
    "description": "The bounds that no mandate and no committee may pass.",
    **_object(
        ["currency", "limits"],
        DELAY,
        currency=_ref("currency"),
        limits={"type": "array", "items": _ref("limit")},
    ),
    "$defs": {**DEFINITIONS, **CONDITION_SETS, "limit": _limit({"limit": _ref("bound")}, ["limit"], {})},
}
