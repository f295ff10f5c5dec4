"""One approval of the ask for each case, and one for each counter-proposal; the guard is made again."""

import django.db.models.deletion
from django.db import migrations, models

from journal.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0010_conditions_of_votes"),
        ("journal", "0002_guards"),
    ]

    operations = [
        migrations.AlterField(
            model_name="approval",
            name="case",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="approvals", to="approvals.case"
            ),
        ),
        migrations.AddField(
            model_name="approval",
            name="proposal",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="approval",
                to="approvals.counterproposal",
            ),
        ),
        migrations.AddConstraint(
            model_name="approval",
            constraint=models.UniqueConstraint(
                condition=models.Q(("proposal__isnull", True)),
                fields=("case",),
                name="one_approval_of_the_ask_per_case",
            ),
        ),
        AppendOnly("approvals_approval"),
        AppendOnly("approvals_approvalrevocation"),
    ]
