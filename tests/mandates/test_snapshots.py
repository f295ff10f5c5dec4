"""Frozen facts, live authority, and the whole case that the engine is given."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from journal.refusals import Conflict, Invalid
from mandates import budgets
from mandates.engine import evaluate, measure
from mandates.models import Rate, VersionPeriod, VersionState
from mandates.snapshots import assemble, authority, freeze, given_away
from tests.factories import World, mandate_in_force, public_document

LINES = [("SW-24P", Decimal(4), Decimal(1044))]


def frozen(world: World, **changes: Any) -> dict[str, Any]:
    """The facts of a small deal of the public team."""
    options: dict[str, Any] = {
        "on": world.today,
        "currency": "EUR",
        "reference": "D-1001",
        "kind": "new",
        "channel": "",
        "customer": world.customers["C-17"],
        "term_months": 24,
        "payment_days": 30,
        "lines": LINES,
    }
    return freeze(**(options | changes))


def judged(world: World, facts: dict[str, Any], **changes: Any) -> dict[str, Any]:
    team, customer = world.teams["public"], world.customers["C-17"]
    options: dict[str, Any] = {
        "facts": facts,
        "authority": authority(team=team, at=world.at),
        "team": team,
        "customer": customer,
        "approvals": [],
        "member_may_decide": True,
        "own_revisions": (),
    }
    return evaluate(assemble(**(options | changes)).document)


def test_freeze_writes_the_prices_costs_and_rates_of_the_day(world: World) -> None:
    facts = frozen(world, lines=[*LINES, ("CLOUD-1", Decimal("2.5"), Decimal("180.5"))])
    assert facts["rates"] == {"EUR": "1", "USD": "1.085", "GBP": "0.835"}
    assert facts["deal"]["channel"] is None
    assert facts["deal"]["lines"] == [
        {
            "product": "SW-24P",
            "family": "network/switches",
            "charge": "one_off",
            "quantity": "4",
            "list_price": "1200.00",
            "unit_cost": "610.00",
            "unit_price": "1044.00",
        },
        {
            "product": "CLOUD-1",
            "family": "cloud/compute",
            "charge": "monthly",
            "quantity": "2.5",
            "list_price": "200.00",
            "unit_cost": None,
            "unit_price": "180.50",
        },
    ]


def test_freeze_of_a_line_without_a_price_names_the_line(world: World) -> None:
    with pytest.raises(Invalid) as refused:
        frozen(world, lines=[*LINES, ("NOSUCH", Decimal(1), Decimal(1))])
    assert (refused.value.code, refused.value.path) == ("line_unpriced", "lines[1].product")


def test_freeze_without_lines_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="line"):
        frozen(world, lines=[])


def test_assemble_gives_a_case_that_the_engine_judges(world: World) -> None:
    answer = judged(world, frozen(world))
    assert (answer["outcome"], answer["mandate"]) == ("committee", "public-2026")
    budget = next(finding for finding in answer["findings"] if finding["metric"] == "budget")
    assert budget["value"] == "624.0000"


def test_assemble_counts_what_others_use_and_not_the_deal_itself(world: World) -> None:
    team, customer = world.teams["public"], world.customers["C-17"]
    for revision, amount in (("D-1/1", "1000"), ("D-1001/1", "500")):
        budgets.hold(
            version=world.mandates["public-2026"],
            team=team,
            customer=customer,
            on=world.today,
            amount=Decimal(amount),
            revision=revision,
            by=world.bram,
            at=world.at,
        )
    answer = judged(world, frozen(world), own_revisions=["D-1001/1", "D-1001/2"])
    budget = next(finding for finding in answer["findings"] if finding["metric"] == "budget")
    assert budget["value"] == "1624.0000"


def test_assemble_without_a_default_committee_is_refused(world: World) -> None:
    world.organisation.default_committee = None
    world.organisation.save()
    with pytest.raises(Conflict) as refused:
        judged(world, frozen(world))
    assert refused.value.code == "no_default_committee"


def test_authority_holds_the_teams_own_mandates_and_the_charter(world: World) -> None:
    found = authority(team=world.teams["public"], at=world.at)
    assert [version.mandate.code for version in found.versions] == ["public-2026"]
    assert found.charter_document is not None
    assert authority(team=world.teams["retail"], at=world.at).versions == []
    assert authority(team=world.teams["public"], at=datetime(2020, 1, 1, tzinfo=UTC)).charter_document is None


def superseded(world: World, days_ago: int) -> tuple[Any, Any]:
    """Version 1 and the version 2 that took its place some days ago."""
    first = world.mandates["public-2026"]
    since = world.at - timedelta(days=days_ago)
    return first, mandate_in_force(world, "public", public_document(2026, 2), since)


def test_authority_pinned_to_a_superseded_version_keeps_it_for_the_notice_period(world: World) -> None:
    first, second = superseded(world, world.organisation.notice_days - 1)
    team = world.teams["public"]
    assert authority(team=team, at=world.at, pinned=first).versions == [first]
    assert authority(team=team, at=world.at).versions == [second]
    assert authority(team=team, at=world.at + timedelta(days=1), pinned=first).versions == [second]


def test_authority_pinned_to_a_superseded_version_of_a_revoked_mandate_is_nothing(world: World) -> None:
    first, second = superseded(world, 2)
    VersionPeriod.objects.filter(version=second).update(ends_at=world.at, end_cause="revoked")
    assert authority(team=world.teams["public"], at=world.at, pinned=first).versions == []


@pytest.mark.parametrize("cause", ["suspended", "revoked", "expired"])
def test_authority_pinned_to_a_version_that_was_not_merely_superseded_is_nothing(world: World, cause: str) -> None:
    first = world.mandates["public-2026"]
    VersionPeriod.objects.filter(version=first).update(ends_at=world.at, end_cause=cause)
    assert authority(team=world.teams["public"], at=world.at, pinned=first).versions == []


def test_authority_pinned_to_a_superseded_version_that_was_revoked_later_is_nothing(world: World) -> None:
    first, second = superseded(world, 2)
    first.state = VersionState.REVOKED
    assert authority(team=world.teams["public"], at=world.at, pinned=first).versions == [second]


# --- what a deal gives away ---


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("SW-24P", Decimal(4), Decimal(1044))], "624"),
        ([("SW-24P", Decimal(4), Decimal(1300))], "0"),
        ([("SUP-M", Decimal(2), Decimal(80))], "480"),
        ([("SW-24P", Decimal(1), Decimal(1300)), ("RT-1", Decimal(1), Decimal(700))], "100"),
    ],
)
def test_given_away_agrees_with_the_engine(world: World, lines: list[Any], expected: str) -> None:
    facts = frozen(world, lines=lines)
    assert given_away(facts, "EUR") == Decimal(expected) == Decimal(measure(facts["deal"])["G"])


def test_given_away_in_another_currency_is_rounded_up(world: World) -> None:
    Rate.objects.create(currency="USD", on=world.today, per_euro=Decimal("1.000001"))
    facts = frozen(world, lines=[("SW-24P", Decimal(1), Decimal(1199))])
    assert given_away(facts, "USD") == Decimal("1.0001")


def test_given_away_without_a_rate_is_none_and_of_nothing_is_zero(world: World) -> None:
    assert given_away(frozen(world), "CHF") is None
    assert given_away(frozen(world, lines=[("SW-24P", Decimal(1), Decimal(1200))]), "CHF") == 0
