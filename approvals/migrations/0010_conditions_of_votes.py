"""Conditions of a vote, and what votes said before."""

import django.db.models.deletion
from django.db import migrations, models

from journal.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0009_counter_proposals"),
        ("journal", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="PastVote",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("choice", models.CharField(max_length=10)),
                ("reason", models.TextField()),
                ("figures", models.TextField(blank=True)),
                ("until", models.DateField(blank=True, null=True)),
                ("cast_at", models.DateTimeField()),
                ("changed_at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="vote",
            name="figures",
            field=models.TextField(blank=True, db_default="", default=""),
        ),
        migrations.AddField(
            model_name="vote",
            name="until",
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name="vote",
            name="choice",
            field=models.CharField(
                choices=[
                    ("approve", "approve"),
                    ("conditions", "approve with conditions"),
                    ("decline", "decline"),
                    ("abstain", "abstain"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="pastvote",
            name="counter_vote",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="past", to="approvals.countervote"
            ),
        ),
        migrations.AddField(
            model_name="pastvote",
            name="vote",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="past", to="approvals.vote"
            ),
        ),
        migrations.AddConstraint(
            model_name="pastvote",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("counter_vote__isnull", False), ("vote__isnull", True)),
                    models.Q(("counter_vote__isnull", True), ("vote__isnull", False)),
                    _connector="OR",
                ),
                name="past_vote_of_one_thing",
            ),
        ),
        AppendOnly("approvals_pastvote"),
    ]
