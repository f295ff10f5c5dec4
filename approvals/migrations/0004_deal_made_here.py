"""Find the last deal that was made here, whose number the next one follows."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0003_line_judged")]

    operations = [
        migrations.AddIndex(
            model_name="deal",
            index=models.Index(
                condition=models.Q(("imported", False)),
                fields=["-id"],
                name="deal_made_here",
            ),
        ),
    ]
