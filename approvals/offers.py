"""What a counter-proposal offers the team today: the nearest revision inside it."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from approvals.bounding import NO_RATES, Rates, nearest
from approvals.countering import read
from approvals.judging import facts_of
from approvals.models import Approval, CounterProposal, Deal
from approvals.terms import of_facts
from mandates.engine import digest


def nearest_facts(proposal: CounterProposal, approval: Approval, deal: Deal, day: date) -> dict[str, Any] | None:
    """Return the facts of the revision that accepting would submit: what was asked, moved no further than it must.

    None where no price up to today's list keeps to the figures. Raises: Invalid where a product has no price today.
    """
    terms = of_facts(json.loads(proposal.case.revision.document)["deal"])
    facts = facts_of(deal, terms, day)
    moved = nearest(facts["deal"], read(proposal.figures), _rates(approval))
    return None if moved is None else {**facts, "deal": moved}


def hash_of(facts: Mapping[str, Any]) -> str:
    """Return what stands for the shown terms in the form that accepts them; costs are no part of it.

    Whoever may not see them could try guesses against such a hash.
    """
    deal = facts["deal"]
    lines = [{name: value for name, value in line.items() if name != "unit_cost"} for line in deal["lines"]]
    return digest({**deal, "lines": lines})


def _rates(approval: Approval) -> Rates:
    """Return by what the approval measures an effective discount."""
    limits = json.loads(approval.document)["limits"]
    found = next((limit for limit in limits if limit["metric"] == "effective_discount"), None)
    return NO_RATES if found is None else (found["capital_rate"], found["standard_payment_days"])
