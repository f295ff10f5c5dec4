"""Following a deal with its cases, and leaving off: a personal mark, which no event tells of, like having read."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from approvals.models import Deal, Follow
from approvals.sight import visible_deals
from journal.refusals import NotAllowed
from teams.models import User
from teams.organisation import today
from teams.standing import person_of


@transaction.atomic
def follow(*, deal: Deal, by: User, at: datetime) -> Follow:
    """Follow a deal that one may see; twice is once. Raises: NotAllowed."""
    if not visible_deals(person_of(by, today(at))).filter(pk=deal.pk).exists():
        raise NotAllowed("not_allowed_not_seen", "This deal is not yours to see.")
    found, _made = Follow.objects.get_or_create(deal=deal, user=by, defaults={"since_at": at})
    return found


@transaction.atomic
def unfollow(*, references: Collection[str], by: User) -> int:
    """Leave off following these deals; return how many there were."""
    count, _rows = Follow.objects.filter(user=by, deal__reference__in=references).delete()
    return count
