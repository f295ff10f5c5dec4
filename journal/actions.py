"""What an auditor and an operator do with the journal; each is itself recorded."""

from collections.abc import Iterator
from datetime import datetime

from django.contrib.auth.models import AbstractBaseUser
from django.db import IntegrityError, transaction

from journal import export
from journal.models import Message
from journal.record import locked_head, record
from journal.verify import Verdict, verify

JOURNAL = ("journal", "journal")


def verify_now(*, by: AbstractBaseUser, at: datetime) -> Verdict:
    """Verify the whole journal and record the verdict, unless the chain is so broken that nothing can be added."""
    verdict = verify()
    finding = verdict.finding
    try:
        with transaction.atomic():
            record(
                "journal.verified",
                subject=JOURNAL,
                by=by.pk,
                at=at,
                data={
                    "checked": verdict.checked,
                    "sound": verdict.sound,
                    "first_bad": finding.sequence if finding else None,
                    "fault": finding.fault if finding else None,
                    "missing_triggers": len(verdict.missing_triggers),
                },
                link="/journal/",
            )
    except IntegrityError:
        # the verdict is shown all the same; a chain in this state has nothing to add to
        return verdict
    return verdict


@transaction.atomic
def export_now(*, by: AbstractBaseUser, at: datetime) -> Iterator[str]:
    """Record that the journal leaves the product, and return its signed lines, that record included."""
    up_to = locked_head().sequence + 1
    record("journal.exported", subject=JOURNAL, by=by.pk, at=at, data={"up_to": up_to}, link="/journal/")
    return export.lines()


@transaction.atomic
def checkpoint_now(*, by: AbstractBaseUser, at: datetime) -> str:
    """Record that a checkpoint is taken, and return it: the chain's end with that record included, signed."""
    record("journal.checkpointed", subject=JOURNAL, by=by.pk, at=at, link="/journal/")
    return export.checkpoint_document(at)


def send_again(*, at: datetime) -> int:
    """Make every message that was given up due once more, with all its tries; return how many."""
    given_up = Message.objects.filter(failed_at__isnull=False)
    return given_up.update(failed_at=None, attempts=0, lease_until=None, due_at=at)
