"""Bounded yeses that a committee votes on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0008_requests_and_pauses"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CounterProposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveSmallIntegerField()),
                ("figures", models.TextField()),
                ("until", models.DateField(blank=True, null=True)),
                ("reason", models.TextField()),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "being voted on"),
                            ("adopted", "waiting for the team"),
                            ("rejected", "rejected"),
                            ("taken_back", "taken back"),
                            ("accepted", "accepted"),
                            ("gone_on", "not taken up"),
                            ("void", "void"),
                        ],
                        default="open",
                        max_length=10,
                    ),
                ),
                ("proposed_at", models.DateTimeField()),
                ("adopted_at", models.DateTimeField(blank=True, null=True)),
                ("answered_at", models.DateTimeField(blank=True, null=True)),
                ("answer_reason", models.TextField(blank=True)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
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
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="counter_proposals",
                        to="approvals.case",
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CounterVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "choice",
                    models.CharField(
                        choices=[("approve", "approve"), ("decline", "decline"), ("abstain", "abstain")], max_length=10
                    ),
                ),
                ("reason", models.TextField()),
                ("cast_at", models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name="decision",
            name="cause",
            field=models.CharField(
                choices=[
                    ("submit", "submitted"),
                    ("consent", "colleagues consented"),
                    ("case", "committee decided"),
                    ("counter", "counter-proposal accepted"),
                    ("recheck", "judged again"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="countervote",
            name="proposal",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="votes", to="approvals.counterproposal"
            ),
        ),
        migrations.AddField(
            model_name="countervote",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="counter_votes", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddConstraint(
            model_name="counterproposal",
            constraint=models.UniqueConstraint(fields=("case", "number"), name="counter_proposal_number_once"),
        ),
        migrations.AddConstraint(
            model_name="counterproposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ["open", "adopted"])),
                fields=("case",),
                name="one_live_counter_proposal_per_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="counterproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answered_at__isnull", True), ("answered_by__isnull", True)),
                    models.Q(("answered_at__isnull", False), ("answered_by__isnull", False)),
                    _connector="OR",
                ),
                name="counter_proposal_answer_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="counterproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("state__in", ["open", "adopted"])),
                    models.Q(models.Q(("state__in", ["open", "adopted"]), _negated=True), ("closed_at__isnull", False)),
                    _connector="OR",
                ),
                name="counter_proposal_closed_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="countervote",
            constraint=models.UniqueConstraint(fields=("proposal", "user"), name="one_vote_per_person_and_counter"),
        ),
    ]
