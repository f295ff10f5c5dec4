"""P5: the same creating request twice has one effect and one answer."""

import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from journal import idempotency
from journal.models import Event, IdempotentRequest
from tests.journal.creating import post

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.django_db


def test_post_repeated_with_its_key_gets_the_identical_answer(anke: Any) -> None:
    first, again = (post(anke.pk, key="k-1", body={"number": 1}) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Location"] == again["Location"] == "/deals/D-1/"
    assert Event.objects.count() == 1


def test_post_without_a_key_or_with_another_one_acts_each_time(anke: Any, bram: Any) -> None:
    for user, key in ((anke, None), (anke, None), (anke, "k-1"), (anke, "k-2"), (bram, "k-1")):
        assert post(user.pk, key=key, body={"number": 1}).status_code == 201
    assert Event.objects.count() == 5


def test_post_with_the_key_of_another_body_is_refused(anke: Any) -> None:
    post(anke.pk, key="k-1", body={"number": 1})
    answer = post(anke.pk, key="k-1", body={"number": 2})
    assert (answer.status_code, answer.data["code"]) == (422, "idempotency_key_reused")
    assert Event.objects.count() == 1


@pytest.mark.parametrize("key", ["", "two words", "x" * 256, "é"])
def test_post_with_a_malformed_key_is_refused(anke: Any, key: str) -> None:
    answer = post(anke.pk, key=key, body={"number": 1})
    assert (answer.status_code, answer.data["code"]) == (422, "idempotency_key_invalid")
    assert Event.objects.count() == 0


def test_post_whose_first_finished_after_the_look_gets_its_answer(anke: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Seen to fail with the look at the state taken out of `_act_once`."""
    first = post(anke.pk, key="k-1", body={"number": 1})
    monkeypatch.setattr(idempotency, "_known_answer", lambda *looked: None)
    assert post(anke.pk, key="k-1", body={"number": 1}).content == first.content
    assert post(anke.pk, key="k-1", body={"number": 2}).status_code == 422
    assert Event.objects.count() == 1


@pytest.mark.parametrize("number", [13, 14])
def test_post_that_is_refused_leaves_neither_effect_nor_key(anke: Any, number: int) -> None:
    assert post(anke.pk, key="k-1", body={"number": number}).status_code == 422
    assert not Event.objects.exists()
    assert post(anke.pk, key="k-1", body={"number": 1}).status_code == 201


def test_post_that_fails_leaves_neither_effect_nor_key(anke: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        post(anke.pk, key="k-1", body={"number": 15})
    assert not Event.objects.exists()
    assert not IdempotentRequest.objects.exists()


def test_post_with_a_key_of_72_hours_ago_acts_anew(anke: Any) -> None:
    with time_machine.travel(timezone.now() - timedelta(hours=71)):
        post(anke.pk, key="young", body={"number": 1})
    with time_machine.travel(timezone.now() - timedelta(hours=73)):
        post(anke.pk, key="old", body={"number": 1})
    post(anke.pk, key="young", body={"number": 1})
    assert Event.objects.count() == 2
    post(anke.pk, key="old", body={"number": 1})
    assert Event.objects.count() == 3
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert idempotency.forget_old(timezone.now()) == 1


@pytest.mark.django_db(transaction=True)
def test_post_32_times_in_parallel_has_one_effect(anke: Any) -> None:
    """Seen to fail with both looks at the first request's state (`_known_answer`, `_act_once`) taken out."""
    start = threading.Barrier(32)
    answers: list[Any] = []

    def work() -> None:
        start.wait()
        try:
            answers.append(post(anke.pk, key="k-1", body={"number": 1}))
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Event.objects.count() == 1
    assert len(answers) == 32
    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[201] >= 1
    assert statuses.keys() <= {201, 409}
    assert {answer.data["code"] for answer in answers if answer.status_code == 409} <= {"request_in_flight"}
    answers += [post(anke.pk, key="k-1", body={"number": 1}) for _ in range(2)]
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1


@pytest.mark.django_db(transaction=True)
def test_post_while_the_first_is_in_flight_is_told_so(anke: Any) -> None:
    """The first holds its row in a transaction of its own thread while the second asks."""
    held, asked = threading.Event(), threading.Event()
    post_and_wait = threading.Thread(target=_hold, args=(anke.pk, held, asked))
    post_and_wait.start()
    assert held.wait(20)
    try:
        answer = post(anke.pk, key="k-1", body={"number": 1})
    finally:
        asked.set()
        post_and_wait.join()
    assert (answer.status_code, answer.data["code"]) == (409, "request_in_flight")
    assert post(anke.pk, key="k-1", body={"number": 1}).status_code == 201
    assert Event.objects.count() == 1


def _hold(user_id: int, held: threading.Event, asked: threading.Event) -> None:
    store = idempotency._store

    def store_late(*arguments: Any) -> None:
        held.set()
        asked.wait(20)
        store(*arguments)

    idempotency._store = store_late
    try:
        post(user_id, key="k-1", body={"number": 1})
    finally:
        idempotency._store = store
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_post_after_the_first_died_in_the_middle_acts_once(anke: Any, process_environment: dict[str, str]) -> None:
    command = [sys.executable, "-m", "tests.journal.crash", str(anke.pk)]
    died = subprocess.run(command, cwd=ROOT, env=process_environment, check=False, capture_output=True, timeout=60)
    assert died.returncode == 9, died.stderr.decode()
    assert IdempotentRequest.objects.get().state == IdempotentRequest.State.IN_FLIGHT
    assert not Event.objects.exists()
    with time_machine.travel(timezone.now() + idempotency.BELIEVED_RUNNING):
        answer = post(anke.pk, key="k-1", body={"number": 1})
    assert answer.status_code == 201
    assert Event.objects.count() == 1
