"""What people say to know about: each for themselves."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from journal.record import record
from journal.refusals import Invalid
from teams.actions.writing import checked, insert
from teams.models import Competence, User
from teams.permissions import About
from teams.standing import require_today

MOST_DECLARED = 30
PAGE = "/settings/competences/"


@transaction.atomic
def declare_competence(*, by: User, at: datetime, kind: str, name: str, note: str = "") -> Competence:
    """Say that one knows about a product family, a segment, a clause or a topic.

    Raises: NotAllowed; Invalid, also for what is named already, and for more than `MOST_DECLARED`.
    """
    require_today("competence.declare", by=by, at=at, about=About(owner_id=by.pk))
    if Competence.objects.filter(user=by).count() >= MOST_DECLARED:
        detail = _("Name at most %(count)s things: whoever knows everything is asked for nothing.")
        raise Invalid("too_many_competences", detail % {"count": MOST_DECLARED}, path="about")
    row = Competence(user=by, kind=kind, name=" ".join(name.split()), note=note.strip(), declared_at=at)
    checked(row, ["kind", "name", "note"])
    insert(row, taken="declared_already", path="about")
    _record("competence.declared", row, by, at)
    return row


@transaction.atomic
def drop_competence(*, competence: Competence, by: User, at: datetime) -> None:
    """No longer name something that one said to know about. Raises: NotAllowed for somebody else's."""
    require_today("competence.declare", by=by, at=at, about=About(owner_id=competence.user_id))
    _record("competence.dropped", competence, by, at)
    competence.delete()


def _record(verb: str, row: Competence, by: User, at: datetime) -> None:
    data = {"competence": row.pk, "kind": row.kind}
    record(verb, subject=("user", str(row.user_id)), by=by.pk, at=at, data=data, link=PAGE)
