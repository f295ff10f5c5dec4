"""People who hear of events, and a chain to work with."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction

from journal.models import Event
from journal.record import record


@pytest.fixture
def anke(db: None) -> Any:
    return get_user_model().objects.create_user("anke@example.com", "Anke Claes")


@pytest.fixture
def bram(db: None) -> Any:
    return get_user_model().objects.create_user("bram@example.com", "Bram Wouters")


@pytest.fixture
def submitted(at: datetime) -> Callable[..., Event]:
    """Records one event about deal D-1 of team benelux."""

    def submit(number: int = 1, **options: Any) -> Event:
        with transaction.atomic():
            return record(
                options.pop("verb", "deal.submitted"),
                **{
                    "subject": ("deal", "D-1"),
                    "about": [("team", "benelux")],
                    "by": 7,
                    "at": at,
                    "data": {"revision": number, "amount": 12_500_000},
                    **options,
                },
            )

    return submit
