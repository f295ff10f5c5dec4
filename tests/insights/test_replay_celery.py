"""Replays over real Celery workers on a real Redis: spread, cancelled, and brought to their end when a worker dies."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.utils import timezone

from config.celery import app
from insights.actions import ask_replay, cancel_replay
from insights.court import Court
from insights.models import Replay, ReplayPart, ReplayState
from insights.plans import read_plan
from insights.replay import Choice, judge_part, parts_of
from insights.tallies import merged
from insights.ticking import advance_due
from tests.factories import AT, TEAM_PRICE, World, submitted
from tests.factories import world as make_world

from .test_replay import imported, version_of, wider_document

pytestmark = pytest.mark.redis
DEALS = 40
Worker = subprocess.Popen[bytes]


@pytest.fixture
def workers(
    process_environment: dict[str, str], redis_url: str, tmp_path: Path, settings: LazySettings
) -> Iterator[list[Worker]]:
    """Two worker processes without beat: what is done, they were woken for."""
    settings.REDIS_URL = redis_url
    before = app.conf.broker_url
    app.conf.broker_url = redis_url
    with app.connection_for_write() as link:
        link.default_channel.queue_purge("celery")
    running = [_worker(process_environment, redis_url, tmp_path, f"w{number}") for number in range(2)]
    yield running
    app.conf.broker_url = before
    for process in running:
        if process.poll() is None:
            process.terminate()
    for process in running:
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _worker(environment: dict[str, str], redis_url: str, folder: Path, name: str) -> Worker:
    options = ["--pool", "solo", "--hostname", f"{name}@test", "--loglevel", "WARNING"]
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", "worker", *options],
            env={**environment, "REDIS_URL": redis_url},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def becomes_true(condition: Callable[[], bool], seconds: float = 150) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def made(workers: list[Worker]) -> World:
    world = make_world()
    submitted(world, price=TEAM_PRICE)
    for number in range(DEALS):
        imported(world, f"H-{number}", TEAM_PRICE)
    return world


def asked(world: World) -> Replay:
    return ask_replay(version=version_of(world, wider_document()), by=world.bram, at=AT, size=1)


def state_of(replay: Replay) -> str:
    replay.refresh_from_db()
    return replay.state


def test_replay_over_two_workers_finds_what_one_finds(made: World) -> None:
    replay = asked(made)
    assert becomes_true(lambda: state_of(replay) == ReplayState.DONE)
    plan = read_plan(replay.plan)
    whole: dict[str, Any] = {}
    for part in parts_of(plan, Choice()):
        whole = merged(whole, judge_part(Court(plan), Choice(), part).tally)
    assert json.loads(replay.result) == whole
    assert (replay.done_count, replay.changes.count()) == (DEALS, DEALS)


def test_replay_cancelled_while_workers_are_at_it_stays_as_it_was(made: World) -> None:
    """Broken to see it fail: a part booked without a look at the replay's state."""
    replay = asked(made)
    assert becomes_true(lambda: Replay.objects.get(pk=replay.pk).done_count > 0)
    cancelled = cancel_replay(replay=replay, by=made.bram, at=AT)
    assert cancelled.done_count < DEALS
    time.sleep(2)
    assert state_of(replay) == ReplayState.CANCELLED
    assert replay.done_count == cancelled.done_count == replay.changes.count()


def test_replay_goes_on_when_a_worker_is_killed(made: World, workers: list[Worker]) -> None:
    """Broken to see it fail: a lease that never ends."""
    replay = asked(made)
    assert becomes_true(lambda: Replay.objects.get(pk=replay.pk).done_count > 0)
    os.killpg(workers[0].pid, signal.SIGKILL)
    workers[0].wait()

    def is_done() -> bool:
        # what the dead worker was at is free once its lease is over; the tick asks the other one for it
        past = timezone.now() - timedelta(hours=1)
        ReplayPart.objects.filter(replay=replay, done_at__isnull=True, attempts__gt=0).update(lease_until=past)
        advance_due(timezone.now())
        return becomes_true(lambda: state_of(replay) == ReplayState.DONE, 2)

    assert becomes_true(is_done)
    assert (replay.done_count, replay.changes.count()) == (DEALS, DEALS)
    assert not replay.parts.filter(done_at__isnull=True).exists()
