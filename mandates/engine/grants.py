"""Reading mandates and charters, each compiled once for as long as its content stays the same."""

import marshal
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from .authority import Budget, Limit, Mandate, Range, Rules, Table, When
from .metrics import CONDITIONS, DISCOUNT_METRICS, METRICS, PERIODS, PERS, Condition, Level, Metric
from .problems import Problem
from .reading import Fields, Reader, within
from .values import ANY, Bound

_MANDATE_REQUIRED: Final = ("code", "version", "currency", "valid_from", "valid_until", "committee", "limits")
_MANDATE_OPTIONAL: Final = ("scope", "consents", "capital_rate", "standard_payment_days", "budgets")
_KEPT: Final = 256

ReadMandate = tuple[Mandate | None, tuple[Problem, ...]]
ReadCharter = tuple[Rules | None, tuple[Problem, ...]]


def read_mandate(raw: object) -> ReadMandate:
    """The compiled mandate, or all its problems; budgets are left to `read_budgets`, for their use changes."""
    if not isinstance(raw, Mapping):
        return _compile_mandate(raw)
    lasting = {key: value for key, value in raw.items() if key != "budgets"}
    try:
        return _mandate_of(marshal.dumps(lasting, 2))
    except ValueError:  # something inside is not plain JSON; the reader says what
        return _compile_mandate(lasting)


def read_charter(raw: Any) -> ReadCharter:
    """The compiled charter, or all its problems."""
    try:
        return _charter_of(marshal.dumps(raw, 2))
    except ValueError:
        return _compile_charter(raw)


# The key of both caches is the content itself: equal bytes are equal documents, so a document that was changed in
# place is never taken for what it was.
@lru_cache(maxsize=_KEPT)
def _mandate_of(content: bytes) -> ReadMandate:
    return _compile_mandate(marshal.loads(content))  # noqa: S302 - bytes that this process has just written


@lru_cache(maxsize=_KEPT)
def _charter_of(content: bytes) -> ReadCharter:
    return _compile_charter(marshal.loads(content))  # noqa: S302 - bytes that this process has just written


def _compile_mandate(raw: object) -> ReadMandate:
    reader = Reader()
    fields = reader.fields(raw, "", _MANDATE_REQUIRED, _MANDATE_OPTIONAL)
    code = reader.text(fields, "code", "")
    version = reader.count(fields, "version", "")
    currency = reader.currency(fields, "currency", "")
    valid_from = reader.day(fields, "valid_from", "")
    valid_until = reader.day(fields, "valid_until", "")
    if valid_from > valid_until and not _reported(reader, "valid_until"):
        reader.report("validity_reversed", "A mandate cannot end before it begins.", "valid_until")
    scope = _read_when(reader, fields, "scope", "", "deal")
    consents = reader.count(fields, "consents", "", default=1, least=1)
    committee = reader.text(fields, "committee", "")
    limits = tuple(
        _read_limit(reader, entry, path, index, committee)
        for index, (entry, path) in enumerate(reader.items(fields, "limits", ""))
    )
    _check_discounts_bound(reader, fields, limits)
    rate, days = _read_delay(reader, fields)
    if reader.problems:
        return None, tuple(reader.problems)
    rules = Rules(currency, rate, days, limits)
    asked = Table([scope]) if scope else None
    return Mandate(code, version, valid_from, valid_until, asked, consents, committee, rules), ()


def _compile_charter(raw: object) -> ReadCharter:
    reader = Reader()
    fields = reader.fields(raw, "", ("currency", "limits"), ("capital_rate", "standard_payment_days"))
    currency = reader.currency(fields, "currency", "")
    limits = tuple(
        _read_charter_limit(reader, entry, path, index)
        for index, (entry, path) in enumerate(reader.items(fields, "limits", ""))
    )
    rate, days = _read_delay(reader, fields)
    if reader.problems:
        return None, tuple(reader.problems)
    return Rules(currency, rate, days, limits), ()


def _reported(reader: Reader, *paths: str) -> bool:
    return any(problem.path in paths for problem in reader.problems)


def _read_delay(reader: Reader, fields: Fields) -> tuple[int, int]:
    rate = reader.not_negative(fields, "capital_rate", "")
    return rate, reader.count(fields, "standard_payment_days", "", default=30, least=0)


def _check_discounts_bound(reader: Reader, fields: Fields, limits: tuple[Limit, ...]) -> None:
    if not isinstance(fields.get("limits"), list | tuple):
        return
    if _reported(reader, *(f"limits[{limit.index}].metric" for limit in limits)):
        return
    if not any(limit.metric.name in DISCOUNT_METRICS and limit.team is not ANY for limit in limits):
        names = ", ".join(sorted(DISCOUNT_METRICS))
        detail = f"At least one limit must bound what is given away ({names}) with a team bound other than “any”."
        reader.report("discount_unbounded", detail, "limits")


def _read_metric(reader: Reader, fields: Fields, path: str) -> Metric:
    name = fields.get("metric")
    if isinstance(name, str) and name in METRICS:
        return METRICS[name]
    if "metric" in fields:
        reader.report("unknown_metric", f"There is no metric {name!r}.", within(path, "metric"))
    return METRICS["line_discount"]


def _read_limit(reader: Reader, raw: object, path: str, index: int, committee: str) -> Limit:
    fields = reader.fields(raw, path, ("metric", "member"), ("when", "team", "committee"))
    metric = _read_metric(reader, fields, path)
    problems = len(reader.problems)
    member = reader.bound(fields, "member", path)
    team = reader.bound(fields, "team", path) if "team" in fields else member
    if len(reader.problems) == problems and _is_narrower(metric, team, member):
        detail = "The team's bound must not be narrower than a member's."
        reader.report("team_narrower", detail, within(path, "team"))
    if "committee" in fields:
        committee = reader.text(fields, "committee", path)
    return Limit(index, metric, _read_when(reader, fields, "when", path, metric.level), member, team, committee)


def _read_charter_limit(reader: Reader, raw: object, path: str, index: int) -> Limit:
    fields = reader.fields(raw, path, ("metric", "limit"), ("when",))
    metric = _read_metric(reader, fields, path)
    bound = reader.bound(fields, "limit", path)
    return Limit(index, metric, _read_when(reader, fields, "when", path, metric.level), bound, bound, "")


def _is_narrower(metric: Metric, team: Bound, member: Bound) -> bool:
    if member is None or team is ANY:
        return False
    if member is ANY or team is None:
        return True
    return team > member if metric.is_minimum else team < member


def _read_when(reader: Reader, fields: Fields, key: str, path: str, level: Level) -> When:
    """The conditions; those on lines are refused where the metric, or a scope, is about the whole deal."""
    if key not in fields:
        return {}
    path = within(path, key)
    when: dict[str, tuple[str, ...] | Range] = {}
    for name, raw in reader.fields(fields[key], path, (), _Anything()).items():
        here = within(path, str(name))
        condition = CONDITIONS.get(name) if isinstance(name, str) else None
        if condition is None:
            reader.report("unknown_condition", f"There is no condition {name!r}.", here)
        elif condition.level == "line" and level == "deal":
            reader.report("condition_on_lines", f"“{name}” is about lines; here only the deal can be asked.", here)
        elif condition.kind == "range":
            when[name] = _read_range(reader, raw, here)
        else:
            when[name] = _read_texts(reader, raw, here, condition)
    return when


class _Anything(tuple[str, ...]):
    """Keys that are checked one by one afterwards."""

    def __contains__(self, key: object) -> bool:
        return True


def _read_range(reader: Reader, raw: object, path: str) -> Range:
    problems = len(reader.problems)
    fields = reader.fields(raw, path, (), ("from", "below"))
    start = reader.amount(fields, "from", path) if "from" in fields else None
    end = reader.amount(fields, "below", path) if "below" in fields else None
    if len(reader.problems) == problems:
        if start is None and end is None:
            reader.report("empty_range", "A range needs “from” or “below”.", path)
        elif start is not None and end is not None and start >= end:
            reader.report("empty_range", "Nothing lies in this range: “from” must be less than “below”.", path)
    return Range(start, end)


def _read_texts(reader: Reader, raw: Any, path: str, condition: Condition) -> tuple[str, ...]:
    if isinstance(raw, list | tuple):
        if not raw:
            reader.report("empty_list", "The list must name at least one.", path)
        return tuple(_read_text(reader, one, f"{path}[{index}]", condition) for index, one in enumerate(raw))
    return (_read_text(reader, raw, path, condition),)


def _read_text(reader: Reader, raw: object, path: str, condition: Condition) -> str:
    if condition.kind == "family":
        return reader.family_of(raw, path)
    if condition.kind == "currency":
        return reader.currency_of(raw, path)
    if condition.kind == "choice":
        return reader.choice_of(raw, path, condition.choices)
    return reader.text_of(raw, path)


def read_budgets(reader: Reader, raw: object, path: str, *, used_required: bool) -> tuple[Budget, ...]:
    """The budgets of the mandate document `raw` at `path`."""
    if not isinstance(raw, Mapping):
        return ()
    required = ("per", "period", "amount", "used") if used_required else ("per", "period", "amount")
    budgets = []
    for entry, here in reader.items(raw, "budgets", path):
        fields = reader.fields(entry, here, required, ("used",))
        reader.choice(fields, "per", here, PERS)
        reader.choice(fields, "period", here, PERIODS)
        amount = reader.not_negative(fields, "amount", here)
        budgets.append(Budget(amount, reader.not_negative(fields, "used", here)))
    return tuple(budgets)
