from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0019_vote_again_above"),
    ]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="trust_wide",
            field=models.PositiveSmallIntegerField(
                default=25, verbose_name="of the look-backs that found the mandate too wide, at most, in percent"
            ),
        ),
    ]
