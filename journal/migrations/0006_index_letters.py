from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("journal", "0005_messages_share_a_letter"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="message",
            index=models.Index(
                condition=models.Q(("delivered_at__isnull", True), ("failed_at__isnull", True)),
                fields=["recipient_id", "letter"],
                name="message_letter",
            ),
        ),
    ]
