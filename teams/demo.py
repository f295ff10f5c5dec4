"""Who can be chosen on the demo's sign-in page."""

from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from teams.models import CommitteeSeat, Membership, OrganisationRole, User

SHOWN = 40
# by e-mail address: what to try as this person; filled by whoever makes the company up
hints: dict[str, Promise] = {}


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """A person of the demo company, in words what they do there, and what to try as them."""

    user: User
    roles: str
    hint: str = ""


def demo_people() -> list[DemoPerson]:
    """Everybody who has something to do in the demo company, by name; nobody outside the demo."""
    if not settings.DEMO:
        return []
    places = Membership.objects.filter(ended_on=None).select_related("team")
    seats = CommitteeSeat.objects.filter(ended_on=None).select_related("committee")
    roles = OrganisationRole.objects.filter(ended_on=None)
    people = User.objects.filter(is_active=True, is_staff=False).prefetch_related(
        Prefetch("memberships", places, to_attr="places"),
        Prefetch("committee_seats", seats, to_attr="seats"),
        Prefetch("organisation_roles", roles, to_attr="held_roles"),
    )
    found = [_person(user) for user in people.order_by("name", "pk")[: SHOWN * 2]]
    return [person for person in found if person.roles][:SHOWN]


def _person(user: User) -> DemoPerson:
    return DemoPerson(user, _words(user), str(hints.get(user.email, "")))


def _words(user: User) -> str:
    parts = [f"{place.get_role_display()}, {place.team.name}" for place in user.places]  # type: ignore[attr-defined]
    parts += [_seat(seat) for seat in user.seats]  # type: ignore[attr-defined]
    parts += [str(role.get_role_display()) for role in user.held_roles]  # type: ignore[attr-defined]
    return " · ".join(parts)


def _seat(seat: CommitteeSeat) -> str:
    words = f"{_('Committee')}: {seat.committee.name}"
    return f"{words} ({_('chair')})" if seat.is_chair else words
