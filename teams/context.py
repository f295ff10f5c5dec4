"""What every page shows around its content: the way about, the reader's standing, unread messages."""

from typing import Any, TypedDict

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from journal.inbox import unread_count
from teams.actions.people import is_first_use
from teams.demo import demo_people
from teams.permissions import COACH, NOBODY, Person, may

MORE = frozenset(
    {"/pocket/", "/precedents/", "/look-backs/", "/charter/", "/customers/", "/products/", "/journal/", "/settings/"}
)


class Place(TypedDict):
    """One entry of the navigation; `badge` is a count, empty where nothing waits; `more`: in the "More" group."""

    url: str
    label: str
    current: bool
    badge: str
    more: bool


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor; nothing is asked of the database until a template uses it."""
    person: Person = getattr(request, "person", NOBODY)
    unread = SimpleLazyObject(lambda: unread_count(person.user_id) if person.user_id else 0)
    return {
        "navigation": SimpleLazyObject(lambda: _places(request, person, str(unread) if unread else "")),
        "organisation": getattr(request, "organisation", None),
        "person": person,
        "unread": unread,
        # the sign-in page's own; no other page asks
        "demo_people": SimpleLazyObject(demo_people),
        "is_first_use": SimpleLazyObject(is_first_use),
    }


def _places(request: HttpRequest, person: Person, unread: str) -> list[Place]:
    if not person.user_id:
        return []
    places = [
        ("/", _("Today"), ""),
        ("/ask/", _("Can I?"), ""),
        *([("/pocket/", _("Pocket mandate"), "")] if person.team_roles else []),
        ("/deals/", _("Deals"), ""),
        *([("/cases/", _("Cases"), "")] if person.committees or "auditor" in person.roles else []),
        *([("/coaching/", _("Coaching"), "")] if COACH in person.team_roles.values() else []),
        ("/mandates/", _("Mandates"), ""),
        ("/teams/", _("Teams"), ""),
        ("/precedents/", _("Precedents"), ""),
        ("/look-backs/", _("Look-backs"), ""),
        ("/inbox/", _("Inbox"), unread),
        ("/charter/", _("Charter"), ""),
        ("/customers/", _("Customers"), ""),
        ("/products/", _("Products"), ""),
        *([("/journal/", _("Journal"), "")] if may("journal.read", person) else []),
        ("/settings/", _("Settings"), ""),
    ]
    return [
        {"url": url, "label": label, "current": _is_here(request.path, url), "badge": badge, "more": url in MORE}
        for url, label, badge in places
    ]


def _is_here(path: str, url: str) -> bool:
    return path == url if url == "/" else path.startswith(url)
