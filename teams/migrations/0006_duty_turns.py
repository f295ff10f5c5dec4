"""Put members of a committee on duty by turns, which do not overlap."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from journal.guards import GuardTrigger

TABLE = "teams_dutyturn"
# A turn that ended before it began overlaps nothing.
OVERLAPS = """NEW.started_on < COALESCE(NEW.ended_on, 'FOREVER') AND EXISTS (
    SELECT 1 FROM teams_dutyturn AS other
    WHERE other.committee_id = NEW.committee_id AND other.id <> COALESCE(NEW.id, -1)
    AND other.started_on < COALESCE(other.ended_on, 'FOREVER')
    AND other.started_on < COALESCE(NEW.ended_on, 'FOREVER')
    AND NEW.started_on < COALESCE(other.ended_on, 'FOREVER')
)"""
MESSAGE = "turns of one committee do not overlap"


def _no_overlap(event: str) -> GuardTrigger:
    name = f"{TABLE}_no_overlap_{event.lower()}"
    sqlite = (
        f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW "
        f"WHEN {OVERLAPS.replace('FOREVER', '9999-12-31')} BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    # Two transactions that do not see each other's rows wait at the committee for one another.
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"PERFORM 1 FROM teams_committee WHERE id = NEW.committee_id FOR UPDATE; "
        f"IF {OVERLAPS.replace('FOREVER', 'infinity')} "
        f"THEN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END; $$"
    )
    trigger = f"CREATE TRIGGER {name} BEFORE {event} ON {TABLE} FOR EACH ROW EXECUTE FUNCTION {name}()"
    return GuardTrigger(name, TABLE, sqlite=sqlite, postgresql=trigger, postgresql_function=function)


class Migration(migrations.Migration):
    dependencies = [("teams", "0005_committee_rules"), ("journal", "0002_guards")]

    operations = [
        migrations.CreateModel(
            name="DutyTurn",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("started_on", models.DateField()),
                ("ended_on", models.DateField(blank=True, null=True)),
            ],
        ),
        migrations.AddField(
            model_name="dutyturn",
            name="committee",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="duty_turns", to="teams.committee"
            ),
        ),
        migrations.AddField(
            model_name="dutyturn",
            name="user",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="duty_turns", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddIndex(
            model_name="dutyturn",
            index=models.Index(fields=["committee", "started_on"], name="duty_turn_by_day"),
        ),
        migrations.AddConstraint(
            model_name="dutyturn",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("ended_on__isnull", True), ("ended_on__gte", models.F("started_on")), _connector="OR"
                ),
                name="duty_turn_days",
            ),
        ),
        _no_overlap("INSERT"),
        _no_overlap("UPDATE"),
    ]
