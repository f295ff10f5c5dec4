"""Who would be asked, in which order, and how long they usually take, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.readings.due import about
from approvals.usual import LOOKED_AT, Usual
from approvals.ways import Asked, Step, Way
from teams.models import Committee


@dataclass(frozen=True, slots=True)
class AskedOf:
    """One question on the way: of whom, by name; `when` where it is not the first; what else there is to know."""

    label: str
    people: str
    lines: tuple[str, ...] = ()
    when: str = ""


def told(way: Way, committees: Mapping[str, str], *, days: int) -> tuple[AskedOf, ...]:
    """Return the way in the order in which people are asked; `days` is how many working days a colleague has."""
    found = []
    if way.colleagues is not None:
        found.append(_colleagues(way.colleagues, days))
    together = _("At the same time. All of them must say yes.")
    for number, step in enumerate(way.committees):
        found.append(_committee(step, committees, together if number else ""))
    if way.otherwise is not None:
        when = _("Only where a colleague objects or too few of them answer in time.")
        found.append(AskedOf(committees.get(way.otherwise.code, way.otherwise.code), "", (), when))
    return tuple(found)


def _colleagues(step: Step, days: int) -> AskedOf:
    word = _("and") if len(step.present) == step.needed else _("or")
    lines = []
    away = [one.name for one in step.people if one.is_away]
    if away:
        said = ngettext("%(names)s is away today.", "%(names)s are away today.", len(away))
        lines.append(said % {"names": get_text_list(away, _("and"))})
    within = ngettext(
        "They answer within %(count)s working day; %(usual)s.",
        "They answer within %(count)s working days; %(usual)s.",
        days,
    )
    lines.append(within % {"count": days, "usual": usually(step.usual, colleagues=True)})
    people = str(get_text_list([one.name for one in step.present], word))
    return AskedOf(_("Colleagues of the team"), people, tuple(lines))


def _committee(step: Step, names: Mapping[str, str], when: str) -> AskedOf:
    label = names.get(step.code, step.code)
    if step.committee is None or not step.people:
        return AskedOf(label, _("nobody sits on it today"), (), when)
    hours = step.committee.answer_hours
    within = ngettext(
        "Answers within %(count)s working hour; %(usual)s.", "Answers within %(count)s working hours; %(usual)s.", hours
    )
    first = [] if step.on_duty is None else [_("%(name)s is on duty and answers first.") % {"name": step.on_duty.name}]
    soon = within % {"count": hours, "usual": usually(step.usual)}
    lines = (*first, soon, _silence(step.committee, step.passes_to))
    return AskedOf(label, str(get_text_list([_elector(one) for one in step.people], _("and"))), lines, when)


def _elector(one: Asked) -> str:
    if one.stands_in_for:
        return _("%(name)s for %(member)s, who is away") % {"name": one.name, "member": one.stands_in_for}
    if one.is_away and one.is_chair:
        return _("%(name)s (chair, away today)") % {"name": one.name}
    if one.is_away:
        return _("%(name)s (away today)") % {"name": one.name}
    return _("%(name)s (chair)") % {"name": one.name} if one.is_chair else one.name


def _silence(committee: Committee, first: Asked | None) -> str:
    """Say what happens where it stays silent; never a yes."""
    if committee.silence == Committee.Silence.LAPSE:
        return _("On silence the deal lapses.")
    if first is None:
        return _("On silence whoever has not voted is reminded.")
    if committee.silence == Committee.Silence.PASS_ON:
        return _("On silence it passes to %(name)s alone.") % {"name": first.name}
    return _("On silence whoever has not voted is reminded, and %(name)s first.") % {"name": first.name}


def usually(usual: Usual, *, colleagues: bool = False) -> str:
    """Say how long answers usually take, and of how many of them that is the median."""
    if usual.worked is None:
        return _("no answers yet") if colleagues else _("no cases yet")
    words = {"time": about(usual.worked), "count": usual.count, "days": LOOKED_AT.days}
    if colleagues:
        text = ngettext(
            "usually %(time)s (%(count)s answer in the last %(days)s days)",
            "usually %(time)s (median of %(count)s answers in the last %(days)s days)",
            usual.count,
        )
    else:
        text = ngettext(
            "usually %(time)s (%(count)s case in the last %(days)s days)",
            "usually %(time)s (median of %(count)s cases in the last %(days)s days)",
            usual.count,
        )
    return text % words


def steps_of(way: Way) -> list[dict[str, object]]:
    """Return the way as the API tells it, in its order."""
    steps = [("colleagues", "", way.colleagues)] if way.colleagues else []
    steps += [("committee", "", step) for step in way.committees]
    steps += [("committee", "colleagues_disagree", way.otherwise)] if way.otherwise else []
    return [
        {
            "asks": asks,
            "committee": step.code or None,
            "only_if": only_if or None,
            "people": _people(step.people),
            "on_duty": None if step.on_duty is None else step.on_duty.name,
            "passes_to": None if step.passes_to is None else step.passes_to.name,
            "usual": {
                "count": step.usual.count,
                "minutes": None if step.usual.worked is None else round(step.usual.worked.total_seconds() / 60),
            },
        }
        for asks, only_if, step in steps
    ]


def _people(people: Sequence[Asked]) -> list[dict[str, object]]:
    return [
        {"name": one.name, "stands_in_for": one.stands_in_for or None, "chair": one.is_chair, "away": one.is_away}
        for one in people
    ]
