"""Several of a team remind at once: those who are asked hear of it once."""

from collections.abc import Callable

import pytest

from approvals.actions.nudging import nudge_case, nudge_round
from approvals.actions.submit import withdraw
from approvals.models import Case, ConsentRound
from journal.models import Event
from journal.refusals import Conflict
from tests.approvals.asking import case_of
from tests.approvals.countering import asked_of_desk
from tests.factories import TEAM_PRICE, World, submitted
from tests.test_promises.racing import race

TEAM = ("anke", "bram", "chloe", "dirk")


@pytest.mark.parametrize("rounds", [2, pytest.param(60, marks=pytest.mark.full)])
def test_reminding_at_once_reminds_once(company: World, rounds: int) -> None:
    """Seen to fail: with `nudged_at` looked at before the lock."""
    for number in range(1, rounds + 1):
        case = case_of(asked_of_desk(company))
        asked = ConsentRound.objects.get(revision__deal=submitted(company, price=TEAM_PRICE))

        def by_hand(who: str, case: Case = case) -> Callable[[], object]:
            return lambda: nudge_case(case=case, by=company.people[who], at=company.at)

        def of_round(who: str, asked: ConsentRound = asked) -> Callable[[], object]:
            return lambda: nudge_round(round=asked, by=company.people[who], at=company.at)

        for acts in ([by_hand(who) for who in TEAM], [of_round(who) for who in TEAM]):
            results = race(acts)
            refused = [one for one in results if isinstance(one, Exception)]
            assert all(isinstance(one, Conflict) and one.code == "nudged_already" for one in refused), refused
            assert len(refused) == len(TEAM) - 1
        assert Event.objects.filter(verb="case.nudged").count() == number
        assert Event.objects.filter(verb="consent.nudged").count() == number
        # the next round needs its room in the team's budget
        withdraw(deal=asked.revision.deal, by=company.bram, at=company.at)
