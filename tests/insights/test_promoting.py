"""What a precedent's cases justify: the limit with its conditions and its bound, as a draft that people change."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError

from approvals.models import Case, Deal
from insights.actions.precedents import publish, withdraw
from insights.actions.promoting import draft_promoted
from insights.models import Precedent
from insights.promoting import Bid, _alike, promotion_of
from journal import record as recording
from journal.models import Event
from journal.refusals import Conflict, NotAllowed
from mandates.actions import grant, propose, suspend
from mandates.checking import findings_of
from mandates.documents import document_of
from mandates.engine import check_mandate
from mandates.models import MandateVersion, VersionPeriod
from teams.models import Customer, Organisation
from tests.factories import World, submitted, terms, vote
from tests.insights.test_precedents import as_, link, published

# per cent off its list price of 950: 15.7894..., 21.0526..., 26.3157...
OFF_16, OFF_21, OFF_26 = "800.00", "750.00", "700.00"


def citing(made: World, one: Precedent, price: str, *, yes: bool = True, product: str = "TRAIN-1") -> Case:
    """A case that cites a precedent, decided one way or the other."""
    deal = submitted(made, terms=terms((product, "4", price), why=link(one)))
    case = deal.cases.get()
    vote(made, case, "ines", "joris", choice="approve" if yes else "decline")
    case.refresh_from_db()
    return case


@pytest.fixture
def one(made: World) -> Precedent:
    """A precedent, cited in two cases of which a committee allowed one, and suggested as a limit."""
    Organisation.objects.update(citations_suggest=2)
    found = published(made)
    citing(made, found, OFF_21)
    citing(made, found, OFF_26, yes=False)
    found.refresh_from_db()
    assert found.suggested_at is not None
    return found


def _allowed(one: Precedent) -> list[int]:
    rows = Case.objects.filter(state="approved").values_list("pk", flat=True)
    return sorted(rows)


# --- what they justify ---


def test_promotion_is_a_row_before_the_one_that_governs_with_family_segment_and_the_bound_of_its_cases(
    made: World, one: Precedent
) -> None:
    """The bound lets all of them through, and is no hundredth wider. Seen to fail: with the declined case counted."""
    found = promotion_of(one, made.at)
    assert found is not None
    before = document_of(found.version)["limits"]
    row = {
        "metric": "line_discount",
        "when": {"family": "services/training", "segment": "public"},
        "member": "8",
        "team": "21.06",
    }
    assert found.document["limits"] == [before[0], row, *before[1:]]
    (step,) = found.steps
    assert (step.place, step.before, step.after, step.is_new) == (1, "12", "21.06", True)
    assert list(step.cases) == _allowed(one)
    assert check_mandate(found.document) == []


def test_promotion_leaves_out_cases_of_another_family_or_segment(made: World, one: Precedent) -> None:
    """Seen to fail: with cases of any family counted, where the segment is the same."""
    other = citing(made, one, "70.00", product="SUP-M")
    Customer.objects.filter(pk=one.customer_id).update(segment="education")
    elsewhere = citing(made, one, "720.00")
    assert {other.state, elsewhere.state} == {"approved"}
    found = promotion_of(one, made.at)
    assert found is not None
    assert found.steps[0].after == "21.06"
    assert not {other.pk, elsewhere.pk} & set(found.steps[0].cases)


def test_case_of_another_segment_is_not_like_the_precedent_s_own() -> None:
    """Seen to fail: with families alone compared."""
    own, other = (
        Bid(Case(pk=pk), 1, frozenset({"network"}), Decimal(20), _judged(segment), as_asked=True)
        for pk, segment in ((1, "public"), (2, "health"))
    )
    same = replace(own, case=Case(pk=3), families=frozenset({"network/switches"}))
    wider = replace(own, case=Case(pk=4), families=frozenset({"network", "security"}))
    assert _alike([own, other, same, wider], Precedent(case_id=1)) == [own, same]


def _judged(segment: str) -> dict[str, Any]:
    return {"deal": {"customer": {"segment": segment}}}


def test_promotion_of_what_the_mandate_allows_by_now_is_none(made: World, one: Precedent) -> None:
    """Seen to fail: with the version that judged the case in place of the one in force."""
    version = draft_promoted(precedent=one, by=made.nora, at=made.at)
    keys = [finding.key for finding in findings_of(version, made.at)]
    propose(version=version, by=made.nora, at=made.at, confirmed=keys)
    grant(version=version, by=made.olivier, at=made.at, confirmed=keys)
    assert promotion_of(one, made.at) is None


def test_promotion_of_a_mandate_that_is_not_in_force_is_none(made: World, one: Precedent) -> None:
    """Seen to fail: with the latest version in place of the one in force."""
    suspend(
        version=MandateVersion.objects.get(mandate__code="public-2026"), by=made.olivier, at=made.at, reason="Wait."
    )
    assert promotion_of(one, made.at) is None
    with pytest.raises(Conflict) as refused:
        draft_promoted(precedent=one, by=made.bram, at=made.at)
    assert refused.value.code == "nothing_to_widen"


def test_promotion_of_a_precedent_that_a_committee_declined_has_only_what_was_allowed(made: World) -> None:
    """A declined case justifies nothing by itself."""
    deal = submitted(made, terms=terms(("TRAIN-1", "4", OFF_16)))
    case = deal.cases.get()
    vote(made, case, "ines", "joris", choice="decline")
    one = publish(case=Case.objects.get(pk=case.pk), by=made.ines, at=made.at, title="No", difference="Too much.")
    citing(made, one, OFF_21)
    assert promotion_of(one, made.at) is None


# --- the draft ---


def test_draft_of_the_team_asks_from_below_with_the_cases_named_and_grants_nothing(made: World, one: Precedent) -> None:
    version = draft_promoted(precedent=one, by=made.bram, at=made.at)
    assert (version.state, version.number, version.request.team) == ("draft", 2, made.teams["public"])
    assert document_of(version)["limits"][1]["team"] == "21.06"
    first, second = _allowed(one)
    assert f"cases {first} and {second} would have been its own to agree" in version.note
    assert f"/precedents/{one.pk}/" in version.note
    references = Deal.objects.values_list("reference", flat=True)
    assert not [reference for reference in references if reference in version.note]
    assert VersionPeriod.objects.filter(version=version).count() == 0
    assert Event.objects.filter(verb="mandate.drafted", actor_id=made.bram.pk).count() == 1


def test_draft_of_an_administrator_waits_for_somebody_else(made: World, one: Precedent) -> None:
    version = draft_promoted(precedent=one, by=made.nora, at=made.at)
    assert (version.state, version.drafted_by) == ("draft", made.nora)
    keys = [finding.key for finding in findings_of(version, made.at)]
    assert propose(version=version, by=made.nora, at=made.at, confirmed=keys).state == "proposed"
    with pytest.raises(Conflict) as refused:
        draft_promoted(precedent=one, by=made.bram, at=made.at)
    assert refused.value.code == "draft_exists"


def test_draft_is_for_the_holding_teams_and_administrators(made: World, one: Precedent) -> None:
    for person in (made.olivier, made.els, made.petra, made.femke, made.ines):
        with pytest.raises(NotAllowed):
            draft_promoted(precedent=one, by=person, at=made.at)


def test_draft_of_what_is_not_suggested_or_withdrawn_is_refused(made: World, one: Precedent) -> None:
    """Seen to fail: without the look at the precedent itself."""
    Precedent.objects.update(suggested_at=None)
    with pytest.raises(Conflict, match="No change"):
        draft_promoted(precedent=one, by=made.bram, at=made.at)
    Precedent.objects.update(suggested_at=made.at)
    withdraw(precedent=one, by=made.anke, at=made.at, reason="Old.")
    with pytest.raises(Conflict, match="No change"):
        draft_promoted(precedent=one, by=made.bram, at=made.at)


def test_draft_without_its_event_is_not_kept(made: World, one: Precedent, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(entries: object) -> None:
        raise DatabaseError("the journal is full")

    monkeypatch.setattr(recording, "_append", broken)
    with pytest.raises(DatabaseError):
        draft_promoted(precedent=one, by=made.bram, at=made.at)
    assert MandateVersion.objects.filter(mandate__code="public-2026").count() == 1


# --- the page ---


def test_page_shows_the_limit_and_drafts_it_for_those_who_may(made: World, one: Precedent) -> None:
    """Seen to fail: with the figures shown to whoever reads the precedent."""
    address = f"/precedents/{one.pk}/"
    for key, drafts in (("anke", True), ("bram", True), ("nora", True), ("olivier", False), ("gilles", False)):
        page = as_(made.people[key]).get(address).content.decode()
        assert (f"{address}draft" in page) is drafts, key
        assert ("21.06" in page) is drafts, key
    own = as_(made.bram).get(address).content.decode()
    assert f'href="/cases/{one.case_id}/">case {one.case_id}</a>' in own
    assert f"/cases/{one.case_id}/" not in as_(made.nora).get(address).content.decode()
    answer = as_(made.bram).post(f"{address}draft")
    assert answer["Location"] == "/mandates/public-2026/versions/2/"
    again = as_(made.nora).post(f"{address}draft")
    assert again.status_code == 409
    page = as_(made.nora).get(address).content.decode()
    assert f"{address}draft" not in page and "Version 2 of this mandate is being drafted" in page


def test_page_leads_to_a_draft_by_hand_where_the_cases_justify_no_figure(made: World) -> None:
    """A deal that was beyond a margin alone: its bound would tell of costs."""
    Organisation.objects.update(citations_suggest=1)
    one = published(made)
    citing(made, one, OFF_16)
    Precedent.objects.update(metrics="")
    page = as_(made.anke).get(f"/precedents/{one.pk}/").content.decode()
    assert "?mandate=public-2026" in page and f"/precedents/{one.pk}/draft" not in page
