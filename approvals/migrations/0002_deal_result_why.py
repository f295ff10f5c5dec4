"""Keep why a deal was lost or withdrawn."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0001_start")]

    operations = [
        migrations.AddField(
            model_name="deal",
            name="result_why",
            field=models.TextField(blank=True, default=""),
        ),
    ]
