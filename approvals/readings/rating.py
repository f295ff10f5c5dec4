"""The margin as a rating, for readers who may not see it as a figure: good, fair or thin; never a way to the cost.

A line is rated at the next lower step of 5 % of its list price, so that prices tried one after another tell no more
than that, and only as it was submitted, never while one types. A deal's rating is made of the ratings of its lines
and of their net values, which the reader knows anyway: it tells nothing further.
"""

import enum
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.translation import pgettext_lazy

from teams.sight import Bands

Document = Mapping[str, Any]
STEPS = 20
HUNDRED = 100


class Rating(enum.StrEnum):
    """How much of a price is left after the cost."""

    THIN = "thin"
    FAIR = "fair"
    GOOD = "good"


LABELS = {
    Rating.THIN: pgettext_lazy("margin", "thin"),
    Rating.FAIR: pgettext_lazy("margin", "fair"),
    Rating.GOOD: pgettext_lazy("margin", "good"),
}
WEIGHTS = {Rating.THIN: 0, Rating.FAIR: 1, Rating.GOOD: 2}


def rating_of_line(line: Document, bands: Bands) -> Rating | None:
    """Return the rating of one line of a deal's document; None where the cost or the list price is not known."""
    listed, cost = Fraction(line["list_price"]), line.get("unit_cost")
    if cost is None or listed <= 0:
        return None
    price = _step_below(Fraction(line["unit_price"]), listed)
    if price <= 0:
        return Rating.THIN
    margin = HUNDRED * (price - Fraction(cost)) / price
    if margin >= bands.good:
        return Rating.GOOD
    return Rating.FAIR if margin >= bands.fair else Rating.THIN


def _step_below(price: Fraction, listed: Fraction) -> Fraction:
    """Return the price at the step of the list price below; what is above list counts as list."""
    steps = STEPS * min(price, listed) // listed
    return listed * steps / STEPS


def rating_of_deal(deal: Document, bands: Bands) -> Rating | None:
    """Return the mean rating of the lines, weighted by their net values, half-way down; None where one has none."""
    weighed = worth = Fraction(0)
    for line in deal["lines"]:
        rating = rating_of_line(line, bands)
        if rating is None:
            return None
        months = int(deal["term_months"]) if line.get("charge") == "monthly" else 1
        net = Fraction(line["unit_price"]) * Fraction(line["quantity"]) * months
        weighed, worth = weighed + net * WEIGHTS[rating], worth + net
    if worth <= 0:
        return None
    mean = weighed / worth
    return Rating.GOOD if mean > Fraction(3, 2) else Rating.FAIR if mean > Fraction(1, 2) else Rating.THIN
