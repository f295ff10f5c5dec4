"""A world that other threads and processes see too."""

import pytest

from tests.factories import World, world


@pytest.fixture
def company(transactional_db: None) -> World:
    """The small world, committed; emptied after the test."""
    return world()
