"""Publishing a decided case as a precedent, withdrawing it, and noticing where it is cited."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from approvals.models import Case, Deal
from approvals.sight import about_case
from insights.models import Citation, Precedent
from insights.precedents import standing, subject_of_case
from journal.hashing import sha256
from journal.record import record
from journal.refusals import Conflict, Invalid
from mandates.actions.writing import grantors
from mandates.models import MandateVersion
from teams.models import Membership, User, holds_on
from teams.organisation import organisation, today
from teams.permissions import require
from teams.standing import person_of

DECIDED = (Case.State.APPROVED, Case.State.DECLINED, Case.State.COUNTERED)
LONGEST = 4000
LINK = re.compile(r"/precedents/(\d{1,12})/?(?![\w-])")
MOST_LINKS = 10


@transaction.atomic
def publish(*, case: Case, by: User, at: datetime, title: str, difference: str, until: date | None = None) -> Precedent:
    """Publish a decided case for everybody to read and cite; one that was withdrawn may be published anew.

    Raises: NotAllowed; Conflict `not_decided`, `published`; Invalid `too_short`, `too_long`, `until`.
    """
    locked = Case.objects.select_for_update().get(pk=case.pk)
    day = today(at)
    require("precedent.publish", person_of(by, day), about_case(locked))
    if locked.state not in DECIDED:
        raise Conflict("not_decided", _("Only a case that was decided can be a precedent."))
    title, difference = _checked(title, difference, until, day)
    subject = subject_of_case(locked, locked.revision)
    values: dict[str, Any] = {
        "title": title,
        "difference": difference,
        "until": until,
        "metrics": " ".join(sorted(subject.metrics)),
        "families": "\n".join(sorted(subject.families)),
        "segment": subject.segment,
        "customer_id": subject.customer_id,
        "currency": subject.currency,
        "net_value": subject.net_value,
        "published_by": by,
        "published_at": at,
    }
    made = _written(locked, values)
    data = {"case": locked.pk, "committee": locked.committee.name, "title_sha256": sha256(title), "until": until}
    _tell("precedent.published", made, by=by, at=at, data=data, tell=[locked.deal.contact_id])
    return made


def _written(case: Case, values: dict[str, Any]) -> Precedent:
    known = Precedent.objects.select_for_update().filter(case=case).first()
    if known is None:
        return Precedent.objects.create(case=case, **values)
    if known.withdrawn_at is None:
        raise Conflict("published", _("This case is a precedent already."))
    again = values | {"withdrawn_by": None, "withdrawn_at": None, "withdrawn_why": ""}
    Precedent.objects.filter(pk=known.pk).update(**again)
    known.refresh_from_db()
    return known


def _checked(title: str, difference: str, until: date | None, day: date) -> tuple[str, str]:
    title, difference = title.strip(), difference.strip()
    if not title:
        raise Invalid("too_short", _("Give it a title by which others find it."), path="title")
    if len(title) > 120:
        raise Invalid("too_long", _("The title is too long."), path="title")
    if not difference:
        raise Invalid("too_short", _("Say in a sentence what made the difference."), path="difference")
    if len(difference) > LONGEST:
        raise Invalid("too_long", _("This is too long. Say what made the difference."), path="difference")
    if until is not None and until < day:
        raise Invalid("until", _("A precedent is good until today or a later day."), path="until")
    return title, difference


@transaction.atomic
def withdraw(*, precedent: Precedent, by: User, at: datetime, reason: str) -> Precedent:
    """Withdraw a precedent: it is cited no more; where it was cited it can still be read.

    Raises: NotAllowed; Conflict `withdrawn`; Invalid `reason_missing`.
    """
    locked = Precedent.objects.select_for_update().get(pk=precedent.pk)
    known = about_case(locked.case, owner_id=locked.published_by_id)
    require("precedent.withdraw", person_of(by, today(at)), known)
    if locked.withdrawn_at is not None:
        raise Conflict("withdrawn", _("This precedent has been withdrawn already."))
    reason = reason.strip()[:LONGEST]
    if not reason:
        raise Invalid("reason_missing", _("Say why in a sentence: those it concerns will read it."), path="reason")
    locked.withdrawn_by, locked.withdrawn_at, locked.withdrawn_why = by, at, reason
    locked.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_why"])
    told = [locked.published_by_id]
    _tell("precedent.withdrawn", locked, by=by, at=at, data={"reason_sha256": sha256(reason)}, tell=told)
    return locked


# --- citing ---


def listen(deal: Deal, cases: Iterable[Case], text: str, by: User, at: datetime) -> None:
    """Count the precedents that a text about a deal links to: once for each case, never on a precedent's own deal.

    Runs in the transaction of whatever was said. Where a precedent has been cited as often as the organisation set,
    those who could make a limit of it are told, once.
    """
    numbers = list(dict.fromkeys(LINK.findall(text)))[:MOST_LINKS]
    if not numbers:
        return
    found = standing(today(at)).filter(pk__in=[int(number) for number in numbers]).exclude(case__deal=deal)
    places: list[Case | None] = list(cases) or [None]
    for precedent in found.order_by("pk"):
        for case in places:
            _cite(precedent, deal, case, by, at)
        _suggest(precedent, at)


def _cite(precedent: Precedent, deal: Deal, case: Case | None, by: User, at: datetime) -> None:
    try:
        with transaction.atomic():
            Citation.objects.create(precedent=precedent, deal=deal, case=case, by=by, at=at)
    except IntegrityError:
        return  # cited there already


def _suggest(precedent: Precedent, at: datetime) -> None:
    """Suggest once to make a limit of a precedent that is cited again and again."""
    count = precedent.citations.exclude(case=None).values("case").distinct().count()
    if count < organisation().citations_suggest:
        return
    if not Precedent.objects.filter(pk=precedent.pk, suggested_at=None).update(suggested_at=at):
        return
    told = addressees(precedent, today(at))
    _tell("precedent.suggested", precedent, by=None, at=at, data={"cases": count}, tell=told)


def addressees(precedent: Precedent, day: date) -> list[int]:
    """Return who could make a limit of it: its team's account lead, and who may grant the mandate that judged it."""
    team = precedent.case.deal.team_id
    leads = Membership.objects.filter(holds_on(day), team=team, role=Membership.Role.LEAD, user__is_active=True)
    version = version_of(precedent)
    return [*leads.values_list("user_id", flat=True), *(grantors(version, day) if version else [])]


def version_of(precedent: Precedent) -> MandateVersion | None:
    """Return the version that judged the deal; None where no mandate did."""
    return precedent.case.decision.mandate_version


def _tell(
    verb: str, precedent: Precedent, *, by: User | None, at: datetime, data: dict[str, object], tell: Iterable[int]
) -> None:
    actor = None if by is None else by.pk
    deal = precedent.case.deal
    record(
        verb,
        subject=("precedent", str(precedent.pk)),
        by=actor,
        at=at,
        data={"deal": deal.reference, **data},
        about=[("deal", deal.reference), ("case", str(precedent.case_id))],
        tell=[person for person in dict.fromkeys(tell) if person != actor],
        link=f"/precedents/{precedent.pk}/",
    )
