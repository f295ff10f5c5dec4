"""Periodic work: each piece when it is due, once however many workers share it, and none can stop the others."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection

from journal import tasks, ticking
from journal.models import TickRun
from journal.working import tick_due

runs: list[datetime] = []


def note(at: datetime) -> int:
    runs.append(at)
    return 3


def fail(*, at: datetime) -> int:
    raise ZeroDivisionError


@pytest.fixture(autouse=True)
def own_tickers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ticking, "_tickers", {})
    runs.clear()


@pytest.mark.django_db
def test_tick_due_runs_work_again_when_its_interval_has_passed(at: datetime) -> None:
    ticking.register("note", note, every=60)
    assert tick_due(at) == {"note": 3}
    assert tick_due(at + timedelta(seconds=59)) == {}
    assert tick_due(at + timedelta(seconds=60)) == {"note": 3}


@pytest.mark.django_db
def test_tick_due_after_the_clock_was_set_back_does_not_wait_for_it(at: datetime) -> None:
    ticking.register("note", note, every=60)
    tick_due(at)
    assert tick_due(at - timedelta(days=1)) == {"note": 3}


@pytest.mark.django_db
def test_tick_due_with_a_piece_that_fails_runs_the_others(at: datetime) -> None:
    ticking.register("fail", fail, every=60)
    ticking.register("note", "tests.journal.test_ticking.note", every=60)
    assert tick_due(at) == {"fail": 0, "note": 3}


@pytest.mark.django_db
def test_tick_task_runs_what_is_registered() -> None:
    ticking.register("note", note, every=60)
    assert tasks.tick() == {"note": 3, "delivered": 0}


@pytest.mark.django_db(transaction=True)
def test_tick_due_in_eight_schedulers_at_once_acts_once(at: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen to fail with `ran_at=last` taken out of the compare-and-set of `working._take`."""
    registered = ticking.registered
    ticking.register("note", note, every=60)
    TickRun.objects.create(name="note", ran_at=at - timedelta(hours=1))
    looked = threading.Barrier(8)

    def registered_once_all_have_looked() -> list[ticking.Ticker]:
        looked.wait()
        return registered()

    monkeypatch.setattr(ticking, "registered", registered_once_all_have_looked)

    def work() -> None:
        try:
            tick_due(at)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert runs == [at]
