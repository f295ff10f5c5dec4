"""Drafting together: who joins a draft may change it, never answers it, and what it is for is granted with it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from journal.models import Event, Message
from journal.record import record
from journal.refusals import Conflict, NotAllowed
from mandates.actions import (
    draft_charter,
    draft_mandate,
    edit_charter,
    edit_draft,
    grant,
    grant_charter,
    join_charter_draft,
    join_draft,
    propose,
    propose_charter,
)
from mandates.awaiting import charters_awaiting, mandates_awaiting
from mandates.documents import document_of
from mandates.drafters import aims_of, drafter_ids
from mandates.models import CharterVersion, Mandate, MandateVersion, VersionAims, VersionDrafter
from teams.standing import person_of
from tests.factories import World, public_document


@pytest.fixture
def draft(world: World) -> MandateVersion:
    document = public_document(2026, version=2)
    return draft_mandate(by=world.nora, at=world.at, code="public-2026", document=document, note="Wider.")


def changed(world: World, version: MandateVersion, **changes: Any) -> MandateVersion:
    options: dict[str, Any] = {
        "version": version,
        "by": world.noud,
        "at": world.at,
        "edition": version.edition,
        "document": document_of(version) | {"consents": 2},
        "teams": [world.teams["public"]],
        "note": "Two of us.",
    }
    return edit_draft(**(options | changes))


def test_join_draft_lets_somebody_change_it_and_tells_the_drafter(world: World, draft: MandateVersion) -> None:
    with pytest.raises(NotAllowed):
        changed(world, draft)
    join_draft(version=draft, by=world.noud, at=world.at)
    version = changed(world, draft)
    assert document_of(version)["consents"] == 2
    event = Event.objects.get(verb="mandate.joined")
    assert event.actor_id == world.noud.pk
    assert set(Message.objects.filter(event=event).values_list("recipient_id", flat=True)) == {world.nora.pk}


def test_join_draft_twice_writes_one_row(world: World, draft: MandateVersion) -> None:
    for _ in range(2):
        join_draft(version=draft, by=world.noud, at=world.at)
    join_draft(version=draft, by=world.nora, at=world.at)
    assert VersionDrafter.objects.count() == 1
    assert drafter_ids(draft) == {world.nora.pk, world.noud.pk}


def test_join_draft_without_the_role_or_after_it_was_proposed_is_refused(world: World, draft: MandateVersion) -> None:
    with pytest.raises(NotAllowed):
        join_draft(version=draft, by=world.bram, at=world.at)
    propose(version=draft, by=world.nora, at=world.at)
    with pytest.raises(Conflict):
        join_draft(version=draft, by=world.noud, at=world.at)


def test_join_draft_whose_event_breaks_keeps_nothing(
    world: World, draft: MandateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **options: Any) -> None:
        record(*args, **options)
        raise RuntimeError

    monkeypatch.setattr("mandates.actions.writing.record", broken)
    with pytest.raises(RuntimeError):
        join_draft(version=draft, by=world.noud, at=world.at)
    assert not VersionDrafter.objects.exists()


def test_grant_by_somebody_who_joined_is_refused_and_by_a_third_is_not(world: World, draft: MandateVersion) -> None:
    """Seen to fail with `drafter_ids` naming only whoever began the version."""
    join_draft(version=draft, by=world.noud, at=world.at)
    version = propose(version=draft, by=world.nora, at=world.at)
    assert mandates_awaiting(person_of(world.noud, world.today)) == []
    with pytest.raises(NotAllowed) as refused:
        grant(version=version, by=world.noud, at=world.at)
    assert refused.value.code == "not_allowed_drafted_it"
    assert grant(version=version, by=world.olivier, at=world.at).state == "granted"


def test_charter_drafted_together_is_granted_by_a_third(world: World) -> None:
    version = draft_charter(by=world.olivier, at=world.at, note="As it is.")
    join_charter_draft(version=version, by=world.oda, at=world.at)
    document = document_of(version) | {"capital_rate": "5"}
    edit_charter(version=version, by=world.oda, at=world.at, edition=1, document=document, note="Cheaper money.")
    propose_charter(version=version, by=world.olivier, at=world.at)
    assert charters_awaiting(person_of(world.oda, world.today)) == []
    with pytest.raises(NotAllowed):
        grant_charter(version=version, by=world.oda, at=world.at)


# --- what the database itself refuses ---


def refused(change: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            change()
    except DatabaseError:
        return True
    return False


def test_drafters_are_kept_by_the_database(world: World, draft: MandateVersion) -> None:
    join_draft(version=draft, by=world.noud, at=world.at)
    assert refused(lambda: VersionDrafter.objects.all().delete())
    assert refused(lambda: VersionDrafter.objects.update(user=world.oda))
    propose(version=draft, by=world.nora, at=world.at)
    assert refused(lambda: VersionDrafter.objects.create(version=draft, user=world.oda, at=world.at))
    answer = {"answered_by": world.noud, "answered_at": world.at}
    assert refused(lambda: MandateVersion.objects.filter(pk=draft.pk).update(**answer))
    answer["answered_by"] = world.oda
    assert not refused(lambda: MandateVersion.objects.filter(pk=draft.pk).update(**answer))


def test_charter_drafters_are_kept_by_the_database(world: World) -> None:
    version = draft_charter(by=world.olivier, at=world.at, note="So.")
    join_charter_draft(version=version, by=world.oda, at=world.at)
    propose_charter(version=version, by=world.olivier, at=world.at)
    answer = {"answered_by": world.oda, "answered_at": world.at}
    assert refused(lambda: CharterVersion.objects.filter(pk=version.pk).update(**answer))


def test_aims_are_fixed_with_their_version(world: World, draft: MandateVersion) -> None:
    assert not refused(lambda: VersionAims.objects.update(goal="More."))
    propose(version=draft, by=world.nora, at=world.at)
    assert refused(lambda: VersionAims.objects.update(goal="Less."))
    assert refused(lambda: VersionAims.objects.all().delete())
    assert refused(lambda: VersionAims.objects.create(version=world.mandates["industry-2026"], goal="Ours."))


# --- what it is for ---


def test_aims_of_a_draft_are_read_with_the_mandate_once_it_is_granted(world: World, draft: MandateVersion) -> None:
    said = {"goal": "Answer at the table.", "walk_away": "We keep the support.", "options": "A longer term."}
    version = changed(world, draft, by=world.nora, **said)
    assert Mandate.objects.get(code="public-2026").goal == ""
    propose(version=version, by=world.nora, at=world.at)
    grant(version=version, by=world.olivier, at=world.at, note="One customer less.")
    assert Mandate.objects.get(code="public-2026").goal == "Answer at the table."
    later = world.at + timedelta(days=30)
    following = draft_mandate(by=world.nora, at=later, code="public-2026", goal="Answer at once.")
    aims = aims_of(following)
    assert (aims.goal, aims.walk_away, aims.options) == ("Answer at once.", said["walk_away"], said["options"])


def test_edit_draft_of_its_aims_alone_is_a_change(world: World, draft: MandateVersion) -> None:
    same = {"by": world.nora, "document": document_of(draft), "note": "Wider."}
    assert changed(world, draft, **same).edition == 1
    assert changed(world, draft, **same, walk_away="None.").edition == 2
