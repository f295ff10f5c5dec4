"""Note which electors lost the right to vote while their case was open."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0011_approvals_of_counter_proposals"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="elector",
            name="lost_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="elector",
            name="lost_why",
            field=models.CharField(
                blank=True,
                choices=[
                    ("left", "left the committee"),
                    ("inactive", "works here no more"),
                    ("party", "took the deal into their own hands"),
                ],
                max_length=10,
            ),
        ),
        migrations.AddConstraint(
            model_name="elector",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lost_at__isnull", True), ("lost_why", "")),
                    models.Q(("lost_at__isnull", False), models.Q(("lost_why", ""), _negated=True)),
                    _connector="OR",
                ),
                name="elector_lost_pair",
            ),
        ),
    ]
