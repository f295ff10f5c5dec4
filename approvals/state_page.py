"""The page `docs/states.md`, written from the tables of moves."""

from collections.abc import Iterable, Sequence

from approvals.states import ADVICE_MOVES, CASE_MOVES, COUNTER_MOVES, DEAL_MOVES, ROUND_MOVES
from journal.moves import Move
from mandates.states import CHARTER_MOVES, MANDATE_MOVES

TABLES: tuple[tuple[str, Sequence[Move]], ...] = (
    ("A deal", DEAL_MOVES),
    ("A case", CASE_MOVES),
    ("A counter-proposal", COUNTER_MOVES),
    ("A round of consent", ROUND_MOVES),
    ("A question for advice", ADVICE_MOVES),
    ("A version of a mandate", MANDATE_MOVES),
    ("A version of the charter", CHARTER_MOVES),
)
HEAD = """# The way of each thing

Written by `manage.py states` from the tables that the actions obey; do not edit it by hand. A move that nobody's
permission allows is made by the product itself, as an effect of another move or on a due date.
"""


def page() -> str:
    """Return the whole page."""
    return "\n".join([HEAD, *(_section(title, moves) for title, moves in TABLES)])


def _section(title: str, moves: Sequence[Move]) -> str:
    return "\n".join([f"## {title}", "", _diagram(moves), "", _table(moves), ""])


def _diagram(moves: Sequence[Move]) -> str:
    """Draw the arrows that change the state, one line for each state that they lead away from."""
    states = list(dict.fromkeys(state for move in moves for state in [*sorted(move.sources), move.target]))
    width = max(len(state) for state in states)
    lines = [f"{state.ljust(width)} -> {', '.join(targets)}" for state in states if (targets := _targets(moves, state))]
    return "\n".join(["```text", *lines, "```"])


def _targets(moves: Iterable[Move], state: str) -> list[str]:
    found = [move.target for move in moves if state in move.sources and move.target != state]
    return list(dict.fromkeys(found))


def _table(moves: Sequence[Move]) -> str:
    """List each move once, with all the states from which it leaves."""
    rows: dict[tuple[str, str, str, str], list[str]] = {}
    for move in moves:
        stays = move.sources == {move.target}
        key = (move.name, "(the same)" if stays else move.target, move.permission, move.event)
        rows.setdefault(key, []).extend(sorted(move.sources))
    lines = ["| move | from | to | permission | event |", "|---|---|---|---|---|"]
    for (name, target, permission, event), sources in rows.items():
        who = f"`{permission}`" if permission else "the product"
        lines.append(f"| {name} | {', '.join(dict.fromkeys(sources))} | {target} | {who} | `{event}` |")
    return "\n".join(lines)
