"""P3 and P4 with real worker processes: killed, stopped, or run once."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from journal import delivery, heartbeats, outbox
from journal.models import Channel, Event, Message, TickRun, WorkerHeartbeat
from tests.journal.counting import expect_none_lost_and_none_twice, lines_of

Submit = Callable[..., Event]
ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "manage.py", "worker", "--interval", "0.02"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def wait_until(condition: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.fixture
def environment(process_environment: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    sent = str(tmp_path / "sent.txt")
    monkeypatch.setenv("SENT_FILE", sent)
    return {**process_environment, "DJANGO_SETTINGS_MODULE": "tests.journal.slow_settings", "SENT_FILE": sent}


@pytest.mark.parametrize(("kills", "rounds"), [(3, 10), pytest.param(50, 30, marks=pytest.mark.full)])
@pytest.mark.django_db(transaction=True)
def test_workers_killed_while_events_are_produced_lose_no_message(
    submitted: Submit, environment: dict[str, str], settings: Any, kills: int, rounds: int
) -> None:
    """Every message inside every letter is counted, by its link.

    Seen to fail with the rows marked as delivered before the letter is sent (what was in flight is lost), and with a
    letter that is tried again gathering what waits instead of keeping its messages (they stand in two letters).
    """
    people = [get_user_model().objects.create_user(f"p{number}@example.com", f"P {number}") for number in range(6)]
    sent = Path(environment["SENT_FILE"])
    for turn in range(kills):
        with worker(environment) as process:
            before = len(lines_of(sent))
            for number in range(rounds):
                link = f"/deals/D-{turn * rounds + number}/"
                submitted(number, tell=[person.pk for person in people], at=timezone.now(), link=link)
            wait_until(lambda before=before: len(lines_of(sent)) > before + 2)
            time.sleep(turn % 4 * 0.04)  # now before a letter has left, now after
            process.send_signal(signal.SIGKILL)
    settings.EMAIL_BACKEND = "tests.journal.slow_mail.Backend"
    settings.MAIL_PAUSE = timedelta(0)
    while delivery.deliver_due(at=timezone.now() + outbox.LEASE * 2):
        pass
    expected = {(one.email, f"/deals/D-{number}/") for one in people for number in range(kills * rounds)}
    expect_none_lost_and_none_twice(sent, expected, kills=kills)
    assert not Message.objects.filter(delivered_at=None).exists()
    inbox = Message.objects.filter(channel=Channel.INBOX).values_list("event_id", "recipient_id")
    assert len(inbox) == len(set(inbox)) == kills * rounds * len(people)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.django_db(transaction=True)
def test_worker_told_to_stop_ends_cleanly_and_soon(environment: dict[str, str], number: signal.Signals) -> None:
    with worker(environment) as process:
        wait_until(WorkerHeartbeat.objects.exists)
        started = time.monotonic()
        process.send_signal(number)
        assert process.wait(timeout=5) == 0
        assert time.monotonic() - started < 4
    assert heartbeats.latest() is None


@pytest.mark.django_db
def test_worker_run_once_ticks_and_delivers_everything(submitted: Submit, anke: Any) -> None:
    for number in range(3):
        submitted(number, tell=[anke.pk], at=timezone.now())
    call_command("worker", once=True)
    assert not Message.objects.filter(delivered_at=None).exists()
    assert TickRun.objects.filter(name="journal.forget_requests").exists()


@pytest.mark.django_db
def test_heartbeats_of_a_day_ago_are_forgotten(at: datetime) -> None:
    heartbeats.beat("old", started_at=at, at=at)
    heartbeats.beat("new", started_at=at, at=at + timedelta(hours=20))
    assert heartbeats.latest() == at + timedelta(hours=20)
    assert heartbeats.forget_old(at + timedelta(days=1, hours=1)) == 1
