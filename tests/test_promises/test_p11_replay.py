"""P11: every stored decision is judged again from its own case and answers the same, byte for byte."""

import random
from datetime import timedelta
from decimal import Decimal

import pytest

from approvals.actions.submit import submit
from approvals.models import Case, Deal, Decision
from approvals.rechecking import differences
from approvals.terms import DraftTerms
from tests.factories import PRODUCTS, draft, revised, terms, vote, world
from tests.test_promises.invariants import faults


@pytest.mark.django_db
@pytest.mark.parametrize("deals", [12, pytest.param(2_000, marks=pytest.mark.full)])
def test_decisions_of_a_random_story_replay(deals: int) -> None:
    """Seen to fail: with the answer stored with a guidance."""
    made = world()
    dice = random.Random(11)
    at = made.at
    for _ in range(deals):
        at += timedelta(minutes=7)
        deal = draft(made, at=at, terms=_terms(dice))
        submit(deal=deal, by=made.bram, at=at, edition=None)
        for case in Case.objects.filter(deal=deal, state="open"):
            people = ["lien"] if case.committee.code == "finance" else ["ines", "joris"]
            if dice.random() < 0.7:
                vote(made, case, *people, choice=dice.choice(["approve", "approve", "decline"]), at=at)
            if Deal.objects.get(pk=deal.pk).state != "pending":
                break
        deal.refresh_from_db()
        if dice.random() < 0.5 and deal.state != "withdrawn":
            revised(made, deal, _terms(dice), at=at)
    assert Decision.objects.count() > deals
    assert len(set(Decision.objects.values_list("outcome", flat=True))) >= 3
    assert list(differences()) == []
    assert faults() == []


def _terms(dice: random.Random) -> DraftTerms:
    lines = []
    for code, _family, _charge, listed, _cost in dice.sample(PRODUCTS, dice.randint(1, 3)):
        price = (Decimal(listed) * dice.randint(60, 100) / 100).quantize(Decimal("0.01"))
        lines.append((code, str(dice.randint(1, 9)), str(price)))
    return terms(*lines, term_months=dice.randint(1, 36), payment_days=dice.choice([30, 45, 60, 90]))
