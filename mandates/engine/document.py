"""From the case document to its values: what a valid case is (`docs/decision.md`, "The case")."""

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

from .authority import Held, Rules
from .facts import Approval, ApprovedLimit, Case, Deal, Line, Pin
from .grants import read_budgets, read_charter, read_mandate
from .metrics import CHARGES, KINDS, METRICS, PSEUDO_METRICS
from .problems import InvalidCase, Problem
from .reading import Fields, Reader, within
from .values import RATE_SCALE

_CASE_REQUIRED: Final = ("on", "member_may_decide", "default_committee", "deal")
_CASE_OPTIONAL: Final = ("case", "rates", "charter", "mandates", "approvals")
_DEAL_REQUIRED: Final = ("reference", "currency", "kind", "term_months", "payment_days", "customer", "lines")
_LINE_REQUIRED: Final = ("product", "family", "quantity", "list_price", "unit_price")


def parse_case(document: object) -> Case:
    """The case with its mandates and charter compiled. Raises: InvalidCase with the first problem found."""
    reader = Reader()
    fields = reader.fields(document, "", _CASE_REQUIRED, _CASE_OPTIONAL)
    case = Case(
        on=reader.day(fields, "on", ""),
        member_may_decide=reader.boolean(fields, "member_may_decide", ""),
        default_committee=reader.text(fields, "default_committee", ""),
        rates=_read_rates(reader, fields),
        charter=_read_case_charter(reader, fields),
        mandates=_read_mandates(reader, fields),
        approvals=tuple(_read_approval(reader, raw, path) for raw, path in reader.items(fields, "approvals", "")),
        deal=_read_deal(reader, fields.get("deal"), "deal") if "deal" in fields else _NO_DEAL,
    )
    _raise_first(reader.problems)
    return case


def parse_deal(document: object) -> Deal:
    """The deal alone. Raises: InvalidCase, its path beginning with `deal`."""
    reader = Reader()
    deal = _read_deal(reader, document, "deal")
    _raise_first(reader.problems)
    return deal


def parse_text(text: str) -> Any:
    """The JSON value in the text. Raises: InvalidCase where it is no JSON or an object has a key twice."""
    twice: list[str] = []

    def gather(pairs: list[tuple[str, Any]]) -> Any:
        gathered = dict(pairs)
        if len(gathered) == len(pairs):
            return gathered
        keys = [key for key, _ in pairs]
        twice.append(next(key for key in keys if keys.count(key) > 1))
        return _Doubled(gathered, twice[-1])

    try:
        value = json.loads(text, object_pairs_hook=gather, parse_constant=_refuse_constant)
        found = _find_doubled(value, "") if twice else None
    except (ValueError, RecursionError) as error:
        raise InvalidCase(Problem("not_json", f"The line is not valid JSON: {error}.", "")) from error
    if found is not None:
        raise InvalidCase(Problem("key_twice", "The key is given twice in one object.", found))
    return value


def check_mandate(document: object, *, used_required: bool = False) -> list[Problem]:
    """Every problem of a mandate document; paths are relative to it. A stored mandate has no `used` in its budgets."""
    reader = Reader()
    read_budgets(reader, document, "", used_required=used_required)
    return [*read_mandate(document)[1], *reader.problems]


def check_charter(document: object) -> list[Problem]:
    """Every problem of a charter document; paths are relative to it."""
    return list(read_charter(document)[1])


def check_approval(document: object) -> list[Problem]:
    """Every problem of an approval document; paths are relative to it."""
    reader = Reader()
    _read_approval(reader, document, "")
    return reader.problems


_NO_DEAL: Final = Deal("EUR", {}, 0, 0, ())


class _Doubled(dict[str, Any]):
    """An object in which a key stood twice."""

    def __init__(self, fields: Mapping[str, Any], key: str) -> None:
        super().__init__(fields)
        self.key = key


def _find_doubled(value: Any, path: str) -> str | None:
    if isinstance(value, _Doubled):
        return within(path, value.key)
    inside: Iterable[tuple[str, Any]] = ()
    if isinstance(value, dict):
        inside = ((within(path, key), inner) for key, inner in value.items())
    elif isinstance(value, list):
        inside = ((f"{path}[{index}]", inner) for index, inner in enumerate(value))
    return next((found for here, inner in inside if (found := _find_doubled(inner, here)) is not None), None)


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _raise_first(problems: list[Problem]) -> None:
    if problems:
        raise InvalidCase(problems[0])


def _read_rates(reader: Reader, fields: Fields) -> dict[str, int]:
    rates = {"EUR": RATE_SCALE}
    if "rates" not in fields:
        return rates
    raw = fields["rates"]
    if not isinstance(raw, Mapping):
        reader.report("not_an_object", "“rates” takes an object of currencies.", "rates")
        return rates
    for currency, rate in raw.items():
        path = within("rates", str(currency))
        reader.currency_of(currency, path)
        rates[currency] = reader.rate_of(rate, path)
    if rates["EUR"] != RATE_SCALE:
        reader.report("euro_rate", "Rates are per euro, so that of EUR is always 1.", "rates.EUR")
    return rates


def _read_case_charter(reader: Reader, fields: Fields) -> Rules | None:
    raw = fields.get("charter")
    if raw is None:
        return None
    charter, problems = read_charter(raw)
    _report_inside(reader, problems, "charter")
    return charter


def _read_mandates(reader: Reader, fields: Fields) -> tuple[Held, ...]:
    held = []
    codes: set[str] = set()
    for raw, path in reader.items(fields, "mandates", ""):
        mandate, problems = read_mandate(raw)
        _report_inside(reader, problems, path)
        budgets = read_budgets(reader, raw, path, used_required=True)
        if mandate is None:
            continue
        if mandate.code in codes:
            reader.report("code_twice", f"Two mandates have the code “{mandate.code}”.", within(path, "code"))
        codes.add(mandate.code)
        held.append(Held(mandate, budgets))
    return tuple(held)


def _report_inside(reader: Reader, problems: Iterable[Problem], path: str) -> None:
    for code, detail, inside in problems:
        reader.report(code, detail, within(path, inside) if inside else path)


def _read_approval(reader: Reader, raw: object, path: str) -> Approval:
    fields = reader.fields(raw, path, ("committee", "until", "limits"), ("products",))
    return Approval(
        committee=reader.text(fields, "committee", path),
        until=reader.day(fields, "until", path),
        products=_read_pins(reader, fields, path),
        limits=tuple(_read_approved(reader, entry, here) for entry, here in reader.items(fields, "limits", path)),
    )


def _read_pins(reader: Reader, fields: Fields, path: str) -> dict[str, Pin] | None:
    if fields.get("products") is None:
        return None
    path = within(path, "products")
    raw = fields["products"]
    if not isinstance(raw, Mapping):
        reader.report("not_an_object", "“products” takes an object of products.", path)
        return None
    pins = {}
    for product, entry in raw.items():
        here = within(path, str(product))
        reader.text_of(product, here)
        pin = reader.fields(entry, here, (), ("quantity", "unit_price"))
        quantity = None if pin.get("quantity") is None else reader.positive(pin, "quantity", here)
        price = None if pin.get("unit_price") is None else reader.not_negative(pin, "unit_price", here)
        pins[product] = Pin(quantity, price)
    return pins


def _read_approved(reader: Reader, raw: object, path: str) -> ApprovedLimit:
    terms = ("currency", "capital_rate", "standard_payment_days")
    fields = reader.fields(raw, path, ("metric", "bound"), ("product", *terms))
    metric = fields.get("metric")
    if not isinstance(metric, str) or (metric not in METRICS and metric not in PSEUDO_METRICS):
        if "metric" in fields:
            reader.report("unknown_metric", f"There is no metric {metric!r}.", within(path, "metric"))
        metric = "line_discount"
    bound = None if fields.get("bound") is None else reader.amount(fields, "bound", path)
    product = reader.text_or_null(fields, "product", path)
    if product is not None and not (metric in METRICS and METRICS[metric].on_lines):
        reader.report("product_on_deal", f"“{metric}” is about the whole deal.", within(path, "product"))
    if bound is not None:
        if metric in PSEUDO_METRICS:
            reader.report("bound_not_null", f"The only bound of “{metric}” is null.", within(path, "bound"))
        _require_terms(reader, fields, metric, path)
    return ApprovedLimit(
        metric=metric,
        product=product,
        bound=bound,
        currency=reader.currency(fields, "currency", path),
        capital_rate=reader.not_negative(fields, "capital_rate", path),
        standard_payment_days=reader.count(fields, "standard_payment_days", path, least=0),
    )


def _require_terms(reader: Reader, fields: Fields, metric: str, path: str) -> None:
    needed: tuple[str, ...] = ()
    if metric == "effective_discount":
        needed = ("capital_rate", "standard_payment_days")
    elif metric in METRICS and METRICS[metric].kind == "money":
        needed = ("currency",)
    for key in needed:
        if key not in fields:
            reader.report("missing", f"A number as bound of “{metric}” needs “{key}”.", within(path, key))


def _read_deal(reader: Reader, raw: object, path: str) -> Deal:
    fields = reader.fields(raw, path, _DEAL_REQUIRED, ("channel",))
    reader.text(fields, "reference", path)
    customer_path = within(path, "customer")
    customer: Fields = {}
    if "customer" in fields:
        customer = reader.fields(fields["customer"], customer_path, ("reference",), ("segment", "country"))
    currency = reader.currency(fields, "currency", path)
    texts: dict[str, str | None] = {
        "currency": currency,
        "kind": reader.choice(fields, "kind", path, KINDS),
        "channel": reader.text_or_null(fields, "channel", path),
        "customer": reader.text(customer, "reference", customer_path),
        "segment": reader.text_or_null(customer, "segment", customer_path),
        "country": reader.text_or_null(customer, "country", customer_path),
    }
    term = reader.count(fields, "term_months", path, least=0)
    days = reader.count(fields, "payment_days", path, least=0)
    lines = tuple(_read_line(reader, entry, here) for entry, here in reader.items(fields, "lines", path))
    if not lines and isinstance(fields.get("lines"), list | tuple):
        reader.report("no_lines", "A deal needs at least one line.", within(path, "lines"))
    if fields.get("term_months") == 0 and any(line.charge == "monthly" for line in lines):
        detail = "A line charged monthly needs a term of at least one month."
        reader.report("term_missing", detail, within(path, "term_months"))
    return Deal(currency, texts, term, days, lines)


def _read_line(reader: Reader, raw: object, path: str) -> Line:
    fields = reader.fields(raw, path, _LINE_REQUIRED, ("charge", "unit_cost"))
    parts = reader.family_of(fields["family"], within(path, "family")).split("/") if "family" in fields else []
    return Line(
        product=reader.text(fields, "product", path),
        charge=reader.choice(fields, "charge", path, CHARGES),
        families=tuple("/".join(parts[: depth + 1]) for depth in range(len(parts))),
        quantity=reader.positive(fields, "quantity", path),
        list_price=reader.not_negative(fields, "list_price", path),
        unit_cost=None if fields.get("unit_cost") is None else reader.not_negative(fields, "unit_cost", path),
        unit_price=reader.not_negative(fields, "unit_price", path),
    )
