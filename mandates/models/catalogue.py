"""Products with dated prices per currency, and the exchange rates of each day."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from mandates.fields import AmountField, RateField


class Product(models.Model):
    """Something that can be a line of a deal; its family is a path such as `network/switches`."""

    class Charge(models.TextChoices):
        ONE_OFF = "one_off", _("one-off")
        MONTHLY = "monthly", _("monthly")

    code = models.CharField(_("code"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=200)
    family = models.CharField(_("family"), max_length=200, db_index=True)
    charge = models.CharField(_("charge"), max_length=10, choices=Charge.choices, default=Charge.ONE_OFF)
    is_active = models.BooleanField(_("active"), default=True)
    edition = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """List price and unit cost of a product in one currency, from a day until the next row's day."""

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="prices")
    currency = models.CharField(_("currency"), max_length=3)
    from_on = models.DateField(_("from"))
    list_price = AmountField(_("list price"))
    unit_cost = AmountField(_("unit cost"), null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "currency", "from_on"], name="price_once_a_day"),
            models.CheckConstraint(condition=Q(list_price__gte=0), name="price_list_not_negative"),
            models.CheckConstraint(
                condition=Q(unit_cost__isnull=True) | Q(unit_cost__gte=0), name="price_cost_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.list_price} {self.currency}"


class Rate(models.Model):
    """Units of a currency per euro on one day."""

    currency = models.CharField(max_length=3)
    on = models.DateField()
    per_euro = RateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["currency", "on"], name="rate_once_a_day"),
            models.CheckConstraint(condition=Q(per_euro__gt=0), name="rate_positive"),
        ]
        indexes = [models.Index(fields=["on", "id"], name="rate_on")]

    def __str__(self) -> str:
        return f"{self.per_euro} {self.currency} ({self.on})"
