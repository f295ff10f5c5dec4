"""Counter-proposals and requests for tests of the approvals app."""

from typing import Any

from approvals.actions.counter import propose, vote_on
from approvals.models import Case, CounterProposal, Deal
from tests.approvals.asking import case_of
from tests.factories import World, submitted, terms

# The desk alone is asked: 15.79 % off a training, where the team may give 12 %, at a margin that is within it.
ASKED_PRICE, NEAR_PRICE = "800.00", "826.50"
AT_MOST_13 = {"metric": "line_discount", "product": "TRAIN-1", "bound": "13"}


def asked_of_desk(made: World, price: str = ASKED_PRICE, **fields: Any) -> Deal:
    """Four trainings, for which the desk alone is asked; 13 % off is 826.50."""
    return submitted(made, terms=terms(("TRAIN-1", "4", price), **fields))


def proposed(made: World, case: Case, *figures: dict[str, str], by: str = "ines", **fields: Any) -> CounterProposal:
    """A counter-proposal by a member of the desk; without figures, at most 13 %."""
    return propose(
        case=case,
        by=made.people[by],
        at=fields.pop("at", made.at),
        figures=figures or [AT_MOST_13],
        until=fields.pop("until", None),
        reason="Up to there it carries itself.",
        **fields,
    )


def adopted(made: World, deal: Deal, *figures: dict[str, str], **fields: Any) -> CounterProposal:
    """A counter-proposal of the desk that Ines made and Joris voted for."""
    own = proposed(made, case_of(deal), *figures, **fields)
    return vote_on(proposal=own, by=made.joris, at=made.at, choice="approve", reason="With these figures.")
