"""The list of periodic work: each app registers its own, the embedded worker and Celery beat run all of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from django.utils.module_loading import import_string


class Tick(Protocol):
    """Does what is due at a time, and says how much it did."""

    def __call__(self, *, at: datetime) -> int: ...


@dataclass(frozen=True, slots=True)
class Ticker:
    """One piece of periodic work, and how often it runs."""

    name: str
    function: Tick | str
    every: timedelta

    def resolve(self) -> Tick:
        """Return the function itself, importing it where it was named by its dotted path."""
        if not isinstance(self.function, str):
            return self.function
        resolved: Tick = import_string(self.function)
        return resolved


_tickers: dict[str, Ticker] = {}


def register(name: str, function: Tick | str, every: float) -> None:
    """Add periodic work that runs every `every` seconds; called from an app's `ready()`.

    `function(at=...)` may be given by its dotted path, because `apps.py` is read before any model is.
    """
    _tickers[name] = Ticker(name, function, timedelta(seconds=every))


def registered() -> list[Ticker]:
    """Return all periodic work, by name."""
    return [_tickers[name] for name in sorted(_tickers)]
