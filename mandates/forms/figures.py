"""Figures as people type them: a decimal comma or point, spaces between the thousands."""

import re
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext_lazy as _

SPACES = re.compile(r"[\s\u00a0\u202f'\u2019]")
NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def plain(text: str) -> str:
    """Return a typed number with a decimal point and nothing between its digits; what is no number stays as typed.

    The last of two different separators is the decimal one. A single one is, unless the reader's language groups
    thousands with it and exactly three digits follow.
    """
    packed = SPACES.sub("", text)
    commas, points = packed.count(","), packed.count(".")
    if commas and points:
        grouping = "," if packed.rfind(",") < packed.rfind(".") else "."
        packed = packed.replace(grouping, "")
    elif commas + points > 1 or (commas + points == 1 and _groups(packed, "," if commas else ".")):
        packed = packed.replace(",", "").replace(".", "")
    packed = packed.replace(",", ".")
    if not NUMBER.fullmatch(packed):
        return text.strip()
    sign, digits = ("-", packed[1:]) if packed.startswith("-") else ("", packed)
    whole, point, fraction = digits.partition(".")
    return f"{sign}{whole.lstrip('0') or '0'}{point}{fraction}"


def _groups(packed: str, separator: str) -> bool:
    digits = packed.rpartition(separator)[2]
    return len(digits) == 3 and separator == formats.get_format("THOUSAND_SEPARATOR")


def typed(raw: Any) -> str:
    """Return a document's number as the reader's language writes it in a field."""
    text = str(raw)
    return text.replace(".", str(formats.get_format("DECIMAL_SEPARATOR"))) if NUMBER.fullmatch(text) else text


class FigureField(forms.DecimalField):
    """A decimal that takes comma and point."""

    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    default_error_messages = {"invalid": _("Enter a number.")}

    def __init__(self, **options: Any) -> None:
        super().__init__(**({"decimal_places": 4, "max_digits": 19} | options))

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        """Return the number that was typed."""
        return super().to_python(plain(value) if isinstance(value, str) else value)

    def prepare_value(self, value: Any) -> Any:
        """Return what the field shows for a value."""
        return typed(value) if isinstance(value, Decimal) else value
