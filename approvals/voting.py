"""Counting the votes of a case, and of a counter-proposal, by the case's frozen rule."""

from collections.abc import Iterable

from approvals.electorates import involved_in
from approvals.eligibility import counting
from approvals.models import Case, CounterProposal, Vote
from approvals.quorum import Tally, tally

# A yes with conditions is a yes: its conditions tighten what it allows.
COUNTS_AS = {Vote.Choice.CONDITIONS.value: Vote.Choice.APPROVE.value}

# Each choice with the result that it speaks against.
AGAINST = {
    Vote.Choice.APPROVE.value: Case.State.DECLINED.value,
    Vote.Choice.CONDITIONS.value: Case.State.DECLINED.value,
    Vote.Choice.DECLINE.value: Case.State.APPROVED.value,
}


def count(case: Case) -> Tally:
    """Count the case; whoever took the deal into their own hands since does not count."""
    return _count(case, case.votes.values_list("user_id", "choice"))


def count_counter(case: Case, proposal: CounterProposal) -> Tally:
    """Count a counter-proposal like the ask itself: the same rule, the same electorate, its own votes."""
    return _count(case, proposal.votes.values_list("user_id", "choice"))


def _count(case: Case, cast: Iterable[tuple[int, str]]) -> Tally:
    involved = involved_in(case.deal)
    electorate = counting(((user, user) for user in case.electors.values_list("user_id", flat=True)), involved)
    votes = counting(((user, COUNTS_AS.get(choice, choice)) for user, choice in cast), involved)
    return tally(case.rule, case.approvals_needed, case.quorum, len(electorate), votes)


def conditions_that_count(case: Case) -> list[Vote]:
    """Return the votes whose conditions tighten the case's yes, oldest first."""
    involved = involved_in(case.deal)
    votes = case.votes.filter(choice=Vote.Choice.CONDITIONS).order_by("cast_at", "id")
    return counting(((vote.user_id, vote) for vote in votes), involved)


def dissenting(case: Case, result: str) -> list[int]:
    """Return who voted against this result: their reasons stay with it."""
    involved = involved_in(case.deal)
    against = [choice for choice, against_result in AGAINST.items() if against_result == result]
    votes = case.votes.filter(choice__in=against).order_by("user_id")
    return counting(((vote.user_id, vote.user_id) for vote in votes), involved)
