"""Count the editions of a person, so that two administrators do not overwrite each other."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0002_organisation_row")]

    operations = [
        migrations.AddField("user", "edition", models.PositiveIntegerField(default=1)),
    ]
