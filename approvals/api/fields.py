"""How the API reads numbers: exact, and never as a text that looks like one."""

from decimal import Decimal
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from rest_framework import serializers

PATTERN = r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,4})?$"


class ExactField(serializers.DecimalField):
    """A number as `decision.md` section 1 writes it: a decimal string or an integer, never a JSON float."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_digits=19, decimal_places=4, **kwargs)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool | float):
            self.fail("invalid")
        value: Decimal = super().to_internal_value(data)
        return value


class CountField(serializers.IntegerField):
    """A JSON integer, not a text that looks like one."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        return int(super().to_internal_value(data))


class ExactSchema(OpenApiSerializerFieldExtension):
    """Describes an exact number as it is read and written."""

    target_class = ExactField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        text = {"type": "string", "pattern": PATTERN, "examples": ["1044.00"]}
        if direction == "response":
            return text
        return {"oneOf": [text, {"type": "integer"}]}
