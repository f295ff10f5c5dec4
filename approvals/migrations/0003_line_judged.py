"""Tell the lines of imported history from those that were judged."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0002_deal_result_why")]

    operations = [
        migrations.AddField(
            model_name="revisionline",
            name="judged",
            field=models.BooleanField(default=True),
        ),
    ]
