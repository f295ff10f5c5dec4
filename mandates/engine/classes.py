"""Rows of a table sorted into classes that no condition tells apart, so that each class is looked up once."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

from .authority import Ranges, Table, Texts

Codes = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]
Standing = tuple[int, int]  # which limits stand, as the bits of `authority.Table`, and which cannot be measured

_MOST_CLASSES: Final = 1 << 16


@dataclass(frozen=True, slots=True)
class Classes:
    """Of each row its class; of each class which limits stand. With one class alone, `codes` is None."""

    codes: Codes | None
    found: Sequence[Standing]

    def spread(self, counts: Codes) -> "Classes":
        """Each row as often as `counts` says: a deal's class for its lines."""
        return self if self.codes is None else Classes(np.repeat(self.codes, counts), self.found)

    def marks(self, marked: Sequence[bool], many: int) -> npt.NDArray[np.bool_]:
        """Of `many` rows, whether their class is marked."""
        table = np.array(marked, dtype=np.bool_)
        return np.full(many, table[0]) if self.codes is None else table[self.codes]


@dataclass(frozen=True, slots=True)
class Coded:
    """A text column as small numbers: of each row the place of its text in `texts`, and behind them for none."""

    codes: Codes
    texts: Sequence[str]


def coded(column: pl.Series) -> Coded:
    """The column as small numbers; an enumeration has them already."""
    if isinstance(column.dtype, pl.Enum):
        texts, numbers = column.dtype.categories.to_list(), column.to_physical()
    else:
        column = column.cast(pl.String)
        texts = column.unique().drop_nulls().to_list()
        numbers = column.replace_strict(texts, range(len(texts)), default=None, return_dtype=pl.UInt32)
    if column.null_count():
        numbers = numbers.cast(pl.UInt32).fill_null(len(texts))
    return Coded(numbers.to_numpy(), texts)


def of_texts(column: Coded, texts: Texts, rows: int, named: Callable[[str], Iterable[str]]) -> Classes:
    """Classes by a condition on a text; `named` gives the values that hold for a text: itself, or its families too."""
    found: list[Standing] = []
    for text in column.texts:
        standing = texts.silent
        for value in named(text):
            standing |= texts.rows.get(value, 0)
        found.append((standing & rows, 0))
    found.append((rows, texts.asking & rows))
    return _fewer(column.codes, found)


def of_ranges(values: Ints, ranges: Ranges, rows: int, known: Codes | None = None) -> Classes:
    """Classes by a condition on a range; rows that are not `known` cannot be measured."""
    codes = np.searchsorted(np.array(ranges.ends, dtype=np.int64), values, side="right")
    found: list[Standing] = [(standing & rows, 0) for standing in ranges.rows]
    if known is not None and not known.all():
        found.append((rows, ranges.asking & rows))
        codes = np.where(known, codes, len(found) - 1)
    return _fewer(codes, found)


def _fewer(codes: Codes, found: Sequence[Standing]) -> Classes:
    """The same rows with classes that stand alike put together."""
    places: dict[Standing, int] = {}
    table = [places.setdefault(standing, len(places)) for standing in found]
    if len(places) == 1:
        return Classes(None, list(places))
    return Classes(np.array(table, dtype=_smallest(len(places)))[codes], list(places))


def together(parts: Iterable[Classes], table: Table, rows: int) -> Classes:
    """Classes by all conditions at once."""
    whole = Classes(None, [(table.everything & rows, 0)])
    for part in parts:
        whole = paired(whole, part)
    return whole


def paired(first: Classes, second: Classes) -> Classes:
    """Classes by both at once."""
    pairs = [(one & other, a | b) for one, a in first.found for other, b in second.found]
    if first.codes is None or second.codes is None:
        return Classes(second.codes if first.codes is None else first.codes, pairs)
    width = len(second.found)
    codes = first.codes.astype(_smallest(len(pairs))) * width + second.codes
    return Classes(codes, pairs) if len(pairs) <= _MOST_CLASSES else _present(codes, pairs)


def _present(codes: Codes, found: Sequence[Standing]) -> Classes:
    """The classes that some row is of, and those put together that stand alike."""
    there, codes = np.unique(codes, return_inverse=True)
    return _fewer(codes, [found[place] for place in there])


def _smallest(many: int) -> Any:
    return np.uint8 if many <= 1 << 8 else np.uint16 if many <= 1 << 16 else np.int64
