"""What a record has earned is kept as it was proposed; only the answers to it are added."""

from typing import ClassVar

from django.db import migrations

from journal.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies: ClassVar = [("insights", "0004_widenings")]

    operations: ClassVar = [
        AppendOnly("insights_widening", frozen_columns=("version_id", "document", "sha256", "record", "at")),
    ]
