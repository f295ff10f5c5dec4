"""P2: a crash leaves all or nothing."""

import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
from django.apps import apps

from approvals.models import Deal
from mandates.actions import ask_emergency
from tests.approvals.asking import case_of
from tests.factories import COMMITTEE_PRICE, TEAM_PRICE, World, draft, submitted, terms, vote
from tests.test_promises.crashing import ACTIONS, striking
from tests.test_promises.invariants import faults


class PowerLost(BaseException):
    """What stands for the power going: nothing in the product may catch it."""


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table of ours."""
    tables = [model for app in ("approvals", "mandates", "journal") for model in apps.get_app_config(app).get_models()]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in tables}


def _asked(company: World) -> None:
    """A pending deal before both committees, where finance has said yes and the desk needs one more vote."""
    deal = submitted(company, price=COMMITTEE_PRICE)
    vote(company, case_of(deal, "finance"), "lien")
    vote(company, case_of(deal), "ines")


def _revision(company: World) -> None:
    """The next revision of a deal that is before its committees."""
    deal = submitted(company, price=COMMITTEE_PRICE)
    deal.draft = draft(company, terms=terms(("SW-24P", "4", TEAM_PRICE))).draft
    Deal.objects.exclude(pk=deal.pk).delete()
    deal.save(update_fields=["draft"])


def _emergency_asked(company: World) -> None:
    """A deal whose colleagues are asked, and a first person who would end its mandate at once."""
    submitted(company, price=TEAM_PRICE)
    version = company.mandates["public-2026"]
    ask_emergency(version=version, by=company.nora, at=company.at, reason="Prices leaked.")


PREPARED: dict[str, tuple[str, Callable[[World], object]]] = {
    "submit: approved": ("submit", draft),
    "submit: colleagues": ("submit", lambda company: draft(company, price=TEAM_PRICE)),
    "submit: committees": ("submit", lambda company: draft(company, price=COMMITTEE_PRICE)),
    "submit: next revision": ("submit", _revision),
    "consent": ("consent", lambda company: submitted(company, price=TEAM_PRICE)),
    "vote": ("vote", _asked),
    "settle": ("settle", submitted),
    "release": ("release", submitted),
    "revoke": ("revoke", submitted),
    "ask for an emergency": ("ask_emergency", submitted),
    "emergency": ("emergency", _emergency_asked),
    "revoke_approval": ("revoke_approval", _asked),
}


def _lose_power() -> None:
    raise PowerLost


def _strike(name: str, number: int, *, after: bool, everything: bool) -> bool:
    """Lose the power at one statement of the action; say whether it came that far."""
    try:
        with striking(number, _lose_power, after=after, everything=everything):
            ACTIONS[name]()
    except PowerLost:
        return True
    return False


def _strike_everywhere(company: World, prepared: str, *, everything: bool) -> int:
    """Lose the power at each statement in turn until the action comes through; returns how often it was lost."""
    name, prepare = PREPARED[prepared]
    prepare(company)
    assert faults() == []
    before = snapshot()
    number = 1
    while _strike(name, number, after=True, everything=everything):
        assert snapshot() == before, f"something stayed after statement {number}"
        if everything:
            assert _strike(name, number, after=False, everything=True)
            assert snapshot() == before, f"something stayed before statement {number}"
        number += 1
    assert snapshot() != before
    assert faults() == []
    return number - 1


@pytest.mark.parametrize("prepared", PREPARED)
def test_power_lost_after_any_write_leaves_nothing(company: World, prepared: str) -> None:
    """Seen to fail: with an action's events written in a transaction of their own."""
    assert _strike_everywhere(company, prepared, everything=False) > 3


@pytest.mark.full
@pytest.mark.parametrize("prepared", PREPARED)
def test_power_lost_before_and_after_any_statement_leaves_nothing(company: World, prepared: str) -> None:
    """The same at every statement, reading ones included."""
    assert _strike_everywhere(company, prepared, everything=True) > 10


@pytest.mark.parametrize(
    ("prepared", "write"), [("submit: committees", 4), ("submit: committees", 17), ("vote", 9), ("settle", 2)]
)
def test_process_killed_at_a_write_leaves_nothing(
    company: World, process_environment: dict[str, str], prepared: str, write: int
) -> None:
    """A real process and a real SIGKILL. Seen to fail: as above."""
    name, prepare = PREPARED[prepared]
    prepare(company)
    before = snapshot()
    command = [sys.executable, "-m", "tests.test_promises.crashing", name]
    killed = subprocess.run([*command, str(write)], env=process_environment, capture_output=True, timeout=120)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    assert snapshot() == before
    assert faults() == []
    ended = subprocess.run([*command, "0"], env=process_environment, capture_output=True, timeout=120)
    assert ended.returncode == 0, ended.stderr.decode()
    assert snapshot() != before
    assert faults() == []
