"""What a rota says in sentences: who is on duty until when, and who answers meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from teams.days import ONE_DAY
from teams.duty import OnDuty, running
from teams.models import Absence, DutyTurn, Substitution, holds_on

NEAR = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Duty:
    """A sentence on the reader's own duty, and the rota where it stands."""

    text: str
    url: str


def answers_today(duty: OnDuty | None, day: date) -> str:
    """Return who is on duty for a committee today, and who answers where that member is away."""
    if duty is None:
        return _("Nobody is on duty today: the chair answers first.")
    words = {"name": duty.turn.user.name, "until": _until(duty.turn.ended_on, day)}
    if not duty.is_away:
        return _("%(name)s is on duty %(until)s.") % words
    if duty.stand_in is None:
        return _("%(name)s is on duty %(until)s and away today: the chair answers first.") % words
    words["other"] = duty.stand_in.name
    return _("%(name)s is on duty %(until)s and away today: %(other)s stands in.") % words


def own_duty(user_id: int, committee_ids: Collection[int], day: date) -> list[Duty]:
    """Return on which committees this person is on duty today, for themselves or for somebody who is away."""
    standing_in = Substitution.objects.filter(
        holds_on(day),
        committee=OuterRef("committee"),
        member=OuterRef("user"),
        substitute=user_id,
        ended_at=None,
        confirmed_at__isnull=False,
    )
    away = Absence.objects.filter(holds_on(day), user=OuterRef("user"))
    mine = Q(user=user_id, committee__in=list(committee_ids)) | (Exists(standing_in) & Exists(away))
    rows = running(day).filter(mine).select_related("committee", "user").order_by("committee__name")
    return [_own(turn, user_id, day) for turn in rows]


def _own(turn: DutyTurn, user_id: int, day: date) -> Duty:
    words = {"committee": turn.committee.name, "until": _until(turn.ended_on, day), "name": turn.user.name}
    if turn.user_id == user_id:
        text = _("You are on duty for %(committee)s %(until)s.") % words
    else:
        text = _("You are on duty for %(committee)s in place of %(name)s, who is away.") % words
    return Duty(text, reverse("teams:rota", args=[turn.committee.code]))


def _until(ended_on: date | None, day: date) -> str:
    """Return the end of a period as a part of a sentence: its weekday in the days ahead, else its date."""
    if ended_on is None:
        return _("until further notice")
    last = ended_on - ONE_DAY
    if last == day:
        return _("until tonight")
    if last - day <= NEAR:
        return _("until %(day)s") % {"day": date_format(last, "l")}
    return _("until %(day)s") % {"day": f"{date_format(last, 'l')} {date_format(last)}"}
