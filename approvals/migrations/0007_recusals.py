"""Let people step back from a case, for good."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from journal.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("approvals", "0006_case_rules"), ("journal", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="Recusal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("reason", models.TextField()),
                ("at", models.DateTimeField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="recusals", to="approvals.case"
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="recusals",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("case", "user"), name="recusal_once")],
            },
        ),
        AppendOnly("approvals_recusal"),
    ]
