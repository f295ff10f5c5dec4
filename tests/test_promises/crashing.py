"""Actions to be killed in the middle: `python -m tests.test_promises.crashing ACTION N` dies at write N."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import django
from django.apps import apps

if not apps.ready:
    django.setup()

from django.db import connection

from approvals.actions.consent import give_consent
from approvals.actions.outcome import lose, win
from approvals.actions.submit import submit
from approvals.actions.vote import cast_vote, revoke_approval
from approvals.models import Approval, Case, ConsentSeat, Deal
from mandates.actions import ask_emergency, confirm_emergency, revoke
from mandates.models import MandateVersion
from teams.models import User

AT = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
WRITES = ("INSERT", "UPDATE", "DELETE")
Strike = Callable[[], None]


def _user(key: str) -> User:
    return User.objects.get(email=f"{key}@example.test")


def _submit() -> None:
    deal = Deal.objects.latest("id")
    submit(deal=deal, by=deal.created_by, at=AT, edition=None)


def _consent() -> None:
    give_consent(seat=ConsentSeat.objects.get(user=_user("anke")), by=_user("anke"), at=AT)


def _vote() -> None:
    case = Case.objects.filter(state="open").latest("id")
    cast_vote(case=case, by=_user("joris"), at=AT, choice="approve", reason="Yes.")


def _settle() -> None:
    win(deal=Deal.objects.latest("id"), by=_user("bram"), at=AT, closed_on=AT.date())


def _release() -> None:
    lose(deal=Deal.objects.latest("id"), by=_user("bram"), at=AT, closed_on=AT.date())


def _revoke() -> None:
    version = MandateVersion.objects.get(mandate__code="public-2026")
    revoke(version=version, by=_user("olivier"), at=AT, reason="Now.")


def _ask_emergency() -> None:
    version = MandateVersion.objects.get(mandate__code="public-2026")
    ask_emergency(version=version, by=_user("nora"), at=AT, reason="Now.")


def _emergency() -> None:
    version = MandateVersion.objects.get(mandate__code="public-2026")
    confirm_emergency(version=version, by=_user("olivier"), at=AT)


def _revoke_approval() -> None:
    revoke_approval(approval=Approval.objects.latest("id"), by=_user("lien"), at=AT, reason="Now.")


ACTIONS: dict[str, Callable[[], None]] = {
    "submit": _submit,
    "consent": _consent,
    "vote": _vote,
    "settle": _settle,
    "release": _release,
    "revoke": _revoke,
    "ask_emergency": _ask_emergency,
    "emergency": _emergency,
    "revoke_approval": _revoke_approval,
}


@contextmanager
def striking(number: int, strike: Strike, *, after: bool = True, everything: bool = False) -> Iterator[list[str]]:
    """Let `strike` fall at the statement of that number, counted from 1; yields the statements that were counted.

    Counted are the writes, or `everything` that goes to the database; a strike falls after the statement or before it.
    """
    seen: list[str] = []

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        counted = everything or sql.lstrip().startswith(WRITES)
        if counted:
            seen.append(sql)
        due = counted and len(seen) == number
        if due and not after:
            strike()
        result = execute(sql, params, many, context)
        if due and after:
            strike()
        return result

    with connection.execute_wrapper(wrapper):
        yield seen


def die() -> None:
    """End as if the power had gone."""
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    with striking(int(sys.argv[2]), die):
        ACTIONS[sys.argv[1]]()
