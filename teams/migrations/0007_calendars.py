"""Keep working calendars as versions with every day written down; once in force, they never change."""

import django.core.validators
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from journal.guards import AppendOnly, GuardTrigger

DAYS = "teams_calendarday"
NO_DRAFT = "NOT EXISTS (SELECT 1 FROM teams_calendarversion WHERE id = NEW.version_id AND state = 'draft')"
MESSAGE = "days are written to a draft only"


def _days_of_drafts_only() -> GuardTrigger:
    name = f"{DAYS}_draft_only"
    sqlite = (
        f"CREATE TRIGGER {name} BEFORE INSERT ON {DAYS} FOR EACH ROW WHEN {NO_DRAFT} "
        f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
    )
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF {NO_DRAFT} "
        f"THEN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END IF; RETURN NEW; END; $$"
    )
    trigger = f"CREATE TRIGGER {name} BEFORE INSERT ON {DAYS} FOR EACH ROW EXECUTE FUNCTION {name}()"
    return GuardTrigger(name, DAYS, sqlite=sqlite, postgresql=trigger, postgresql_function=function)


class Migration(migrations.Migration):
    dependencies = [
        ("teams", "0006_duty_turns"),
        ("journal", "0002_guards"),
    ]

    operations = [
        migrations.CreateModel(
            name="Calendar",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        max_length=40,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^[a-z0-9]+(-[a-z0-9]+)*$", "Lower-case letters, digits and single hyphens."
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                ("edition", models.PositiveIntegerField(default=1)),
            ],
        ),
        migrations.CreateModel(
            name="CalendarVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField()),
                (
                    "state",
                    models.CharField(
                        choices=[("draft", "draft"), ("in_force", "in force"), ("discarded", "discarded")],
                        default="draft",
                        max_length=10,
                    ),
                ),
                ("time_zone", models.CharField(max_length=60, verbose_name="time zone")),
                ("country", models.CharField(blank=True, max_length=2, verbose_name="country")),
                ("subdivision", models.CharField(blank=True, max_length=40, verbose_name="region")),
                ("week", models.JSONField()),
                ("own_days", models.TextField(blank=True)),
                ("first_on", models.DateField()),
                ("last_on", models.DateField()),
                ("source", models.CharField(max_length=40)),
                ("sha256", models.CharField(max_length=64)),
                ("drafted_at", models.DateTimeField()),
                ("starts_on", models.DateField(blank=True, null=True)),
                ("put_in_force_at", models.DateTimeField(blank=True, null=True)),
                (
                    "calendar",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="teams.calendar"
                    ),
                ),
                (
                    "drafted_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "put_in_force_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CalendarDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("on", models.DateField()),
                ("hours", models.CharField(blank=True, max_length=120)),
                ("name", models.CharField(max_length=200)),
                ("is_own", models.BooleanField(default=False)),
                (
                    "version",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="days", to="teams.calendarversion"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.UniqueConstraint(fields=("calendar", "number"), name="calendar_version_number_once"),
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "draft")), fields=("calendar",), name="one_draft_of_a_calendar"
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("put_in_force_at__isnull", False), ("starts_on__isnull", False), ("state", "in_force")),
                    models.Q(
                        models.Q(("state", "in_force"), _negated=True),
                        ("put_in_force_at__isnull", True),
                        ("starts_on__isnull", True),
                    ),
                    _connector="OR",
                ),
                name="calendar_version_in_force_pair",
            ),
        ),
        migrations.AddConstraint(
            model_name="calendarday",
            constraint=models.UniqueConstraint(fields=("version", "on"), name="calendar_day_once"),
        ),
        AppendOnly("teams_calendarversion", unless="OLD.state = 'draft'"),
        AppendOnly(DAYS),
        _days_of_drafts_only(),
    ]
