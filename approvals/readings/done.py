"""What a person has answered: votes, consents and objections, advice; the last first."""

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from approvals.models import Advice, ConsentSeat, Vote
from approvals.sight import on_visible_deals
from teams.models import User
from teams.permissions import Person

Done = dict[str, Any]


def done_by(user: User, person: Person, *, before: datetime | None, most: int) -> list[Done]:
    """Return at most `most` answers of a person on deals that they may still see, older than `before`."""
    found = [*_votes(user, person, before, most), *_consents(user, person, before, most), *_advice(user, before, most)]
    return sorted(found, key=lambda one: one["at"], reverse=True)[:most]


def _older(column: str, before: datetime | None) -> Q:
    return Q() if before is None else Q(**{f"{column}__lt": before})


def _votes(user: User, person: Person, before: datetime | None, most: int) -> list[Done]:
    rows = Vote.objects.filter(_older("cast_at", before), on_visible_deals(person, "case__deal_id"), user=user)
    rows = rows.select_related("case__deal__customer", "case__committee").order_by("-cast_at")
    return [
        {
            "url": reverse("approvals:case", args=[row.case_id]),
            "title": f"{row.case.committee.name}: {row.case.deal.customer.name}",
            "sub": _("Your vote: %(vote)s") % {"vote": row.get_choice_display()},
            "state": row.case.state,
            "at": row.cast_at,
            "preview": f"case:{row.case_id}",
        }
        for row in rows[:most]
    ]


def _consents(user: User, person: Person, before: datetime | None, most: int) -> list[Done]:
    rows = ConsentSeat.objects.filter(_older("answered_at", before), user=user, answered_at__isnull=False)
    rows = rows.filter(on_visible_deals(person, "round__revision__deal_id"))
    rows = rows.select_related("round__revision__deal__customer").order_by("-answered_at")
    return [
        {
            "url": reverse("approvals:deal", args=[row.round.revision.deal.reference]),
            "title": row.round.revision.deal.customer.name,
            "sub": _("Your answer as a colleague: %(answer)s") % {"answer": row.get_answer_display()},
            "state": row.round.revision.deal.state,
            "at": row.answered_at,
            "preview": f"deal:{row.round.revision.deal.reference}",
        }
        for row in rows[:most]
    ]


def _advice(user: User, before: datetime | None, most: int) -> list[Done]:
    rows = Advice.objects.filter(_older("answered_at", before), asked_of=user, answered_at__isnull=False)
    rows = rows.select_related("deal__customer", "asked_by").order_by("-answered_at")
    return [
        {
            "url": reverse("approvals:advice", args=[row.pk]),
            "title": _("Advice for %(name)s: %(customer)s")
            % {"name": row.asked_by.name, "customer": row.deal.customer.name},
            "sub": "",
            "state": row.state,
            "at": row.answered_at,
            "preview": f"advice:{row.pk}",
        }
        for row in rows[:most]
    ]
