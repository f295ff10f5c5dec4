"""The small world that all tests share stands on its feet."""

import pytest

from mandates.models import VersionPeriod
from teams.models import Membership
from tests.factories import world


@pytest.mark.django_db
def test_world_made_has_authority_and_people() -> None:
    made = world()
    assert VersionPeriod.objects.filter(ends_at=None).count() == 2
    assert Membership.objects.filter(team=made.teams["public"], role="lead").get().user == made.anke
    assert made.organisation.default_committee == made.committees["deal-desk"]
