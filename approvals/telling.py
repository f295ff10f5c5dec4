"""The journal's events about deals and cases: one way to write them, so that every timeline finds them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from approvals.models import Case, Deal
from journal.models import Event
from journal.record import record
from teams.models import User

Pairs = Iterable[tuple[str, str]]


def tell_deal(
    verb: str,
    deal: Deal,
    *,
    by: User | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    tell: Iterable[int] = (),
    about: Pairs = (),
) -> Event:
    """Record an event whose subject is the deal; whoever did it is not told of it."""
    return record(
        verb,
        subject=("deal", deal.reference),
        by=None if by is None else by.pk,
        at=at,
        data=data,
        about=[("customer", deal.customer.reference), ("team", deal.team.code), *about],
        tell=_others(tell, by),
        link=f"/deals/{deal.reference}/",
    )


def tell_case(
    verb: str,
    case: Case,
    *,
    by: User | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    tell: Iterable[int] = (),
) -> Event:
    """Record an event whose subject is the case; the deal's timeline shows it too."""
    deal = case.deal
    return record(
        verb,
        subject=("case", str(case.pk)),
        by=None if by is None else by.pk,
        at=at,
        data={"deal": deal.reference, "committee": case.committee.name, **(data or {})},
        about=[
            ("deal", deal.reference),
            ("customer", deal.customer.reference),
            ("team", deal.team.code),
            ("committee", case.committee.code),
        ],
        tell=_others(tell, by),
        link=f"/cases/{case.pk}/",
    )


def owners(deal: Deal) -> list[int]:
    """Return the people who wait for an answer: the contact and who submitted the deal last."""
    submitter = [] if deal.latest is None else [deal.latest.submitted_by_id]
    return list(dict.fromkeys([deal.contact_id, *submitter]))


def _others(people: Iterable[int], by: User | None) -> list[int]:
    return [person for person in dict.fromkeys(people) if by is None or person != by.pk]
