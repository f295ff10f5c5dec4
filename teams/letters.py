"""What a letter says of a proposed change of a committee: what would be different, for those who may confirm it."""

import json

from django.utils import timezone
from django.utils.translation import gettext as _

from journal.letters import Told
from journal.models import Event
from teams.changes import told
from teams.models import CommitteeChange, User
from teams.organisation import today
from teams.permissions import may
from teams.standing import person_of

# from what it is to what it would be
ARROW = " → "


def of_committee(event: Event, user: User) -> Told | None:
    """Return the change that an event is about; None where it is about none, or this reader may not see it."""
    person = person_of(user, today(timezone.now()))
    if not (may("committee.manage", person) or may("committee.confirm", person)):
        return None
    rows = CommitteeChange.objects.select_related("committee")
    change = rows.filter(pk=json.loads(event.data).get("change")).first()
    if change is None:
        return None
    said = told(change)
    if change.state != CommitteeChange.State.PROPOSED:  # what it compares with is no longer what was
        over = event.verb == "committee.change_proposed"
        note = _("It is answered: nothing is asked of you any more.") if over else ""
        return Told(said.sentence, (), change.reason if over else change.answer_reason, note, over=over)
    facts = tuple((row["label"], f"{row['before']}{ARROW}{row['after']}") for row in said.rows)
    return Told(said.sentence, facts, change.reason)
