"""Who is away on a day, and who stands in for whom."""

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from teams.models import Absence, Committee, CommitteeSeat, Substitution, User, holds_on


def away_on(day: date, among: Collection[int] | None = None) -> frozenset[int]:
    """The ids of those who are away on `day`."""
    rows = Absence.objects.filter(holds_on(day))
    if among is not None:
        rows = rows.filter(user__in=list(among))
    return frozenset(rows.values_list("user_id", flat=True))


def ahead(day: date) -> QuerySet[Absence]:
    """Absences that hold on `day` or later; one that was taken back before it began holds no day."""
    rows = Absence.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day)).exclude(ended_on=F("started_on"))
    return rows.select_related("user").order_by("started_on", "pk")


def substitutions_ahead(day: date) -> QuerySet[Substitution]:
    """Substitutions that may take effect on `day` or later, confirmed or not."""
    rows = Substitution.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), ended_at=None)
    return rows.select_related("committee", "member", "substitute", "named_by").order_by("started_on", "pk")


def substitutes_on(committees: Collection[Committee], day: date) -> list[Substitution]:
    """The substitutes allowed on `day`, oldest first: confirmed, at work, present, and without a vote of their own.

    A substitute who is away is not replaced by another: there are no chains.
    """
    rows = Substitution.objects.filter(holds_on(day), committee__in=committees)
    rows = rows.filter(ended_at=None, confirmed_at__isnull=False)
    rows = rows.filter(substitute__is_active=True, substitute__is_staff=False)
    seated = CommitteeSeat.objects.filter(holds_on(day), committee=OuterRef("committee"), user=OuterRef("substitute"))
    rows = rows.exclude(Exists(seated))
    return list(rows.exclude(substitute__in=Absence.objects.filter(holds_on(day)).values("user")).order_by("pk"))


def chairs_of(committee_ids: Iterable[int], day: date) -> list[int]:
    """The ids of those who chair one of these committees on `day`."""
    seats = CommitteeSeat.objects.filter(holds_on(day), committee__in=list(committee_ids), is_chair=True)
    return list(seats.values_list("user_id", flat=True).distinct())


def committees_of(user: User, day: date) -> list[Committee]:
    """The committees on which a person sits on `day`."""
    seats = CommitteeSeat.objects.filter(holds_on(day), user=user, committee__is_active=True)
    return list(Committee.objects.filter(pk__in=seats.values("committee")).order_by("name"))
