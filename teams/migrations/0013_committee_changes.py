"""Let a committee change by two people: what one proposes and another one answers."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from journal.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("teams", "0012_merged_teams"), ("journal", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="CommitteeChange",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("rule", "its facts and rule"),
                            ("seat", "a new member"),
                            ("unseat", "a member less"),
                            ("chair", "another chair"),
                        ],
                        max_length=10,
                    ),
                ),
                ("document", models.TextField()),
                ("committee_edition", models.PositiveIntegerField()),
                ("reason", models.TextField(blank=True)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "proposed"),
                            ("confirmed", "confirmed"),
                            ("declined", "declined"),
                            ("taken_back", "taken back"),
                        ],
                        default="proposed",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer_reason", models.TextField(blank=True)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "committee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="teams.committee"
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("committee", "kind", "document"),
                        name="committee_change_proposed_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("answered_at__isnull", True), ("answered_by__isnull", True), ("state", "proposed")
                            ),
                            models.Q(
                                models.Q(("state", "proposed"), _negated=True),
                                ("answered_at__isnull", False),
                                ("answered_by__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="committee_change_answer_pair",
                    ),
                ],
            },
        ),
        AppendOnly(
            "teams_committeechange",
            frozen_columns=[
                "committee_id",
                "kind",
                "document",
                "committee_edition",
                "reason",
                "proposed_by_id",
                "proposed_at",
            ],
        ),
    ]
