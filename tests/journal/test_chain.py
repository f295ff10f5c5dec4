"""The chain as arithmetic, without a database."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import pytest

from journal.chain import GENESIS, Checkpoint, Fault, Finding, Row, at_text, canonical, first_bad, hash_of


def make_chain(length: int) -> list[Row]:
    rows, previous = [], GENESIS
    for number in range(1, length + 1):
        at = f"2026-11-23T09:00:{number:02}.000000"
        row = Row(number, at, 7, "deal.submitted", "deal", f"D-{number}", "[]", "", '{"é":1}', previous, "")
        previous = hash_of(row)
        rows.append(row._replace(hash=previous))
    return rows


def rewritten_from(rows: list[Row], position: int) -> list[Row]:
    """Change one row and give it and all later ones fitting hashes."""
    changed, previous = rows[:position], rows[position].previous_hash
    for row in rows[position:]:
        forged = row._replace(data='{"é":2}', previous_hash=previous)
        previous = hash_of(forged)
        changed.append(forged._replace(hash=previous))
    return changed


CHAIN = make_chain(9)
END = Checkpoint(9, CHAIN[-1].hash)


def test_hash_of_a_row_is_sha256_of_its_fields_as_a_json_array() -> None:
    text = json.dumps(list(CHAIN[0][:10]), separators=(",", ":"), ensure_ascii=False)
    assert CHAIN[0].hash == hashlib.sha256(text.encode()).hexdigest()


def test_first_bad_of_a_sound_chain_is_none() -> None:
    assert first_bad(CHAIN) is None
    assert first_bad(CHAIN, END) is None
    assert first_bad(CHAIN, Checkpoint(4, CHAIN[3].hash)) is None
    assert first_bad([]) is None


@pytest.mark.parametrize("field", [name for name in Row._fields if name != "sequence"])
def test_first_bad_names_a_row_of_which_any_field_was_changed(field: str) -> None:
    value = 8 if field == "actor_id" else "x"
    rows = [*CHAIN[:4], CHAIN[4]._replace(**{field: value}), *CHAIN[5:]]
    finding = first_bad(rows)
    assert finding is not None
    assert finding.sequence == 5


@dataclass(frozen=True)
class Tampered:
    name: str
    rows: list[Row]
    finding: Finding


SWAPPED = [*CHAIN[:2], CHAIN[5]._replace(sequence=3), *CHAIN[3:5], CHAIN[2]._replace(sequence=6), *CHAIN[6:]]
TAMPERED = [
    Tampered("deleted", [*CHAIN[:3], *CHAIN[4:]], Finding(4, Fault.MISSING)),
    Tampered("first deleted", CHAIN[1:], Finding(1, Fault.MISSING)),
    Tampered("deleted and renumbered", [*CHAIN[:3], CHAIN[4]._replace(sequence=4)], Finding(4, Fault.UNLINKED)),
    Tampered("swapped", SWAPPED, Finding(3, Fault.UNLINKED)),
    Tampered("exchanged in order", [*CHAIN[:2], CHAIN[3], CHAIN[2], *CHAIN[4:]], Finding(3, Fault.MISSING)),
    Tampered("inserted twice", [*CHAIN[:4], CHAIN[3], *CHAIN[4:]], Finding(5, Fault.MISSING)),
    Tampered("cut", CHAIN[:6], Finding(7, Fault.CUT)),
    Tampered("emptied", [], Finding(1, Fault.CUT)),
    Tampered("rewritten", rewritten_from(CHAIN, 4), Finding(9, Fault.REWRITTEN)),
]


@pytest.mark.parametrize("tampered", TAMPERED, ids=lambda tampered: tampered.name)
def test_first_bad_with_a_checkpoint_finds_what_was_done(tampered: Tampered) -> None:
    assert first_bad(tampered.rows, END) == tampered.finding


def test_at_text_is_the_same_in_every_zone() -> None:
    at = datetime(2026, 11, 23, 10, 30, 0, 5, tzinfo=timezone(timedelta(hours=1)))
    assert at_text(at) == at_text(at.astimezone(UTC)) == "2026-11-23T09:30:00.000005"


def test_canonical_does_not_depend_on_the_order_of_keys() -> None:
    assert canonical({"b": 1, "a": "é"}) == canonical({"a": "é", "b": 1}) == '{"a":"é","b":1}'
