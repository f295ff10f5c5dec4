from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0003_index_failed_messages"),
    ]

    operations = [
        migrations.CreateModel(
            name="LetterPause",
            fields=[
                ("recipient_id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("until", models.DateTimeField()),
            ],
        ),
    ]
