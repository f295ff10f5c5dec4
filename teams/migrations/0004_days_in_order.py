"""Let no seat end before it starts, and no working day end before it begins."""

from django.db import migrations, models
from django.db.models import F, Q


class Migration(migrations.Migration):
    dependencies = [("teams", "0003_user_edition")]

    operations = [
        migrations.AddConstraint(
            "committeeseat",
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")), name="committee_seat_days"
            ),
        ),
        migrations.AddConstraint(
            "organisation",
            models.CheckConstraint(
                condition=Q(workday_starts_at__lt=F("workday_ends_at")), name="working_day_starts_before_it_ends"
            ),
        ),
    ]
