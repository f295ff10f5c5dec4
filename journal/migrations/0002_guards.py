"""Make events unchangeable, and let the chain's head only move on by one."""

from django.db import migrations

from journal.guards import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_events_and_messages")]

    operations = [
        AppendOnly("journal_event", key_column="sequence"),
        AppendOnly("journal_eventsubject"),
        AppendOnly("journal_journalhead", allow_update="NEW.id = OLD.id AND NEW.sequence = OLD.sequence + 1"),
    ]
