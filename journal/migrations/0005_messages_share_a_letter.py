from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0004_letter_pauses"),
    ]

    operations = [
        migrations.AddField(
            model_name="message",
            name="letter",
            field=models.BigIntegerField(null=True),
        ),
    ]
