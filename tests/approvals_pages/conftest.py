"""The small world at its moment, and clients signed in as its people."""

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
import time_machine
from django.test import Client

from approvals.actions.draft import create_deal
from approvals.actions.submit import submit
from approvals.models import Deal
from tests.approvals_pages.posting import terms
from tests.factories import AT, World
from tests.factories import world as make_world

SignIn = Callable[[str], Client]


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """The small world, with the clock standing at its moment."""
    with time_machine.travel(AT, tick=False):
        yield make_world()


@pytest.fixture
def sign_in(world: World) -> SignIn:
    """A client signed in as the person of that key."""

    def signed_in(key: str) -> Client:
        client = Client()
        client.force_login(world.people[key])
        return client

    return signed_in


@pytest.fixture
def draft(world: World) -> Callable[..., Deal]:
    """Make a draft of one line of SW-24P for C-17, by Bram."""

    def drafted(price: str = "1100", *, by: str = "bram", customer: str = "C-17", **changes: object) -> Deal:
        return create_deal(
            by=world.people[by],
            at=AT,
            customer=world.customers[customer],
            kind="new",
            channel="",
            currency="EUR",
            terms=terms(price, **changes),
        )

    return drafted


@pytest.fixture
def submitted(world: World, draft: Callable[..., Deal]) -> Callable[..., Deal]:
    """Make a draft and submit it at once."""

    def made(price: str = "1100", *, by: str = "bram", at: datetime = AT, **changes: object) -> Deal:
        deal = draft(price, by=by, **changes)
        submit(deal=deal, by=world.people[by], at=at, edition=deal.edition)
        deal.refresh_from_db()
        return deal

    return made
