from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mandates", "0010_version_tests_kept"),
    ]

    operations = [
        migrations.AddField(
            model_name="versionstep",
            name="takes_effect_at",
            field=models.DateTimeField(null=True),
        ),
    ]
