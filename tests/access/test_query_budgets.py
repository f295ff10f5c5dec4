"""Every page asks the database no more than its line allows, and lists ask no more for more rows.

Which pages there are stands in the table of access, so that a page without a budget fails. Seen to fail when the
list of customers asked once more for each row.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from journal.models import Channel, Event, Message
from journal.record import record
from mandates.models import Product, Rate
from teams.actions import create_token, invite_user
from teams.models import Committee, Customer, CustomerTeam, Team
from tests.access.asking import HERE, filled, rows
from tests.access.scene import COLUMNS, Scene, scene
from tests.factories import AT, MEMBER_PRICE, World, mandate_in_force, public_document, submitted
from tests.factories import world as make_world

PEOPLE = list(COLUMNS.values())
NO_READER = ("/files/", "/accounts/", "healthz", "readyz", "metrics")


@pytest.fixture
def made(db: None, settings: Any, tmp_path: Path) -> Iterator[Scene]:
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AT, tick=False):
        yield scene(make_world())


def budgets() -> dict[str, int]:
    """Return the most queries of each page, by its address in the table of access."""
    lines = (line.split() for line in (HERE / "queries.txt").read_text().splitlines() if line.strip())
    return {words[1]: int(words[0]) for words in lines if words[0] != "#"}


def shown() -> dict[str, str]:
    """Return each page with the first person whom it is shown to."""
    found = {row.address: PEOPLE[row.answers.index("2")] for row in rows("pages.txt") if _is_shown(row)}
    return found


def _is_shown(row: Any) -> bool:
    return row.method == "GET" and "2" in row.answers and not any(word in row.address for word in NO_READER)


def asked(world: World, key: str, address: str) -> int:
    """Return how many queries a page takes once what is cached is there."""
    client = Client()
    if key:
        client.force_login(world.people[key])
    assert client.get(address).status_code == 200, address
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
        b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    return len(seen)


def test_every_page_has_a_budget() -> None:
    assert sorted(set(shown()) - set(budgets())) == []


def test_every_page_keeps_within_its_budget(made: Scene) -> None:
    over = {}
    for row in rows("pages.txt"):
        if _is_shown(row):
            used = asked(made.world, shown()[row.address], filled(row, made.names).address)
            if used > budgets().get(row.address, 0):
                over[row.address] = used
    assert over == {}


# --- more rows ---


def more_deals(world: World, number: int) -> None:
    submitted(world, price=MEMBER_PRICE)


def more_customers(world: World, number: int) -> None:
    made = Customer.objects.create(reference=f"N-{number}", name=f"New {number}", segment="public")
    CustomerTeam.objects.create(customer=made, team=world.teams["public"], contact=world.bram, started_on=world.today)


def more_products(world: World, number: int) -> None:
    made = Product.objects.create(code=f"N-{number}", name=f"New {number}", family="network", charge="one_off")
    made.prices.create(currency="EUR", from_on=world.today, list_price=Decimal(10))


def more_people(world: World, number: int) -> None:
    invite_user(by=world.nora, at=world.at, email=f"n{number}@example.test", name=f"New {number}")


def more_teams(world: World, number: int) -> None:
    made = Team.objects.create(code=f"n-{number}", name=f"New {number}")
    made.memberships.create(user=world.bram, role="lead", started_on=world.today)


def more_committees(world: World, number: int) -> None:
    made = Committee.objects.create(code=f"n-{number}", name=f"New {number}")
    made.seats.create(user=world.ines, is_chair=True, started_on=world.today)


def more_mandates(world: World, number: int) -> None:
    mandate_in_force(world, ["retail", "industry"], public_document(2026, code=f"n-{number}"))


def more_events(world: World, number: int) -> None:
    record("deal.drafted", subject=("deal", "D-1001"), by=world.bram.pk, at=world.at, data={"customer": "C-17"})
    message = {"recipient_id": world.bram.pk, "channel": Channel.INBOX, "due_at": world.at, "delivered_at": world.at}
    Message.objects.create(event=Event.objects.latest("sequence"), **message)


def more_rates(world: World, number: int) -> None:
    Rate.objects.create(currency="CHF", on=world.today - timedelta(days=number + 1), per_euro=Decimal("0.93"))


def more_tokens(world: World, number: int) -> None:
    create_token(by=world.bram, at=world.at, name=f"n{number}", scopes=["read"], days=30)


LISTS: dict[str, tuple[str, Callable[[World, int], None]]] = {
    "/deals/": ("bram", more_deals),
    "/deals/export.csv": ("bram", more_deals),
    "/customers/C-17/": ("bram", more_deals),
    "/mandates/public-2026/": ("bram", more_deals),
    "/mandates/public-2026/budget/": ("bram", more_deals),
    "/": ("bram", more_deals),
    "/customers/": ("bram", more_customers),
    "/deals/new": ("bram", more_customers),
    "/ask/": ("bram", more_customers),
    "/teams/public/": ("bram", more_customers),
    "/products/": ("nora", more_products),
    "/deals/new?customer=C-17": ("bram", more_products),
    "/settings/users/": ("nora", more_people),
    "/teams/": ("bram", more_teams),
    "/settings/committees/": ("nora", more_committees),
    "/mandates/": ("nora", more_mandates),
    "/journal/": ("petra", more_events),
    "/inbox/": ("bram", more_deals),
    "/inbox/?view=following&show=all": ("bram", more_events),
    "/settings/rates/": ("bram", more_rates),
    "/settings/tokens/": ("bram", more_tokens),
}


@pytest.mark.parametrize("address", LISTS)
def test_list_of_fifty_asks_no_more_than_one_of_five(address: str, db: None) -> None:
    key, more = LISTS[address]
    with time_machine.travel(AT, tick=False):
        world = make_world()
        for number in range(5):
            more(world, number)
        few = asked(world, key, address)
        for number in range(5, 50 if more is not more_deals else 15):
            more(world, number)
        many = asked(world, key, address)
    assert many <= few, f"{few} queries for few rows, {many} for many"
