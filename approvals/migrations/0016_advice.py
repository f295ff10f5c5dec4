"""Let a team ask for advice about a deal, record the answer and thank for it."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0015_comments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Advice",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("asked", "asked"),
                            ("answered", "answered"),
                            ("thanked", "thanked"),
                            ("passed", "does not know"),
                            ("withdrawn", "withdrawn"),
                            ("closed", "closed with the deal"),
                        ],
                        default="asked",
                        max_length=10,
                    ),
                ),
                ("clause", models.CharField(blank=True, max_length=30)),
                ("question", models.TextField()),
                ("named_for", models.TextField(default="[]")),
                ("asked_at", models.DateTimeField()),
                ("answer", models.TextField(blank=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("thanks", models.TextField(blank=True)),
                ("thanked_at", models.DateTimeField(blank=True, null=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advice_asked",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "asked_of",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="advice_given",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="advice", to="approvals.deal"
                    ),
                ),
                (
                    "revision",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="approvals.revision",
                    ),
                ),
                (
                    "thanked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state", "asked")), fields=["asked_of", "-id"], name="advice_waiting"
                    ),
                    models.Index(condition=models.Q(("state", "thanked")), fields=["-id"], name="advice_thanked"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "asked")),
                        fields=("deal", "asked_of"),
                        name="advice_asked_once_at_a_time",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("answer", ""), ("answered_at__isnull", True)),
                            models.Q(models.Q(("answer", ""), _negated=True), ("answered_at__isnull", False)),
                            _connector="OR",
                        ),
                        name="advice_answer_pair",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("thanked_at__isnull", True), ("thanked_by__isnull", True)),
                            models.Q(("thanked_at__isnull", False), ("thanked_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="advice_thanks_pair",
                    ),
                ],
            },
        ),
    ]
