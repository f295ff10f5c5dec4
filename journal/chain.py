"""The hash chain as pure arithmetic: what an event's hash is, and where a chain is first wrong."""

import enum
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

import msgspec

GENESIS = "0" * 64


class Row(NamedTuple):
    """An event as the chain sees it: every field that counts, times and JSON as their exact texts."""

    sequence: int
    at: str
    actor_id: int | None
    verb: str
    subject_kind: str
    subject_id: str
    about: str
    link: str
    data: str
    previous_hash: str
    hash: str


class Fault(enum.StrEnum):
    """The ways in which a chain can be wrong."""

    ALTERED = "altered"
    UNREADABLE = "unreadable"
    MISSING = "missing"
    UNLINKED = "unlinked"
    CUT = "cut"
    REWRITTEN = "rewritten"
    SUBJECTS = "subjects"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """The chain's end at some moment, kept outside the database."""

    sequence: int
    hash: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The first event that is wrong, and how."""

    sequence: int
    fault: Fault


def _plain(value: object) -> object:
    """Write what JSON has no word for as text; a float is refused, because figures are exact here."""
    if isinstance(value, datetime):
        return at_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot stand in an event's data")


_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain).encode
_encode_fields = msgspec.json.Encoder().encode


def _refuse_floats(value: object) -> None:
    if isinstance(value, float):
        raise TypeError("a float cannot stand in an event's data; use an integer or a Decimal")
    if isinstance(value, Mapping):
        for inner in value.values():
            _refuse_floats(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _refuse_floats(inner)


def canonical(value: object) -> str:
    """Return the one JSON text of `value`: keys sorted, no spaces, no floats.

    Raises: TypeError for a float or a type that JSON cannot hold.
    """
    _refuse_floats(value)
    return _encode(value)


def at_text(at: datetime) -> str:
    """Return an aware time as its text in UTC with microseconds, the form in which it is hashed."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def hash_of(row: Row) -> str:
    """Return the SHA-256 over all fields of `row` before its own hash, the previous hash among them.

    The fields are hashed as one JSON array in UTF-8 without spaces, so that any language can check an export.
    """
    return hashlib.sha256(_encode_fields(row[:10])).hexdigest()


def fault_of(row: Row, expected_sequence: int, previous_hash: str) -> Fault | None:
    """Say what is wrong with `row` as the successor of `previous_hash`, or None."""
    if row.sequence != expected_sequence:
        return Fault.MISSING
    if row.previous_hash != previous_hash:
        return Fault.UNLINKED
    return None if hash_of(row) == row.hash else Fault.ALTERED


class Walk:
    """A walk along the chain from its beginning, row by row, holding no more than where it stands."""

    def __init__(self, checkpoint: Checkpoint | None = None) -> None:
        self.sequence = 0
        self.hash = GENESIS
        self.checkpoint = checkpoint

    def step(self, row: Row) -> Finding | None:
        """Take the next row; the finding names the first sequence that is wrong."""
        expected = self.sequence + 1
        fault = fault_of(row, expected, self.hash)
        if fault is not None:
            return Finding(expected, fault)
        self.sequence, self.hash = row.sequence, row.hash
        if self.checkpoint and row.sequence == self.checkpoint.sequence and row.hash != self.checkpoint.hash:
            return Finding(row.sequence, Fault.REWRITTEN)
        return None

    def end(self) -> Finding | None:
        """Close the walk: a chain that ends before its checkpoint was cut."""
        if self.checkpoint and self.sequence < self.checkpoint.sequence:
            return Finding(self.sequence + 1, Fault.CUT)
        return None


def first_bad(rows: Iterable[Row], checkpoint: Checkpoint | None = None) -> Finding | None:
    """Return the first wrong event of a whole chain, or None.

    A chain rewritten with all its later hashes is only told apart by a checkpoint; then the checkpoint's own
    sequence is named, because nothing says how far before it the rewriting began.
    """
    walk = Walk(checkpoint)
    for row in rows:
        if finding := walk.step(row):
            return finding
    return walk.end()
