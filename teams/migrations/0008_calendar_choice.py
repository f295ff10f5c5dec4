"""Let the organisation and each committee choose a calendar."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0007_calendars")]

    operations = [
        migrations.AddField(
            model_name="committee",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="committees",
                to="teams.calendar",
                verbose_name="working calendar",
            ),
        ),
        migrations.AddField(
            model_name="organisation",
            name="calendar",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="teams.calendar",
                verbose_name="working calendar",
            ),
        ),
    ]
