"""Who may be asked today: the rows behind `eligibility`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from approvals.eligibility import Elected, Involved, colleagues, with_substitutes
from approvals.models import Case, Deal, Elector
from teams.absences import away_on, substitutes_on
from teams.models import (
    Absence,
    Committee,
    CommitteeSeat,
    CustomerTeam,
    Membership,
    Substitution,
    Team,
    holds_on,
)


def involved_in(deal: Deal) -> Involved:
    """Return whose deal this is: its contact, who submitted it last, and everybody who ever edited it."""
    editors = frozenset(deal.editors.values_list("user_id", flat=True))
    submitter = deal.latest.submitted_by_id if deal.latest is not None else None
    return Involved(deal.contact_id, submitter, editors)


def eligible_colleagues(team: Team, day: date, involved: Involved) -> tuple[int, ...]:
    """Return the ids of those who may consent for the team on `day`: its people, or those of the team it is part of."""
    places = Membership.objects.filter(holds_on(day), team=team.speaker_id, user__is_active=True)
    return colleagues(places.values_list("user_id", "role"), involved)


def electorate(committee: Committee, day: date, involved: Involved) -> tuple[Elected, ...]:
    """Return those who may vote on a case that opens on `day`: whoever is away is replaced by the substitute."""
    return electorates([committee], day, involved)[committee.pk].elected


@dataclass(slots=True)
class Electorate:
    """Who may vote for one committee on a day, with who of its own members chairs it and who of them is away."""

    elected: tuple[Elected, ...] = ()
    chairs: frozenset[int] = frozenset()
    away: frozenset[int] = frozenset()


def electorates(committees: Collection[Committee], day: date, involved: Involved) -> dict[int, Electorate]:
    """Return by committee who may vote on a case that opens on `day`; two queries for all of them."""
    seats = CommitteeSeat.objects.filter(holds_on(day), committee__in=committees, user__is_active=True)
    gone = Absence.objects.filter(holds_on(day), user=OuterRef("user"))
    rows = list(seats.annotate(gone=Exists(gone)).values_list("committee_id", "user_id", "is_chair", "gone"))
    allowed = substitutes_on(committees, day)
    found = {}
    for one in committees:
        seated = [(user, chairs, gone) for committee, user, chairs, gone in rows if committee == one.pk]
        away = frozenset(user for user, _chairs, gone in seated if gone)
        pairs = [(row.member_id, row.substitute_id) for row in allowed if row.committee_id == one.pk]
        elected = with_substitutes([user for user, *_rest in seated], away, pairs, involved)
        found[one.pk] = Electorate(elected, frozenset(user for user, chairs, _gone in seated if chairs), away)
    return found


def substitutions_of(committee: Committee, day: date) -> dict[tuple[int, int], Substitution]:
    """Return the substitutions allowed on `day` by member and substitute."""
    return {(row.member_id, row.substitute_id): row for row in substitutes_on([committee], day)}


def present_colleagues(colleagues: Iterable[int], day: date) -> tuple[int, ...]:
    """Return those of them who are not away: only they are counted upon, though all may answer."""
    asked = tuple(colleagues)
    away = away_on(day, asked)
    return tuple(user for user in asked if user not in away)


def lost_rights(case: Case, day: date) -> dict[int, str]:
    """Return who of the case's electorate has lost the right to vote since it was last looked at, each with why."""
    electors = case.electors.filter(lost_at=None).order_by("id")
    working = set(electors.filter(user__is_active=True, user__is_staff=False).values_list("user_id", flat=True))
    seated = set(_seats(case.committee_id, day).values_list("user_id", flat=True))
    barred = involved_in(case.deal).barred
    lost = {}
    rows = electors.values_list("user_id", "substitution__member", "substitution__ended_at")
    for user, member, ended_at in rows:
        if user not in working:
            lost[user] = Elector.Lost.INACTIVE.value
        elif ended_at is not None:
            lost[user] = Elector.Lost.ENDED.value
        elif (member or user) not in seated:
            lost[user] = Elector.Lost.LEFT.value
        elif user in barred or member in barred:
            lost[user] = Elector.Lost.PARTY.value
    return lost


def chairs(case: Case, day: date) -> frozenset[int]:
    """Return who chairs the case's committee on `day`."""
    return frozenset(_seats(case.committee_id, day).filter(is_chair=True).values_list("user_id", flat=True))


def _seats(committee_id: int, day: date) -> QuerySet[CommitteeSeat]:
    return CommitteeSeat.objects.filter(holds_on(day), committee=committee_id, committee__is_active=True)


def place_of(customer_id: int, day: date) -> CustomerTeam | None:
    """Return the row that says which team and which contact look after the customer on `day`."""
    return CustomerTeam.objects.filter(holds_on(day), customer=customer_id).select_related("team", "contact").first()
