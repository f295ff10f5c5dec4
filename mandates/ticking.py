"""What time does to authority: versions whose time is over get their final state, each in its own transaction."""

from datetime import datetime

from mandates.actions.charter import settle_charter_now
from mandates.actions.ending import settle
from mandates.models import CharterVersion, Mandate, VersionState
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
