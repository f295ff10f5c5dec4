"""Taking in exchange rates."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from django.db import transaction

from journal.record import record
from mandates.models import Rate
from mandates.rates import RateRow
from teams.models import User

BATCH = 4000


@dataclass(frozen=True, slots=True)
class Taken:
    """How many rates were new, known already, and known with another figure (which stays as it is)."""

    new: int = 0
    known: int = 0
    differing: int = 0


@transaction.atomic
def import_rates(*, rows: Iterable[RateRow], at: datetime, by: User | None = None) -> Taken:
    """Add the rates that are not there yet; all of them, or none where a row cannot be read.

    A rate that is there is never changed: decisions were made with it. Repeating an import changes nothing.
    """
    taken = Taken()
    for batch in _batches(rows):
        known = _known(batch)
        new = {(row.currency, row.on): row for row in batch if (row.currency, row.on) not in known}
        Rate.objects.bulk_create(
            [Rate(currency=row.currency, on=row.on, per_euro=row.per_euro) for row in new.values()],
            ignore_conflicts=True,
        )
        differing = sum(known.get((row.currency, row.on), row.per_euro) != row.per_euro for row in batch)
        taken = replace(
            taken,
            new=taken.new + len(new),
            known=taken.known + len(batch) - len(new) - differing,
            differing=taken.differing + differing,
        )
    if taken.new:
        data = {"count": taken.new, "differing": taken.differing}
        actor = None if by is None else by.pk
        record("rate.imported", subject=("rate", "ecb"), by=actor, at=at, data=data, link="/settings/rates/")
    return taken


def _batches(rows: Iterable[RateRow]) -> Iterator[list[RateRow]]:
    taking = iter(rows)
    while batch := list(islice(taking, BATCH)):
        yield batch


def _known(batch: list[RateRow]) -> dict[tuple[str, object], object]:
    days = [row.on for row in batch]
    found = Rate.objects.filter(on__gte=min(days), on__lte=max(days))
    return {(currency, on): per_euro for currency, on, per_euro in found.values_list("currency", "on", "per_euro")}
