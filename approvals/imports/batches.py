"""What an import did: its report, and the list of rows that it created."""

from dataclasses import dataclass, field

from approvals.imports.sheets import Fault
from approvals.models import ImportBatch, ImportedRow

CHUNK = 500


@dataclass(slots=True)
class Report:
    """What an import found and did. `batch` is empty where nothing was written."""

    faults: list[Fault]
    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    left: list[str] = field(default_factory=list)
    rows_read: int = 0
    batch: ImportBatch | None = None

    @property
    def writes(self) -> int:
        return sum(self.added.values()) + sum(self.changed.values())


class Ledger:
    """Counts what the import does and remembers each row that it created."""

    def __init__(self, batch: ImportBatch, report: Report) -> None:
        self.batch = batch
        self.report = report
        self._waiting: list[ImportedRow] = []

    def added(self, kind: str, table: str, row: int) -> None:
        self.report.added[kind] = self.report.added.get(kind, 0) + 1
        self.remember(table, row)

    def remember(self, table: str, row: int) -> None:
        self._waiting.append(ImportedRow(batch=self.batch, table=table, row=row))
        if len(self._waiting) >= CHUNK:
            self.flush()

    def changed(self, kind: str) -> None:
        self.report.changed[kind] = self.report.changed.get(kind, 0) + 1

    def left(self, reason: str) -> None:
        self.report.left.append(reason)

    def flush(self) -> None:
        ImportedRow.objects.bulk_create(self._waiting)
        self._waiting.clear()
