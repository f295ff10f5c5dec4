"""The small world, for every test of mandates that asks for it."""

import pytest

from tests import factories
from tests.factories import World


@pytest.fixture
def world(db: None) -> World:
    """Teams, customers, prices, a charter and two mandates in force (`tests/factories.py`)."""
    return factories.world()
