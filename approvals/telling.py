"""The journal's events about deals and cases: one way to write them, so that every timeline finds them."""

from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import transaction

from approvals.followers import FOLLOWED, followers_of
from approvals.models import Advice, Case, Deal
from journal.record import Entry, record_all
from teams.models import User
from teams.organisation import today

Pairs = Iterable[tuple[str, str]]
P = ParamSpec("P")
R = TypeVar("R")
# What the action under way has to tell, in its order.
_untold: ContextVar[list[Entry]] = ContextVar("untold")


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run an action in one transaction, and write its events when all its other rows are written.

    INVARIANT: the journal's head is the last lock that is taken, so that no two actions wait for each other.
    """

    @wraps(function)
    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        token = _untold.set([])
        try:
            with transaction.atomic():
                result = function(*args, **kwargs)
                record_all(_with_followers(_untold.get()))
            return result
        finally:
            _untold.reset(token)

    return acting


def _with_followers(entries: list[Entry]) -> list[Entry]:
    """Return the events with those who follow their deals, whoever did it and whoever is told anyway left out."""
    deals = {index: reference for index, entry in enumerate(entries) if (reference := _deal_of(entry))}
    if not deals:
        return entries
    followers = followers_of(deals.values(), today(entries[0].at))
    return [
        replace(entry, followers=[one for one in followers.get(deals.get(index, ""), ()) if one != entry.by])
        for index, entry in enumerate(entries)
    ]


def _deal_of(entry: Entry) -> str:
    if entry.verb not in FOLLOWED:
        return ""
    return next((name for kind, name in (entry.subject, *entry.about) if kind == "deal"), "")


def tell_deal(
    verb: str,
    deal: Deal,
    *,
    by: User | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    tell: Iterable[int] = (),
    about: Pairs = (),
) -> None:
    """Record an event whose subject is the deal, at the end of the action; whoever did it is not told of it."""
    _later(
        verb,
        subject=("deal", deal.reference),
        by=by,
        at=at,
        data=data or {},
        about=[("customer", deal.customer.reference), ("team", deal.team.code), *about],
        tell=tell,
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
) -> None:
    """Record an event whose subject is the case, at the end of the action; the deal's timeline shows it too."""
    deal = case.deal
    _later(
        verb,
        subject=("case", str(case.pk)),
        by=by,
        at=at,
        data={"deal": deal.reference, "committee": case.committee.name, **(data or {})},
        about=[
            ("deal", deal.reference),
            ("customer", deal.customer.reference),
            ("team", deal.team.code),
            ("committee", case.committee.code),
        ],
        tell=tell,
        link=f"/cases/{case.pk}/",
    )


def tell_advice(
    verb: str,
    advice: Advice,
    *,
    by: User | None,
    at: datetime,
    data: Mapping[str, object] | None = None,
    tell: Iterable[int] = (),
) -> None:
    """Record an event of a question for advice at the end of the action; the deal's timeline shows it.

    Its link is the question's own page, because who is asked need not see the deal.
    """
    deal = advice.deal
    _later(
        verb,
        subject=("advice", str(advice.pk)),
        by=by,
        at=at,
        data={"deal": deal.reference, "asked": advice.asked_of_id, **(data or {})},
        about=[("deal", deal.reference), ("customer", deal.customer.reference), ("team", deal.team.code)],
        tell=tell,
        link=f"/advice/{advice.pk}/",
    )


def _later(
    verb: str,
    *,
    subject: tuple[str, str],
    by: User | None,
    at: datetime,
    data: Mapping[str, object],
    about: Iterable[tuple[str, str]],
    tell: Iterable[int],
    link: str,
) -> None:
    """Keep the event, as it is now, for the end of the action. Raises: LookupError outside an action."""
    actor = None if by is None else by.pk
    told = [person for person in dict.fromkeys(tell) if person != actor]
    _untold.get().append(Entry(verb, subject, actor, at, dict(data), list(about), told, link=link))


def owners(deal: Deal) -> list[int]:
    """Return the people who wait for an answer: the contact and who submitted the deal last."""
    submitter = [] if deal.latest is None else [deal.latest.submitted_by_id]
    return list(dict.fromkeys([deal.contact_id, *submitter]))
