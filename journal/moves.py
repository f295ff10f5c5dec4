"""State tables: which move leads from where to where, who may make it, and which event tells of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from journal.refusals import Conflict


@dataclass(frozen=True, slots=True)
class Move:
    """One arrow of a state table.

    Serves the legal moves, the buttons shown, the check on POST, the journal's verb and the diagram in the docs.
    `permission` names a row of the permission table, "" where only the product itself makes the move (a due date).
    """

    name: str
    sources: frozenset[str]
    target: str
    permission: str
    event: str


def legal(moves: Iterable[Move], state: str) -> list[Move]:
    """Return the moves that lead away from `state`, in the table's order."""
    return [move for move in moves if state in move.sources]


def find(moves: Iterable[Move], name: str, state: str) -> Move:
    """Return the move of that name from `state`.

    Raises: Conflict `illegal_move` where the table draws no such arrow; KeyError for a name that it does not know.
    """
    named = [move for move in moves if move.name == name]
    if not named:
        raise KeyError(name)
    for move in named:
        if state in move.sources:
            return move
    raise Conflict("illegal_move", f"This is {state} now, so “{name}” is no longer possible. Load the page again.")
