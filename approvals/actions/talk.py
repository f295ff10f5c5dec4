"""The talk beneath a round of consent: said while colleagues are asked, read by whoever decides afterwards."""

from datetime import datetime

from approvals.actions.submit import checked_reason
from approvals.locking import lock_draft
from approvals.models import ConsentRound, Remark
from approvals.sight import about
from approvals.states import ROUND_MOVES
from approvals.telling import action, owners, tell_deal
from journal.moves import find
from teams.models import User
from teams.organisation import today
from teams.permissions import require
from teams.standing import person_of


@action
def remark(*, round: ConsentRound, by: User, at: datetime, text: str) -> Remark:
    """Say something in the talk beneath an open round; it answers no question and counts for nothing.

    Locks the deal. Tells those asked, the deal's owners and whoever has spoken already.
    Raises: NotAllowed; Conflict `illegal_move`; Invalid `reason_missing`, `too_long`, path `reason`.
    """
    deal = lock_draft(round.revision.deal_id)
    current = ConsentRound.objects.select_related("revision").get(pk=round.pk)
    found = find(ROUND_MOVES, "talk", current.state)
    require(found.permission, person_of(by, today(at)), about(deal))
    said = Remark.objects.create(round=current, by=by, text=checked_reason(text, required=True), at=at)
    people = [*current.seats.values_list("user_id", flat=True), *owners(deal)]
    people += current.remarks.values_list("by_id", flat=True)
    data = {"revision": current.revision.number, "round": current.pk, "remark": said.pk}
    tell_deal(found.event, deal, by=by, at=at, data=data, tell=people)
    return said
