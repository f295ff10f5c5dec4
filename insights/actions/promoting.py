"""Making a draft of what the cases behind a precedent justify; people change it, propose it, and another grants it."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from insights.actions.drafting import draft_next
from insights.actions.widening import about
from insights.models import Precedent
from insights.promoting import promotion_of
from insights.readings.promoting import note_of
from journal.refusals import Conflict
from mandates.actions.writing import lock_mandate
from mandates.models import MandateVersion
from teams.models import User
from teams.permissions import About
from teams.standing import require_today


@transaction.atomic
def draft_promoted(*, precedent: Precedent, by: User, at: datetime) -> MandateVersion:
    """Draft the mandate's next version with the limits that a precedent's cases justify, the cases named in its note.

    One of a holding team asks for it from below; an administrator drafts it. Locks the mandate and the precedent.
    Raises: NotAllowed; Conflict `not_suggested`, `nothing_to_widen`, `draft_exists`; Invalid.
    """
    judged_by = precedent.case.decision.mandate_version
    if judged_by is not None:
        lock_mandate(judged_by.mandate_id)
    locked = Precedent.objects.select_for_update(of=("self",)).select_related("case__decision").get(pk=precedent.pk)
    found = promotion_of(locked, at)
    version = found.version if found else judged_by
    require_today("widening.draft", by=by, at=at, about=about(version) if version else About())
    if locked.suggested_at is None or locked.withdrawn_at is not None:
        raise Conflict("not_suggested", _("No change of the mandate is suggested because of this precedent."))
    if found is None:
        raise Conflict("nothing_to_widen", _("Nothing is left to widen: what these cases asked is allowed by now."))
    return draft_next(version=found.version, by=by, at=at, document=found.document, note=note_of(locked, found))
