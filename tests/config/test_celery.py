"""The Celery path, with a real worker process and beat on a real Redis: what falls due is done and told."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone
from redis import Redis

from config.celery import app
from journal import delivery, outbox
from journal.models import Message, WorkerHeartbeat
from journal.record import record
from tests.journal.counting import expect_none_lost_and_none_twice, lines_of

pytestmark = pytest.mark.redis


@pytest.fixture
def broker(redis_url: str, settings: LazySettings) -> Iterator[str]:
    settings.REDIS_URL = redis_url
    before = app.conf.broker_url
    app.conf.broker_url = redis_url
    yield redis_url
    app.conf.broker_url = before


def started(environment: dict[str, str], folder: Path) -> subprocess.Popen[bytes]:
    """A worker with its beat, in a session of their own."""
    with (folder / "log").open("ab") as log:
        options = ["--concurrency", "1", "--beat", "--schedule", str(folder / "beat"), "--loglevel", "WARNING"]
        return subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", "worker", *options],
            env=environment,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def kill(process: subprocess.Popen[bytes]) -> None:
    """End the worker, its children and its beat as if the power had gone."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture
def celery_worker_and_beat(process_environment: dict[str, str], broker: str, tmp_path: Path) -> Iterator[None]:
    process = started({**process_environment, "REDIS_URL": broker}, tmp_path)
    yield
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        kill(process)


def becomes_true(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.1)
    return False


def test_message_through_celery_is_delivered_once(celery_worker_and_beat: None, at: datetime) -> None:
    person = get_user_model().objects.create(email="someone@example.org")
    with transaction.atomic():
        event = record(
            "deal.submitted", subject=("deal", "1"), by=person.pk, at=timezone.now(), tell=[person.pk], mail=False
        )
    messages = Message.objects.filter(event=event)
    assert becomes_true(lambda: messages.exclude(delivered_at=None).exists(), 40)
    assert messages.count() == 1
    assert messages.get().attempts <= 1


def test_beat_brings_the_tick_round(celery_worker_and_beat: None) -> None:
    assert becomes_true(lambda: WorkerHeartbeat.objects.filter(name="celery").exists(), 40)


@pytest.mark.parametrize("kills", [3, pytest.param(10, marks=pytest.mark.full)])
def test_celery_killed_while_letters_leave_and_its_broker_flushed_lose_no_message(
    kills: int,
    process_environment: dict[str, str],
    broker: str,
    tmp_path: Path,
    settings: LazySettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seen to fail with a letter's rows marked as delivered before it is sent."""
    sent = tmp_path / "sent.txt"
    monkeypatch.setenv("SENT_FILE", str(sent))
    own = {"DJANGO_SETTINGS_MODULE": "tests.journal.slow_settings", "SENT_FILE": str(sent), "REDIS_URL": broker}
    people = [get_user_model().objects.create_user(f"p{number}@example.com", f"P {number}") for number in range(6)]
    for turn in range(kills):
        process = started({**process_environment, **own}, tmp_path)
        try:
            before = len(lines_of(sent))
            for number in range(5):
                tell([person.pk for person in people], f"/deals/D-{turn * 5 + number}/")
            assert becomes_true(lambda before=before: len(lines_of(sent)) > before + 2, 60)
            time.sleep(turn % 4 * 0.05)  # now before a letter has left, now after
        finally:
            kill(process)
        Redis.from_url(broker).flushdb()
    settings.EMAIL_BACKEND = "tests.journal.slow_mail.Backend"
    settings.MAIL_PAUSE = timedelta(0)
    while delivery.deliver_due(at=timezone.now() + outbox.LEASE * 2):
        pass
    expected = {(one.email, f"/deals/D-{number}/") for one in people for number in range(kills * 5)}
    expect_none_lost_and_none_twice(sent, expected, kills=kills)


def tell(people: list[int], link: str) -> None:
    with transaction.atomic():
        record("deal.submitted", subject=("deal", "D-1"), by=None, at=timezone.now(), tell=people, link=link)
