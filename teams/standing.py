"""A person's standing today: from rows to the plain value that the permission table reads."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from teams.models import CommitteeSeat, Membership, Organisation, OrganisationRole, User, holds_on
from teams.organisation import organisation, today
from teams.permissions import NOBODY, NOTHING, About, Person, may, require


def person_of(user: User | AnonymousUser, day: date) -> Person:
    """Read what `user` holds on `day`, in three queries; whoever is not active holds nothing.

    A place in a team is one in every team that was merged into it: its people answer for what those left open.
    """
    if not isinstance(user, User) or not user.is_active:
        return NOBODY
    memberships = Membership.objects.filter(holds_on(day), user=user, team__is_active=True)
    rows = memberships.values_list("team_id", "role", "may_decide", "team__merged")
    places = {team: (role, decides) for own, role, decides, merged in rows for team in (own, merged) if team}
    seats = list(
        CommitteeSeat.objects.filter(holds_on(day), user=user, committee__is_active=True).values_list(
            "committee_id", "is_chair"
        )
    )
    roles = OrganisationRole.objects.filter(holds_on(day), user=user).values_list("role", flat=True)
    return Person(
        user_id=user.pk,
        name=user.name,
        is_operator=user.is_staff,
        roles=frozenset(roles),
        team_roles={team_id: role for team_id, (role, _) in places.items()},
        deciding_teams=frozenset(team_id for team_id, (_, decides) in places.items() if decides),
        committees=frozenset(committee_id for committee_id, _ in seats),
        chairs=frozenset(committee_id for committee_id, chairs in seats if chairs),
    )


def require_today(permission: str, *, by: User, at: datetime, about: About = NOTHING) -> date:
    """Check a permission on the day that `at` falls on, and return that day.

    Raises: NotAllowed where the table says no.
    """
    day = today(at)
    require(permission, person_of(by, day), about)
    return day


def may_audit(user: Any) -> bool:
    """Whether `user` may read the whole journal today."""
    return bool(may("journal.read", person_of(user, today(timezone.now()))))


class PersonMiddleware:
    """Give each request its `person` and `organisation` when first asked, and the reader's own language and zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.organisation = SimpleLazyObject(organisation)  # type: ignore[attr-defined]
        request.person = SimpleLazyObject(lambda: _person(request))  # type: ignore[attr-defined]
        if not request.user.is_authenticated:
            return self.get_response(request)
        with as_reader(request.user, request.organisation) as language:  # type: ignore[attr-defined]
            request.LANGUAGE_CODE = language
            return self.get_response(request)


@contextmanager
def as_reader(user: Any, organisation: Organisation) -> Iterator[str]:
    """Write everything inside in a person's own language and time zone; gives the language."""
    language = user.language or translation.get_language()
    with timezone.override(ZoneInfo(user.time_zone or organisation.time_zone)), translation.override(language):
        yield language


def _person(request: Any) -> Person:
    if not request.user.is_authenticated:
        return NOBODY
    return person_of(request.user, today(timezone.now(), of=request.organisation))
