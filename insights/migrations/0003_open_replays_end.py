"""Replays that were under way have no parts: they end, with what they had counted, and are asked for anew."""

from typing import Any

from django.db import migrations
from django.db.models import F


def end_them(apps: Any, _editor: Any) -> None:
    under_way = apps.get_model("insights", "Replay").objects.filter(state__in=["waiting", "running"])
    under_way.update(state="cancelled", finished_at=F("asked_at"), lease_until=None)


class Migration(migrations.Migration):
    dependencies = [("insights", "0002_replay_parts")]

    operations = [migrations.RunPython(end_them, migrations.RunPython.noop)]
