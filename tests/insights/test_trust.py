"""The trust rule: what a record has earned is proposed, and only people draft, grant, or say not now."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from approvals.actions.consent import give_consent
from approvals.actions.outcome import lose, win
from approvals.actions.vote import cast_vote
from approvals.models import Deal
from insights.actions import draft_widening, propose_widening, propose_widenings, put_off
from insights.actions.look_backs import Answers, answer, plan_day
from insights.models import LookBack, Widening
from insights.readings.trust import rule_sentence
from insights.ticking import ask_due
from insights.trust import Record, _step, has_earned, read_record, record_of, rows_of, widened
from journal import record as recording
from journal.models import Channel, Event, Message
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.actions import decline, propose, suspend
from mandates.checking import findings_of
from mandates.documents import document_of
from mandates.models import MandateVersion, TeamRequest
from teams.models import Organisation
from tests.factories import AT, COMMITTEE_PRICE, World, charter_in_force, seat_of, submitted, terms
from tests.factories import world as make_world

DAY = timedelta(days=1)
LATER = AT + timedelta(hours=2)


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with time_machine.travel(AT, tick=False):
        made = make_world()
        Organisation.objects.update(trust_deals=3, trust_won=60, trust_near=2, trust_step=10)
        yield made


def _deal(world: World, price: str, result: str = "win") -> None:
    """Four support contracts at a price; 83.25 is 7.5 % off, near a member's bound of 8 %."""
    deal = submitted(world, terms=terms(("SUP-M", "4", price)))
    if deal.state == "pending":
        seat = seat_of(world, deal, "anke")
        give_consent(seat=seat, by=world.anke, at=world.at)
        deal.refresh_from_db()
    end = {"win": win, "lose": lose}.get(result)
    if end:
        end(deal=deal, by=world.bram, at=world.at, closed_on=world.today)


def _good_record(world: World) -> None:
    for price, result in (("83.25", "win"), ("81.00", "win"), ("90.00", "lose"), ("83.25", "")):
        _deal(world, price, result)


def _version(world: World) -> MandateVersion:
    return MandateVersion.objects.get(mandate__code="public-2026", number=1)


def _record(world: World) -> Record:
    return record_of(_version(world), settings=Organisation.objects.get(), at=LATER)


def _proposed(world: World) -> Widening:
    _good_record(world)
    widening = propose_widening(mandate=_version(world).mandate, at=LATER)
    assert widening is not None
    return widening


# --- the record ---


def test_record_counts_what_was_decided_inside_the_mandate_and_how_it_ended(world: World) -> None:
    """Seen to fail: with deals counted whose case a committee decided."""
    _good_record(world)
    submitted(world, price=COMMITTEE_PRICE)
    record = _record(world)
    assert (record.decided, record.members, record.won, record.lost, record.open) == (4, 3, 2, 1, 1)
    assert (record.unsound, record.stops, record.objections) == (0, 0, 0)
    assert read_record(record.stored()) == record


def test_record_of_a_row_counts_what_came_near_each_of_its_bounds(world: World) -> None:
    """Seen to fail: with the figures of other rows counted; with the team's bound held against a member's."""
    _good_record(world)
    rows = {row.index: row for row in _record(world).rows}
    assert rows.keys() == {0, 1}  # discounts alone, no margin and no days
    assert (rows[1].deals, rows[1].near) == (4, (3, 1))
    assert (rows[1].before, rows[1].after) == (("8", "12"), ("9", "12"))
    assert (rows[0].deals, rows[0].after) == (0, ("12", "18"))


@pytest.mark.parametrize(
    "changed",
    [
        {"won": 1, "lost": 2},
        {"won": 1, "lost": 1},
        {"unsound": 1},
        {"stops": 1},
        {"look_backs": {"wide": (1,), "fitted": (2, 3)}},
    ],
    ids=["mostly lost", "too few", "unsound", "suspended", "a third too wide"],
)
def test_record_that_is_short_bad_or_broken_has_not_earned(world: World, changed: dict[str, Any]) -> None:
    """Seen to fail: with each condition of the rule left out in turn."""
    _good_record(world)
    settings = Organisation.objects.get()
    good = _record(world)
    assert has_earned(good, settings)
    assert not has_earned(replace(good, **changed), settings)
    settings.trusts_records = False
    assert not has_earned(good, settings)


@pytest.mark.parametrize(
    ("wide", "others", "earned"),
    [(0, 0, True), (1, 3, True), (1, 2, False), (2, 6, True), (26, 74, False), (1, 0, False), (0, 1, True)],
)
def test_look_backs_that_found_it_too_wide_stop_a_widening_beyond_their_share(
    wide: int, others: int, earned: bool
) -> None:
    """At most 25 % by the setting. Seen to fail: with `<` for `<=`; with the share of all deals instead."""
    settings = Organisation(trust_deals=1)
    record = Record("2026-01-01", "2026-06-30", 9, 9, 9, 0, 0, 0, 0, 0, 0)
    said = {"wide": tuple(range(wide)), "narrow": tuple(range(100, 100 + others // 2)), "fitted": ()}
    said["fitted"] = tuple(range(200, 200 + others - others // 2))
    assert has_earned(replace(record, look_backs=said), settings) is earned


@given(
    bound=st.integers(0, 400).map(lambda quarter: str(quarter / 4)),
    metric=st.sampled_from(["line_discount", "discount_amount"]),
    percent=st.integers(1, 100),
)
def test_step_never_narrows_a_bound(bound: str, metric: str, percent: int) -> None:
    """Seen to fail: with the cap at 100 % set before the step."""
    wider = float(_step(bound, metric, percent))
    assert float(bound) <= wider <= 2 * float(bound) + 0.5
    assert metric != "line_discount" or wider <= 100


def test_widened_document_stays_inside_the_charter(world: World) -> None:
    """Seen to fail: with rows taken that reach beyond the charter."""
    _good_record(world)
    document, record = document_of(_version(world)), _record(world)
    wider, taken = widened(document, record.rows, LATER)
    assert [row.index for row in taken] == [1]
    assert wider["limits"][1] | {"member": "8"} == document["limits"][1]
    Organisation.objects.update(trust_near=1)  # the team's bound is earned too
    rows = rows_of(document, _answers(), Organisation.objects.get())
    assert widened(document, rows, LATER)[0]["limits"][1]["team"] == "13.5"
    charter_in_force(world, {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "12"}]}, since=AT)
    assert [row.index for row in widened(document, rows, LATER)[1]] == []


def _answers() -> list[dict[str, Any]]:
    finding = {"source": "mandate", "metric": "line_discount", "limit": 1, "value": "11.0000"}
    return [{"findings": [finding]}]


# --- look-backs ---


def _look_back(world: World, deal: Deal, fit: str, at: datetime = AT) -> LookBack:
    ask_due(at)
    said = Answers(fit, "It should reward a longer term.", "Seven percent.", "Two years.", "yes", "")
    found = LookBack.objects.filter(deal=deal).latest("pk")
    return answer(look_back=found, by=world.bram, at=at, edition=None, answers=said)


def _won(world: World) -> list[Deal]:
    _good_record(world)
    return list(Deal.objects.filter(state__in=("won", "lost")).order_by("pk"))


def test_record_counts_the_newest_look_back_on_each_deal_that_the_version_judged(world: World) -> None:
    """Seen to fail: with every answer counted; with those nobody answered; with those on deals of another version."""
    first, second, third = _won(world)
    _look_back(world, first, "wide")
    narrow = _look_back(world, second, "narrow")
    plan_day(deal=first, by=world.anke, at=AT, on=world.today)
    newest = _look_back(world, first, "fitted", at=AT + timedelta(hours=1))
    record = _record(world)
    assert record.look_backs == {"fitted": (newest.pk,), "narrow": (narrow.pk,)}
    assert (record.looked_back, record.too_wide) == (2, 0)
    assert read_record(record.stored()) == record
    _look_back(world, third, "unclear")
    assert _record(world).looked_back == 3
    other = MandateVersion.objects.exclude(mandate__code="public-2026").filter(state="granted").earliest("pk")
    assert record_of(other, settings=Organisation.objects.get(), at=LATER).looked_back == 0


def test_record_counts_the_look_back_on_a_deal_that_a_committee_decided(world: World) -> None:
    """What the mandate could not answer teaches most. Seen to fail: with the decided deals' look-backs alone."""
    deal = submitted(world, price=COMMITTEE_PRICE)
    for case in deal.cases.all():
        for elector in case.electors.select_related("user").order_by("pk"):
            case.refresh_from_db()
            if case.state == "open":
                cast_vote(case=case, by=elector.user, at=AT, choice="approve", reason="Two years.")
    deal.refresh_from_db()
    win(deal=deal, by=world.bram, at=AT, closed_on=world.today)
    found = _look_back(world, deal, "narrow")
    record = _record(world)
    assert (record.decided, record.look_backs) == (0, {"narrow": (found.pk,)})


def test_team_that_finds_its_mandate_too_wide_is_not_proposed_a_wider_one(world: World) -> None:
    """Seen to fail: with look-backs left out of the rule; with an open proposal left alone."""
    first, second, third = _won(world)
    _look_back(world, first, "narrow")
    assert propose_widenings(at=LATER) == 1
    _look_back(world, second, "wide")
    assert propose_widenings(at=LATER + DAY) == 0
    assert Widening.objects.get().ended_at == LATER + DAY
    _look_back(world, third, "fitted", at=LATER)
    assert propose_widenings(at=LATER + 2 * DAY) == 0  # one of three is more than a quarter
    Organisation.objects.update(trust_wide=34)
    assert propose_widenings(at=LATER + 3 * DAY) == 1


def test_page_of_a_proposal_links_to_the_look_backs_it_counts_and_names_nobody(world: World) -> None:
    """Seen to fail: with the list of all look-backs behind the link."""
    first, second, third = _won(world)
    counted, other = _look_back(world, first, "narrow"), _look_back(world, second, "fitted")
    widening = propose_widening(mandate=_version(world).mandate, at=LATER)
    assert widening is not None
    _look_back(world, third, "narrow")  # later than the proposal
    with time_machine.travel(LATER, tick=False):
        client = _client(world, "anke")
        page = client.get("/mandates/public-2026/").content.decode()
        section = page[page.index('id="widening"') :].split("</section>")[0]
        address = f"/look-backs/?widening={widening.pk}&amp;fit=narrow"
        assert "looked back on 2 of the deals" in section
        assert "0 (0\u00a0%) found it too wide" in section
        assert "At most 25\u00a0% of the look-backs" in section
        assert f'<a href="{address}">it was too narrow: 1</a>' in section
        assert world.bram.name not in section
        assert "looked back on 2 of the deals" in client.get("/").content.decode()
        found = client.get(address.replace("&amp;", "&")).content.decode()
        assert f'"/look-backs/{counted.pk}/"' in found
        assert found.count("<article") == 1
        assert f'"/look-backs/{other.pk}/"' in client.get(f"/look-backs/?widening={widening.pk}").content.decode()
        assert "<article" not in client.get("/look-backs/?widening=999999").content.decode()


def test_proposal_from_before_look_backs_counted_can_still_be_read(world: World) -> None:
    """Seen to fail: with the rule's share of look-backs expected in every record."""
    text = _record(world).stored()
    raw = json.loads(text)
    del raw["look_backs"], raw["rule"]["wide"]
    record = read_record(json.dumps(raw))
    assert record.look_backs == {}
    assert "look-backs" not in rule_sentence(record)


# --- proposing ---


def _told(world: World, event: Event) -> set[str]:
    told = set(Message.objects.filter(event=event, channel=Channel.INBOX).values_list("recipient_id", flat=True))
    return {key for key, person in world.people.items() if person.pk in told}


def test_good_record_is_proposed_once_to_leads_and_grantors_and_changes_nothing(world: World) -> None:
    """Seen to fail: with the version drafted at once; with a second look that proposes again."""
    widening = _proposed(world)
    assert document_of(widening)["limits"][1]["member"] == "9"
    assert MandateVersion.objects.filter(mandate__code="public-2026").count() == 1
    event = Event.objects.get(verb="mandate.widening_earned")
    assert event.link == f"/mandates/public-2026/widening/{widening.pk}/"
    assert _told(world, event) == {"anke", "nora", "noud", "olivier", "oda"}
    assert propose_widenings(at=LATER + DAY) == 0
    assert Widening.objects.count() == 1


def test_poor_record_or_a_draft_under_way_proposes_nothing(world: World) -> None:
    _deal(world, "83.25")
    assert propose_widenings(at=LATER) == 0
    _good_record(world)
    version = draft_widening(widening=_proposed(world), by=world.nora, at=LATER)
    Widening.objects.update(made=None, ended_at=LATER)
    assert version.state == "draft"
    assert propose_widenings(at=LATER) == 0


def test_suspended_mandate_is_not_proposed_wider(world: World) -> None:
    _good_record(world)
    suspend(version=_version(world), by=world.olivier, at=AT + timedelta(hours=1), reason="Look first.")
    assert propose_widenings(at=LATER) == 0


def test_proposal_ends_when_the_record_no_longer_carries_it(world: World) -> None:
    """Seen to fail: with an open proposal left alone."""
    widening = _proposed(world)
    Organisation.objects.update(trust_deals=100)
    assert propose_widenings(at=LATER + DAY) == 0
    widening.refresh_from_db()
    assert widening.ended_at == LATER + DAY
    assert Event.objects.filter(verb="mandate.widening_ended").count() == 1
    with pytest.raises(Conflict, match="no longer proposed"):
        draft_widening(widening=widening, by=world.nora, at=LATER + DAY)


def test_proposal_without_its_event_is_not_kept(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(entries: object) -> None:
        raise DatabaseError("the journal is full")

    _good_record(world)
    monkeypatch.setattr(recording, "_append", broken)
    with pytest.raises(DatabaseError):
        propose_widening(mandate=_version(world).mandate, at=LATER)
    assert not Widening.objects.exists()


def test_proposal_is_kept_as_it_was_and_one_is_open_at_a_time(world: World) -> None:
    """Seen to fail: without the trigger; without the constraint."""
    widening = _proposed(world)
    with pytest.raises(DatabaseError), transaction.atomic():
        Widening.objects.update(record="{}")
    copied = {name: getattr(widening, name) for name in ("version", "document", "sha256", "record", "at")}
    with pytest.raises(IntegrityError), transaction.atomic():
        Widening.objects.create(**copied)


# --- people answer ---


def test_not_now_is_kept_until_its_day_and_looked_at_again_after_it(world: World) -> None:
    """Seen to fail: with the day not looked at; with a proposal on the day itself."""
    widening = _proposed(world)
    until = world.today + timedelta(days=30)
    put_off(widening=widening, by=world.olivier, at=LATER, until=until, reason=" After the summer. ")
    widening.refresh_from_db()
    assert (widening.put_off_until, widening.put_off_by, widening.put_off_reason) == (
        until,
        world.olivier,
        "After the summer.",
    )
    event = Event.objects.get(verb="mandate.widening_put_off")
    assert _told(world, event) == {"anke", "nora", "noud", "oda"}
    assert propose_widenings(at=LATER + 30 * DAY) == 0
    assert propose_widenings(at=LATER + 31 * DAY) == 1


def test_not_now_is_for_leads_and_grantors_and_for_a_day_to_come(world: World) -> None:
    """Seen to fail: with `mandate.see` asked instead."""
    widening = _proposed(world)
    tomorrow = world.today + DAY
    for person in (world.bram, world.els, world.petra, world.femke, world.quinten):
        with pytest.raises(NotAllowed):
            put_off(widening=widening, by=person, at=LATER, until=tomorrow)
    with pytest.raises(Invalid) as refused:
        put_off(widening=widening, by=world.anke, at=LATER, until=world.today)
    assert refused.value.code == "not_ahead"
    with pytest.raises(Conflict) as stale:
        put_off(widening=widening, by=world.anke, at=LATER, until=tomorrow, edition=7)
    assert stale.value.code == "stale_edition"
    put_off(widening=widening, by=world.anke, at=LATER, until=tomorrow, edition=1)


def test_draft_of_an_administrator_holds_what_was_proposed_and_waits_for_somebody_else(world: World) -> None:
    widening = _proposed(world)
    made = draft_widening(widening=widening, by=world.nora, at=LATER)
    assert (made.state, made.drafted_by, made.number) == ("draft", world.nora, 2)
    assert document_of(made)["limits"] == document_of(widening)["limits"]
    assert not TeamRequest.objects.filter(version=made).exists()
    keys = [finding.key for finding in findings_of(made, LATER)]
    assert propose(version=made, by=world.nora, at=LATER, confirmed=keys).state == "proposed"


def test_draft_of_one_of_the_team_asks_from_below(world: World) -> None:
    widening = _proposed(world)
    made = draft_widening(widening=widening, by=world.anke, at=LATER)
    assert made.request.team == world.teams["public"]
    widening.refresh_from_db()
    assert widening.made == made


def test_draft_is_not_for_grantors_coaches_or_other_teams(world: World) -> None:
    """Seen to fail: with `widening.draft` open to executives."""
    widening = _proposed(world)
    for person in (world.olivier, world.els, world.femke, world.petra):
        with pytest.raises(NotAllowed):
            draft_widening(widening=widening, by=person, at=LATER)


def test_declined_draft_is_not_proposed_again_at_once(world: World) -> None:
    """Seen to fail: with the answer forgotten as soon as the draft was declined."""
    made = draft_widening(widening=_proposed(world), by=world.nora, at=LATER)
    keys = [finding.key for finding in findings_of(made, LATER)]
    version = propose(version=made, by=world.nora, at=LATER, confirmed=keys)
    decline(version=version, by=world.olivier, at=LATER, reason="Not this year.")
    assert propose_widenings(at=LATER + 60 * DAY) == 0


# --- the pages ---


def _client(world: World, key: str) -> Client:
    client = Client()
    client.force_login(world.people[key])
    return client


def test_pages_show_the_proposal_with_its_figures_to_those_who_answer(world: World) -> None:
    widening = _proposed(world)
    with time_machine.travel(LATER, tick=False):
        address = f"/mandates/public-2026/widening/{widening.pk}/"
        for key, waits in (("anke", True), ("olivier", True), ("nora", True), ("bram", False), ("femke", False)):
            client = _client(world, key)
            assert (address in client.get("/").content.decode()) is waits, key
            page = re.sub(r"[ \n]+", " ", client.get("/mandates/public-2026/").content.decode())
            assert "2 were won and 1 lost" in page
            assert "member 8\u00a0%, team 12\u00a0%" in page
            assert "member 9\u00a0%, team 12\u00a0%" in page
            assert (f"{address}later" in page) is waits, key
        assert f"{address}draft" in _client(world, "bram").get(address).content.decode()
        assert f"{address}draft" not in _client(world, "olivier").get(address).content.decode()


def test_page_of_not_now_keeps_what_was_typed_and_says_what_is_wrong(world: World) -> None:
    widening = _proposed(world)
    address = f"/mandates/public-2026/widening/{widening.pk}/later"
    with time_machine.travel(LATER, tick=False):
        client = _client(world, "olivier")
        sent = {"until": world.today.isoformat(), "reason": "After the summer.", "edition": "1"}
        answer = client.post(address, sent)
        assert answer.status_code == 422
        assert "After the summer." in answer.content.decode()
        assert client.post(address, sent | {"until": "soon"}).status_code == 422
        assert client.post(address, sent | {"until": "2026-12-24"}).status_code == 302
        page = client.get("/mandates/public-2026/").content.decode()
        assert "After the summer." in page
        assert address.removesuffix("later") not in client.get("/").content.decode()


def test_page_draft_leads_to_the_draft(world: World) -> None:
    widening = _proposed(world)
    address = f"/mandates/public-2026/widening/{widening.pk}/draft"
    with time_machine.travel(LATER, tick=False):
        assert _client(world, "olivier").post(address, {"edition": "1"}).status_code == 403
        answer = _client(world, "bram").post(address, {"edition": "1"})
        assert answer.headers["Location"] == "/mandates/public-2026/versions/2/"
        again = _client(world, "nora").post(address, {"edition": "1"})
        assert again.status_code == 409
        assert "/mandates/public-2026/versions/2/" in again.content.decode()
