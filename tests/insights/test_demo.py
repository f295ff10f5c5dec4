"""The demo company: complete, at work, and only in demo mode."""

from datetime import datetime

import pytest
from django.test import Client
from pytest_django.fixtures import Settings as SettingsWrapper

from approvals.models import Case, ConsentRound, ConsentSeat, Deal, DealState
from approvals.ticking import lapse_due, look_at_cases, pass_on_silence, recount_electorates
from insights.demo.company import DOMAIN, SIGN_INS
from insights.demo.loading import load
from journal.models import Channel, Message
from journal.refusals import Conflict
from journal.verify import verify
from mandates.budgets import check_balances
from mandates.models import MandateVersion, Product, VersionState
from teams.demo import hints
from teams.models import Committee, Customer, Organisation, Team, User
from tests.factories import world


def test_demo_outside_demo_mode_is_refused(db: None, at: datetime, settings: SettingsWrapper) -> None:
    settings.DEMO = False
    with pytest.raises(Conflict) as refusal:
        load(at=at, deals=1)
    assert refusal.value.code == "not_a_demo"


def test_demo_beside_people_is_refused(db: None, at: datetime, settings: SettingsWrapper) -> None:
    settings.DEMO = True
    User.objects.create_user("somebody@example.com")
    with pytest.raises(Conflict) as refusal:
        load(at=at, deals=1)
    assert refusal.value.code == "not_empty"


def test_demo_leaves_something_waiting_and_books_in_order(db: None, at: datetime, settings: SettingsWrapper) -> None:
    settings.DEMO = True
    load(at=at, deals=30)
    assert (Team.objects.count(), Committee.objects.count(), Customer.objects.count()) == (3, 2, 40)
    assert Product.objects.count() >= 60
    assert User.objects.count() == len(SIGN_INS)
    assert MandateVersion.objects.filter(state=VersionState.GRANTED).count() == 3
    assert MandateVersion.objects.filter(state=VersionState.PROPOSED).count() == 2
    assert MandateVersion.objects.get(state=VersionState.COUNTERED).request.team.code == "public"
    assert Deal.objects.filter(imported=True).count() == 18
    assert Organisation.objects.get().trust_deals < Organisation().trust_deals
    assert Deal.objects.filter(state=DealState.DRAFT, contact__email__startswith="jonas").exists()
    assert ConsentRound.objects.filter(state=ConsentRound.State.OPEN).count() >= 2
    assert ConsentSeat.objects.filter(answer=ConsentSeat.Answer.OBJECTION).exists()
    assert {case.committee.code for case in Case.objects.filter(state=Case.State.OPEN)} == {"deal-desk", "finance"}
    assert not Message.objects.filter(channel=Channel.MAIL, delivered_at=None).exists()
    assert check_balances() == []
    assert verify().sound


def test_demo_leaves_nothing_that_the_worker_would_change_in_its_first_minute(
    db: None, at: datetime, settings: SettingsWrapper
) -> None:
    """Seen to fail with what had come due left to the worker: an approval stood there past its date."""
    settings.DEMO = True
    load(at=at, deals=90)
    for due in (lapse_due, pass_on_silence, look_at_cases, recount_electorates):
        assert due(at) == 0, due.__name__


def test_demo_sign_in_says_what_to_try_as_each_person(db: None, client: Client, settings: SettingsWrapper) -> None:
    """Seen to fail before the list told more than roles; and a person without a hint, or a hint without a person."""
    settings.DEMO = True
    assert set(hints) == {f"{key}@{DOMAIN}" for key, _name, _hint in SIGN_INS}
    assert all(str(hint) for hint in hints.values())
    made = world()
    User.objects.filter(pk=made.bram.pk).update(email=f"sofie@{DOMAIN}")
    page = client.get("/accounts/login/").content.decode()
    assert page.count('class="person-hint"') == 1
    assert str(hints[f"sofie@{DOMAIN}"]) in page
