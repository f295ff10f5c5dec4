"""Who hears of a deal's events because of following it: in the inbox alone, and only while they may see the deal."""

from collections.abc import Iterable, Mapping
from datetime import date

from approvals.models import Deal, Follow
from approvals.sight import visible_deals
from teams.models import User
from teams.standing import person_of

# what moves a deal on; drafts, remarks and the answers of single people do not
FOLLOWED = frozenset(
    {
        "deal.submitted",
        "deal.asked_colleagues",
        "deal.escalated",
        "deal.approved",
        "deal.declined",
        "deal.refused",
        "deal.withdrawn",
        "deal.lapsed",
        "deal.won",
        "deal.lost",
        "deal.reopened",
        "deal.handed_over",
        "deal.commented",
        "approval.revoked",
        "consent.escalated",
        "case.opened",
        "case.requested",
        "case.answered",
        "case.passed_on",
        "case.stuck",
        "case.approved",
        "case.declined",
        "case.countered",
        "case.lapsed",
        "counter.adopted",
        "counter.accepted",
    }
)


def followers_of(references: Iterable[str], day: date) -> Mapping[str, list[int]]:
    """Return who follows each of these deals and may still see it; one query where nobody does."""
    rows = Follow.objects.filter(deal__reference__in=set(references)).order_by("id")
    found: dict[str, list[int]] = {}
    for reference, user in rows.values_list("deal__reference", "user_id"):
        found.setdefault(reference, []).append(user)
    return {reference: [user for user in users if _sees(user, reference, day)] for reference, users in found.items()}


def _sees(user_id: int, reference: str, day: date) -> bool:
    user = User.objects.filter(pk=user_id, is_active=True).first()
    return user is not None and visible_deals(person_of(user, day)).filter(reference=reference).exists()


def is_followed(deal: Deal, user: User) -> bool:
    return Follow.objects.filter(deal=deal, user=user).exists()
