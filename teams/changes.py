"""A proposed change of a committee in words: what would be different, and for whom."""

import json
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from teams.models import Committee, CommitteeChange, CommitteeSeat, User

NOTHING = "-"


@dataclass(frozen=True, slots=True)
class Told:
    """A change with its sentence, what stands before and after, and who is affected."""

    change: CommitteeChange
    sentence: str
    rows: list[dict[str, Any]]
    affected: list[str]


def told(change: CommitteeChange) -> Told:
    """Return the change in the reader's language."""
    document = json.loads(change.document)
    names = {"committee": change.committee.name}
    if change.kind == CommitteeChange.Kind.RULE:
        sentence = _("Another rule or name for %(committee)s") % names
        return Told(change, sentence, _facts(change.committee, document), _members(change.committee))
    names["who"] = _who(change, document)
    if change.kind == CommitteeChange.Kind.SEAT:
        if document["is_chair"]:
            sentence, after = _("%(who)s becomes member and chair of %(committee)s") % names, _("chair")
        else:
            sentence, after = _("%(who)s becomes member of %(committee)s") % names, _("member")
        return Told(change, sentence, [_row(names["who"], NOTHING, after)], [names["who"]])
    if change.kind == CommitteeChange.Kind.UNSEAT:
        sentence = _("%(who)s leaves %(committee)s, and votes on its open cases no more") % names
        return Told(change, sentence, [_row(names["who"], _("member"), NOTHING)], [names["who"]])
    sentence = _("%(who)s chairs %(committee)s") % names
    chairs = CommitteeSeat.objects.filter(committee=change.committee_id, is_chair=True, ended_on=None)
    former = list(chairs.values_list("user__name", flat=True))
    rows = [_row(_("Chair"), former[0] if former else NOTHING, names["who"])]
    return Told(change, sentence, rows, [*former, names["who"]])


def _who(change: CommitteeChange, document: dict[str, Any]) -> str:
    if change.kind == CommitteeChange.Kind.SEAT:
        return User.objects.get(pk=document["user"]).name
    return CommitteeSeat.objects.select_related("user").get(pk=document["seat"]).user.name


def _members(committee: Committee) -> list[str]:
    seats = CommitteeSeat.objects.filter(committee=committee, ended_on=None).order_by("user__name")
    return list(seats.values_list("user__name", flat=True))


def _facts(committee: Committee, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return what differs from the committee as it is."""
    rows = []
    for name, after in document.items():
        field: Any = Committee._meta.get_field(name)
        before = getattr(committee, name)
        if before != after:
            rows.append(_row(str(field.verbose_name), _shown(field, before), _shown(field, after)))
    return rows


def _shown(field: Any, value: Any) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(dict(field.flatchoices).get(value, value))


def _row(label: str, before: str, after: str) -> dict[str, Any]:
    return {"label": label, "before": before, "after": after, "change": ""}
