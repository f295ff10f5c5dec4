"""What the API takes: the fields that it knows, and no others."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiSerializerExtension
from rest_framework import serializers


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
