"""A world for each test."""

import pytest

from tests.factories import World, world


@pytest.fixture
def made(db: None) -> World:
    """The small world, rolled back after the test."""
    return world()
