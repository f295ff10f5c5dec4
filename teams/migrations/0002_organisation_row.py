"""Create the organisation's one row with its defaults."""

from typing import Any

from django.db import migrations


def create_row(apps: Any, schema_editor: Any) -> None:
    apps.get_model("teams", "Organisation").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("teams", "0001_start")]

    operations = [migrations.RunPython(create_row, migrations.RunPython.noop)]
