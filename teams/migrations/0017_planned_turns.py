"""Keep who planned a turn and when: who was put on duty after a case opened does not answer it alone."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0016_trust_settings")]

    operations = [
        migrations.AddField(
            model_name="dutyturn",
            name="planned_by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(model_name="dutyturn", name="planned_at", field=models.DateTimeField(null=True)),
    ]
