"""The open book: every team reads every mandate; margins only by right, and byte for byte the same without it."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from journal.refusals import Conflict
from mandates.actions import ask_for_mandate, draft_charter, draft_mandate, grant, propose, propose_charter
from teams.models import Team
from tests.approvals_pages.posting import without_tokens
from tests.factories import World, charter_in_force, mandate_in_force, public_document

PAGES = (
    "/mandates/public-2026/",
    "/mandates/public-2026/print/",
    "/mandates/public-2026/versions/1/",
    "/mandates/public-2026/versions/1/document.json",
    "/mandates/public-2026/versions/2/",
    "/mandates/public-2026/versions/2/document.json",
    "/teams/public/",
    "/api/v1/mandates/",
    "/api/v1/mandates/public-2026/",
    "/api/v1/mandates/public-2026/versions/",
    "/api/v1/mandates/public-2026/versions/1/",
    "/api/v1/mandates/public-2026/versions/2/",
)


class UndoneError(Exception):
    """Leaves nothing of what was tried behind."""


def margins(member: str, team: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = public_document(2026)["limits"]
    return [row | {"member": member, "team": team} if row["metric"] == "line_margin" else row for row in rows]


def read_pages(world: World, who: str, bounds: tuple[str, str]) -> dict[str, bytes]:
    """Every page that this reader has of a mandate with such margins in force, and a proposal with half of them."""
    document = public_document(2026, limits=margins(*bounds))
    found: dict[str, bytes] = {}
    try:
        with transaction.atomic():
            world.mandates["public-2026"].mandate.periods.all().update(end_cause="revoked", ends_at="2026-01-01T00:00Z")
            version = mandate_in_force(world, "public", document | {"code": "public-now"})
            lower = [str(float(bound) / 2) for bound in bounds]
            proposal = draft_mandate(
                by=world.nora,
                at=world.at,
                code="public-now",
                document=document | {"limits": margins(lower[0], lower[1])},
                note="Less margin.",
            )
            propose(version=proposal, by=world.nora, at=world.at)
            client = Client()
            client.force_login(world.people[who])
            answers = {page: client.get(page.replace("public-2026", version.mandate.code)) for page in PAGES}
            assert {page: answer.status_code for page, answer in answers.items()} == dict.fromkeys(PAGES, 200)
            found = {page: without_tokens(answer) for page, answer in answers.items()}
            raise UndoneError
    except UndoneError:
        return found


# tom is of another team; bram is of the holding one, whose cost nobody in it sees here
@pytest.mark.parametrize("who", ["tom", "bram"])
def test_pages_of_a_reader_without_sight_of_cost_are_the_same_whatever_the_margins(world: World, who: str) -> None:
    """Seen to fail: with the stored hash on the version's page, and with the stored document in the API."""
    Team.objects.update(cost_sight=Team.CostSight.NOBODY)
    first, second = (read_pages(world, who, bounds) for bounds in (("46", "42"), ("31", "22")))
    assert [page for page in PAGES if first[page] != second[page]] == []
    assert b"not shown to you" in first["/mandates/public-2026/"]
    assert b"hidden" in first["/api/v1/mandates/public-2026/versions/1/"]


CHARTER_PAGES = (
    "/charter/",
    "/charter/versions/2/",
    "/charter/versions/2/document.json",
    "/charter/versions/3/",
    "/api/v1/charter/",
    "/api/v1/charter/in-force/",
    "/api/v1/charter/2/",
    "/mandates/public-2026/versions/2/",
)


def charter_with(margin: str) -> dict[str, Any]:
    rows = [{"metric": "line_discount", "limit": "45"}, {"metric": "line_margin", "limit": margin}]
    return {"currency": "EUR", "limits": rows}


def read_charter(world: World, who: str, bound: str) -> dict[str, bytes]:
    """Every page of a charter with such a margin in force, a next one with half of it, and a request beyond both."""
    found: dict[str, bytes] = {}
    document = public_document(2026)
    try:
        with transaction.atomic():
            charter_in_force(world, charter_with(bound))
            other = draft_charter(
                by=world.nora, at=world.at, note="Less.", document=charter_with(str(float(bound) / 2))
            )
            propose_charter(version=other, by=world.nora, at=world.at)
            ask_for_mandate(
                team=world.teams["public"],
                by=world.bram,
                at=world.at,
                document=document,
                mandate=world.mandates["public-2026"].mandate,
                goal="Answer at once.",
                walk_away="They wait.",
                note="Every price went to the committee.",
            )
            client = Client()
            client.force_login(world.people[who])
            answers = {page: client.get(page) for page in CHARTER_PAGES}
            hidden = {"/mandates/public-2026/versions/2/"} if who in ("tom", "ines") else set()
            assert {page for page, one in answers.items() if one.status_code != 200} == hidden
            found = {page: without_tokens(one) for page, one in answers.items()}
            raise UndoneError
    except UndoneError:
        return found


# bram asks for a mandate whose margins lie below both charters
@pytest.mark.parametrize("who", ["tom", "bram"])
def test_charter_reads_the_same_without_sight_of_cost_whatever_its_margins(world: World, who: str) -> None:
    """Seen to fail: with the charter's own document on its page, and with its margins among what an asker confirms."""
    Team.objects.update(cost_sight=Team.CostSight.NOBODY)
    first, second = (read_charter(world, who, bound) for bound in ("61.5", "58"))
    assert [page for page in CHARTER_PAGES if first[page] != second[page]] == []
    assert b"not shown to you" in first["/charter/"]
    assert b"hidden" in first["/charter/versions/2/document.json"]


@pytest.mark.parametrize("who", ["bram", "ines", "olivier"])
def test_charter_tells_its_margins_by_right_in_a_team_on_a_committee_and_to_those_who_answer_for_all(
    world: World, who: str
) -> None:
    assert b"61.5" in read_charter(world, who, "61.5")["/charter/"]


def test_asker_without_sight_of_cost_proposes_and_the_grantor_confirms_the_margins(world: World) -> None:
    """Seen to fail (unconfirmed) while `propose` asked for what the asker is not shown."""
    Team.objects.update(cost_sight=Team.CostSight.NOBODY)
    charter_in_force(world, charter_with("61.5"))
    version = ask_for_mandate(
        team=world.teams["public"],
        by=world.bram,
        at=world.at,
        document=public_document(2026),
        mandate=world.mandates["public-2026"].mandate,
        goal="Answer at once.",
        walk_away="They wait.",
        note="Every price went to the committee.",
    )
    propose(version=version, by=world.bram, at=world.at)
    version.refresh_from_db()
    assert version.state == "proposed"
    with pytest.raises(Conflict) as refused:
        grant(version=version, by=world.olivier, at=world.at, edition=version.edition)
    assert refused.value.code == "unconfirmed"


@pytest.mark.parametrize("who", ["bram", "nora", "petra"])
def test_pages_of_a_reader_with_sight_of_cost_tell_the_margins(world: World, who: str) -> None:
    pages = read_pages(world, who, ("46", "42"))
    assert b"46" in pages["/mandates/public-2026/versions/1/document.json"]
    assert b"not shown to you" not in pages["/mandates/public-2026/"]
