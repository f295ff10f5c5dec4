"""What every action of this app does alike: check the values of a row, its edition, and say what changed."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.utils.translation import gettext as _

from journal.refusals import Conflict, Invalid, NotAllowed
from teams.models import User


def checked(row: models.Model, fields: Iterable[str]) -> None:
    """Raises: Invalid, naming the first of `fields` that cannot be stored as it is."""
    wanted = set(fields)
    try:
        row.clean_fields(exclude={field.name for field in row._meta.fields} - wanted)
    except ValidationError as error:
        path, messages = next(iter(error.message_dict.items()))
        raise Invalid("invalid", messages[0], path=path) from None


def insert(row: models.Model, *, taken: str, path: str) -> None:
    """Write a new row. Raises: Invalid with the code `taken` where its unique column is in use already."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise Invalid(taken, _("This is in use already. Choose another."), path=path) from None


def same_edition(row: Any, edition: int | None) -> None:
    """Raises: Conflict where the row is no longer the one that was read; None asks for no such check."""
    if edition is not None and row.edition != edition:
        raise Conflict("stale_edition", _("Somebody changed this since you read it. Look at both, then decide."))


def change(row: Any, values: Mapping[str, Any], *, told: frozenset[str] = frozenset()) -> dict[str, Any]:
    """Write `values` into a locked row as its next edition; return the event's data, empty where nothing changes.

    Only the fields named in `told` are shown with their figures: names and free text stay in their rows.
    Raises: Invalid for a value that the row cannot hold.
    """
    before = {name: getattr(row, name) for name in values}
    for name, value in values.items():
        setattr(row, name, value)
    checked(row, values)
    changed = sorted(name for name in values if getattr(row, name) != before[name])
    if not changed:
        return {}
    row.edition += 1
    row.save(update_fields=[*changed, "edition"])
    data: dict[str, Any] = {"fields": changed}
    for name in (name for name in changed if name in told):
        data[f"{name}_before"], data[name] = _plain(before[name]), _plain(getattr(row, name))
    return data


def _plain(value: Any) -> Any:
    if isinstance(value, models.Model):
        return value.pk
    return value if isinstance(value, (int, str, bool)) or value is None else str(value)


def not_for_oneself(by: User, user: User) -> None:
    """Nobody widens their own rights: a second person does. Raises: NotAllowed."""
    if by.pk == user.pk:
        raise NotAllowed("own_right", _("Nobody widens their own rights. Ask another mandate administrator."))


def active(user: User, path: str) -> User:
    """Return the person, locked. Raises: Invalid for somebody deactivated."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if not locked.is_active:
        raise Invalid("person_inactive", _("This person's account is deactivated."), path=path)
    return locked
