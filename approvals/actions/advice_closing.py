"""What closes with a deal that ends: questions for advice that nobody has answered."""

from datetime import datetime

from approvals.models import Advice, Deal
from approvals.states import ADVICE_MOVES
from approvals.telling import tell_advice
from journal.moves import find
from teams.models import User


def close_advice(deal: Deal, *, by: User | None, at: datetime) -> None:
    """Close what is still asked about a deal, inside the transaction and under the locks of the action that ends it."""
    waiting = Advice.objects.select_for_update(of=("self",)).filter(deal=deal, state=Advice.State.ASKED)
    for one in waiting.order_by("id"):
        one.deal = deal
        found = find(ADVICE_MOVES, "close", one.state)
        one.state, one.closed_at = found.target, at
        one.save(update_fields=["state", "closed_at"])
        tell_advice(found.event, one, by=by, at=at, tell=[one.asked_of_id])
