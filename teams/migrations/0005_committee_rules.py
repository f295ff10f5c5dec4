"""Let a committee decide by share or unanimity too, say who breaks a tie, and state what follows on silence."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0004_days_in_order")]

    operations = [
        migrations.AddField(
            model_name="committee",
            name="chair_casts",
            field=models.BooleanField(default=False, verbose_name="the chair's vote decides a tie"),
        ),
        migrations.AddField(
            model_name="committee",
            name="decline_closes",
            field=models.BooleanField(default=False, verbose_name="a decline closes at once"),
        ),
        migrations.AddField(
            model_name="committee",
            name="share",
            field=models.PositiveSmallIntegerField(default=50, verbose_name="share of the electorate, in percent"),
        ),
        migrations.AddField(
            model_name="committee",
            name="silence",
            field=models.CharField(
                choices=[
                    ("remind", "whoever has not voted is reminded"),
                    ("pass_on", "the case passes to the member on duty, else to the chair"),
                    ("lapse", "the case lapses"),
                ],
                default="remind",
                max_length=10,
                verbose_name="on silence",
            ),
        ),
        migrations.AlterField(
            model_name="committee",
            name="rule",
            field=models.CharField(
                choices=[
                    ("number", "a fixed number of approvals"),
                    ("majority", "more approvals than half of the votes cast"),
                    ("share", "a share of the electorate"),
                    ("unanimity", "everybody in the electorate"),
                ],
                default="majority",
                max_length=10,
                verbose_name="rule",
            ),
        ),
        migrations.AddConstraint(
            model_name="committee",
            constraint=models.CheckConstraint(
                condition=models.Q(("share__gte", 1), ("share__lte", 100)), name="committee_share_percent"
            ),
        ),
    ]
