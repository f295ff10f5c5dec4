"""P12: whatever is done to the journal in the database is found, and the first bad event named."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from journal import chain, export
from journal.chain import Checkpoint, Fault
from journal.models import Event, EventSubject, JournalHead
from journal.refusals import Invalid
from journal.verify import rows_from, verify
from tests.journal.tampering import drop_trigger, run, unguarded

Submit = Callable[..., Event]
pytestmark = pytest.mark.django_db


@pytest.fixture
def checkpoint(submitted: Submit) -> Checkpoint:
    """Nine events, and the end of their chain as it was exported."""
    for number in range(1, 10):
        submitted(number)
    return export.read_checkpoint(export.checkpoint_document(datetime(2026, 11, 23).astimezone()))


def cut_with_head() -> None:
    """Remove the tail, and set the head back as if it had never been."""
    run("DELETE FROM journal_eventsubject WHERE event_id > 6")
    run("DELETE FROM journal_event WHERE sequence > 6")
    last = Event.objects.get(sequence=6)
    run("UPDATE journal_journalhead SET sequence = 6, hash = %s", [last.hash])


def rewrite_all() -> None:
    """Forge event 4 and give it, all later ones and the head fitting hashes."""
    previous = ""
    for row in list(rows_from(3)):
        forged = row._replace(
            actor_id=99 if row.sequence == 4 else row.actor_id, previous_hash=previous or row.previous_hash
        )
        previous = chain.hash_of(forged)
        run(
            "UPDATE journal_event SET actor_id = %s, previous_hash = %s, hash = %s WHERE sequence = %s",
            [forged.actor_id, forged.previous_hash, previous, forged.sequence],
        )
    run("UPDATE journal_journalhead SET hash = %s", [previous])


def swap() -> None:
    """Let events 3 and 5 change places."""
    fields = "at = %s, data = %s, previous_hash = %s, hash = %s"
    three, five = Event.objects.get(pk=3), Event.objects.get(pk=5)
    for target, source in ((3, five), (5, three)):
        values = [source.at, source.data, source.previous_hash, source.hash, target]
        run(f"UPDATE journal_event SET {fields} WHERE sequence = %s", values)


def sql(*statements: str) -> Callable[[], None]:
    def tamper() -> None:
        for statement in statements:
            run(statement)

    return tamper


@dataclass(frozen=True)
class Tampering:
    name: str
    do: Callable[[], None]
    sequence: int
    fault: Fault
    needs_checkpoint: bool = False


TABLE = [
    Tampering("actor", sql("UPDATE journal_event SET actor_id = 8 WHERE sequence = 4"), 4, Fault.ALTERED),
    Tampering("time", sql("UPDATE journal_event SET at = '2026-11-22 09:00:00' WHERE sequence = 9"), 9, Fault.ALTERED),
    Tampering(
        "one figure",
        sql("UPDATE journal_event SET data = REPLACE(data, '12500000', '12500001') WHERE sequence = 2"),
        2,
        Fault.ALTERED,
    ),
    Tampering(
        "about", sql("""UPDATE journal_event SET about = '[["team","x"]]' WHERE sequence = 1"""), 1, Fault.ALTERED
    ),
    Tampering("link", sql("UPDATE journal_event SET link = '/x/' WHERE sequence = 7"), 7, Fault.ALTERED),
    Tampering("hash", sql("UPDATE journal_event SET hash = previous_hash WHERE sequence = 5"), 5, Fault.ALTERED),
    Tampering(
        "deleted",
        sql("DELETE FROM journal_eventsubject WHERE event_id = 4", "DELETE FROM journal_event WHERE sequence = 4"),
        4,
        Fault.MISSING,
    ),
    Tampering("swapped", swap, 3, Fault.UNLINKED),
    Tampering(
        "tail deleted",
        sql("DELETE FROM journal_eventsubject WHERE event_id > 6", "DELETE FROM journal_event WHERE sequence > 6"),
        7,
        Fault.CUT,
    ),
    Tampering("tail cut with its head", cut_with_head, 7, Fault.CUT, needs_checkpoint=True),
    Tampering("rewritten", rewrite_all, 9, Fault.REWRITTEN, needs_checkpoint=True),
    Tampering("head's hash", sql("UPDATE journal_journalhead SET hash = 'x'"), 9, Fault.REWRITTEN),
    Tampering("head removed", sql("DELETE FROM journal_journalhead"), 1, Fault.CUT),
    Tampering(
        "hidden from a timeline",
        sql("DELETE FROM journal_eventsubject WHERE event_id = 3 AND kind = 'deal'"),
        3,
        Fault.SUBJECTS,
    ),
    Tampering(
        "moved to another timeline",
        sql("UPDATE journal_eventsubject SET identifier = 'D-2' WHERE event_id = 8 AND kind = 'deal'"),
        8,
        Fault.SUBJECTS,
    ),
    Tampering(
        "added to a timeline",
        sql("INSERT INTO journal_eventsubject (event_id, kind, identifier) VALUES (6, 'deal', 'D-3')"),
        6,
        Fault.SUBJECTS,
    ),
]


@pytest.mark.parametrize("tampering", TABLE, ids=lambda tampering: tampering.name)
def test_verify_after_tampering_names_the_first_bad_event(checkpoint: Checkpoint, tampering: Tampering) -> None:
    """Seen to fail with the comparison of the hash taken out of `chain.fault_of`, and with `_judge_end` emptied."""
    assert verify(checkpoint=checkpoint).sound
    with unguarded():
        tampering.do()
    finding = verify(checkpoint=checkpoint).finding
    assert finding is not None
    assert (finding.sequence, finding.fault) == (tampering.sequence, tampering.fault)
    assert (verify().finding is None) == tampering.needs_checkpoint


@pytest.mark.parametrize("table", ["journal_event", "journal_eventsubject", "journal_journalhead"])
def test_verify_after_a_guard_was_dropped_is_not_sound(checkpoint: Checkpoint, table: str) -> None:
    drop_trigger(f"{table}_no_delete", table)
    verdict = verify()
    assert verdict.finding is None
    assert verdict.missing_triggers == (f"{table}_no_delete",)
    assert not verdict.sound


def test_verify_of_bytes_that_are_no_text_names_the_event(checkpoint: Checkpoint) -> None:
    if connection.vendor == "postgresql":
        pytest.skip("PostgreSQL itself refuses bytes that are no text")
    with unguarded():
        run("UPDATE journal_event SET data = CAST(X'7B22FF' AS TEXT) WHERE sequence = 5")
    finding = verify().finding
    assert finding is not None
    assert (finding.sequence, finding.fault) == (5, Fault.UNREADABLE)


def test_verify_of_an_empty_journal_is_sound() -> None:
    verdict = verify()
    assert verdict.sound
    assert verdict.checked == 0


def test_verify_while_events_are_recorded_after_the_head_was_read_is_sound(
    checkpoint: Checkpoint, submitted: Submit, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = JournalHead.objects.get()
    submitted(10)
    monkeypatch.setattr(JournalHead.objects, "filter", lambda **_: type("Rows", (), {"first": lambda self: seen})())
    assert verify().sound


def test_export_checked_by_itself_is_complete(checkpoint: Checkpoint) -> None:
    lines = list(export.lines())
    assert len(lines) == 10
    assert export.check_lines(lines) is None
    assert json.loads(lines[-1])["hash"] == checkpoint.hash


@pytest.mark.parametrize(
    ("tamper", "code"),
    [
        (lambda lines: lines[:-1], "export_unsealed"),
        (lambda lines: [*lines[:3], *lines[4:]], "export_forged"),
        (lambda lines: [lines[0].replace("D-1", "D-2"), *lines[1:]], "export_forged"),
        (lambda lines: [*lines, lines[0]], "export_unsealed"),
        (lambda lines: [*lines[:-1], lines[-1].replace('"count":9', '"count":8')], "export_forged"),
        (lambda lines: ["nonsense\n", *lines], "export_unreadable"),
    ],
)
def test_export_that_was_changed_is_refused(
    checkpoint: Checkpoint, tamper: Callable[[list[str]], list[str]], code: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        export.check_lines(tamper(list(export.lines())))
    assert refusal.value.code == code


def test_checkpoint_that_was_changed_is_refused(checkpoint: Checkpoint, at: datetime) -> None:
    document = export.checkpoint_document(at).replace('"sequence":9', '"sequence":8')
    with pytest.raises(Invalid) as refusal:
        export.read_checkpoint(document)
    assert refusal.value.code == "checkpoint_forged"
    with pytest.raises(Invalid):
        export.read_checkpoint("[]")


def test_journal_command_verifies_with_files_that_it_wrote(checkpoint: Checkpoint, tmp_path: Path) -> None:
    kept, exported, out = tmp_path / "checkpoint.json", tmp_path / "journal.jsonl", StringIO()
    call_command("journal", "checkpoint", str(kept))
    call_command("journal", "export", str(exported))
    call_command("journal", "verify", "--checkpoint", str(kept), stdout=out)
    call_command("journal", "verify", "--export", str(exported), stdout=out)
    assert checkpoint.hash in out.getvalue()
    with unguarded():
        cut_with_head()
    call_command("journal", "verify", stdout=out)
    with pytest.raises(CommandError, match="Event 7"):
        call_command("journal", "verify", "--checkpoint", str(kept))


def test_journal_command_puts_a_missing_guard_back(checkpoint: Checkpoint) -> None:
    drop_trigger("journal_event_no_update", "journal_event")
    with pytest.raises(CommandError):
        call_command("journal", "verify", stderr=StringIO())
    call_command("journal", "guard", stdout=StringIO())
    assert verify().sound


@pytest.mark.full
def test_verify_of_a_long_journal_reads_50000_events_a_second(at: datetime) -> None:
    """The processor's time counts, so that other work on the machine does not; full size of P12's last clause."""
    length, previous, text = 100_000, chain.GENESIS, chain.at_text(at)
    events, subjects = [], []
    for number in range(1, length + 1):
        row = chain.Row(
            number, text, 7, "deal.submitted", "deal", f"D-{number}", '[["team","x"]]', "", "{}", previous, ""
        )
        previous = chain.hash_of(row)
        events.append(Event(**(row._asdict() | {"at": at, "hash": previous})))
        subjects += [
            EventSubject(event_id=number, kind=k, identifier=v) for k, v in (("deal", f"D-{number}"), ("team", "x"))
        ]
    with transaction.atomic():
        Event.objects.bulk_create(events, batch_size=500)
        EventSubject.objects.bulk_create(subjects, batch_size=500)
        JournalHead.objects.create(id=1, sequence=length, hash=previous)
    started = time.process_time()
    assert verify().sound
    assert length / (time.process_time() - started) >= 50_000
