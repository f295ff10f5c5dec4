"""Prices of a day: dated rows, conversion at the frozen rate, and why a product cannot be priced."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from mandates.catalogue import quotes, rates_on, why_unpriced
from mandates.models import Price, Product, Rate
from tests.factories import World


def test_quotes_with_a_row_in_the_currency_are_not_converted(world: World) -> None:
    found = quotes(["SW-24P", "RT-1"], currency="EUR", on=world.today)
    assert found["SW-24P"].list_price == Decimal("1200")
    assert (found["RT-1"].unit_cost, found["RT-1"].converted) == (Decimal("420"), False)


def test_quotes_take_the_row_of_the_day_and_not_the_newest(world: World) -> None:
    product = world.products["RT-1"]
    Price.objects.create(product=product, currency="EUR", from_on=world.today, list_price=Decimal(900))
    assert quotes(["RT-1"], currency="EUR", on=world.today)["RT-1"].list_price == Decimal(900)
    assert quotes(["RT-1"], currency="EUR", on=world.today)["RT-1"].unit_cost is None
    yesterday = world.today - timedelta(days=1)
    assert quotes(["RT-1"], currency="EUR", on=yesterday)["RT-1"].list_price == Decimal(800)


def test_quotes_without_a_row_in_the_currency_are_converted_half_even_to_four_decimals(world: World) -> None:
    product = world.products["RT-1"]
    Price.objects.filter(product=product).update(list_price=Decimal("0.0001"), unit_cost=Decimal("0.0003"))
    Rate.objects.create(currency="DKK", on=world.today, per_euro=Decimal("2.5"))
    quote = quotes(["RT-1"], currency="DKK", on=world.today)["RT-1"]
    assert (quote.list_price, quote.unit_cost) == (Decimal("0.0002"), Decimal("0.0008"))
    assert (quote.converted, quote.priced_in) == (True, "EUR")


def test_quotes_prefer_the_euro_row_over_another_currency(world: World) -> None:
    quote = quotes(["SW-24P"], currency="GBP", on=world.today)["SW-24P"]
    assert quote.priced_in == "EUR"
    assert quote.list_price == Decimal("1002.0000")


def test_quotes_leave_out_what_has_no_rate_no_price_or_is_not_sold(world: World) -> None:
    Product.objects.filter(code="RT-1").update(is_active=False)
    bare = Product.objects.create(code="BARE", name="Bare", family="other")
    codes = ["RT-1", bare.code, "SUP-M", "NOSUCH"]
    assert quotes(codes, currency="CHF", on=world.today) == {}
    reasons = {code: why_unpriced(code, currency="CHF", on=world.today) for code in codes}
    assert "no longer sold" in reasons["RT-1"]
    assert "no list price" in reasons["BARE"]
    assert "exchange rate" in reasons["SUP-M"]
    assert "no product" in reasons["NOSUCH"]


def test_rates_on_a_day_are_the_last_ones_and_at_most_seven_days_old(world: World) -> None:
    day = world.today - timedelta(days=3)
    assert rates_on(day + timedelta(days=7)) == {"EUR": "1", "USD": "1.085", "GBP": "0.835"}
    assert rates_on(day + timedelta(days=8)) == {"EUR": "1"}
    assert rates_on(day - timedelta(days=1)) == {"EUR": "1"}


def test_rates_on_a_day_prefer_the_newer_row(world: World) -> None:
    Rate.objects.create(currency="USD", on=world.today, per_euro=Decimal("1.200000"))
    assert rates_on(world.today)["USD"] == "1.2"


@pytest.mark.django_db
def test_quotes_of_nothing_are_empty() -> None:
    assert quotes([], currency="EUR", on=date(2026, 1, 1)) == {}
