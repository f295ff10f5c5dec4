"""A world in which it is the morning of `AT`."""

from collections.abc import Iterator

import pytest
import time_machine
from rest_framework.throttling import SimpleRateThrottle

from tests.factories import AT, World, world


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with time_machine.travel(AT, tick=False):
        yield


@pytest.fixture
def made(morning: None, db: None) -> World:
    """The small world, rolled back after the test."""
    return world()


@pytest.fixture
def unlimited(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rate limits out of the way."""
    monkeypatch.setattr(SimpleRateThrottle, "THROTTLE_RATES", {"user": None, "evaluate": None})
