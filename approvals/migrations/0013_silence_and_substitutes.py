"""Give each case one timer, a member to pass to on silence, and electors who stand in."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0012_electors_lost"),
        ("teams", "0010_absences"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="case",
            name="looks_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="passed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="case",
            name="passed_to",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="elector",
            name="substitution",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="electors",
                to="teams.substitution",
            ),
        ),
        migrations.AlterField(
            model_name="elector",
            name="lost_why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("left", "left the committee"),
                    ("inactive", "works here no more"),
                    ("party", "took the deal into their own hands"),
                    ("ended", "stands in no more"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("paused_at", None), ("state", "open")), fields=["looks_at"], name="case_looks_at"
            ),
        ),
    ]
