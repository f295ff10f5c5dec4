"""Integer columns that give exact Decimals, because SQLite would keep decimals as floats."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import DecimalValidator
from django.db import models
from django.db.models.expressions import Combinable
from django.forms import DecimalField as DecimalFormField
from django.forms import Field as FormField
from django.utils.translation import gettext_lazy as _


class ScaledField(models.BigIntegerField):
    """A decimal of `places` digits after the point, stored as one integer. Never accepts a float."""

    places = 4
    # Python sees Decimals where the integer column that this extends would give integers.
    _pyi_private_set_type: Decimal | int | str | Combinable  # type: ignore[assignment]
    _pyi_private_get_type: Decimal  # type: ignore[assignment]
    _pyi_lookup_exact_type: Decimal | int | str | Combinable  # type: ignore[assignment]

    def to_python(self, value: Any) -> Decimal | None:
        if value is None or value == "":
            return None
        if isinstance(value, float):
            raise ValidationError(_("A float is not exact; give a decimal."), code="float")
        try:
            number = value if isinstance(value, Decimal) else Decimal(str(value))
            exact = number.quantize(Decimal(1).scaleb(-self.places), rounding=ROUND_HALF_EVEN)
        except InvalidOperation as error:
            raise ValidationError(_("Enter a number."), code="invalid") from error
        if exact != number:
            raise ValidationError(_("At most %(places)s decimals."), code="places", params={"places": self.places})
        return exact

    def from_db_value(self, value: int | None, *_args: object) -> Decimal | None:
        return None if value is None else Decimal(value).scaleb(-self.places)

    def get_prep_value(self, value: Any) -> int | None:
        if value is None or hasattr(value, "resolve_expression"):
            return value
        number = self.to_python(value)
        return None if number is None else int(number.scaleb(self.places))

    def formfield(self, **kwargs: Any) -> FormField | None:
        options: dict[str, Any] = {
            "required": not self.blank,
            "label": self.verbose_name,
            "help_text": self.help_text,
            "decimal_places": self.places,
            "max_digits": 15 + self.places,
        }
        options.update(kwargs)
        options.pop("min_value", None)
        options.pop("max_value", None)
        return DecimalFormField(**options)

    @property
    def validators(self) -> list[Any]:
        return [DecimalValidator(15 + self.places, self.places)]


class AmountField(ScaledField):
    """Money, a price, a quantity or a percentage, in 1/10000."""

    places = 4


class RateField(ScaledField):
    """An exchange rate, in 1/1000000."""

    places = 6
