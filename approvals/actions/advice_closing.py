"""Questions for advice that nobody answers any more: their deal has ended, or whoever was asked is gone."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from approvals.models import Advice, Deal
from approvals.states import ADVICE_MOVES
from approvals.telling import tell_advice
from journal.moves import find
from teams.models import User


def close_advice(deal: Deal, *, by: User | None, at: datetime) -> None:
    """Close what is still asked about a deal, inside the transaction and under the locks of the action that ends it."""
    for one in list(_locked(deal=deal)):
        one.deal = deal
        _end(one, "close", by=by, at=at, tell=[one.asked_of_id])


def lock_advice_of(user_id: int) -> None:
    """Lock what a person is still asked, before the first event: the journal's head is locked last."""
    list(_locked(asked_of=user_id))


def release_advice(user_id: int, *, at: datetime) -> None:
    """Say for whoever is gone that somebody else is to be asked; `lock_advice_of` has locked the questions."""
    for one in list(_locked(asked_of=user_id).select_related("deal__customer", "deal__team")):
        _end(one, "pass", by=None, at=at, tell=[one.asked_by_id])


def _locked(**asked: Any) -> QuerySet[Advice]:
    """Return the questions that wait, by their ids, each locked: it may be answered at this very moment."""
    rows = Advice.objects.select_for_update(of=("self",)).filter(state=Advice.State.ASKED, **asked)
    return rows.order_by("id")


def _end(one: Advice, move: str, *, by: User | None, at: datetime, tell: Iterable[int]) -> None:
    found = find(ADVICE_MOVES, move, one.state)
    one.state, one.closed_at = found.target, at
    one.save(update_fields=["state", "closed_at"])
    tell_advice(found.event, one, by=by, at=at, tell=list(tell))
