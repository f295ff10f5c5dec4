"""Standing: rows of one day become the plain value, and nothing of another day does."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from teams.calendars import working_due
from teams.models import (
    Committee,
    CommitteeSeat,
    Membership,
    Organisation,
    OrganisationRole,
    Team,
    User,
)
from teams.organisation import organisation, today
from teams.permissions import NOBODY
from teams.standing import may_audit, person_of

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
BEFORE = date(2026, 1, 1)


def test_person_of_a_user_with_rows_of_other_days_holds_only_those_of_the_day(
    django_assert_num_queries: Any,
) -> None:
    user = User.objects.create_user("an@example.test", "An")
    teams = [Team.objects.create(code=f"team-{n}", name=str(n)) for n in range(4)]
    Membership.objects.create(team=teams[0], user=user, role="lead", started_on=BEFORE)
    Membership.objects.create(team=teams[1], user=user, role="member", started_on=BEFORE, ended_on=DAY)
    Membership.objects.create(team=teams[2], user=user, role="coach", started_on=date(2026, 11, 24))
    Membership.objects.create(team=teams[3], user=user, role="member", started_on=DAY, may_decide=False)
    committee = Committee.objects.create(code="deal-desk", name="Deal desk")
    CommitteeSeat.objects.create(committee=committee, user=user, is_chair=True, started_on=BEFORE)
    OrganisationRole.objects.create(user=user, role="executive", started_on=BEFORE)
    OrganisationRole.objects.create(user=user, role="auditor", started_on=BEFORE, ended_on=BEFORE)
    with django_assert_num_queries(3):
        person = person_of(user, DAY)
    assert person.team_roles == {teams[0].pk: "lead", teams[3].pk: "member"}
    assert person.deciding_teams == {teams[0].pk}
    assert person.committees == person.chairs == {committee.pk}
    assert person.roles == {"executive"}


def test_person_of_somebody_deactivated_or_not_signed_in_is_nobody() -> None:
    gone = User.objects.create_user("gone@example.test", "Gone", is_active=False)
    assert person_of(gone, DAY) is NOBODY
    assert person_of(AnonymousUser(), DAY) is NOBODY


def test_may_audit_is_for_auditors_who_are_no_operators() -> None:
    auditor = User.objects.create_user("audit@example.test", "Audit")
    OrganisationRole.objects.create(user=auditor, role="auditor", started_on=BEFORE)
    operator = User.objects.create_superuser("ops@example.test", "Ops")
    OrganisationRole.objects.create(user=operator, role="auditor", started_on=BEFORE)
    assert may_audit(auditor)
    assert not may_audit(operator)


def test_organisation_whose_row_is_lost_comes_back_with_defaults() -> None:
    Organisation.objects.all().delete()
    assert organisation().time_zone == "Europe/Brussels"
    assert organisation().pk == 1


def test_today_near_midnight_is_the_day_of_the_organisation() -> None:
    assert today(datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) == DAY


def test_working_due_over_a_national_holiday_skips_it() -> None:
    tuesday = datetime(2026, 11, 10, 10, tzinfo=UTC)
    assert working_due(tuesday, days=1) == datetime(2026, 11, 12, 10, tzinfo=UTC)
    assert working_due(tuesday, hours=8) == datetime(2026, 11, 12, 10, tzinfo=UTC)
