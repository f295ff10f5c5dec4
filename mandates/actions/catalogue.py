"""Products and their dated prices."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Conflict, Invalid
from mandates.engine.currencies import EXPONENTS
from mandates.models import Price, Product
from teams.actions.writing import change, checked, insert, same_edition
from teams.models import User
from teams.standing import require_today

FACTS = ("name", "family", "charge", "is_active")
TOLD = frozenset({"family", "charge", "is_active"})


def _tell(verb: str, product: Product, by: User, at: datetime, data: Mapping[str, object]) -> None:
    record(
        verb,
        subject=("product", product.code),
        by=by.pk,
        at=at,
        data={"code": product.code, **data},
        link=f"/products/{product.pk}/",
    )


def _family(text: str) -> str:
    """Return a family path. Raises: Invalid where one of its parts is empty."""
    family = text.strip()
    if not family or any(not part.strip() for part in family.split("/")):
        raise Invalid(
            "family_path", _("A family is a path such as network/switches, with no empty part."), path="family"
        )
    return family


@transaction.atomic
def create_product(
    *, by: User, at: datetime, code: str, name: str, family: str, charge: str = Product.Charge.ONE_OFF
) -> Product:
    """Make a product; it can be sold once it has a price. Raises: NotAllowed; Invalid, `code_taken`."""
    require_today("product.manage", by=by, at=at)
    product = Product(code=code.strip(), name=name.strip(), family=_family(family), charge=charge)
    checked(product, ["code", *FACTS])
    insert(product, taken="code_taken", path="code")
    _tell("product.created", product, by, at, {"family": product.family, "charge": product.charge})
    return product


@transaction.atomic
def change_product(*, product: Product, by: User, at: datetime, edition: int | None, **values: Any) -> Product:
    """Change a product's `name`, `family`, `charge` or `is_active`; deals keep what was frozen with them.

    Raises: NotAllowed; Conflict `stale_edition`; Invalid.
    """
    require_today("product.manage", by=by, at=at)
    product = Product.objects.select_for_update().get(pk=product.pk)
    same_edition(product, edition)
    if unknown := values.keys() - set(FACTS):
        raise TypeError(f"a product has no {sorted(unknown)}")
    if "family" in values:
        values["family"] = _family(values["family"])
    if "name" in values:
        values["name"] = values["name"].strip()
    if data := change(product, values, told=TOLD):
        _tell("product.changed", product, by, at, data)
    return product


@transaction.atomic
def add_price(
    *,
    product: Product,
    by: User,
    at: datetime,
    currency: str,
    from_on: date,
    list_price: Decimal,
    unit_cost: Decimal | None = None,
) -> Price:
    """Add a price row that holds from a day until the next row's day.

    Raises: NotAllowed; Invalid; Conflict `price_exists` where the product has one for that currency and day.
    """
    day = require_today("product.manage", by=by, at=at)
    product = Product.objects.select_for_update().get(pk=product.pk)
    currency = currency.strip().upper()
    if currency not in EXPONENTS:
        raise Invalid(
            "unknown_currency", _("ISO 4217 knows no currency %(code)s.") % {"code": currency}, path="currency"
        )
    for path, amount in (("list_price", list_price), ("unit_cost", unit_cost)):
        if amount is not None and amount < 0:
            raise Invalid("negative", _("A price or a cost is not negative."), path=path)
    if from_on < day:
        raise Invalid("date_past", _("A price begins today or later: what was frozen stays explained."), path="from_on")
    price = Price(product=product, currency=currency, from_on=from_on, list_price=list_price, unit_cost=unit_cost)
    checked(price, ["list_price", "unit_cost", "currency"])
    try:
        with transaction.atomic():
            price.save(force_insert=True)
    except IntegrityError:
        detail = _("This product has a price in %(currency)s from that day already.")
        raise Conflict("price_exists", detail % {"currency": currency}) from None
    product.edition += 1
    product.save(update_fields=["edition"])
    # The unit cost is not everybody's to see, and the journal is told to those who follow the product.
    data = {"currency": currency, "from": from_on.isoformat(), "list_price": str(list_price)}
    _tell("product.priced", product, by, at, data)
    return price
