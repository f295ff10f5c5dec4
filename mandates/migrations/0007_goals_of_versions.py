"""Each version gets the goal of its mandate: from now on a goal is granted with its version."""

from typing import Any, ClassVar

from django.db import migrations


def copy_goals(apps: Any, schema_editor: Any) -> None:
    """Give each version that has no aims those of its mandate."""
    version = apps.get_model("mandates", "MandateVersion")
    aims = apps.get_model("mandates", "VersionAims")
    named = version.objects.filter(aims__isnull=True).exclude(mandate__goal="").values_list("pk", "mandate__goal")
    aims.objects.bulk_create([aims(version_id=pk, goal=goal) for pk, goal in named.iterator()], batch_size=500)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("mandates", "0006_drafting_together")]

    operations: ClassVar = [migrations.RunPython(copy_goals, migrations.RunPython.noop)]
