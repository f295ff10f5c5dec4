"""What time does to authority: final states and reminders before the end, each in its own transaction."""

from datetime import datetime, timedelta

from mandates.actions.charter import settle_charter_now
from mandates.actions.ending import settle
from mandates.actions.reminding import DAYS, remind
from mandates.models import CharterVersion, Mandate, VersionPeriod, VersionState
from mandates.snapshots import in_force
from teams.organisation import today

LIVING = (VersionState.GRANTED, VersionState.SUSPENDED)


def settle_due(at: datetime) -> int:
    """Settle the mandates with a living version whose period or validity has ended, and the charter; count them."""
    living = Mandate.objects.filter(versions__state__in=LIVING)
    over = living.filter(versions__state__in=LIVING, versions__valid_until__lt=today(at))
    ended = living.filter(periods__version__state__in=LIVING, periods__ends_at__lte=at)
    due = {mandate.pk: mandate for mandate in [*over.distinct(), *ended.distinct()]}
    count = sum(settle(mandate=due[pk], at=at) for pk in sorted(due))
    if CharterVersion.objects.filter(state=VersionState.GRANTED).count() > 1:
        count += settle_charter_now(at=at)
    return count


def remind_due(at: datetime) -> int:
    """Remind of every version in force that ends soon with nothing to follow; count the reminders."""
    soon = at + timedelta(days=max(DAYS))
    ending = VersionPeriod.objects.filter(in_force(at), ends_at__lte=soon, end_cause=VersionPeriod.EndCause.EXPIRED)
    told = ending.filter(version__reminders__days=min(DAYS)).values("mandate")
    due = Mandate.objects.filter(pk__in=ending.values("mandate")).exclude(pk__in=told)
    return sum(remind(mandate=mandate, at=at) for mandate in due.order_by("pk"))
