"""People leave, customers move and teams merge: what is open goes over or stays, in one transaction, in one order."""

import json
from typing import Any

import pytest
from django.db.models import QuerySet
from django.test import Client

from approvals.actions import advice_closing
from approvals.actions.advise import ask_for_advice
from approvals.actions.consent import give_consent, object_to
from approvals.actions.submit import submit
from approvals.models import Advice, Case, ConsentRound, Deal
from approvals.sight import visible_deals
from journal.models import Event
from journal.refusals import Conflict, Invalid, NotAllowed
from journal.timeline import missing_sentences
from mandates.models import MandateVersion
from teams import actions, leaving
from teams.models import CustomerTeam, Membership, Team
from teams.standing import person_of
from tests.approvals.asking import told, verbs
from tests.factories import (
    COMMITTEE_PRICE,
    TEAM_PRICE,
    World,
    draft,
    leave,
    mandate_in_force,
    public_document,
    seat_of,
    submitted,
)


def place(made: World, key: str, team: str = "public") -> Membership:
    return Membership.objects.get(team=made.teams[team], user=made.people[key], ended_on=None)


def notes(matters: list[leaving.OpenMatter]) -> dict[str, set[str]]:
    """What becomes of each kind of what is open."""
    found: dict[str, set[str]] = {}
    for matter in matters:
        found.setdefault(matter.kind, set()).add(matter.note)
    return found


# --- leaving ---


def test_leaving_takes_a_round_to_the_committee_that_cannot_come_to_a_yes_any_more(made: World) -> None:
    """Two consents are needed of Anke, Chloé and Dirk; Anke has given hers, Dirk leaves, then Chloé.

    Seen to fail without `settle_rounds`: the round stayed open with nobody left to answer it.
    """
    mandate_in_force(made, "public", public_document(2026, 2, consents=2), since=made.at)
    deal = submitted(made, price=TEAM_PRICE)
    give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at)
    actions.end_membership(membership=place(made, "dirk"), by=made.nora, at=made.at)
    assert ConsentRound.objects.get().state == "open"
    actions.end_membership(membership=place(made, "chloe"), by=made.nora, at=made.at, new_contact=made.bram)
    assert ConsentRound.objects.get().state == "escalated"
    case = Case.objects.get(deal=deal)
    assert (case.cause, case.state, case.committee.code) == ("too_few", "open", "deal-desk")
    deal.refresh_from_db()
    assert deal.state == "pending"
    assert "consent.escalated" in verbs(deal)


def test_objection_of_who_leaves_goes_to_the_committee(made: World) -> None:
    """Nobody else can withdraw it, and it is never dropped. Seen to fail when only the number of consents counted."""
    deal = submitted(made, price=TEAM_PRICE)
    object_to(seat=seat_of(made, deal, "dirk"), by=made.dirk, at=made.at, reason="They pay late.")
    actions.end_membership(membership=place(made, "dirk"), by=made.nora, at=made.at)
    assert Case.objects.get(deal=deal).cause == "objection"


def test_becoming_a_coach_ends_the_right_to_consent(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    leave(made.teams["public"], made.anke, made.today)
    leave(made.teams["public"], made.dirk, made.today)
    CustomerTeam.objects.filter(contact=made.chloe).update(contact=made.bram)
    actions.change_role(membership=place(made, "chloe"), by=made.nora, at=made.at, role="coach", may_decide=True)
    assert Case.objects.get(deal=deal).cause == "too_few"


def test_new_contact_can_no_longer_consent_to_what_is_handed_over(made: World) -> None:
    """Chloé alone is left to consent when Bram's deal becomes hers. Seen to fail with the leaver's rounds alone."""
    deal = submitted(made, price=TEAM_PRICE)
    leave(made.teams["public"], made.anke, made.today)
    leave(made.teams["public"], made.dirk, made.today)
    actions.end_membership(membership=place(made, "bram"), by=made.nora, at=made.at, new_contact=made.chloe)
    deal.refresh_from_db()
    assert deal.contact == made.chloe
    assert Case.objects.get(deal=deal).cause == "too_few"


def test_closing_an_account_settles_rounds_and_releases_questions(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    object_to(seat=seat_of(made, deal, "dirk"), by=made.dirk, at=made.at, reason="They pay late.")
    (question,) = ask_for_advice(deal=deal, by=made.bram, at=made.at, people=[made.dirk], question="Why?")
    assert {"consent", "advice"} <= {matter.kind for matter in leaving.of_person(made.dirk.pk)}
    actions.deactivate_user(user=made.dirk, by=made.nora, at=made.at)
    question.refresh_from_db()
    assert (question.state, Case.objects.get(deal=deal).cause) == ("passed", "objection")
    assert told("advice.passed") == {made.bram.pk}


def test_closing_an_account_locks_its_questions_before_the_first_event(
    made: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever answers at this moment waits for it, or it for them; never each for the other's row and the journal's.

    Seen to fail: with the questions read without a lock; with their lock taken where they are released.
    """
    deal = submitted(made, price=TEAM_PRICE)
    object_to(seat=seat_of(made, deal, "dirk"), by=made.dirk, at=made.at, reason="They pay late.")
    ask_for_advice(deal=deal, by=made.bram, at=made.at, people=[made.dirk], question="Why?")
    written, before = Event.objects.count(), []
    locks = advice_closing._locked

    def noted(**asked: Any) -> QuerySet[Advice]:
        rows = locks(**asked)
        assert rows.query.select_for_update
        before.append(Event.objects.count() - written)
        return rows

    monkeypatch.setattr(advice_closing, "_locked", noted)
    actions.deactivate_user(user=made.dirk, by=made.nora, at=made.at)
    assert len(before) == 2
    assert before[0] == 0


def test_leaving_shows_what_becomes_of_each(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    mine = leaving.of_person(made.bram.pk, made.teams["public"].pk)
    assert {matter.kind for matter in mine} == {"customer", "deal", "hold"}
    hold = next(matter for matter in mine if matter.kind == "hold")
    assert "560" in hold.label  # four switches at 140 below the list price
    assert deal.reference in hold.label
    client = Client()
    client.force_login(made.nora)
    shown = client.get(f"/settings/teams/public/members/{place(made, 'anke').pk}/end/").content.decode()
    assert "is left to the other colleagues" in shown


# --- customers ---


def test_moving_a_customer_takes_its_drafts_and_leaves_what_was_submitted(made: World) -> None:
    fresh, pending = draft(made), submitted(made, price=TEAM_PRICE)
    shown = notes(leaving.of_customer(made.customers["C-17"].pk))
    assert all("" not in said for kind, said in shown.items())
    assert set(shown) == {"draft", "deal", "consent", "hold"}
    actions.assign_customer(
        customer=made.customers["C-17"], by=made.nora, at=made.at, team=made.teams["industry"], contact=made.gilles
    )
    fresh.refresh_from_db()
    pending.refresh_from_db()
    assert (fresh.team.code, fresh.contact) == ("industry", made.gilles)
    assert (pending.team.code, pending.contact) == ("public", made.bram)
    assert told("deal.handed_over") == {made.gilles.pk, made.bram.pk}
    give_consent(seat=seat_of(made, pending, "anke"), by=made.anke, at=made.at)
    pending.refresh_from_db()
    assert pending.state == "approved"


def test_next_revision_after_a_move_is_judged_by_the_new_teams_mandate(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    actions.assign_customer(
        customer=made.customers["C-17"], by=made.nora, at=made.at, team=made.teams["industry"], contact=made.gilles
    )
    decision = submit(deal=deal, by=made.gilles, at=made.at, edition=None)
    deal.refresh_from_db()
    assert (deal.team.code, deal.contact) == ("industry", made.gilles)
    assert decision.mandate_version is not None
    assert decision.mandate_version.mandate.code == "industry-2026"


def test_passing_the_baton_takes_the_drafts_along(made: World) -> None:
    fresh = draft(made)
    actions.hand_over(customer=made.customers["C-17"], by=made.bram, at=made.at, contact=made.chloe, note="Friday.")
    fresh.refresh_from_db()
    assert (fresh.contact, fresh.edition) == (made.chloe, 2)


# --- teams ---


def merged(made: World, team: str = "public", into: str = "industry") -> Team:
    return actions.merge_teams(team=made.teams[team], into=made.teams[into], by=made.nora, at=made.at)


def test_merging_takes_people_customers_and_drafts_over_at_once(made: World) -> None:
    fresh = draft(made)
    assert merged(made) == made.teams["industry"]
    roles = dict(
        Membership.objects.filter(team=made.teams["industry"], ended_on=None).values_list("user__name", "role")
    )
    assert roles["Anke Claes"] == "member"  # the lead of before
    assert roles["Femke de Boer"] == "lead"
    assert (roles["Bram Wouters"], roles["Els Maes"]) == ("member", "coach")
    dirk = Membership.objects.get(team=made.teams["industry"], user=made.dirk)
    assert dirk.may_decide is False
    assert not Membership.objects.filter(team=made.teams["public"], ended_on=None).exists()
    places = CustomerTeam.objects.filter(customer__reference__in=("C-17", "C-18"), ended_on=None)
    assert {(row.team.code, row.contact.name) for row in places} == {
        ("industry", "Bram Wouters"),
        ("industry", "Chloé Lambert"),
    }
    fresh.refresh_from_db()
    assert fresh.team == made.teams["industry"]
    old = Team.objects.get(code="public")
    assert (old.is_active, old.merged_into) == (False, made.teams["industry"])


def test_merging_writes_one_event_that_everybody_of_both_teams_hears_of(made: World) -> None:
    merged(made)
    event = Event.objects.get(verb="team.merged")
    assert told("team.merged") == {
        made.people[key].pk for key in ("anke", "bram", "chloe", "dirk", "els", "femke", "gilles", "hanne")
    }
    data = json.loads(event.data)
    assert (data["code"], data["into"], data["customers"]) == ("public", "industry", 2)
    assert [made.anke.pk, "member", True] in data["people"]
    assert missing_sentences(["team.merged"]) == []


def test_what_a_merged_team_submitted_is_answered_for_by_the_other(made: World) -> None:
    """Consents, results and sight go on; the deal stays with its team and its mandate. Gilles was never asked."""
    deal, won = submitted(made, price=TEAM_PRICE), submitted(made)
    merged(made)
    assert ConsentRound.objects.get(revision=deal.latest).state == "open"
    for key in ("gilles", "els", "anke"):
        assert visible_deals(person_of(made.people[key], made.today)).filter(pk=deal.pk).exists(), key
    give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at)
    deal.refresh_from_db()
    assert (deal.state, deal.team.code) == ("approved", "public")
    client = Client()
    client.force_login(made.gilles)
    assert client.get(f"/deals/{won.reference}/").status_code == 200
    client.post(f"/deals/{won.reference}/win", {"win-closed_on": made.today.isoformat()})
    won.refresh_from_db()
    assert won.state == "won"
    assert "part of Industry" in client.get("/teams/public/").content.decode()


def test_merging_changes_no_authority_until_a_second_person_grants_it(made: World) -> None:
    """The other team gets a draft of the mandate, not the mandate."""
    merged(made)
    version = MandateVersion.objects.get(mandate__code="public-2026", number=2)
    assert (version.state, version.drafted_by) == ("draft", made.nora)
    assert {row.team.code for row in version.holders.all()} == {"public", "industry"}
    deal = draft(made, by="anke")
    decision = submit(deal=deal, by=made.anke, at=made.at, edition=None)
    assert decision.mandate_version is not None
    assert decision.mandate_version.mandate.code == "industry-2026"


def test_merging_twice_goes_on_to_the_last(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    merged(made)
    merged(made, "industry", "retail")
    assert Team.objects.get(code="public").merged_into == made.teams["retail"]
    assert visible_deals(person_of(made.tom, made.today)).filter(pk=deal.pk).exists()


def test_who_may_merge_and_when(made: World) -> None:
    public, industry = made.teams["public"], made.teams["industry"]
    with pytest.raises(NotAllowed):
        actions.merge_teams(team=public, into=industry, by=made.anke, at=made.at)
    with pytest.raises(Invalid):
        actions.merge_teams(team=public, into=public, by=made.nora, at=made.at)
    with pytest.raises(Conflict):
        actions.merge_teams(team=public, into=industry, by=made.nora, at=made.at, edition=7)
    actions.add_member(team=industry, by=made.noud, at=made.at, user=made.nora, role="coach")
    with pytest.raises(NotAllowed) as refused:
        actions.merge_teams(team=public, into=industry, by=made.nora, at=made.at)
    assert refused.value.code == "own_right"
    actions.merge_teams(team=public, into=industry, by=made.noud, at=made.at)
    with pytest.raises(Conflict) as again:
        actions.merge_teams(team=public, into=industry, by=made.noud, at=made.at)
    assert again.value.code == "team_inactive"
    old = Team.objects.get(code="public")
    with pytest.raises(Conflict) as revived:
        actions.change_team(
            team=old, by=made.nora, at=made.at, edition=None, name="P", group="", cost_sight="team", is_active=True
        )
    assert revived.value.code == "team_merged"


def test_nothing_is_kept_of_a_merge_whose_event_cannot_be_written(made: World, monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = draft(made)

    def broken(verb: str, **_named: object) -> None:
        raise RuntimeError(verb)

    monkeypatch.setattr("teams.actions.merging.record", broken)
    with pytest.raises(RuntimeError):
        merged(made)
    fresh.refresh_from_db()
    assert fresh.team == made.teams["public"]
    assert Team.objects.get(code="public").is_active
    assert Membership.objects.filter(team=made.teams["public"], ended_on=None).count() == 5


def test_merge_page_shows_what_goes_over_and_does_it(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    draft(made)
    client = Client()
    client.force_login(made.nora)
    address = "/settings/teams/public/merge/"
    page = client.get(address)
    text = page.content.decode()
    for said in ("Anke Claes", "Gemeente Hoogveld", deal.reference, "goes over to the new team", "Public-2026"):
        assert said in text, said
    sent = {"edition": page.context["form"].initial["edition"], "into": made.teams["industry"].pk}
    assert client.post(address, {"edition": 1, "into": ""}).status_code == 422
    assert client.post(address, sent).headers["Location"] == "/teams/industry/"
    assert Deal.objects.get(pk=deal.pk).team.code == "public"
    assert not Advice.objects.exists()
