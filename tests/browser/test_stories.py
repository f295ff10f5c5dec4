"""The way of a deal, told as its people walk it in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from approvals.models import Case, Deal, DealState, Revision
from mandates.models import MandateVersion
from tests.browser.visiting import DESK, Visitor
from tests.factories import PASSWORD, World, mandate_in_force, public_document, submitted, terms

pytestmark = pytest.mark.browser
Sits = Callable[[str], Visitor]


def state_of(reference: str) -> str:
    return Deal.objects.get(reference=reference).state


def the_case(reference: str) -> Case:
    return Case.objects.get(deal__reference=reference)


@pytest.mark.smoke
def test_story_instant_yes(visitor: Visitor) -> None:
    """Bram signs in at the form, hears the answer while he types, and has his yes at once."""
    page = visitor.page
    visitor.go("/deals/new?customer=C-17")
    page.fill('input[name="login"]', "bram@example.test")
    page.fill('input[name="password"]', PASSWORD)
    visitor.press("Sign in")
    expect(page).to_have_url(re.compile(r"/deals/new\?customer=C-17$"))
    page.fill("#id_term_months", "24")
    visitor.writes("1116")
    visitor.reads("Yes: this is yours to agree.", DESK)
    expect(page.locator("#id_lines-0-discount")).to_have_value("7")
    visitor.press("Continue to submit")
    visitor.reads("Yes: this is yours to agree.")
    visitor.press("Submit and agree")
    visitor.reads("You may say yes to the customer until")
    assert Deal.objects.get().state == DealState.APPROVED
    visitor.go("/")
    visitor.reads("Gemeente Hoogveld")


def test_story_consent_of_a_colleague(sits: Sits) -> None:
    bram = sits("bram")
    bram.go("/deals/new?customer=C-17")
    bram.page.fill("#id_term_months", "24")
    bram.writes("1060")
    bram.reads("Ask one colleague", DESK)
    bram.press("Continue to submit")
    bram.press("Submit and ask")
    bram.reads("Waiting for one colleague: Anke Claes, Chloé Lambert or Dirk Peeters.")
    reference = Deal.objects.get().reference
    chloe = sits("chloe")
    chloe.go("/")
    chloe.page.get_by_role("link", name="Bram Wouters asks for your consent").click()
    chloe.page.wait_for_load_state("load")
    chloe.page.get_by_label("I consent").check()
    chloe.press("Send my answer")
    chloe.reads("Approved with the consent of Chloé Lambert")
    assert state_of(reference) == DealState.APPROVED


def test_story_objection_replied_to_and_withdrawn(sits: Sits) -> None:
    reference = sits("bram").new_deal("1060")
    anke = sits("anke")
    anke.go(f"/deals/{reference}/")
    anke.page.get_by_label("I object").check()
    anke.page.fill("#consent textarea", "They pay late.")
    anke.press("Send my answer")
    anke.reads("Anke Claes objected")
    bram = sits("bram")
    bram.go("/")
    bram.page.get_by_role("link", name="A colleague objected").click()
    bram.page.wait_for_load_state("load")
    bram.page.get_by_text("Reply to Anke Claes").click()
    bram.page.fill('textarea[name="text"]', "They pay within 30 days since May.")
    bram.press("Send the reply")
    bram.reads("They pay within 30 days since May.")
    anke = sits("anke")
    anke.go(f"/deals/{reference}/")
    anke.press("Withdraw my objection")
    anke.page.get_by_label("I consent").check()
    anke.press("Send my answer")
    anke.reads("Approved with the consent of Anke Claes")
    assert state_of(reference) == DealState.APPROVED


def test_story_objection_taken_to_the_committee(sits: Sits) -> None:
    reference = sits("bram").new_deal("1060")
    anke = sits("anke")
    anke.go(f"/deals/{reference}/")
    anke.page.get_by_label("I object").check()
    anke.page.fill("#consent textarea", "They pay late.")
    anke.press("Send my answer")
    bram = sits("bram")
    bram.go(f"/deals/{reference}/")
    bram.press("Take it to the committee")
    bram.reads("Waiting for Deal desk.")
    case = the_case(reference)
    assert case.cause == "objection"
    for key in ("ines", "joris"):
        sits(key).votes(case.pk, "approve")
    assert state_of(reference) == DealState.APPROVED


def test_story_committee_and_what_its_yes_covers(sits: Sits, world: World) -> None:
    """A yes is an envelope: inside it a later revision needs no vote, beyond it only what is new is asked."""
    value = {"metric": "net_value", "member": "3250", "team": "3250", "committee": "finance"}
    limits = [*public_document(2026)["limits"], value]
    mandate_in_force(world, "public", public_document(2026, 2, limits=limits), since=world.at)
    bram = sits("bram")
    reference = bram.new_deal("800", product="TRAIN-1")
    bram.reads("Waiting for Deal desk.")
    case = the_case(reference)
    sits("ines").votes(case.pk, "approve")
    joris = sits("joris")
    joris.votes(case.pk, "approve")
    joris.reads("Your vote decided it: the case is approved.")
    joris.reads("What this yes allows")
    bram = sits("bram")
    bram.revise(reference, "810")
    bram.reads("Approved")
    assert (state_of(reference), Case.objects.count()) == (DealState.APPROVED, 1)
    bram.revise(reference, "820")
    bram.reads("Waiting for Finance committee.")
    lien = sits("lien")
    lien.go("/")
    lien.page.get_by_role("link", name="asks Finance committee").first.click()
    lien.page.wait_for_load_state("load")
    beyond = lien.page.locator("section[aria-labelledby], section", has_text="What is beyond the team").locator("tbody")
    expect(beyond.first.locator("tr")).to_have_count(1)
    expect(beyond.first).to_contain_text("3,280")
    assert Case.objects.count() == 2


def test_story_mandate_revoked_while_pending(sits: Sits, world: World) -> None:
    reference = sits("bram").new_deal("1060")
    nora = sits("nora")
    nora.go("/mandates/public-2026/versions/1/")
    nora.page.locator("#ask_emergency summary").click()
    nora.page.fill("#ask_emergency textarea", "The prices were leaked.")
    nora.press("Emergency: revoke it at once")
    nora.reads("A second person has been asked to confirm.")
    olivier = sits("olivier")
    olivier.go("/mandates/public-2026/versions/1/")
    olivier.reads("The prices were leaked.")
    olivier.press("Confirm: revoke it at once")
    olivier.reads("The version is revoked at once.")
    chloe = sits("chloe")
    chloe.go(f"/deals/{reference}/")
    chloe.page.get_by_label("I consent").check()
    chloe.press("Send my answer")
    assert state_of(reference) == DealState.PENDING
    assert the_case(reference).committee.code == "deal-desk"
    chloe.reads("Waiting for Deal desk")


def test_story_budget_taken_by_another_deal(sits: Sits, world: World) -> None:
    """Two deals fit the budget alone; who submits first has it, and the other hears so before and after."""
    budget = [{"per": "team", "period": "quarter", "amount": "500.00"}]
    mandate_in_force(world, "public", public_document(2026, 2, budgets=budget), since=world.at)
    bram = sits("bram")
    bram.go("/deals/new?customer=C-17")
    bram.page.fill("#id_term_months", "24")
    bram.writes("1116")
    bram.reads("Yes: this is yours to agree.", DESK)
    bram.press("Save draft")
    mine = Deal.objects.get()
    bram.go(f"/deals/{mine.reference}/check")
    other = submitted(world, by="chloe", customer="C-18", terms=terms(("SW-24P", "4", "1116.00")))
    assert other.state == DealState.APPROVED
    bram.submit()
    assert state_of(mine.reference) == DealState.PENDING
    bram.reads("Waiting for Deal desk.")
    bram.reads("budget")


def test_story_limits_written_by_one_granted_by_another_and_judging(sits: Sits) -> None:
    nora = sits("nora")
    page = nora.page
    nora.go("/mandates/new")
    page.fill("#id_code", "retail-2026")
    page.fill("#id_name", "Retail")
    page.get_by_label("Retail", exact=True).check()
    page.select_option("#id_committee", "deal-desk")
    page.select_option("#id_limits-0-metric", "line_discount")
    page.fill("#id_limits-0-member", "10")
    page.fill("#id_limits-0-team", "15")
    page.get_by_role("button", name="Add a limit").first.click()
    page.select_option("#id_limits-1-metric", "payment_days")
    page.fill("#id_limits-1-member", "30")
    page.fill("#id_note", "Retail decides small things itself.")
    nora.press("Save, then look at it and propose")
    nora.reads("10")
    nora.press("Propose this version")
    nora.reads("The version is proposed.")
    olivier = sits("olivier")
    olivier.go("/mandates/retail-2026/versions/1/")
    for box in olivier.page.locator('#grant input[type="checkbox"]').all():
        box.check()
    olivier.press("Grant this version")
    olivier.reads("The version is granted.")
    assert MandateVersion.objects.get(mandate__code="retail-2026").state == "granted"
    tom = sits("tom")
    tom.go("/deals/new?customer=C-51")
    tom.writes("1100")
    tom.reads("Yes: this is yours to agree.", DESK)
    tom.page.fill("#id_lines-0-price", "1030")
    tom.reads("Ask one colleague", DESK)


def test_story_wrong_input_is_kept_and_named(sits: Sits) -> None:
    bram = sits("bram")
    page = bram.page
    bram.go("/deals/new?customer=C-17")
    bram.writes("eleven", quantity="-4")
    page.fill("#id_term_months", "900")
    page.fill("#id_why", "They grow.")
    bram.press("Continue to submit")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(summary.locator("a")).to_have_count(3)
    expect(page.locator("#id_lines-0-price")).to_have_value("eleven")
    expect(page.locator("#id_lines-0-quantity")).to_have_value("-4")
    expect(page.locator("#id_term_months")).to_have_value("900")
    expect(page.locator("#id_why")).to_have_value("They grow.")
    summary.locator("a", has_text="Unit price").or_(summary.locator("a", has_text="number")).first.click()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    assert not Revision.objects.exists()


def test_story_a_way_to_a_yes_is_one_click(sits: Sits) -> None:
    bram = sits("bram")
    bram.go("/deals/new?customer=C-17")
    bram.page.fill("#id_term_months", "24")
    bram.writes("1060")
    bram.reads("Ask one colleague", DESK)
    bram.page.locator('.moves button[data-outcome="member"]').first.click()
    bram.page.wait_for_load_state("load")
    bram.reads("Yes: this is yours to agree.", DESK)
