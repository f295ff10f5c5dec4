import django.db.models.deletion
from django.db import migrations, models

from journal.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("mandates", "0013_emergencies"),
    ]

    operations = [
        migrations.CreateModel(
            name="VersionReminder",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("days", models.PositiveSmallIntegerField()),
                ("at", models.DateTimeField()),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="reminders",
                        to="mandates.mandateversion",
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("version", "days"), name="version_reminder_once")],
            },
        ),
        AppendOnly("mandates_versionreminder"),
    ]
