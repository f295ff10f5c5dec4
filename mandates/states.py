"""The way of a version of a mandate or of the charter, as tables."""

from collections.abc import Iterable
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
COUNTERED = VersionState.COUNTERED.value


def _from(*states: str) -> frozenset[str]:
    return frozenset(states)


def _stays(name: str, states: Iterable[str], permission: str, event: str) -> tuple[Move, ...]:
    """A step that leaves the state as it is."""
    return tuple(Move(name, _from(state), state, permission, event) for state in states)


MANDATE_MOVES: Final[tuple[Move, ...]] = (
    Move("edit", _from(DRAFT), DRAFT, "mandate.draft", "mandate.edited"),
    # who joins the drafters may change the draft, and never grants it
    Move("join", _from(DRAFT), DRAFT, "mandate.draft", "mandate.joined"),
    Move("propose", _from(DRAFT), PROPOSED, "mandate.propose", "mandate.proposed"),
    # a drafter's own way out: the version ends like a declined one, with nobody's answer
    Move("take_back", _from(DRAFT, PROPOSED), DECLINED, "mandate.draft", "mandate.taken_back"),
    Move("grant", _from(PROPOSED), GRANTED, "mandate.grant", "mandate.granted"),
    Move("decline", _from(PROPOSED), DECLINED, "mandate.decline", "mandate.declined"),
    # the grantor offers a changed version; the team accepts it, or asks anew
    Move("counter", _from(PROPOSED), COUNTERED, "mandate.counter", "mandate.countered"),
    Move("accept", _from(COUNTERED), COUNTERED, "mandate.accept", "mandate.counter_accepted"),
    Move("refuse", _from(COUNTERED), COUNTERED, "mandate.accept", "mandate.counter_refused"),
    Move("withdraw_counter", _from(COUNTERED), PROPOSED, "mandate.counter", "mandate.counter_withdrawn"),
    Move("suspend", _from(GRANTED), SUSPENDED, "mandate.suspend", "mandate.suspended"),
    Move("resume", _from(SUSPENDED), GRANTED, "mandate.resume", "mandate.resumed"),
    # what judges nothing today ends at once; what judges keeps doing so until the notice period is over
    Move("revoke", _from(GRANTED, SUSPENDED), REVOKED, "mandate.revoke", "mandate.revoked"),
    Move("announce", _from(GRANTED), GRANTED, "mandate.revoke", "mandate.announced"),
    Move("keep", _from(GRANTED), GRANTED, "mandate.resume", "mandate.kept"),
    Move("end", _from(GRANTED, SUSPENDED), REVOKED, "", "mandate.ended"),
    # without notice: one person asks, a second confirms
    *_stays("ask_emergency", (GRANTED, SUSPENDED), "mandate.revoke", "mandate.emergency_asked"),
    *_stays("drop_emergency", (GRANTED, SUSPENDED), "mandate.revoke", "mandate.emergency_dropped"),
    Move(
        "confirm_emergency",
        _from(GRANTED, SUSPENDED),
        REVOKED,
        "mandate.confirm_emergency",
        "mandate.emergency_confirmed",
    ),
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
