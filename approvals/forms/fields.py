"""A field for figures as people write them."""

from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from approvals.readings import figures

LARGEST = Decimal(10) ** 15
PLACES = 4


class FigureField(forms.CharField):
    """A number with a decimal comma or point, grouped or not; up to 4 decimals."""

    default_error_messages = {
        "figure": _("Write this as a number, such as 1044.50."),
        "places": _("At most 4 decimals are kept; write it shorter."),
        "large": _("This number is too large."),
        "low": _("This must be more than 0."),
        "negative": _("This cannot be below 0."),
    }

    def __init__(self, *, above_zero: bool = False, negative: bool = False, **options: Any) -> None:
        self.above_zero = above_zero
        self.negative = negative
        super().__init__(**options)
        self.widget.attrs.setdefault("inputmode", "decimal")
        self.widget.attrs.setdefault("autocomplete", "off")

    def to_python(self, value: Any) -> Decimal | None:  # type: ignore[override]
        text = super().to_python(value)
        if not text:
            return None
        try:
            return self._checked(figures.typed(text))
        except ValueError as error:
            raise ValidationError(self.error_messages["figure"], code="figure") from error

    def _checked(self, number: Decimal) -> Decimal:
        if abs(number) >= LARGEST:
            raise ValidationError(self.error_messages["large"], code="large")
        rounded = number.quantize(Decimal(1).scaleb(-PLACES), rounding=ROUND_HALF_EVEN)
        if rounded != number:
            raise ValidationError(self.error_messages["places"], code="places")
        if self.above_zero and number <= 0:
            raise ValidationError(self.error_messages["low"], code="low")
        if number < 0 and not self.negative:
            raise ValidationError(self.error_messages["negative"], code="negative")
        return rounded

    def prepare_value(self, value: Any) -> Any:
        return figures.for_field(value) if isinstance(value, Decimal) else value
