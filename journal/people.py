"""What the journal asks of people, whose rows belong to a later app: a name, an address, a language."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils.translation import gettext


def names_of(ids: Iterable[int | None]) -> dict[int, str]:
    """Return the names of people by id, in one query; who is no longer there is left out."""
    wanted = {person for person in ids if person is not None}
    if not wanted:
        return {}
    return {user.pk: str(user) for user in get_user_model()._default_manager.filter(pk__in=wanted)}


def name_of(actor_id: int | None, names: dict[int, str]) -> str:
    """Return who did it: a person, somebody whose row was erased, or the product itself."""
    if actor_id is None:
        return gettext("The product")
    return names.get(actor_id) or gettext("Somebody no longer known")


def reachable(person: int) -> Any | None:
    """Return the user who can be written to, or None: gone, inactive, or without an address."""
    user = get_user_model()._default_manager.filter(pk=person, is_active=True).first()
    return user if user is not None and user.email else None


def matching(text: str) -> list[int]:
    """Return the ids of people whose address is `text` or whose name holds it, at most fifty."""
    like = Q(email__iexact=text) | Q(name__icontains=text)
    return list(get_user_model()._default_manager.filter(like).values_list("pk", flat=True)[:50])
