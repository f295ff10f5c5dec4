"""The Celery path, with a real worker process and beat on a real Redis: what falls due is done and told."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.utils import timezone

from config.celery import app
from journal.models import Message, WorkerHeartbeat
from journal.record import record

pytestmark = pytest.mark.redis


@pytest.fixture
def celery_worker_and_beat(
    process_environment: dict[str, str], redis_url: str, tmp_path: Path, settings: LazySettings
) -> Iterator[None]:
    settings.REDIS_URL = redis_url
    before = app.conf.broker_url
    app.conf.broker_url = redis_url
    with (tmp_path / "log").open("wb") as log:
        options = ["--concurrency", "1", "--beat", "--schedule", str(tmp_path / "beat"), "--loglevel", "WARNING"]
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", "worker", *options],
            env={**process_environment, "REDIS_URL": redis_url},
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    yield
    app.conf.broker_url = before
    process.terminate()
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


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
