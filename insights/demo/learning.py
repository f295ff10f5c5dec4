"""What the demo company has learnt: precedents that are cited, and look-backs on deals that were won and lost."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from approvals.models import Case, Deal, DealState
from approvals.shown import documents_of
from insights.actions.look_backs import Answers, answer, ask
from insights.actions.precedents import listen, publish
from insights.models import LookBack, Precedent
from insights.precedents import subject_of_case
from insights.similar import Sign, likeness
from teams.models import User

PRECEDENTS = (
    (
        "A longer term paid for the discount",
        "Thirty-six months instead of twelve: the committee looked at what came back, not at the percentage.",
    ),
    (
        "A tender with a fixed lowest price",
        "The tender named the price to beat, and the reference brings two neighbouring customers.",
    ),
    ("Two products at once", "The discount on the smaller product opened the larger one, at list price."),
)
SAID = (
    Answers(
        "narrow",
        "A longer term should earn more than a short one.",
        "Two points more.",
        "A term of three years.",
        "yes",
        "Ask for the term before speaking of the price.",
    ),
    Answers("fitted", "", "The bound as it stands.", "An answer at the table, and a reference.", "yes", ""),
    Answers(
        "narrow",
        "Payment within fourteen days is worth something and counts for nothing today.",
        "Nothing.",
        "Early payment, which we could not reward.",
        "otherwise",
        "Offer early payment first.",
    ),
    Answers(
        "unclear",
        "It was not clear whether services count with the hardware.",
        "Installation at half price.",
        "The order a month earlier.",
        "otherwise",
        "Write both on one quote.",
    ),
    Answers(
        "wide",
        "At this size the customer never asked for more than half of it.",
        "Less than we might have.",
        "The list price on most lines.",
        "yes",
        "",
    ),
)
MOST_LOOK_BACKS = 28
CITING = 3


def learn(*, at: datetime) -> None:
    """Publish precedents from decided cases, cite the first in others, and answer most look-backs."""
    decided = Case.objects.filter(state=Case.State.APPROVED, deal__imported=False)
    rows = decided.select_related("deal__team", "deal__customer", "committee", "decision", "revision").order_by("id")
    # what the precedents tell is of discounts on products, and each of one limit
    cases = [case for case in rows if len(_limits(case)) == 1]
    asked_again = max((case for case in cases if case.deal.team.code == "public"), key=_often(cases), default=None)
    others = [case for case in cases[: len(PRECEDENTS) * 2 : 2] if case != asked_again]
    made = []
    for case, (title, difference) in zip([*filter(None, [asked_again]), *others], PRECEDENTS, strict=False):
        by = case.electors.select_related("user").order_by("pk")[0].user
        when = (case.closed_at or at) + timedelta(hours=2)
        made.append(publish(case=case, by=by, at=when, title=title, difference=difference))
    if made:
        _cite(made[0], _like(made[0].case, cases), at)
    _look_back(at)


def _limits(case: Case) -> set[int | None]:
    """Return the rows of the mandate whose bound on a line's discount the case is beyond."""
    _judged, answer = documents_of(case.decision)
    return {
        one["limit"]
        for one in answer["findings"]
        if (one["metric"], one["committee"], one["source"]) == ("line_discount", case.committee.code, "mandate")
    }


def _often(cases: list[Case]) -> Callable[[Case], int]:
    """Return a key by which the case comes last that was asked most often; the first of several."""
    return lambda case: len(_like(case, cases))


def _like(case: Case, cases: Iterable[Case]) -> list[Case]:
    """Return the other cases beyond the same limit, in the same segment, with something of the same family."""
    own, signs = subject_of_case(case, case.revision), {Sign.METRIC, Sign.SEGMENT, Sign.FAMILY}
    found = ((one, likeness(own, subject_of_case(one, one.revision))) for one in cases if one.pk != case.pk)
    return [one for one, alike in found if alike and signs <= alike.shared.keys()]


def _cite(precedent: Precedent, cases: list[Case], at: datetime) -> None:
    """Let these cases, and the newest open ones, have been argued with a precedent."""
    newest = Case.objects.filter(state=Case.State.OPEN).select_related("deal__contact").order_by("-id")[:CITING]
    for case in [*cases, *newest]:
        when = min(at, case.closed_at - timedelta(hours=1)) if case.closed_at else at
        listen(case.deal, [case], f"/precedents/{precedent.pk}/", case.deal.contact, when)


def _look_back(at: datetime) -> None:
    """Ask what is due, and answer all but the newest: those wait on Today. Each mandate hears every answer in turn."""
    said: Counter[int | None] = Counter()
    ended = Deal.objects.filter(state__in=(DealState.WON, DealState.LOST), imported=False)
    rows = (
        LookBack.objects.filter(deal__in=ended, asked_at=None)
        .select_related("deal__contact")
        .order_by("-due_on", "-id")
    )
    for number, one in enumerate(reversed(list(rows[:MOST_LOOK_BACKS]))):
        ask(one.pk, at - timedelta(days=1))
        one.refresh_from_db()
        if one.asked_at is not None and number < MOST_LOOK_BACKS - 4:
            by: User = one.deal.contact
            answers = SAID[said[one.mandate_id] % len(SAID)]
            said[one.mandate_id] += 1
            answer(look_back=one, by=by, at=at - timedelta(hours=20), edition=None, answers=answers)
    LookBack.objects.filter(asked_at=None, cause__in=("won", "lost")).delete()
