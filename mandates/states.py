"""The way of a version of a mandate or of the charter, as tables."""

from typing import Final

from journal.moves import Move
from mandates.models import VersionState

DRAFT = VersionState.DRAFT.value
PROPOSED = VersionState.PROPOSED.value
GRANTED = VersionState.GRANTED.value
DECLINED = VersionState.DECLINED.value
SUSPENDED = VersionState.SUSPENDED.value
SUPERSEDED = VersionState.SUPERSEDED.value
REVOKED = VersionState.REVOKED.value
EXPIRED = VersionState.EXPIRED.value


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


MANDATE_MOVES: Final[tuple[Move, ...]] = (
    Move("edit", _from(DRAFT), DRAFT, "mandate.draft", "mandate.edited"),
    # who joins the drafters may change the draft, and never grants it
    Move("join", _from(DRAFT), DRAFT, "mandate.draft", "mandate.joined"),
    Move("propose", _from(DRAFT), PROPOSED, "mandate.propose", "mandate.proposed"),
    # a drafter's own way out: the version ends like a declined one, with nobody's answer
    Move("take_back", _from(DRAFT, PROPOSED), DECLINED, "mandate.draft", "mandate.taken_back"),
    Move("grant", _from(PROPOSED), GRANTED, "mandate.grant", "mandate.granted"),
    Move("decline", _from(PROPOSED), DECLINED, "mandate.decline", "mandate.declined"),
    Move("suspend", _from(GRANTED), SUSPENDED, "mandate.suspend", "mandate.suspended"),
    Move("resume", _from(SUSPENDED), GRANTED, "mandate.resume", "mandate.resumed"),
    Move("revoke", _from(GRANTED, SUSPENDED), REVOKED, "mandate.revoke", "mandate.revoked"),
    Move("supersede", _from(GRANTED, SUSPENDED), SUPERSEDED, "", "mandate.superseded"),
    Move("expire", _from(GRANTED, SUSPENDED), EXPIRED, "", "mandate.expired"),
)

# A charter is replaced by its next version and never ends: without one, nothing would bound anybody.
CHARTER_MOVES: Final[tuple[Move, ...]] = (
    Move("edit", _from(DRAFT), DRAFT, "charter.draft", "charter.edited"),
    Move("join", _from(DRAFT), DRAFT, "charter.draft", "charter.joined"),
    Move("propose", _from(DRAFT), PROPOSED, "charter.propose", "charter.proposed"),
    Move("take_back", _from(DRAFT, PROPOSED), DECLINED, "charter.draft", "charter.taken_back"),
    Move("grant", _from(PROPOSED), GRANTED, "charter.grant", "charter.granted"),
    Move("decline", _from(PROPOSED), DECLINED, "charter.decline", "charter.declined"),
    Move("supersede", _from(GRANTED), SUPERSEDED, "", "charter.superseded"),
)

MOVES: Final[dict[str, tuple[Move, ...]]] = {"mandate": MANDATE_MOVES, "charter": CHARTER_MOVES}
