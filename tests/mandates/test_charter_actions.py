"""The charter's life: drafted by one, granted by another executive, never without a successor."""

from datetime import timedelta
from typing import Any

import pytest

from journal.models import Event
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.actions import (
    decline_charter,
    draft_charter,
    edit_charter,
    grant_charter,
    propose_charter,
    take_back_charter,
)
from mandates.checking import charter_findings
from mandates.documents import document_of
from mandates.models import CharterVersion
from mandates.snapshots import authority
from mandates.ticking import settle_due
from tests.factories import World

WIDER = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "60"}]}
NARROWER = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "15"}]}


def proposed(world: World, document: dict[str, Any] = WIDER) -> CharterVersion:
    version = draft_charter(by=world.nora, at=world.at, document=document, note="A new direction.")
    return propose_charter(version=version, by=world.nora, at=world.at)


def bounding(world: World, **later: int) -> str:
    found = authority(team=world.teams["retail"], at=world.at + timedelta(**later)).charter_document
    assert found is not None
    return str(found["limits"][0]["limit"])


def test_draft_charter_copies_the_one_in_force(world: World) -> None:
    version = draft_charter(by=world.olivier, at=world.at)
    assert (version.number, document_of(version)["limits"][0]["limit"]) == (2, "45")
    with pytest.raises(Conflict):
        draft_charter(by=world.nora, at=world.at)


@pytest.mark.parametrize("who", ["bram", "petra", "quinten"])
def test_draft_charter_by_somebody_without_the_role_is_refused(world: World, who: str) -> None:
    with pytest.raises(NotAllowed):
        draft_charter(by=world.people[who], at=world.at)


def test_edit_charter_changes_the_draft_once(world: World) -> None:
    version = draft_charter(by=world.nora, at=world.at)
    version = edit_charter(version=version, by=world.nora, at=world.at, edition=1, document=WIDER, note="Wider.")
    assert (version.edition, document_of(version)) == (2, WIDER)
    with pytest.raises(Conflict):
        edit_charter(version=version, by=world.nora, at=world.at, edition=1, document=NARROWER)
    with pytest.raises(NotAllowed):
        edit_charter(version=version, by=world.noud, at=world.at, edition=2, document=NARROWER)


@pytest.mark.parametrize("who", ["nora", "noud", "bram", "petra"])
def test_grant_charter_is_for_an_executive_only(world: World, who: str) -> None:
    version = proposed(world)
    with pytest.raises(NotAllowed):
        grant_charter(version=version, by=world.people[who], at=world.at)


def test_grant_charter_by_the_executive_who_drafted_it_is_refused(world: World) -> None:
    version = draft_charter(by=world.olivier, at=world.at, document=WIDER, note="Mine.")
    version = propose_charter(version=version, by=world.olivier, at=world.at)
    with pytest.raises(NotAllowed):
        grant_charter(version=version, by=world.olivier, at=world.at)
    assert grant_charter(version=version, by=world.oda, at=world.at).state == "granted"


def test_grant_charter_supersedes_the_one_in_force(world: World) -> None:
    grant_charter(version=proposed(world), by=world.olivier, at=world.at)
    assert (bounding(world, seconds=-1), bounding(world)) == ("45", "60")
    assert CharterVersion.objects.get(number=1).state == "superseded"
    verbs = list(Event.objects.order_by("sequence").values_list("verb", flat=True))
    assert verbs == ["charter.drafted", "charter.proposed", "charter.granted", "charter.superseded"]


def test_grant_charter_from_a_later_day_waits_for_it(world: World) -> None:
    later = world.today + timedelta(days=3)
    grant_charter(version=proposed(world), by=world.olivier, at=world.at, from_on=later)
    assert (bounding(world), bounding(world, days=3)) == ("45", "60")
    assert CharterVersion.objects.get(number=1).state == "granted"
    assert settle_due(world.at + timedelta(days=3)) == 1
    assert CharterVersion.objects.get(number=1).state == "superseded"


def test_grant_charter_that_narrows_mandates_names_them(world: World) -> None:
    version = proposed(world, NARROWER)
    findings = charter_findings(version, world.at)
    assert [finding.path for finding in findings] == ["limits[0].team", "limits[0].team"]
    with pytest.raises(Conflict) as refused:
        grant_charter(version=version, by=world.olivier, at=world.at)
    assert refused.value.code == "unconfirmed"
    keys = [finding.key for finding in findings]
    assert grant_charter(version=version, by=world.olivier, at=world.at, confirmed=keys).state == "granted"


def test_decline_and_take_back_leave_the_charter_in_force(world: World) -> None:
    with pytest.raises(Invalid):
        decline_charter(version=proposed(world), by=world.olivier, at=world.at, reason="")
    version = CharterVersion.objects.get(number=2)
    assert decline_charter(version=version, by=world.olivier, at=world.at, reason="No.").state == "declined"
    assert take_back_charter(version=proposed(world), by=world.nora, at=world.at).state == "declined"
    assert bounding(world) == "45"


def test_propose_charter_without_a_note_or_with_a_problem_is_refused(world: World) -> None:
    version = draft_charter(by=world.nora, at=world.at, document=WIDER)
    with pytest.raises(Invalid) as refused:
        propose_charter(version=version, by=world.nora, at=world.at)
    assert refused.value.path == "note"
    broken = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "a lot"}]}
    version = edit_charter(version=version, by=world.nora, at=world.at, edition=1, document=broken, note="So.")
    with pytest.raises(Invalid) as refused:
        propose_charter(version=version, by=world.nora, at=world.at)
    assert refused.value.path == "limits[0].limit"
