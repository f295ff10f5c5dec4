"""Living through the past: three hundred deals, each step at its time, by the same actions that people use."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from random import Random

from approvals.actions.consent import escalate, give_consent, object_to, withdraw_objection
from approvals.actions.outcome import lapse, lose, win
from approvals.actions.submit import submit, withdraw
from approvals.actions.vote import cast_vote
from approvals.models import Case, ConsentRound, Deal, DealState
from insights.demo.deals import APPROVALS, CONSENTS, DECLINES, OBJECTIONS, Shelf, draw_deal
from teams.models import User
from teams.organisation import organisation, today

Step = Callable[[datetime], None]


class Past:
    """A diary of steps to come; each step, once lived, may write further ones."""

    def __init__(self, random: Random, *, until: datetime) -> None:
        self.random = random
        self.until = until
        self.shelf = Shelf.read()
        self.good_days = organisation().approval_days
        self._diary: list[tuple[datetime, int, Step]] = []
        self._order = count()

    def note(self, at: datetime, step: Step) -> None:
        """Write a step into the diary, moved to the next working hour; what lies in the future is left to people."""
        at = _working_hour(at)
        if at < self.until:
            heapq.heappush(self._diary, (at, next(self._order), step))

    def live(self, *, since: datetime, deals: int, progress: Callable[[int], None]) -> None:
        """Begin `deals` deals spread over the time, and live every step in order."""
        span = (self.until - since).total_seconds()
        for index in range(deals):
            jitter = self.random.uniform(0.0, 1.0)
            self.note(since + timedelta(seconds=span * (index + jitter) / deals), self._begin)
        lived = 0
        while self._diary:
            at, _order, step = heapq.heappop(self._diary)
            step(at)
            lived += 1
            progress(lived)

    def _begin(self, at: datetime) -> None:
        deal = draw_deal(self.random, self.shelf, at=at)
        self.note(at + timedelta(minutes=self.random.randint(5, 90)), partial(self._submit, deal))

    def _submit(self, deal: Deal, at: datetime) -> None:
        deal.refresh_from_db()
        submit(deal=deal, by=deal.contact, at=at, edition=deal.edition)
        self._follow(deal, at)

    def _follow(self, deal: Deal, at: datetime) -> None:
        """Note what comes next, given where the deal stands now."""
        deal.refresh_from_db()
        if deal.state == DealState.APPROVED:
            days = self.random.randint(1, 24)
            self.note(at + timedelta(days=days), partial(self._end, deal))
        elif deal.state == DealState.PENDING:
            self._ask(deal, at)

    def _ask(self, deal: Deal, at: datetime) -> None:
        if self.random.random() < 0.05:
            self.note(at + timedelta(minutes=20), partial(self._withdraw, deal))
        for round in ConsentRound.objects.filter(revision__deal=deal, state=ConsentRound.State.OPEN):
            hours = self.random.uniform(0.3, 7)
            self.note(at + timedelta(hours=hours), partial(self._consent, round))
        for case in Case.objects.filter(deal=deal, state=Case.State.OPEN):
            answer = self.random.choices(["approve", "decline"], weights=[5, 1])[0]
            for elector in case.electors.select_related("user"):
                hours = self.random.uniform(2, 28)
                self.note(at + timedelta(hours=hours), partial(self._vote, case, elector.user, answer))

    def _withdraw(self, deal: Deal, at: datetime) -> None:
        deal.refresh_from_db()
        if deal.state == DealState.PENDING:
            withdraw(deal=deal, by=deal.contact, at=at, reason="The customer put the project off.")

    def _consent(self, round: ConsentRound, at: datetime) -> None:
        round.refresh_from_db()
        seats = list(round.seats.filter(answer="").select_related("user").order_by("pk"))
        if round.state != ConsentRound.State.OPEN or not seats:
            return
        seat = self.random.choice(seats)
        deal = round.revision.deal
        if self.random.random() < 0.1:
            object_to(seat=seat, by=seat.user, at=at, reason=self.random.choice(OBJECTIONS))
            then = self._take_on if self.random.random() < 0.5 else self._come_round
            self.note(at + timedelta(hours=self.random.uniform(1, 5)), partial(then, round))
            return
        give_consent(seat=seat, by=seat.user, at=at, reason=self.random.choice(CONSENTS))
        self._follow(deal, at)

    def _come_round(self, round: ConsentRound, at: datetime) -> None:
        """The colleague is convinced: withdraws the objection and consents."""
        round.refresh_from_db()
        seat = round.seats.filter(answer="objection").select_related("user").first()
        if round.state != ConsentRound.State.OPEN or seat is None:
            return
        withdraw_objection(seat=seat, by=seat.user, at=at)
        seat.refresh_from_db()
        give_consent(seat=seat, by=seat.user, at=at + timedelta(minutes=10), reason="With the longer term, yes.")
        self._follow(round.revision.deal, at)

    def _take_on(self, round: ConsentRound, at: datetime) -> None:
        """The team takes the objection to the committee."""
        round.refresh_from_db()
        if round.state != ConsentRound.State.OPEN:
            return
        deal = round.revision.deal
        escalate(round=round, by=deal.contact, at=at)
        self._follow(deal, at)

    def _vote(self, case: Case, voter: User, answer: str, at: datetime) -> None:
        case.refresh_from_db()
        if case.state != Case.State.OPEN:
            return
        choice = answer if self.random.random() < 0.9 else "abstain"
        reasons = DECLINES if choice == "decline" else APPROVALS
        cast_vote(case=case, by=voter, at=at, choice=choice, reason=self.random.choice(reasons))
        case.refresh_from_db()
        if case.state != Case.State.OPEN:
            self._follow(case.deal, at)

    def _end(self, deal: Deal, at: datetime) -> None:
        """Won, lost, or nobody said anything and the yes lapses."""
        deal.refresh_from_db()
        if deal.state != DealState.APPROVED:
            return
        fate = self.random.choices(["won", "lost", "silence"], weights=[68, 24, 8])[0]
        if fate == "won":
            win(deal=deal, by=deal.contact, at=at, closed_on=today(at))
        elif fate == "lost":
            lose(deal=deal, by=deal.contact, at=at, closed_on=today(at), why="Another supplier was cheaper.")
        else:
            self.note(at + timedelta(days=self.good_days + 2), partial(_lapse, deal))


def _lapse(deal: Deal, at: datetime) -> None:
    lapse(deal=deal, at=at)


def _working_hour(at: datetime) -> datetime:
    """The same moment, or the next morning, on a weekday between 8 and 17 o'clock UTC."""
    if at.hour < 8:
        at = at.replace(hour=8, minute=at.minute)
    elif at.hour >= 17:
        at = (at + timedelta(days=1)).replace(hour=8, minute=at.minute)
    while at.weekday() >= 5:
        at = (at + timedelta(days=1)).replace(hour=8, minute=at.minute)
    return at.astimezone(UTC)
