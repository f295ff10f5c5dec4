"""Freeze the whole rule of its committee with each case, and note when a case can no longer be decided."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0005_guards"), ("teams", "0005_committee_rules")]

    operations = [
        migrations.AddField(
            model_name="case",
            name="chair_casts",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="decline_closes",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="case",
            name="share",
            field=models.PositiveSmallIntegerField(default=50),
        ),
        migrations.AddField(
            model_name="case",
            name="silence",
            field=models.CharField(
                choices=[
                    ("remind", "whoever has not voted is reminded"),
                    ("pass_on", "the case passes to the member on duty, else to the chair"),
                    ("lapse", "the case lapses"),
                ],
                default="remind",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="case",
            name="stuck_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="elector",
            name="is_chair",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="case",
            name="rule",
            field=models.CharField(
                choices=[
                    ("number", "a fixed number of approvals"),
                    ("majority", "more approvals than half of the votes cast"),
                    ("share", "a share of the electorate"),
                    ("unanimity", "everybody in the electorate"),
                ],
                max_length=10,
            ),
        ),
    ]
