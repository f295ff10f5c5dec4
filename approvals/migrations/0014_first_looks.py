"""Let every open case that was not reminded of yet be looked at when its answer time is over."""

from typing import Any

from django.db import migrations
from django.db.models import F


def set_timers(apps: Any, schema_editor: Any) -> None:
    cases = apps.get_model("approvals", "Case").objects.filter(state="open", looks_at=None)
    cases.update(looks_at=F("due_at"))


class Migration(migrations.Migration):
    dependencies = [("approvals", "0013_silence_and_substitutes")]

    operations = [migrations.RunPython(set_timers, migrations.RunPython.noop)]
