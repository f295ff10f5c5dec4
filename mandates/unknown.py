"""Names in conditions that nothing has: most often slips of the pen, for which the nearest name is offered."""

from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from mandates.advice import Check, instead
from mandates.models import Product
from mandates.phrases import CONDITION_LABELS
from teams.models import Customer

ASKED = ("family", "product", "segment", "country", "customer")


def unknown_values(document: Mapping[str, Any]) -> list[Check]:
    """Return the families, products, segments, countries and customers that a document names and that there are not."""
    named = list(_named(document))
    known = {name: _known({value for one, value, _path, _all in named if one == name}, name) for name in ASKED}
    return [
        _said(name, value, path, values, known[name]) for name, value, path, values in named if value not in known[name]
    ]


def _named(document: Mapping[str, Any]) -> Iterator[tuple[str, str, str, list[str]]]:
    """Each name with its condition, its path, and all names beside it."""
    rows = document.get("limits")
    places = [(f"limits[{n}].when", row.get("when")) for n, row in enumerate(rows or []) if isinstance(row, Mapping)]
    for path, when in [*places, ("scope", document.get("scope"))]:
        for name in ASKED if isinstance(when, Mapping) else ():
            raw = when.get(name) if isinstance(when, Mapping) else None
            values = [one for one in (raw if isinstance(raw, list) else [raw]) if isinstance(one, str) and one]
            yield from ((name, value, f"{path}.{name}", values) for value in values)


def _known(asked: Collection[str], name: str) -> Collection[str]:
    """Those of the names that there are, and those that may have been meant."""
    if not asked:
        return ()
    if name == "family":
        return families()
    if name == "product":
        return _some(asked, set(Product.objects.filter(code__in=asked).values_list("code", flat=True)), Product, "code")
    if name == "customer":
        found = set(Customer.objects.filter(reference__in=asked).values_list("reference", flat=True))
        return _some(asked, found, Customer, "reference")
    return set(Customer.objects.exclude(**{name: ""}).values_list(name, flat=True).distinct()) - {None}


def _some(asked: Collection[str], found: set[str], model: Any, field: str) -> set[str]:
    """The names found, and for each of the others a few that begin alike."""
    for value in sorted(set(asked) - found)[:20]:
        starts = model.objects.filter(**{f"{field}__istartswith": value[:2]}).order_by(field)
        found |= set(starts.values_list(field, flat=True)[:200])
    return found


def families() -> set[str]:
    """Return every family that a product has, with all that it lies in."""
    paths = Product.objects.values_list("family", flat=True).distinct()
    parts = (path.split("/") for path in paths)
    return {"/".join(one[: depth + 1]) for one in parts for depth in range(len(one))}


def _said(name: str, value: str, path: str, values: list[str], known: Collection[str]) -> Check:
    detail = _("There is no %(condition)s “%(value)s” today: the row waits for one.")
    near = get_close_matches(value, sorted(known), n=2, cutoff=0.5)
    remedies = [instead(path, value, better, values) for better in near]
    label = CONDITION_LABELS[name]
    return Check(
        "unknown_value", detail % {"condition": label, "value": value}, path, stops=False, remedies=tuple(remedies)
    )
