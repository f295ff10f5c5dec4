"""How the API reads what it is sent: exact numbers, and no field that it does not know."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerExtension, OpenApiSerializerFieldExtension
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


class StrictSerializer(serializers.Serializer):
    """Refuses what it does not know, so that a misspelt field is never silently lost."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict):
            unknown = [name for name in data if name not in self._writable()]
            if unknown:
                said = serializers.ErrorDetail(_("There is no such field here."), code="unknown_field")
                raise serializers.ValidationError({str(name): [said] for name in unknown})
        return super().to_internal_value(data)

    def _writable(self) -> set[str]:
        return {name for name, field in self.fields.items() if not field.read_only}


class StrictSchema(OpenApiSerializerExtension):
    """Says in the OpenAPI description that no other fields are taken."""

    target_class = StrictSerializer
    match_subclasses = True

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "additionalProperties": False}


class ExactSchema(OpenApiSerializerFieldExtension):
    """Describes an exact number as it is read and written."""

    target_class = ExactField
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Any:
        text = {"type": "string", "pattern": PATTERN, "examples": ["1044.00"]}
        if direction == "response":
            return text
        return {"oneOf": [text, {"type": "integer"}]}
