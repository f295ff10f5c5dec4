"""The small world at its own hour, for what is learnt from it."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.factories import AT, World, world


@pytest.fixture
def made(db: None) -> Iterator[World]:
    """The world of `tests.factories`, whose hour the pages read from the clock."""
    with time_machine.travel(AT, tick=False):
        yield world()
