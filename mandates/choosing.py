"""What the conditions of a row can be chosen from: families as a tree, products, customers, and the rest as lists."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import Count, Q

from mandates.engine.currencies import EXPONENTS
from mandates.models import Price, Product, Rate
from teams.models import Customer
from teams.organisation import organisation

MOST: Final = 60

# Where deals are written, their channels are known: an app further left tells them here.
channels: list[Callable[[], list[str]]] = []


@dataclass(slots=True)
class Choice:
    """One value that can be chosen; `inside` are the families that lie in a family."""

    value: str
    label: str
    note: str = ""
    chosen: bool = False
    inside: list["Choice"] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Choices:
    """What is offered for a condition, and how many more there are than are shown."""

    name: str
    found: list[Choice]
    more: int = 0


def choices_for(name: str, asked: str, chosen: Sequence[str]) -> Choices | None:
    """Return what there is to choose for a condition, as far as it fits what is asked; None for an unknown one.

    What is chosen already is always among it, also where nothing is called so.
    """
    offer = _OFFERS.get(name)
    return None if offer is None else offer(name, asked.strip(), list(chosen))


def _families(name: str, asked: str, chosen: list[str]) -> Choices:
    counted = dict(Product.objects.values_list("family").annotate(Count("id")).order_by("family"))
    paths = sorted({"/".join(path.split("/")[: n + 1]) for path in counted for n in range(path.count("/") + 1)})
    if asked:
        fitting = [path for path in paths if asked.casefold() in path.casefold()]
        paths = sorted({"/".join(path.split("/")[: n + 1]) for path in fitting for n in range(path.count("/") + 1)})
    roots: list[Choice] = []
    known: dict[str, Choice] = {}
    for path in paths:
        above, _slash, label = path.rpartition("/")
        count = sum(many for one, many in counted.items() if one == path or one.startswith(f"{path}/"))
        choice = Choice(path, label, str(count), path in chosen)
        known[path] = choice
        (known[above].inside if above in known else roots).append(choice)
    return Choices(name, _unknown(chosen, known) + roots)


def _unknown(chosen: Sequence[str], known: Any) -> list[Choice]:
    return [Choice(value, value, chosen=True) for value in chosen if value not in known]


def _rows(name: str, found: Any, value: str, label: str, note: str, chosen: list[str]) -> Choices:
    many = found.count()
    rows = found.order_by(value).values_list(value, label, note)[:MOST]
    shown = [Choice(code, said, str(beside or ""), code in chosen) for code, said, beside in rows]
    known = {choice.value for choice in shown}
    return Choices(name, _unknown(chosen, known) + shown, max(0, many - MOST))


def _products(name: str, asked: str, chosen: list[str]) -> Choices:
    products = Product.objects.filter(is_active=True)
    if asked:
        products = products.filter(Q(code__icontains=asked) | Q(name__icontains=asked) | Q(family__istartswith=asked))
    return _rows(name, products, "code", "name", "family", chosen)


def _customers(name: str, asked: str, chosen: list[str]) -> Choices:
    customers = Customer.objects.all()
    if asked:
        customers = customers.filter(Q(reference__icontains=asked) | Q(name__icontains=asked))
    return _rows(name, customers, "reference", "name", "segment", chosen)


def _of_customers(name: str, asked: str, chosen: list[str]) -> Choices:
    """Segments or countries, with the number of customers."""
    counted = Customer.objects.exclude(**{name: ""}).exclude(**{f"{name}__isnull": True})
    rows = counted.values_list(name).annotate(Count("id")).order_by(name)
    return _listed(name, {value: str(many) for value, many in rows}, asked, chosen)


def _channels(name: str, asked: str, chosen: list[str]) -> Choices:
    return _listed(name, {value: "" for known in channels for value in known()}, asked, chosen)


def _currencies(name: str, asked: str, chosen: list[str]) -> Choices:
    used = {organisation().currency, *Price.objects.values_list("currency", flat=True).distinct()}
    used |= set(Rate.objects.values_list("currency", flat=True).distinct())
    named = sorted(used) if not asked else sorted(EXPONENTS)
    return _listed(name, dict.fromkeys(named, ""), asked, chosen)


def _listed(name: str, known: dict[str, str], asked: str, chosen: list[str]) -> Choices:
    fitting = {value: note for value, note in known.items() if asked.casefold() in value.casefold()}
    shown = [Choice(value, value, note, value in chosen) for value, note in sorted(fitting.items())]
    return Choices(name, _unknown(chosen, fitting) + shown[:MOST], max(0, len(shown) - MOST))


_OFFERS: Final[dict[str, Callable[[str, str, list[str]], Choices]]] = {
    "family": _families,
    "product": _products,
    "customer": _customers,
    "segment": _of_customers,
    "country": _of_customers,
    "channel": _channels,
    "currency": _currencies,
}
