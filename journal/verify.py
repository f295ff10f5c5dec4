"""Walk the journal in the database from its first event to its last and say where it is first wrong."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import msgspec
from django.db import Error, connection, transaction

from journal import chain
from journal.chain import Checkpoint, Fault, Finding, Row
from journal.guards import missing_triggers
from journal.models import JournalHead

PAGE = 5_000
# Times are read as text: a byte flipped in one must be a finding, not an error of the driver.
EVENTS_SQL = {
    "sqlite": (
        "SELECT sequence, CAST(at AS TEXT), actor_id, verb, subject_kind, subject_id, about, link, data, "
        "previous_hash, hash FROM journal_event WHERE sequence > %s ORDER BY sequence LIMIT %s"
    ),
    "postgresql": (
        "SELECT sequence, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US'), actor_id, verb, "
        "subject_kind, subject_id, about, link, data, previous_hash, hash "
        "FROM journal_event WHERE sequence > %s ORDER BY sequence LIMIT %s"
    ),
}
# One text for each event: its timelines as kind, unit separator, identifier, joined by record separators.
SUBJECTS_SQL = {
    "sqlite": (
        "SELECT event_id, group_concat(kind || char(31) || identifier, char(30)) FROM journal_eventsubject "
        "WHERE event_id > %s AND event_id <= %s GROUP BY event_id"
    ),
    "postgresql": (
        "SELECT event_id, string_agg(kind || chr(31) || identifier, chr(30)) FROM journal_eventsubject "
        "WHERE event_id > %s AND event_id <= %s GROUP BY event_id"
    ),
}
STRAY_SQL = "SELECT MIN(event_id) FROM journal_eventsubject WHERE event_id > %s"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a verification found: how far it came, and the first bad event where there is one."""

    checked: int
    sequence: int
    hash: str
    finding: Finding | None
    missing_triggers: tuple[str, ...]

    @property
    def sound(self) -> bool:
        """Whether nothing at all is wrong."""
        return self.finding is None and not self.missing_triggers


def verify(*, checkpoint: Checkpoint | None = None, progress: Callable[[int], None] | None = None) -> Verdict:
    """Check every event, its place in the chain, its timelines, the head, and that the guards stand.

    Reads in pages of flat size and locks nothing: events recorded meanwhile are checked as far as they are seen.
    A tail cut off together with the head, and a chain rewritten as a whole, are only told apart by `checkpoint`.
    """
    head = JournalHead.objects.filter(pk=1).first()
    walk = chain.Walk(checkpoint)
    finding = _walk_pages(walk, progress) or _judge_end(walk, head)
    return Verdict(
        checked=walk.sequence,
        sequence=walk.sequence,
        hash=walk.hash,
        finding=finding,
        missing_triggers=tuple(missing_triggers()),
    )


def _walk_pages(walk: chain.Walk, progress: Callable[[int], None] | None) -> Finding | None:
    while page := _read(walk.sequence, PAGE):
        subjects = _subjects(walk.sequence, page[-1].sequence)
        for row in page:
            if finding := walk.step(row):
                return finding
            if not _stands_in_its_timelines(row, subjects.get(row.sequence)):
                return Finding(row.sequence, Fault.SUBJECTS)
        if progress:
            progress(walk.sequence)
    if _is_unreadable(walk.sequence):
        return Finding(walk.sequence + 1, Fault.UNREADABLE)
    return None


def _judge_end(walk: chain.Walk, head: JournalHead | None) -> Finding | None:
    """Compare the end of the walk with the head as it stood before, with the checkpoint, and with stray subjects."""
    if head is None:
        return walk.end() or (Finding(1, Fault.CUT) if walk.sequence else None)
    if walk.sequence < head.sequence:
        return Finding(walk.sequence + 1, Fault.CUT)
    if walk.sequence == head.sequence and walk.hash != head.hash:
        return Finding(head.sequence, Fault.REWRITTEN)
    return walk.end() or _stray_subject(walk)


def _stray_subject(walk: chain.Walk) -> Finding | None:
    """Find a timeline row without its event; foreign keys forbid it, but those can be switched off."""
    with connection.cursor() as cursor:
        cursor.execute(STRAY_SQL, [walk.sequence])
        stray = cursor.fetchone()[0]
        if stray is None or _read(walk.sequence, 1):  # recorded since the walk ended
            return None
        return Finding(stray, Fault.SUBJECTS)


@lru_cache(maxsize=10_000)
def _listed(about: str) -> tuple[str, ...] | None:
    """Return the timelines of an event's list in the form of `SUBJECTS_SQL`, or None where it cannot be read."""
    try:
        return tuple("\x1f".join(pair) for pair in msgspec.json.decode(about, type=list[tuple[str, str]]))
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def _stands_in_its_timelines(row: Row, found: str | None) -> bool:
    """Say whether an event stands in the timelines that it names, and in no others."""
    listed = _listed(row.about)
    if found is None or listed is None:
        return False
    return {f"{row.subject_kind}\x1f{row.subject_id}", *listed} == set(found.split("\x1e"))


def _subjects(after: int, last: int) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(SUBJECTS_SQL[connection.vendor], [after, last])
        return dict(cursor.fetchall())


def _read(after: int, limit: int) -> list[Row]:
    """Return the next rows in order; where a page holds bytes that are no text, the rows before them."""
    try:
        return _fetch(after, limit)
    except (Error, UnicodeDecodeError):
        return _read(after, limit // 2) if limit > 1 else []


def _is_unreadable(after: int) -> bool:
    """Say whether there is a next row that cannot be read at all."""
    try:
        _fetch(after, 1)
    except (Error, UnicodeDecodeError):
        return True
    return False


def _fetch(after: int, limit: int) -> list[Row]:
    # the savepoint keeps a surrounding transaction usable when a row cannot be read
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(EVENTS_SQL[connection.vendor], [after, limit])
        rows = cursor.fetchall()
    if connection.vendor == "postgresql":
        return [Row._make(row) for row in rows]
    return [Row._make((row[0], _iso(row[1]), *row[2:])) for row in rows]


def _iso(text: str) -> str:
    """Return SQLite's text of a time in the form that is hashed."""
    return f"{text[:10]}T{text[11:]}" if len(text) > 19 else f"{text[:10]}T{text[11:]}.000000"


def rows_from(after: int = 0) -> Iterator[Row]:
    """Yield the events after a sequence in order, page by page."""
    while page := _read(after, PAGE):
        yield from page
        after = page[-1].sequence
