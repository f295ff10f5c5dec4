"""Let a team become part of another one."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("teams", "0011_competences")]

    operations = [
        migrations.AddField(
            "team",
            "merged_into",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged",
                to="teams.team",
            ),
        ),
        migrations.AddConstraint(
            "team",
            models.CheckConstraint(
                condition=Q(merged_into=None) | Q(is_active=False), name="merged_team_works_no_more"
            ),
        ),
    ]
