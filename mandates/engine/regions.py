"""Where conditions hold, exactly: the space of all deals cut into finitely many cells, and boxes of those cells."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from itertools import chain, count
from typing import Any, Final

from .authority import Condition, Range, When
from .currencies import EXPONENTS
from .metrics import CONDITIONS

WHOLE: Final = 10_000
_NULLABLE: Final = frozenset({"segment", "country", "channel"})
_USUAL_CURRENCIES: Final = ("EUR", "USD", "GBP", "CHF", "JPY", "SEK")

# For each dimension the cells that belong to the box, as bits; a dimension without any is an empty box.
Box = tuple[int, ...]


class Apart(Enum):
    """The cells of a dimension that no document names: any other value, and one that cannot be measured."""

    OTHER = "other"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Cell:
    """From its start up to but without its end, in 1/10000; `first` is the least figure in it that a deal can have."""

    start: Fraction
    end: Fraction | None
    first: Fraction
    step: int

    def last(self) -> Fraction | None:
        """The greatest whole figure in it; None where it has no end or its figures lie densely."""
        if self.end is None or not self.step:
            return None
        steps = -(-self.end // self.step) - 1
        return Fraction(steps * self.step)

    def holds(self, figure: Fraction) -> bool:
        fits = not self.step or figure % self.step == 0
        return fits and self.first <= figure and (self.end is None or figure < self.end)


Atom = str | Apart | Cell


class Exhausted(Exception):
    """The search took more steps than it was given."""


class Effort:
    """How many steps a search may still take."""

    __slots__ = ("left",)

    def __init__(self, steps: int) -> None:
        self.left = steps

    def spend(self, steps: int) -> None:
        """Raises: Exhausted."""
        self.left -= steps
        if self.left < 0:
            raise Exhausted


@dataclass(frozen=True, slots=True)
class Dimension:
    """One thing that conditions ask; `key` is its name, with a mark where two documents measure it differently."""

    key: str
    name: str
    atoms: tuple[Atom, ...]

    @property
    def every(self) -> int:
        return (1 << len(self.atoms)) - 1

    @property
    def unknown(self) -> int:
        return sum(1 << place for place, atom in enumerate(self.atoms) if atom is Apart.UNKNOWN)

    def measured(self, condition: Condition, factor: Fraction) -> int:
        """The cells for which the condition holds; `factor` brings its figures into those of the cells."""
        if isinstance(condition, Range):
            return self._in_range(condition, factor)
        below = self.name == "family"
        return sum(
            1 << place
            for place, atom in enumerate(self.atoms)
            if isinstance(atom, str) and any(_is_at(atom, asked, below) for asked in condition)
        )

    def _in_range(self, condition: Range, factor: Fraction) -> int:
        start, end = (None if one is None else one * factor for one in condition)
        return sum(
            1 << place
            for place, atom in enumerate(self.atoms)
            if isinstance(atom, Cell)
            and (start is None or atom.start >= start)
            and (end is None or (atom.end is not None and atom.end <= end))
        )

    def cells(self) -> Iterator[tuple[int, Cell]]:
        """The cells of a range with their places."""
        for place, atom in enumerate(self.atoms):
            if isinstance(atom, Cell):
                yield place, atom


def _is_at(value: str, asked: str, below: bool) -> bool:
    return value == asked or (below and value.startswith(f"{asked}/"))


class Space:
    """All that conditions can tell apart, as dimensions."""

    def __init__(self, dimensions: Sequence[Dimension]) -> None:
        self.dimensions = tuple(dimensions)
        self.place = {dimension.key: place for place, dimension in enumerate(self.dimensions)}
        self.every: Box = tuple(dimension.every for dimension in self.dimensions)

    def narrowed(self, box: Box, key: str, bits: int) -> Box:
        """The part of the box within these cells of a dimension; the box itself where there is no such dimension."""
        place = self.place.get(key)
        return box if place is None else (*box[:place], box[place] & bits, *box[place + 1 :])

    def boxes_of(self, when: When, keys: Mapping[str, str], factor: Fraction) -> tuple[Box, Box]:
        """Where the conditions are measured and hold; and where they hold or cannot be measured."""
        measured = stands = self.every
        for name, condition in when.items():
            key = keys.get(name, name)
            dimension = self.dimensions[self.place[key]]
            bits = dimension.measured(condition, factor if name == "list_value" else Fraction(1))
            measured = self.narrowed(measured, key, bits)
            stands = self.narrowed(stands, key, bits | dimension.unknown)
        return measured, stands

    def described(self, box: Box) -> dict[str, Any]:
        """What singles the box out, as JSON: values or ranges for each dimension that it does not fill."""
        return {
            dimension.key: _described(dimension, bits)
            for dimension, bits in zip(self.dimensions, box, strict=True)
            if bits != dimension.every
        }


def _described(dimension: Dimension, bits: int) -> dict[str, Any]:
    chosen = [atom for place, atom in enumerate(dimension.atoms) if bits >> place & 1]
    cells = [atom for atom in chosen if isinstance(atom, Cell)]
    found: dict[str, Any] = {}
    if cells:
        found["ranges"] = [
            {"from": figure_text(start)} | ({} if end is None else {"below": figure_text(end)})
            for start, end in _joined(cells)
        ]
    elif Apart.OTHER in chosen:
        found["not"] = [atom for atom in dimension.atoms if isinstance(atom, str) and atom not in chosen]
    else:
        found["is"] = [atom for atom in chosen if isinstance(atom, str)]
    if Apart.UNKNOWN in chosen:
        found["unknown"] = True
    return found


def _joined(cells: Sequence[Cell]) -> list[tuple[Fraction, Fraction | None]]:
    joined: list[tuple[Fraction, Fraction | None]] = []
    for cell in cells:
        if joined and joined[-1][1] == cell.start:
            joined[-1] = (joined[-1][0], cell.end)
        else:
            joined.append((cell.start, cell.end))
    return joined


def figure_text(figure: Fraction) -> str:
    """1/10000 as a decimal text without idle zeros, rounded to four decimals where it has more."""
    units = round(figure)
    text = f"{abs(units) // WHOLE}.{abs(units) % WHOLE:04d}".rstrip("0").rstrip(".")
    return f"-{text}" if units < 0 else text


def meet(first: Box, second: Box) -> Box | None:
    """What two boxes have in common; None where that is nothing."""
    both = tuple(map(int.__and__, first, second))
    return both if all(both) else None


def meeting(boxes: Iterable[Box]) -> Box | None:
    """What all the boxes have in common; None where that is nothing."""
    common: Box | None = None
    for box in boxes:
        common = box if common is None else meet(common, box)
        if common is None:
            return None
    return common if common is not None and all(common) else None


def outside(box: Box, covers: Sequence[Box], effort: Effort) -> Iterator[Box]:
    """Disjoint boxes that together are what of the box no cover holds. Raises: Exhausted."""
    touching = [cover for cover in dict.fromkeys(covers) if meet(cover, box) is not None]
    effort.spend(len(touching) + 1)
    if not touching:
        yield box
        return
    cover = min(touching, key=lambda one: sum(1 for held, over in zip(box, one, strict=True) if held & ~over))
    others = [one for one in touching if one is not cover]
    rest = list(box)
    for place, over in enumerate(cover):
        left = rest[place] & ~over
        if left:
            yield from outside((*rest[:place], left, *rest[place + 1 :]), others, effort)
            rest[place] &= over


def text_dimension(name: str, named: Collection[str]) -> Dimension:
    """The values that are named, any other one, and, where a deal may leave it out, none."""
    condition = CONDITIONS[name]
    if condition.kind == "choice":
        return Dimension(name, name, condition.choices)
    apart: tuple[Apart, ...] = (Apart.OTHER, Apart.UNKNOWN) if name in _NULLABLE else (Apart.OTHER,)
    if condition.kind == "currency" and EXPONENTS.keys() <= set(named):
        apart = ()
    return Dimension(name, name, (*sorted(set(named)), *apart))


def range_dimension(key: str, name: str, ends: Iterable[Fraction]) -> Dimension:
    """The cells between the ends that hold a figure a deal can have, and for `list_value` one without a rate."""
    least, step = {"quantity": (1, 1), "list_value": (0, 0)}.get(name, (0, WHOLE))
    cuts = sorted({Fraction(least), *(end for end in ends if end > least)})
    atoms: list[Atom] = []
    for start, end in zip(cuts, [*cuts[1:], None], strict=True):
        first = Fraction(-(-start // step) * step) if step else start
        if end is None or first < end:
            atoms.append(Cell(start, end, first, step))
    if name == "list_value":
        atoms.append(Apart.UNKNOWN)
    return Dimension(key, name, tuple(atoms))


def other_than(dimension: Dimension) -> str:
    """A value of the dimension that no document names."""
    named = {atom for atom in dimension.atoms if isinstance(atom, str)}
    if dimension.name == "currency":
        return next(code for code in (*_USUAL_CURRENCIES, *EXPONENTS) if code not in named)
    if dimension.name == "country":
        return next(code for code in chain(("NL", "BE", "LU"), _numbered("other")) if code not in named)
    return next(text for text in _numbered("other") if text not in named)


def _numbered(word: str) -> Iterator[str]:
    yield word
    for number in count(2):
        yield f"{word}-{number}"
