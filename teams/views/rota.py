"""The rota of a committee: who is on duty now, next and before; planning turns and ending them."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.refusals import Conflict, Invalid
from teams import actions
from teams.absences import ahead, substitutions_ahead
from teams.actions.rota import about_turn, days_text
from teams.days import last_of, overlap
from teams.duty import duty_on, turns, turns_ahead
from teams.duty_sentences import answers_today
from teams.forms.edition import PageForm
from teams.forms.rota import RoundForm, TurnForm
from teams.models import Absence, Committee, DutyTurn, Substitution
from teams.permissions import require
from teams.views.committees import crumbs
from teams.views.requests import PageRequest, allowed, moved, posted, reader, today_of

MOST_PAST = 50
BAD = 422


@reader()
def rota(request: PageRequest, code: str) -> HttpResponse:
    """Show who is on duty, and plan a turn."""
    shown = get_object_or_404(Committee, code=code)
    form = TurnForm(_sent(request, shown), committee=shown)

    def act() -> None:
        actions.plan_turn(committee=shown, by=request.user, at=timezone.now(), **form.cleaned_data)
        messages.success(request, _("The turn is planned."))

    return _answer(request, shown, form, act, "turn_form")


@reader()
def rounds(request: PageRequest, code: str) -> HttpResponse:
    """Give each member a week in turn."""
    shown = get_object_or_404(Committee, code=code)
    if request.method != "POST":
        return redirect("teams:rota", code)
    form = RoundForm(_sent(request, shown), committee=shown, prefix="round")

    def act() -> None:
        rows = actions.plan_round(committee=shown, by=request.user, at=timezone.now(), **form.cleaned_data)
        said = ngettext("%(count)s week is planned.", "%(count)s weeks are planned.", len(rows)) % {"count": len(rows)}
        messages.success(request, said)

    return _answer(request, shown, form, act, "round_form")


@reader()
def end_turn(request: PageRequest, code: str, pk: int) -> HttpResponse:
    """End a turn, or take it back."""
    turn = get_object_or_404(DutyTurn.objects.select_related("committee"), pk=pk, committee__code=code)
    return moved(
        request,
        lambda: actions.end_turn(turn=turn, by=request.user, at=timezone.now()),
        reverse("teams:rota", args=[code]),
        _("The turn has ended."),
    )


def _sent(request: PageRequest, shown: Committee) -> Any:
    """What was sent, from whoever may plan. Raises: NotAllowed."""
    if request.method == "POST":
        require("duty.plan", request.person, about_turn(shown.pk))
    return posted(request)


def _answer(request: PageRequest, shown: Committee, form: PageForm, act: Callable[[], None], name: str) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except (Invalid, Conflict) as refusal:
            form.refuse(refusal)
        else:
            return redirect("teams:rota", shown.code)
    return _page(request, shown, {name: form}, status=BAD) if form.is_bound else _page(request, shown, {})


def _page(request: PageRequest, shown: Committee, forms: dict[str, PageForm], status: int = 200) -> HttpResponse:
    day = today_of(request)
    ahead_rows = list(turns_ahead(shown.pk, day))
    plans = shown.is_active and allowed(request, "duty.plan", about_turn(shown.pk))
    context: dict[str, Any] = {
        "committee": shown,
        "now": answers_today(duty_on([shown.pk], day).get(shown.pk), day),
        "rows": _told(request, shown, ahead_rows, day),
        "past": [{"row": row, "last_on": last_of(row.ended_on)} for row in _past(shown, day)],
        "plans": plans,
        "crumbs": crumbs(shown),
    }
    if plans:
        start = _next_free(ahead_rows, day)
        context["turn_form"] = TurnForm(committee=shown, initial={"first_on": start})
        context["round_form"] = RoundForm(committee=shown, prefix="round", initial={"first_on": start, "rounds": 1})
    return render(request, "teams/rota.html", {**context, **forms} if plans else context, status=status)


def _past(shown: Committee, day: date) -> Sequence[DutyTurn]:
    return list(turns(shown.pk).filter(ended_on__lte=day).order_by("-started_on", "-pk")[:MOST_PAST])


def _next_free(rows: Sequence[DutyTurn], day: date) -> date:
    """The day after the last turn planned; else the Monday to come."""
    ends = [row.ended_on for row in rows if row.ended_on is not None]
    return max(ends) if ends else day + timedelta(days=-day.weekday() % 7)


def _told(request: PageRequest, shown: Committee, rows: Sequence[DutyTurn], day: date) -> list[dict[str, Any]]:
    """Turns with what the reader may do about each, and when their members are away meanwhile."""
    people = {row.user_id for row in rows}
    away = list(ahead(day).filter(user__in=people)) if people else []
    named = list(substitutions_ahead(day).filter(committee=shown, confirmed_at__isnull=False)) if away else []
    return [
        {
            "row": row,
            "last_on": last_of(row.ended_on),
            "runs": row.holds_on(day),
            "may_end": allowed(request, "duty.end", about_turn(shown.pk, row.user_id)),
            "away": [_meanwhile(one, named) for one in away if _meets(one, row)],
        }
        for row in rows
    ]


def _meets(absence: Absence, turn: DutyTurn) -> bool:
    if absence.user_id != turn.user_id:
        return False
    return overlap(absence.started_on, absence.ended_on, turn.started_on, turn.ended_on)


def _meanwhile(absence: Absence, named: Sequence[Substitution]) -> str:
    """Return that a member is away, and who answers then."""
    words = {"days": days_text(absence.started_on, absence.ended_on)}
    for one in named:
        if one.member_id == absence.user_id and overlap(
            one.started_on, one.ended_on, absence.started_on, absence.ended_on
        ):
            return _("away %(days)s; %(name)s stands in") % {**words, "name": one.substitute.name}
    return _("away %(days)s; the chair answers first") % words
