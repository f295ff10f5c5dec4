"""P5 and P6 over HTTP: the same request twice has one effect, and no update is lost."""

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from approvals.models import Deal, Decision
from journal.idempotency import KEPT_FOR
from journal.models import Event, IdempotentRequest
from tests.api.asking import ROOT, Program, body, code_of
from tests.factories import AT, World, draft, submitted, world


def effects() -> tuple[int, int]:
    """How many deals there are, and how many things happened to deals."""
    return Deal.objects.count(), Event.objects.filter(verb__startswith="deal.").count()


CREATING: dict[str, Callable[[World], tuple[str, Any]]] = {
    "create": lambda made: ("deals/", body()),
    "copy": lambda made: (f"deals/{draft(made).reference}/copy/", {}),
    "submit": lambda made: (f"deals/{draft(made).reference}/submit/", {}),
    "withdraw": lambda made: (f"deals/{draft(made).reference}/withdraw/", {"reason": "No."}),
    "won": lambda made: (f"deals/{submitted(made).reference}/won/", {"closed_on": "2026-11-23"}),
    "lost": lambda made: (f"deals/{submitted(made).reference}/lost/", {"closed_on": "2026-11-23"}),
    "support": lambda made: (f"deals/{draft(made).reference}/support/", {"team": "industry"}),
}


@pytest.mark.django_db
@pytest.mark.parametrize("name", CREATING)
def test_post_repeated_with_its_key_has_one_effect_and_one_answer(made: World, name: str) -> None:
    """Seen to fail with `@idempotent` taken off the view."""
    path, sent = CREATING[name](made)
    program, before = Program(made.bram), effects()
    first = program.move(path, sent, key="k-1")
    after = effects()
    again = program.move(path, sent, key="k-1")
    assert first.status_code == again.status_code < 300
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert [first.get(name) for name in ("ETag", "Location")] == [again.get(name) for name in ("ETag", "Location")]
    assert effects() == after != before
    other = program.move(path, {**sent, "reason": "Another body."}, key="k-1")
    assert code_of(other) == (422, "idempotency_key_reused")
    assert effects() == after
    assert IdempotentRequest.objects.get().created_at == AT
    assert KEPT_FOR.total_seconds() == 72 * 3600


@pytest.mark.django_db
def test_post_that_is_refused_gives_its_key_free(made: World) -> None:
    program = Program(made.bram)
    assert program.post("deals/", body(currency="ABC"), key="k-1").status_code == 422
    assert program.post("deals/", body(), key="k-1").status_code == 201
    assert Program(made.femke).post("deals/", body(customer="C-31"), key="k-1").status_code == 201


# --- many at once ---


def together(count: int, act: Callable[[int], Any]) -> list[Any]:
    """Do it in so many threads at the same moment; their answers in order."""
    answers: list[Any] = [None] * count
    barrier = threading.Barrier(count)

    def run(index: int) -> None:
        barrier.wait()
        try:
            answers[index] = act(index)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def created_together(count: int) -> None:
    """One key, many requests at once: one effect; whoever is not the first gets its answer, or 409 for the moment."""
    made = world()
    programs = [Program(made.bram) for _ in range(count)]
    answers = together(count, lambda index: programs[index].post("deals/", body(), key="k-1"))
    done = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.content for answer in done}) == 1
    for answer in answers:
        assert answer.status_code == 201 or code_of(answer) == (409, "request_in_flight")
    assert Deal.objects.count() == 1
    assert programs[0].post("deals/", body(), key="k-1").content == done[0].content


def changed_together(count: int, rounds: int) -> None:
    """One edition, many changes at once: one of them is made, every other one gets 412."""
    made = world()
    deal = draft(made)
    programs = [Program(made.bram) for _ in range(count)]
    for number in range(rounds):
        edition = Deal.objects.get().edition
        tag = f'"{edition}"'

        def change(index: int, tag: str = tag, number: int = number) -> Any:
            sent = {"term_months": 12 + index, "why": f"Round {number}."}
            return programs[index].send("PATCH", f"deals/{deal.reference}/", sent, if_match=tag)

        answers = together(count, change)
        assert Counter(answer.status_code for answer in answers) == {200: 1, 412: count - 1}
        won = next(index for index, answer in enumerate(answers) if answer.status_code == 200)
        shown = programs[0].get(f"deals/{deal.reference}/").json()
        assert (shown["edition"], shown["draft"]["term_months"]) == (edition + 1, 12 + won)


@pytest.mark.django_db(transaction=True)
def test_create_by_eight_at_once_with_one_key_has_one_effect() -> None:
    """Seen to fail with `@idempotent` taken off `create`: eight deals."""
    created_together(8)


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_create_by_32_at_once_with_one_key_has_one_effect() -> None:
    created_together(32)


@pytest.mark.django_db(transaction=True)
def test_change_by_six_at_once_is_made_by_one() -> None:
    """Seen to fail with `edition=None` given to the action: every change is made, and all but one are lost."""
    changed_together(6, 3)


@pytest.mark.full
@pytest.mark.django_db(transaction=True)
def test_change_by_64_at_once_is_made_by_one() -> None:
    changed_together(64, 200)


@pytest.mark.django_db(transaction=True)
def test_submit_by_five_at_once_makes_one_revision() -> None:
    made = world()
    deal = draft(made)
    programs = [Program(made.bram) for _ in range(5)]
    answers = together(5, lambda index: programs[index].post(f"deals/{deal.reference}/submit/", if_match='"1"'))
    assert Counter(answer.status_code for answer in answers) == {201: 1, 412: 4}
    assert Decision.objects.count() == 1
    assert Deal.objects.get().state == "approved"
    assert programs[0].client.get(f"{ROOT}deals/{deal.reference}/").json()["edition"] == Deal.objects.get().edition
