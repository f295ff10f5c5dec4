"""Founding the demo company: people, teams, customers, products, committees, rates, charter and mandates."""

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from approvals.imports.writing import import_folder
from insights.demo.company import (
    COMMITTEES,
    DOMAIN,
    FOLDER,
    MANDATE_NAMES,
    ORGANISATION,
    RATES,
    ROLES,
    SIGN_INS,
)
from mandates.actions import draft_charter, draft_mandate, grant, grant_charter, propose, propose_charter
from mandates.checking import findings_of
from mandates.models import MandateVersion, Rate
from teams.models import Committee, CommitteeSeat, Organisation, OrganisationRole, Team, User
from teams.organisation import organisation, today


def person(key: str) -> User:
    """One of the people of the demo, by the name before the @."""
    return User.objects.get(email=f"{key}@{DOMAIN}")


def found(*, at: datetime, until: datetime) -> None:
    """Write everything that stands before the first deal, as of `at`; rates for each week until the demo's day."""
    # a small company: its teams' records are short
    trust = {"trust_deals": 12, "trust_won": 50}
    Organisation.objects.filter(pk=organisation().pk).update(name=ORGANISATION, **trust)
    import_folder(folder=FOLDER / "files", by=None, at=at, dry_run=False, progress=lambda _phase, _figure: None)
    Team.objects.filter(code="regional").update(cost_sight=Team.CostSight.LEAD, cost_rating=True)
    for key, name, _hint in SIGN_INS:
        if not User.objects.filter(email=f"{key}@{DOMAIN}").exists():
            User.objects.create_user(f"{key}@{DOMAIN}", name)
    day = today(at)
    for key, role in ROLES:
        OrganisationRole.objects.create(user=person(key), role=role, started_on=day)
    _seat_committees(day)
    _write_rates(day, today(until))
    _grant_authority(at)


def _seat_committees(day: date) -> None:
    for code, name, rule, needed, quorum, hours, seats in COMMITTEES:
        committee = Committee.objects.create(
            code=code, name=name, rule=rule, approvals_needed=needed, quorum=quorum, answer_hours=hours
        )
        CommitteeSeat.objects.bulk_create(
            CommitteeSeat(committee=committee, user=person(key), is_chair=index == 0, started_on=day)
            for index, key in enumerate(seats)
        )
    Organisation.objects.update(default_committee=Committee.objects.get(code=COMMITTEES[0][0]))


def _write_rates(day: date, until: date) -> None:
    """One rate a week, wavering a little: a rate is good for seven days."""
    Rate.objects.bulk_create(
        Rate(currency=currency, on=day + timedelta(weeks=week), per_euro=Decimal(text) + Decimal(week % 7) / 1000)
        for currency, text in RATES.items()
        for week in range((until - day).days // 7 + 1)
    )


def _document(name: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / "mandates" / f"{name}.json").read_text(encoding="utf-8")))


def _grant_authority(at: datetime) -> None:
    """Ruben drafts, Charlotte grants: the charter first, then a mandate for each team."""
    ruben, charlotte = person("ruben"), person("charlotte")
    charter = draft_charter(by=ruben, at=at, document=_document("charter"), note="Where we stand as a company.")
    charter = propose_charter(version=charter, by=ruben, at=at)
    grant_charter(version=charter, by=charlotte, at=at + timedelta(minutes=20))
    for code, name in MANDATE_NAMES.items():
        grant_mandate(code, name, _document(code), at=at + timedelta(hours=1), drafter=ruben, grantor=charlotte)


def grant_mandate(
    code: str, name: str, document: Mapping[str, Any], *, at: datetime, drafter: User, grantor: User
) -> None:
    """Draft, propose and grant a mandate to the team of the same code, good until the end of the year after next."""
    day = today(at)
    dated = {
        **document,
        "version": 1,
        "valid_from": day.isoformat(),
        "valid_until": date(day.year + 2, 12, 31).isoformat(),
    }
    version = draft_mandate(
        by=drafter,
        at=at,
        code=code,
        name=name,
        goal="Answer our customers at the table.",
        walk_away="We let the order go and keep the customer: support and training stay ours.",
        options="A longer term, payment within 14 days, training instead of discount, delivery in two parts.",
        document=dated,
        teams=[Team.objects.get(code=code)],
        note="The authority that the team needs for its everyday deals.",
    )
    propose_confirmed(version, at=at + timedelta(minutes=5))
    granted_at = at + timedelta(hours=2)
    version.refresh_from_db()
    keys = [finding.key for finding in findings_of(version, granted_at)]
    grant(version=version, by=grantor, at=granted_at, confirmed=keys)


def propose_confirmed(version: MandateVersion, *, at: datetime) -> MandateVersion:
    """Propose a draft, having read what there is to confirm."""
    keys = [finding.key for finding in findings_of(version, at)]
    return propose(version=version, by=version.drafted_by, at=at, confirmed=keys)
