"""Reading JSON fields into exact values while collecting everything that is wrong with them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

from .currencies import EXPONENTS
from .problems import Problem
from .values import ANY, Bound, read_amount, read_count, read_rate

_DATE: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")

DEEPEST_FAMILY: Final = 100

Fields = Mapping[str, Any]


def within(path: str, key: str) -> str:
    """The path of a key of the object at `path`."""
    return f"{path}.{key}" if path else key


def shown(value: object) -> str:
    """The value in a sentence, cut short where it is long."""
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:37]}..."


class Reader:
    """Reads fields and keeps the problems it meets.

    After a problem it goes on with a harmless stand-in, so that the other problems are found too; a key that
    `fields` has already reported as missing is passed over in silence.
    """

    __slots__ = ("problems",)

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def report(self, code: str, detail: str, path: str) -> None:
        self.problems.append(Problem(code, detail, path))

    def fields(self, raw: object, path: str, required: Sequence[str], optional: Sequence[str] = ()) -> Fields:
        """The object with its unknown and missing keys reported; an empty one where it is no object."""
        if not isinstance(raw, Mapping):
            self.report("not_an_object", f"Here an object is expected, not {shown(raw)}.", path)
            return {}
        for key in required:
            if key not in raw:
                self.report("missing", f"The key “{key}” is required.", within(path, key))
        for key in raw:
            if key not in required and key not in optional:
                self.report("unknown_key", f"There is no key {shown(key)} here.", within(path, str(key)))
        return raw

    def items(self, fields: Fields, key: str, path: str) -> Iterator[tuple[Any, str]]:
        """Each entry of the list with its path; a key left out is an empty list."""
        raw = fields.get(key, ())
        if not isinstance(raw, list | tuple):
            self.report("not_a_list", f"“{key}” takes a list.", within(path, key))
            return
        for index, entry in enumerate(raw):
            yield entry, f"{within(path, key)}[{index}]"

    def text(self, fields: Fields, key: str, path: str) -> str:
        return self.text_of(fields[key], within(path, key)) if key in fields else ""

    def text_or_null(self, fields: Fields, key: str, path: str) -> str | None:
        return None if fields.get(key) is None else self.text(fields, key, path)

    def text_of(self, raw: object, path: str) -> str:
        if isinstance(raw, str) and raw:
            return raw
        if raw == "":
            self.report("empty_text", "The text must not be empty.", path)
        else:
            self.report("not_text", f"Here a text is expected, not {shown(raw)}.", path)
        return ""

    def family_of(self, raw: object, path: str) -> str:
        text = self.text_of(raw, path)
        if text and "" in text.split("/"):
            self.report("empty_family_part", f"The family {shown(text)} has an empty part.", path)
        elif text.count("/") >= DEEPEST_FAMILY:
            # A line carries every prefix of its family, so depth must be bounded for the work to be.
            self.report("family_too_deep", f"A family has at most {DEEPEST_FAMILY} parts.", path)
            return ""
        return text

    def choice(self, fields: Fields, key: str, path: str, choices: Sequence[str]) -> str:
        return self.choice_of(fields[key], within(path, key), choices) if key in fields else choices[0]

    def choice_of(self, raw: object, path: str, choices: Sequence[str]) -> str:
        if isinstance(raw, str) and raw in choices:
            return raw
        self.report("unknown_choice", f"This must be one of {', '.join(choices)}, not {shown(raw)}.", path)
        return choices[0]

    def currency(self, fields: Fields, key: str, path: str) -> str:
        return self.currency_of(fields[key], within(path, key)) if key in fields else "EUR"

    def currency_of(self, raw: object, path: str) -> str:
        if isinstance(raw, str) and raw in EXPONENTS:
            return raw
        self.report("unknown_currency", f"ISO 4217 knows no currency {shown(raw)}.", path)
        return "EUR"

    def day(self, fields: Fields, key: str, path: str) -> str:
        """The day as `YYYY-MM-DD`, a form that sorts by time."""
        if key not in fields:
            return "0001-01-01"
        raw = fields[key]
        if isinstance(raw, str) and _DATE.fullmatch(raw) and _is_day(raw):
            return raw
        self.report("not_a_day", f"Here a day YYYY-MM-DD is expected, not {shown(raw)}.", within(path, key))
        return "0001-01-01"

    def boolean(self, fields: Fields, key: str, path: str) -> bool:
        raw = fields.get(key, False)
        if isinstance(raw, bool):
            return raw
        self.report("not_a_boolean", f"Here true or false is expected, not {shown(raw)}.", within(path, key))
        return False

    def count(self, fields: Fields, key: str, path: str, *, default: int = 0, least: int | None = None) -> int:
        """A JSON integer."""
        if key not in fields:
            return default
        value = read_count(fields[key])
        if value is None:
            self.report("not_a_whole_number", f"“{key}” takes a whole JSON number.", within(path, key))
            return default
        if least is not None and value < least:
            self.report("too_small", f"“{key}” must be at least {least}.", within(path, key))
        return value

    def amount(self, fields: Fields, key: str, path: str) -> int:
        """An amount, price, quantity or percentage in 1/10000, of either sign."""
        return self.amount_of(fields[key], within(path, key)) if key in fields else 0

    def amount_of(self, raw: object, path: str) -> int:
        value = read_amount(raw)
        if value is None:
            self.report("not_a_number", f"{shown(raw)} is not an exact number of at most 4 decimals.", path)
            return 0
        return value

    def not_negative(self, fields: Fields, key: str, path: str) -> int:
        value = self.amount(fields, key, path)
        if value < 0:
            self.report("negative", f"“{key}” must not be negative.", within(path, key))
        return value

    def positive(self, fields: Fields, key: str, path: str) -> int:
        if key not in fields:
            return 0
        problems = len(self.problems)
        value = self.amount(fields, key, path)
        if value <= 0 and len(self.problems) == problems:
            self.report("not_above_zero", f"“{key}” must be above 0.", within(path, key))
        return value

    def rate_of(self, raw: object, path: str) -> int:
        value = read_rate(raw)
        if value is None:
            self.report("not_a_number", f"{shown(raw)} is not an exact number of at most 6 decimals.", path)
        elif value <= 0:
            self.report("not_above_zero", "A rate must be above 0.", path)
        return value or 1

    def bound(self, fields: Fields, key: str, path: str) -> Bound:
        """A number, `"any"`, or null."""
        raw = fields.get(key)
        if raw is None:
            return None
        return ANY if raw == ANY.value else self.amount_of(raw, within(path, key))


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
