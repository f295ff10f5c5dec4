"""The way of a deal before it is submitted: who would be asked, in which order, and how long they usually take."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q

from approvals import usual
from approvals.electorates import Electorate, electorates
from approvals.eligibility import Involved, colleagues, too_few
from approvals.usual import NOTHING, Usual
from teams import working_time
from teams.calendars import Calendars, calendars
from teams.models import Absence, Committee, DutyTurn, Membership, Organisation, Team, User, holds_on
from teams.organisation import today


@dataclass(frozen=True, slots=True)
class Asking:
    """What asking depends on besides the answer itself: the team, whose deal it is, the moment."""

    team: Team
    involved: Involved
    at: datetime
    day: date
    organisation: Organisation


@dataclass(frozen=True, slots=True)
class Asked:
    """One person who would be asked. Whoever is away is asked all the same, but not counted upon."""

    user_id: int
    name: str
    stands_in_for_id: int | None = None
    stands_in_for: str = ""
    is_chair: bool = False
    is_away: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One question: to `committee`, else to the colleagues of the team, `needed` of whom must consent.

    `code` names the committee, also where there is none of that name. `on_duty`: who answers first today; `passes_to`:
    whom it passes to on silence.
    """

    people: tuple[Asked, ...] = ()
    needed: int = 0
    code: str = ""
    committee: Committee | None = None
    usual: Usual = NOTHING
    due_at: datetime | None = None
    on_duty: Asked | None = None
    passes_to: Asked | None = None

    @property
    def present(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.people if not one.is_away)


@dataclass(frozen=True, slots=True)
class Way:
    """Everybody whom a deal would be asked of.

    First either `colleagues` or all of `committees` at once; `otherwise` is asked where the colleagues do not agree.
    """

    colleagues: Step | None = None
    committees: tuple[Step, ...] = ()
    otherwise: Step | None = None
    too_few: bool = False


NOBODY = Way()


def way_of_team(asking: Asking, consents: int, code: str) -> Way:
    """Return the way of a deal that asks for `consents` colleagues; `code` is the committee behind them."""
    people = _colleagues(asking)
    if too_few([one.user_id for one in people if not one.is_away], consents):
        return Way(committees=_committees(asking, [code]), too_few=True)
    clock = calendars(asking.at, of=asking.organisation)
    first = Step(people, consents, usual=usual.of_colleagues(asking.team, asking.at, clock))
    return Way(colleagues=first, otherwise=Step(code=code, committee=Committee.objects.filter(code=code).first()))


def way_of_committees(asking: Asking, codes: Iterable[str]) -> Way:
    """Return the way of a deal that is asked of these committees at once."""
    return Way(committees=_committees(asking, codes))


def _colleagues(asking: Asking) -> tuple[Asked, ...]:
    """Return those who may consent by name, with who of them is away."""
    places = Membership.objects.filter(holds_on(asking.day), team=asking.team.speaker_id, user__is_active=True)
    gone = Absence.objects.filter(holds_on(asking.day), user=OuterRef("user"))
    rows = list(places.annotate(gone=Exists(gone)).values_list("user_id", "role", "user__name", "gone"))
    asked = colleagues(((user, role) for user, role, *_rest in rows), asking.involved)
    known = {user: (name, gone) for user, _role, name, gone in rows}
    return _by_name(Asked(user, known[user][0], is_away=known[user][1]) for user in asked)


def _committees(asking: Asking, codes: Iterable[str]) -> tuple[Step, ...]:
    """Return a step for each committee, with everything about all of them read at once."""
    wanted = sorted(set(codes))
    known = {one.code: one for one in Committee.objects.filter(code__in=wanted)}
    committees = list(known.values())
    clock = calendars(asking.at, of=asking.organisation)
    usually = usual.of_committees(committees, asking.at, clock)
    seated = electorates(committees, asking.day, asking.involved)
    due = {one.pk: _due(one, asking, clock) for one in committees}
    turns = _turns(committees, asking.day)
    names = _names(seated.values())
    steps = []
    for code in wanted:
        one = known.get(code)
        if one is None:
            steps.append(Step(code=code))
            continue
        people = _electors(seated[one.pk], names)
        steps.append(
            Step(
                people=people,
                code=code,
                committee=one,
                usual=usually[one.pk],
                due_at=due[one.pk],
                on_duty=_on_duty(people, turns, one, asking.day),
                passes_to=_first_to_answer(
                    seated[one.pk], people, turns, one, today(due[one.pk], of=asking.organisation)
                ),
            )
        )
    return tuple(steps)


def _due(committee: Committee, asking: Asking, clock: Calendars) -> datetime:
    return working_time.after_hours(clock.of(committee), asking.at, committee.answer_hours)


def _turns(committees: Collection[Committee], day: date) -> list[DutyTurn]:
    """Return the turns on the committees' rotas from `day` on, the first ones first."""
    ahead = DutyTurn.objects.filter(Q(ended_on=None) | Q(ended_on__gt=day), committee__in=committees)
    return list(ahead.order_by("started_on"))


def _names(found: Iterable[Electorate]) -> dict[int, str]:
    elected = [each for one in found for each in one.elected]
    people = {one.user_id for one in elected} | {one.stands_in_for for one in elected if one.stands_in_for is not None}
    return dict(User.objects.filter(pk__in=people).values_list("pk", "name"))


def _electors(found: Electorate, names: dict[int, str]) -> tuple[Asked, ...]:
    return _by_name(
        Asked(
            one.user_id,
            names[one.user_id],
            one.stands_in_for,
            names.get(one.stands_in_for or 0, ""),
            one.user_id in found.chairs,
            one.user_id in found.away,
        )
        for one in found.elected
    )


def _first_to_answer(
    found: Electorate, people: tuple[Asked, ...], turns: list[DutyTurn], committee: Committee, day: date
) -> Asked | None:
    """Return who votes for the member on duty on that day, else for the chair, as `teams.duty.first_to_answer` does.

    Of the two, one who is not away today.
    """
    votes_for = _votes_for(people)
    asked = [votes_for[user] for user in (*_turn(turns, committee, day), *found.chairs) if user in votes_for]
    return next((one for one in asked if not one.is_away), asked[0] if asked else None)


def _on_duty(people: tuple[Asked, ...], turns: list[DutyTurn], committee: Committee, day: date) -> Asked | None:
    """Return who votes for the member on duty; None where that person is away."""
    votes_for = _votes_for(people)
    found = [votes_for[user] for user in _turn(turns, committee, day) if user in votes_for]
    return next((one for one in found if not one.is_away), None)


def _votes_for(people: tuple[Asked, ...]) -> dict[int, Asked]:
    return {one.stands_in_for_id or one.user_id: one for one in people}


def _turn(turns: list[DutyTurn], committee: Committee, day: date) -> list[int]:
    """Return whose turn it is, nobody's or one member's."""
    return [turn.user_id for turn in turns if turn.committee_id == committee.pk and turn.holds_on(day)][:1]


def _by_name(people: Iterable[Asked]) -> tuple[Asked, ...]:
    return tuple(sorted(people, key=lambda one: (one.name, one.user_id)))
