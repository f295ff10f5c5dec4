"""Cursor pages: every row once, in both directions, with the filters kept, whatever stands in the address."""

from datetime import datetime, timedelta

import pytest
from django.http import QueryDict

from journal.models import WorkerHeartbeat
from journal.paging import Page, page

pytestmark = pytest.mark.django_db


@pytest.fixture
def workers(at: datetime) -> list[str]:
    """Seven rows, of which three share one moment, and two are a microsecond apart."""
    moments = [0, 1, 1, 1, 2, 3, 3]
    for number, moment in enumerate(moments):
        beat = at + timedelta(minutes=moment, microseconds=number if moment == 3 else 0)
        WorkerHeartbeat.objects.create(name=f"w{number}", started_at=at, beat_at=beat)
    return ["w6", "w5", "w4", "w3", "w2", "w1", "w0"]


def turn(address: str, order: str = "-beat_at") -> Page[WorkerHeartbeat]:
    return page(WorkerHeartbeat.objects.all(), QueryDict(address.lstrip("?")), order=order, size=3)


@pytest.mark.parametrize(("order", "backwards"), [("-beat_at", False), ("beat_at", True), ("-pk", False), ("pk", True)])
def test_page_by_page_gives_every_row_once_in_order(workers: list[str], order: str, backwards: bool) -> None:
    seen, address = [], "state=open"
    while True:
        found = turn(address, order)
        seen += [row.name for row in found.items]
        if not found.next_url:
            break
        address = found.next_url
    assert seen == (workers[::-1] if backwards else workers)
    back: list[str] = []
    while found.previous_url:
        found = turn(found.previous_url, order)
        back = [row.name for row in found.items] + back
    assert back == seen[:6]


def test_page_addresses_keep_the_filters(workers: list[str]) -> None:
    found = turn("state=open&state=won")
    assert QueryDict(found.next_url.lstrip("?")).getlist("state") == ["open", "won"]
    assert found.previous_url == ""


def test_page_costs_one_query(workers: list[str], django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):  # type: ignore[operator]
        turn("")


def test_page_of_an_empty_list_leads_nowhere() -> None:
    assert turn("") == Page([], "", "")


@pytest.mark.parametrize(
    "cursor",
    ["x", "%00", "bnVsbA", "WzEsMiwzXQ", "W251bGwsbnVsbCxmYWxzZV0", "WyIyMDI2LTExLTIzIDA5OjAwIiwidzEiLGZhbHNlXQ", "é"],
)
def test_page_with_a_cursor_that_cannot_be_read_is_the_first(workers: list[str], cursor: str) -> None:
    assert [row.name for row in turn(f"page={cursor}").items] == workers[:3]
