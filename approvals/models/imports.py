"""What an import brought in, so that it can be shown and, while nothing refers to it, undone."""

from django.conf import settings
from django.db import models


class ImportBatch(models.Model):
    """One run of an import that wrote something."""

    folder = models.CharField(max_length=400)
    sha256 = models.CharField(max_length=64)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    counts = models.JSONField(default=dict)
    undone_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportedRow(models.Model):
    """One row that a batch created: its table and its primary key there."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows")
    table = models.CharField(max_length=40)
    row = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["table", "row"], name="imported_row_once")]

    def __str__(self) -> str:
        return f"{self.table} {self.row}"
