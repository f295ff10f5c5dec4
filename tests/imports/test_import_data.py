"""Importing the six files: sound, spoiled, repeated, corrected, dry, undone."""

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from approvals.imports.batches import Report
from approvals.imports.undo import undo_import
from approvals.imports.writing import import_folder
from approvals.models import Deal, DealState, ImportBatch, ImportedRow, Revision
from journal.models import Event
from journal.refusals import Conflict
from mandates.models import Price, Product
from teams.models import Customer, CustomerTeam, Membership, Team, User
from tests.imports.folders import SOUND, spoiled, write_folder

pytestmark = pytest.mark.django_db


def run(folder: Path, at: datetime, *, dry_run: bool = False) -> Report:
    return import_folder(folder=folder, by=None, at=at, dry_run=dry_run, progress=lambda _phase, _figure: None)


def test_import_sound_folder_writes_everything_once(tmp_path: Path, at: datetime) -> None:
    report = run(write_folder(tmp_path), at)
    assert report.faults == []
    assert report.added == {
        "teams": 1,
        "people": 2,
        "members": 2,
        "customers": 1,
        "products": 2,
        "deals": 1,
        "drafts": 1,
    }
    history = Deal.objects.get(reference="H-1")
    assert (history.state, history.imported, history.contact.email) == ("won", True, "an@example.com")
    revision = history.latest
    assert revision is not None
    assert not revision.judged
    assert [line.product.code for line in revision.lines.order_by("position")] == ["SW", "CARE"]
    assert revision.net_value == Decimal("5052.0000")  # 4 x 1044 + 2 x 36.50 x 12 months
    assert revision.list_value == Decimal("5760.0000")
    assert revision.cost is None
    event = Event.objects.get(verb="import.finished")
    assert json.loads(event.data)["batch"] == report.batch.pk if report.batch else False


def test_import_open_deal_becomes_a_draft_in_the_order_of_its_lines(tmp_path: Path, at: datetime) -> None:
    run(write_folder(tmp_path), at)
    draft = Deal.objects.get(reference="H-2")
    assert (draft.state, draft.latest, draft.channel) == (DealState.DRAFT, None, "partner")
    assert json.loads(draft.draft)["lines"] == [{"product": "SW", "quantity": "1", "unit_price": "1100"}]


def test_import_again_same_input_changes_nothing(tmp_path: Path, at: datetime) -> None:
    folder = write_folder(tmp_path)
    run(folder, at)
    events = Event.objects.count()
    again = run(folder, at)
    assert (again.added, again.changed, again.left, again.batch) == ({}, {}, [], None)
    assert (ImportBatch.objects.count(), Revision.objects.count(), Event.objects.count()) == (1, 1, events)


def test_import_dry_run_reports_and_writes_nothing(tmp_path: Path, at: datetime) -> None:
    report = run(write_folder(tmp_path), at, dry_run=True)
    assert report.added["deals"] == 1
    assert report.batch is None
    assert not Team.objects.exists() and not ImportBatch.objects.exists() and not Event.objects.exists()


@pytest.mark.parametrize(
    ("name", "old", "new", "file", "line", "column"),
    [
        ("teams", "north,North", "North!,North", "teams.csv", 2, "code"),
        ("members", "lead\n", "boss\n", "members.csv", 2, "role"),
        ("members", "Bo@example.com", "bo.example.com", "members.csv", 3, "email"),
        ("members", "Bo Maes,member", "Bo Maes,lead", "members.csv", 3, "role"),
        ("customers", ",north,", ",south,", "customers.csv", 2, "team"),
        ("customers", "an@example.com", "xy@example.com", "customers.csv", 2, "contact"),
        ("customers", ",BE", ",Belgium", "customers.csv", 2, "country"),
        ("products", "network/switches", "network//switches", "products.csv", 2, "family"),
        ("products", "1200,610.5", "12.00.0,610.5", "products.csv", 2, "list_price"),
        ("products", "monthly,EUR", "monthly,EUX", "products.csv", 3, "currency"),
        ("deals", "H-2,north", "H-1,north", "deals.csv", 3, "reference"),
        ("deals", "2026-01-10", "10/01/2026", "deals.csv", 2, "submitted_on"),
        ("deals", "won,2026-02-01", "won,", "deals.csv", 2, "closed_on"),
        ("deals", "won,2026-02-01", ",2026-02-01", "deals.csv", 2, "result"),
        ("deals", "H-1,north,C-1", "H-1,north,C-9", "deals.csv", 2, "customer"),
        ("deals", "EUR,12,30", "EUR,-1,30", "deals.csv", 2, "term_months"),
        ("deals", "EUR,12,30", "EUR,0,30", "lines.csv", 3, "product"),
        ("lines", "SW,4", "SX,4", "lines.csv", 4, "product"),
        ("lines", "SW,4", "SW,0", "lines.csv", 4, "quantity"),
        ("lines", "H-1,1,SW", "H-1,2,SW", "lines.csv", 4, "line"),
        ("lines", "H-2,1,SW", "H-3,1,SW", "lines.csv", 2, "deal"),
        ("lines", "1044", "1044.00001", "lines.csv", 4, "unit_price"),
        ("lines", "1044", "-1", "lines.csv", 4, "unit_price"),
        ("lines", "1044", "1e3", "lines.csv", 4, "unit_price"),
        ("lines", "1044", "NaN", "lines.csv", 4, "unit_price"),
        ("lines", "product,quantity", "product,amount", "lines.csv", 1, "quantity"),
    ],
)
def test_import_spoiled_cell_is_named_and_nothing_written(
    tmp_path: Path, at: datetime, name: str, old: str, new: str, file: str, line: int, column: str
) -> None:
    report = run(write_folder(tmp_path, **spoiled(name, old, new)), at)
    assert (file, line, column) in [(fault.file, fault.line, fault.column) for fault in report.faults]
    assert not Team.objects.exists() and not Deal.objects.exists() and not ImportBatch.objects.exists()


def test_import_every_fault_is_named_not_only_the_first(tmp_path: Path, at: datetime) -> None:
    lines = SOUND["lines.csv"].replace("SW,4", "SX,4").replace("CARE,2", "CARE,x")
    report = run(write_folder(tmp_path, lines=lines), at)
    assert {(fault.line, fault.column) for fault in report.faults} >= {(4, "product"), (3, "quantity")}


def test_import_semicolons_byte_order_mark_and_crlf_are_read(tmp_path: Path, at: datetime) -> None:
    write_folder(tmp_path)
    for name, text in SOUND.items():
        (tmp_path / name).write_bytes(("\ufeff" + text.replace(",", ";").replace("\n", "\r\n")).encode())
    report = run(tmp_path, at)
    assert report.faults == []
    assert Deal.objects.count() == 2


def test_import_not_utf8_is_one_clear_fault(tmp_path: Path, at: datetime) -> None:
    write_folder(tmp_path)
    (tmp_path / "teams.csv").write_bytes(b"code,name\nnorth,N\xf6rd\n")
    report = run(tmp_path, at)
    assert any(fault.file == "teams.csv" and "UTF-8" in fault.reason for fault in report.faults)
    assert not Team.objects.exists()


def test_import_changed_history_adds_a_revision(tmp_path: Path, at: datetime) -> None:
    run(write_folder(tmp_path), at)
    report = run(write_folder(tmp_path, **spoiled("lines", "1044", "1000")), at)
    assert report.changed == {"deals": 1}
    deal = Deal.objects.get(reference="H-1")
    assert deal.latest is not None
    assert (deal.latest.number, deal.latest.net_value, deal.revisions.count()) == (2, Decimal("4876.0000"), 2)


def test_import_draft_edited_here_is_left_alone(tmp_path: Path, at: datetime) -> None:
    run(write_folder(tmp_path), at)
    Deal.objects.filter(reference="H-2").update(edition=2)
    report = run(write_folder(tmp_path, **spoiled("lines", "1100", "1150")), at)
    assert report.writes == 0
    assert "H-2" in report.left[0]
    assert "1100" in Deal.objects.get(reference="H-2").draft


def test_import_new_role_contact_and_price_start_new_dated_rows(tmp_path: Path, at: datetime) -> None:
    run(write_folder(tmp_path), at)
    changed = {
        "members": SOUND["members.csv"].replace("Bo Maes,member", "Bo Maes,coach"),
        "customers": SOUND["customers.csv"].replace("an@example.com", "bo@example.com"),
        "products": SOUND["products.csv"].replace("1200,610.5", "1250,610.5"),
    }
    run(write_folder(tmp_path, **changed), at)
    bo = User.objects.get(email="bo@example.com")
    assert [row.role for row in Membership.objects.filter(user=bo).order_by("pk")] == ["member", "coach"]
    assert Membership.objects.filter(user=bo, ended_on__isnull=True).count() == 1
    assert CustomerTeam.objects.get(ended_on__isnull=True).contact == bo
    assert Price.objects.get(product__code="SW").list_price == Decimal("1250")


def test_undo_removes_what_nothing_refers_to(tmp_path: Path, at: datetime) -> None:
    report = run(write_folder(tmp_path), at)
    assert report.batch is not None
    removed, kept = undo_import(batch=report.batch, by=None, at=at)
    assert kept == {}
    assert removed["deal"] == 2
    assert not any(model.objects.exists() for model in (Deal, Revision, Customer, Product, Team, User))
    assert Event.objects.filter(verb="import.undone").count() == 1
    with pytest.raises(Conflict) as refusal:
        undo_import(batch=report.batch, by=None, at=at)
    assert refusal.value.code == "already_undone"


def test_undo_keeps_what_has_been_used_since(tmp_path: Path, at: datetime) -> None:
    report = run(write_folder(tmp_path), at)
    assert report.batch is not None
    Deal.objects.filter(reference="H-2").update(edition=2)
    _removed, kept = undo_import(batch=report.batch, by=None, at=at)
    assert kept["deal"] == 1
    assert Deal.objects.get().reference == "H-2"
    assert Customer.objects.filter(reference="C-1").exists()
    assert User.objects.filter(email="bo@example.com").exists()


def test_import_broken_event_insert_keeps_nothing(
    tmp_path: Path, at: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("the journal is unreachable")

    monkeypatch.setattr("approvals.imports.writing.record", broken)
    with pytest.raises(RuntimeError):
        run(write_folder(tmp_path), at)
    assert not Team.objects.exists() and not Deal.objects.exists() and not ImportedRow.objects.exists()


def test_command_says_what_it_did_and_fails_on_a_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("import_data", str(write_folder(tmp_path)))
    assert "batch" in capsys.readouterr().out
    (tmp_path / "deals.csv").write_text(SOUND["deals.csv"].replace("2026-01-10", "soon"))
    with pytest.raises(CommandError, match="nothing was written"):
        call_command("import_data", str(tmp_path))
    assert "deals.csv:2: submitted_on" in capsys.readouterr().err


def test_import_row_left_out_does_not_make_its_lines_unknown_too(tmp_path: Path, at: datetime) -> None:
    report = run(write_folder(tmp_path, **spoiled("deals", "2026-01-10", "soon")), at)
    assert [(fault.file, fault.line, fault.column) for fault in report.faults] == [("deals.csv", 2, "submitted_on")]


def test_import_address_with_letters_of_another_alphabet_is_kept(tmp_path: Path, at: datetime) -> None:
    members = SOUND["members.csv"].replace("Bo@example.com", "José@example.com")
    deals = SOUND["deals.csv"].replace("bo@example.com", "josé@example.com")
    assert run(write_folder(tmp_path, members=members, deals=deals), at).faults == []
    assert User.objects.filter(email="josé@example.com").exists()
