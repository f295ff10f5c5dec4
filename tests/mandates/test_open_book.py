"""The open book: every team reads every mandate; margins only by right, and byte for byte the same without it."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from mandates.actions import draft_mandate, propose
from teams.models import Team
from tests.approvals_pages.posting import without_tokens
from tests.factories import World, mandate_in_force, public_document

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


@pytest.mark.parametrize("who", ["bram", "nora", "petra"])
def test_pages_of_a_reader_with_sight_of_cost_tell_the_margins(world: World, who: str) -> None:
    pages = read_pages(world, who, ("46", "42"))
    assert b"46" in pages["/mandates/public-2026/versions/1/document.json"]
    assert b"not shown to you" not in pages["/mandates/public-2026/"]
