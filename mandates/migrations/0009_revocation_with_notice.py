from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mandates", "0008_drafting_guards"),
    ]

    operations = [
        migrations.AddField(
            model_name="versionstep",
            name="takes_effect_at",
            field=models.DateTimeField(null=True),
        ),
    ]
