"""Look-backs as lists: what was answered, narrowed by what somebody looks for, and what waits for a person."""

from collections.abc import Mapping
from typing import Any, Final

from django.db.models import F, Q, QuerySet

from insights.actions.look_backs import TEXTS
from insights.models import LookBack
from teams.permissions import LEAD, MEMBER, Person

FILTERS: Final = {"mandate": "mandate__code", "team": "deal__team__code", "fit": "fit", "cause": "cause"}


def answered_look_backs() -> QuerySet[LookBack]:
    """Return what teams learnt, for everybody to read."""
    rows = LookBack.objects.filter(answered_at__isnull=False)
    return rows.select_related("deal__customer", "deal__team", "mandate")


def narrowed(rows: QuerySet[LookBack], values: Mapping[str, Any]) -> QuerySet[LookBack]:
    """Return those with all words of `q` in their texts or the customer's name, and with every filter that is set."""
    for word in str(values.get("q", "")).split():
        found = Q(deal__customer__name__icontains=word)
        for name in TEXTS:
            found |= Q(**{f"{name}__icontains": word})
        rows = rows.filter(found)
    return rows.filter(**{FILTERS[name]: values[name] for name in FILTERS if values.get(name)})


def waiting_look_backs(person: Person) -> QuerySet[LookBack]:
    """Return what the person is asked: about deals of theirs whose result still stands, in teams they work in."""
    teams = [team for team, role in person.team_roles.items() if role in (LEAD, MEMBER)]
    mine = Q(deal__contact=person.user_id) | Q(deal__editors__user=person.user_id)
    stands = Q(cause=LookBack.Cause.DAY) | Q(deal__state=F("cause"))
    rows = LookBack.objects.filter(mine, stands, asked_at__isnull=False, answered_at=None, deal__team__in=teams)
    return rows.distinct()
