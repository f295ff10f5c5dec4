"""Make revisions, decisions and approvals unchangeable; imported history may be taken back by its import."""

from django.db import migrations

from journal.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("approvals", "0004_deal_made_here"), ("journal", "0002_guards")]

    operations = [
        AppendOnly("approvals_revision", unless="OLD.judged = false"),
        AppendOnly("approvals_revisionline", unless="OLD.judged = false"),
        AppendOnly("approvals_decision"),
        AppendOnly("approvals_approval"),
        AppendOnly("approvals_approvalrevocation"),
    ]
