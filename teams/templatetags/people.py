"""The name of a person whom an event knows by number only."""

from django import template
from django.core.cache import cache
from django.utils.translation import gettext as _

from teams.models import Membership, OrganisationRole, User

register = template.Library()
# a timeline names the same few people again and again; a changed name may show a minute late there
KEPT_SECONDS = 60


@register.filter
def person_name(user_id: int | None) -> str:
    """The name of the person with this id, or that nobody is known by it any more."""
    if user_id is None:
        return _("nobody")
    name = cache.get_or_set(
        f"person-name-{user_id}",
        lambda: User.objects.filter(pk=user_id).values_list("name", flat=True).first() or "",
        KEPT_SECONDS,
    )
    return name or _("somebody no longer known")


@register.filter
def initials(name: str) -> str:
    """The first letters of a person's first and last name."""
    words = name.split()
    return "".join(word[0] for word in (words if len(words) < 2 else [words[0], words[-1]]))[:2]


@register.filter
def organisation_role(code: str) -> str:
    """The words for an organisation role."""
    return str(dict(OrganisationRole.Role.choices).get(code, code))


@register.filter
def team_role(code: str) -> str:
    """The words for a role in a team."""
    return str(dict(Membership.Role.choices).get(code, code))
