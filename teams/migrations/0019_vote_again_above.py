from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("teams", "0018_citations_suggest")]

    operations = [
        migrations.AddField(
            model_name="organisation",
            name="vote_again_above",
            field=models.PositiveBigIntegerField(
                blank=True,
                default=100_000,
                null=True,
                verbose_name="net value above which a vote asks to sign in again",
            ),
        ),
    ]
