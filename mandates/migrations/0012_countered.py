from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("mandates", "0011_revocation_with_notice"),
    ]

    operations = [
        migrations.AlterField(
            model_name="charterversion",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("proposed", "proposed"),
                    ("granted", "granted"),
                    ("declined", "declined"),
                    ("countered", "countered"),
                    ("suspended", "suspended"),
                    ("superseded", "superseded"),
                    ("revoked", "revoked"),
                    ("expired", "expired"),
                ],
                default="draft",
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="mandateversion",
            name="state",
            field=models.CharField(
                choices=[
                    ("draft", "draft"),
                    ("proposed", "proposed"),
                    ("granted", "granted"),
                    ("declined", "declined"),
                    ("countered", "countered"),
                    ("suspended", "suspended"),
                    ("superseded", "superseded"),
                    ("revoked", "revoked"),
                    ("expired", "expired"),
                ],
                default="draft",
                max_length=12,
            ),
        ),
    ]
