"""A committee stays open while a mandate in force sends deals to it."""

from datetime import timedelta

from mandates.actions import revoke, suspend
from mandates.leaving import of_committee
from tests.factories import AT, World


def test_committee_that_a_mandate_names_is_kept_by_it(world: World) -> None:
    matters = of_committee(world.committees["deal-desk"].pk)
    assert {matter.url for matter in matters} == {
        f"/mandates/{version.mandate.code}/" for version in world.mandates.values()
    }
    assert all(matter.blocking for matter in matters)


def test_committee_is_free_once_no_mandate_in_force_names_it(world: World) -> None:
    for version in world.mandates.values():
        suspend(version=version, by=world.olivier, at=AT, reason="To be looked at.")
        revoke(version=version, by=world.olivier, at=AT + timedelta(minutes=1), reason="Not needed any more.")
    assert of_committee(world.committees["deal-desk"].pk) == []
