"""Three states of one thing merged: as both found it, as somebody else left it, and as one wants it; pure.

A state is a mapping of fields to values; a table in it is a list of rows, each again a mapping. What only one side
changed is taken from that side. What both changed differently is a conflict, and nobody's change is dropped unasked.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Final, Literal

Row = Mapping[str, Any]
State = Mapping[str, Any]
Kind = Literal["same", "alike", "theirs", "mine", "merged", "conflict"]

THEIRS: Final = "theirs"
MINE: Final = "mine"
BOTH: Final = "both"
ORDER: Final = "order"
# rows that share at least half of their fields are one row that was changed
_LIKE: Final = 0.5


@dataclass(frozen=True, slots=True)
class FieldMerge:
    """One field on three sides; a field that a side does not have is None there."""

    key: str
    base: Any
    theirs: Any
    mine: Any

    @property
    def kind(self) -> Kind:
        """Who changed it: nobody, both alike, one of the two, or both differently."""
        if self.theirs == self.mine:
            return "same" if self.mine == self.base else "alike"
        if self.theirs == self.base:
            return "mine"
        return "theirs" if self.mine == self.base else "conflict"

    def chosen(self, choices: Mapping[str, str], key: str) -> Any:
        """The value that stands in the end; of a conflict the one that was chosen under `key`."""
        if self.kind == "conflict":
            return self.theirs if choices.get(key) == THEIRS else self.mine
        return self.theirs if self.kind == "theirs" else self.mine


@dataclass(frozen=True, slots=True)
class RowMerge:
    """One row on three sides; None where a side does not have it. `key` names it among the choices."""

    key: str
    base: Row | None
    theirs: Row | None
    mine: Row | None

    @property
    def fields(self) -> list[FieldMerge]:
        """The fields of the row; none where it is gone or new on one of the sides."""
        if self.theirs is None or self.mine is None:
            return []
        base = self.base if self.base is not None else {}
        names = dict.fromkeys([*base, *self.theirs, *self.mine])
        return [FieldMerge(name, base.get(name), self.theirs.get(name), self.mine.get(name)) for name in names]

    @property
    def kind(self) -> Kind:
        """Who changed the row; `merged` where each side changed other fields of it."""
        if self.theirs == self.mine:
            return "same" if self.mine == self.base else "alike"
        if self.theirs == self.base:
            return "mine"
        if self.mine == self.base:
            return "theirs"
        if self.theirs is None or self.mine is None:
            return "conflict"
        return "conflict" if any(one.kind == "conflict" for one in self.fields) else "merged"

    @property
    def asks(self) -> list[str]:
        """The keys under which a choice is needed: the row's own, or one for each of its conflicting fields."""
        if self.kind != "conflict":
            return []
        if self.theirs is None or self.mine is None:
            return [self.key]
        return [self.field_key(one) for one in self.fields if one.kind == "conflict"]

    def field_key(self, one: FieldMerge) -> str:
        """The key of the choice of one field of this row."""
        return f"{self.key}.{one.key}"

    def settled(self, choices: Mapping[str, str]) -> list[Row]:
        """The rows that stand in the end: none where it is gone, two where both were wanted."""
        both = [row for row in (self.theirs, self.mine) if row is not None]
        if self.kind == "conflict" and choices.get(self.key) == BOTH:
            return both
        if len(both) < 2:
            taken = self.theirs if self._takes_theirs(choices) else self.mine
            return [] if taken is None else [taken]
        values = {one.key: one.chosen(choices, self.field_key(one)) for one in self.fields}
        return [{name: value for name, value in values.items() if value is not None}]

    def _takes_theirs(self, choices: Mapping[str, str]) -> bool:
        return self.kind == "theirs" or (self.kind == "conflict" and choices.get(self.key) == THEIRS)


@dataclass(frozen=True, slots=True)
class TableMerge:
    """The rows of a table in the order in which they stand in the end, but for a conflict of orders."""

    name: str
    rows: tuple[RowMerge, ...]
    by_theirs: tuple[str, ...]
    by_mine: tuple[str, ...]
    moved_by: Kind

    @property
    def order_key(self) -> str:
        """The key of the choice of the order."""
        return f"{self.name}.{ORDER}"

    def settled(self, choices: Mapping[str, str]) -> list[Row]:
        """The rows that stand in the end."""
        theirs = self.moved_by == "theirs" or (self.moved_by == "conflict" and choices.get(self.order_key) == THEIRS)
        by_key = {row.key: row for row in self.rows}
        order = self.by_theirs if theirs else self.by_mine
        return [row for key in order for row in by_key[key].settled(choices)]


@dataclass(frozen=True, slots=True)
class Merge:
    """All that differs between three states, and what is still to be chosen."""

    fields: tuple[FieldMerge, ...]
    tables: tuple[TableMerge, ...]

    @property
    def asks(self) -> list[str]:
        """The keys of all choices that are needed."""
        return [
            *(one.key for one in self.fields if one.kind == "conflict"),
            *(key for table in self.tables for row in table.rows for key in row.asks),
            *(table.order_key for table in self.tables if table.moved_by == "conflict"),
        ]

    def missing(self, choices: Mapping[str, str]) -> list[str]:
        """The keys under which nothing, or nothing that is offered, was chosen yet."""
        both = {row.key for table in self.tables for row in table.rows if choices.get(row.key) == BOTH}
        open_keys = (key for key in self.asks if key.rpartition(".")[0] not in both and key not in both)
        return [key for key in open_keys if choices.get(key) not in (THEIRS, MINE)]

    def settled(self, choices: Mapping[str, str]) -> dict[str, Any]:
        """The state in the end; what was not chosen stays as one wants it."""
        fields = {one.key: one.chosen(choices, one.key) for one in self.fields}
        kept: dict[str, Any] = {name: value for name, value in fields.items() if value is not None}
        return kept | {table.name: table.settled(choices) for table in self.tables}


def merge(base: State, theirs: State, mine: State, tables: Collection[str] = ()) -> Merge:
    """Merge three states field by field, and the tables among them row by row.

    Rows have no names: a row that moved is found again where it is the same, a changed one where it is alike.
    """
    names = dict.fromkeys(name for state in (base, theirs, mine) for name in state if name not in tables)
    fields = tuple(FieldMerge(name, base.get(name), theirs.get(name), mine.get(name)) for name in names)
    return Merge(
        fields,
        tuple(merge_rows(name, base.get(name, ()), theirs.get(name, ()), mine.get(name, ())) for name in tables),
    )


def merge_rows(name: str, base: Sequence[Row], theirs: Sequence[Row], mine: Sequence[Row]) -> TableMerge:
    """Merge the rows of one table."""
    to_theirs, to_mine = aligned(base, theirs), aligned(base, mine)
    keys = {MINE: [""] * len(mine), THEIRS: [""] * len(theirs)}
    rows: dict[str, RowMerge] = {}
    for place, row in enumerate(base):
        key = f"{name}:{place}"
        at_theirs, at_mine = to_theirs.get(place), to_mine.get(place)
        if at_theirs is not None:
            keys[THEIRS][at_theirs] = key
        if at_mine is not None:
            keys[MINE][at_mine] = key
        rows[key] = RowMerge(
            key,
            row,
            None if at_theirs is None else theirs[at_theirs],
            None if at_mine is None else mine[at_mine],
        )
    _add_new(name, rows, keys, theirs, mine)
    old = [f"{name}:{place}" for place in range(len(base))]
    by_theirs, by_mine, moved_by = _orders(old, keys[THEIRS], keys[MINE])
    shown = by_theirs if moved_by == "theirs" else by_mine
    return TableMerge(name, tuple(rows[key] for key in shown), tuple(by_theirs), tuple(by_mine), moved_by)


def _add_new(
    name: str, rows: dict[str, RowMerge], keys: dict[str, list[str]], theirs: Sequence[Row], mine: Sequence[Row]
) -> None:
    """Add the rows that were not there before; one that both added alike is one row."""
    added = [place for place, key in enumerate(keys[THEIRS]) if not key]
    for number, place in enumerate(place for place, key in enumerate(keys[MINE]) if not key):
        key = f"{name}:mine{number}"
        twin = next((other for other in added if theirs[other] == mine[place]), None)
        keys[MINE][place] = key
        if twin is not None:
            added.remove(twin)
            keys[THEIRS][twin] = key
        rows[key] = RowMerge(key, None, None if twin is None else theirs[twin], mine[place])
    for number, place in enumerate(added):
        key = f"{name}:theirs{number}"
        keys[THEIRS][place] = key
        rows[key] = RowMerge(key, None, theirs[place], None)


# --- which row is which ---


def aligned(base: Sequence[Row], other: Sequence[Row]) -> dict[int, int]:
    """Return for the rows of `base` where they stand in `other`: the same ones first, then those that are alike."""
    frozen = [[_frozen(row) for row in side] for side in (base, other)]
    found: dict[int, int] = {}
    blocks = SequenceMatcher(None, frozen[0], frozen[1], autojunk=False).get_matching_blocks()
    for block in blocks:
        found.update({block.a + step: block.b + step for step in range(block.size)})
    for place, row in enumerate(frozen[0]):
        if place not in found:
            free = (at for at, one in enumerate(frozen[1]) if one == row and at not in found.values())
            if (at := next(free, None)) is not None:
                found[place] = at
    for place, at in sorted(_alike(base, other, found), key=lambda pair: _rank(base, other, pair)):
        if place not in found and at not in found.values():
            found[place] = at
    return found


def _frozen(row: Row) -> str:
    return repr(sorted((name, repr(value)) for name, value in row.items()))


def _alike(base: Sequence[Row], other: Sequence[Row], found: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """The pairs that may be one changed row: much alike, or alone between the same neighbours."""
    taken = set(found.values())
    for place in range(len(base)):
        for at in range(len(other)):
            if place in found or at in taken:
                continue
            share = _share(base[place], other[at])
            if share >= _LIKE or (share > 0 and _between_the_same(place, at, found, len(base), len(other))):
                yield place, at


def _rank(base: Sequence[Row], other: Sequence[Row], pair: tuple[int, int]) -> tuple[float, int, int]:
    place, at = pair
    return -_share(base[place], other[at]), abs(place - at), place


def _share(first: Row, second: Row) -> float:
    """How much of what two rows say is the same, from 0 to 1."""
    names = first.keys() | second.keys()
    return sum(name in first and first.get(name) == second.get(name) for name in names) / max(len(names), 1)


def _between_the_same(place: int, at: int, found: Mapping[int, int], many: int, others: int) -> bool:
    before = place == at == 0 or found.get(place - 1, -2) == at - 1
    after = (place == many - 1 and at == others - 1) or found.get(place + 1, -2) == at + 1
    return before and after


# --- in which order ---


def _orders(old: list[str], theirs: list[str], mine: list[str]) -> tuple[list[str], list[str], Kind]:
    """Return the whole order after theirs, after mine, and who moved rows."""
    common = set(theirs) & set(mine)
    first = [key for key in theirs if key in common]
    second = [key for key in mine if key in common]
    before = [key for key in old if key in common]
    kept = [key for key in before if key in common]
    theirs_old, mine_old = ([key for key in side if key in kept] for side in (first, second))
    by_theirs, by_mine = _woven(theirs, mine), _woven(mine, theirs)
    for whole in (by_theirs, by_mine):
        for key in old:  # gone on both sides: it still is a row of the merge, and leaves nothing
            if key not in whole:
                whole.append(key)
    if theirs_old == mine_old:
        return by_theirs, by_mine, "same" if theirs_old == kept else "alike"
    if theirs_old == kept:
        return by_theirs, by_mine, "mine"
    return by_theirs, by_mine, "theirs" if mine_old == kept else "conflict"


def _woven(main: list[str], other: list[str]) -> list[str]:
    """The order of `main` with the rows that only `other` has, each behind the one that it follows there."""
    whole = list(main)
    for place, key in enumerate(other):
        if key in whole:
            continue
        follows = next((one for one in reversed(other[:place]) if one in whole), None)
        whole.insert(0 if follows is None else whole.index(follows) + 1, key)
    return whole
