"""Counting the votes of a case, and of a counter-proposal, by the case's frozen rule and electorate."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, QuerySet

from approvals.electorates import involved_in
from approvals.models import Case, CounterProposal, Elector, Vote
from approvals.quorum import RECUSED, WAITING, Ballot, Rule, Tally, tally

# A yes with conditions is a yes: its conditions tighten what it allows.
COUNTS_AS = {Vote.Choice.CONDITIONS.value: Vote.Choice.APPROVE.value}

# Each choice with the result that it speaks against.
AGAINST = {
    Vote.Choice.APPROVE.value: Case.State.DECLINED.value,
    Vote.Choice.CONDITIONS.value: Case.State.DECLINED.value,
    Vote.Choice.DECLINE.value: Case.State.APPROVED.value,
}


def rule_of(case: Case) -> Rule:
    """Return the rule that was frozen with the case."""
    if case.passed_to_id is not None:
        return Rule(kind="number", needed=1, quorum=1)
    return Rule(
        kind=case.rule,
        needed=case.approvals_needed,
        share=case.share,
        quorum=case.quorum,
        chair_casts=case.chair_casts,
        decline_closes=case.decline_closes,
    )


def count(case: Case, *, time_is_over: bool = False) -> Tally:
    """Count the case as its votes stand."""
    return tally(rule_of(case), ballots(case, _cast(case).values_list("user_id", "choice")), time_is_over=time_is_over)


def count_counter(case: Case, proposal: CounterProposal) -> Tally:
    """Count a counter-proposal like the ask itself: the same rule, the same electorate, its own votes."""
    return tally(rule_of(case), ballots(case, proposal.votes.values_list("user_id", "choice")))


def ballots(case: Case, cast: Iterable[tuple[int, str]]) -> list[Ballot]:
    """Return one ballot for each elector who still holds the right, of the votes given as (person, choice).

    Whoever lost the right since the case opened, or took the deal into their own hands, is no elector any more, and a
    vote of theirs is none. A recusal goes before a vote.
    """
    said = {user: COUNTS_AS.get(choice, choice) for user, choice in cast}
    recused = Exists(case.recusals.filter(user=OuterRef("user")))
    return [
        Ballot(RECUSED if stepped_back else said.get(user, WAITING), is_chair)
        for user, is_chair, stepped_back in electors_left(case).values_list("user_id", "is_chair", recused)
    ]


def electors_left(case: Case) -> QuerySet[Elector]:
    """Return whose votes count: those who still hold the right, or the one to whom the case passed on silence."""
    rows = holding_the_right(case)
    return rows if case.passed_to_id is None else rows.filter(user=case.passed_to_id)


def holding_the_right(case: Case) -> QuerySet[Elector]:
    """Return those of the frozen electorate who still hold the right to vote, none of them for a party to the deal."""
    barred = involved_in(case.deal).barred
    rows = case.electors.filter(lost_at=None, substitution__ended_at=None).exclude(user__in=barred)
    return rows.exclude(substitution__isnull=False, substitution__member__in=barred).order_by("id")


def _cast(case: Case) -> QuerySet[Vote]:
    """Return the votes that may count: after the case has passed to one member, only what was cast since then."""
    return case.votes.all() if case.passed_at is None else case.votes.filter(cast_at__gte=case.passed_at)


def _that_count(case: Case) -> QuerySet[Vote]:
    """Return the votes of those who may still vote and did not step back."""
    voters = electors_left(case).values("user_id")
    return _cast(case).filter(user__in=voters).exclude(user__in=case.recusals.values("user_id"))


def conditions_that_count(case: Case) -> list[Vote]:
    """Return the votes whose conditions tighten the case's yes, oldest first."""
    return list(_that_count(case).filter(choice=Vote.Choice.CONDITIONS).order_by("cast_at", "id"))


def dissenting(case: Case, result: str) -> list[int]:
    """Return who voted against this result: their reasons stay with it."""
    against = [choice for choice, against_result in AGAINST.items() if against_result == result]
    votes = _that_count(case).filter(choice__in=against).order_by("user_id")
    return list(votes.values_list("user_id", flat=True))
