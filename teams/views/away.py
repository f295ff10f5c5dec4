"""What pages show of who is away and who stands in, with what the reader may do about it."""

from typing import Any

from teams.absences import ahead, substitutions_ahead
from teams.actions.absences import about_substitution
from teams.days import last_of
from teams.models import Committee, CommitteeSeat, Substitution
from teams.views.requests import PageRequest, allowed, today_of


def said_of(row: Substitution, request: PageRequest) -> dict[str, Any]:
    """One substitution with what the reader may do about it."""
    about = about_substitution(row.committee_id, row.member_id, row.substitute_id)
    return {
        "row": row,
        "last_on": last_of(row.ended_on),
        "may_confirm": row.confirmed_at is None and allowed(request, "substitute.confirm", about),
        "may_end": allowed(request, "substitute.end", about),
    }


def away_context(committee: Committee, request: PageRequest) -> dict[str, Any]:
    """What the page of a committee says of who is away and who stands in."""
    day = today_of(request)
    members = CommitteeSeat.objects.filter(committee=committee, ended_on=None).values("user")
    away = [
        {"row": row, "last_on": last_of(row.ended_on), "now": row.holds_on(day)}
        for row in ahead(day).filter(user__in=members)
    ]
    rows = substitutions_ahead(day).filter(committee=committee)
    return {
        "away": away,
        "substitutions": [said_of(row, request) for row in rows],
        "chairs": committee.pk in request.person.chairs,
    }
