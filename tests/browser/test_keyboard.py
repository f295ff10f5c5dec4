"""Each role does its own part with the keyboard alone: Tab, Enter, Space and letters; no pointer."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from approvals.models import Case, Deal, DealState
from mandates.actions import draft_mandate, propose
from mandates.models import MandateVersion
from teams.models import Team
from tests.browser.visiting import DESK, Visitor
from tests.factories import TEAM_PRICE, World, submitted, terms

pytestmark = pytest.mark.browser
Sits = Callable[[str], Visitor]

MOST_TABS = 120
# What has the focus: its own text, label or name; and whether one can see that it has it.
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return ["", true];
  const labels = one.labels ? [...one.labels].map(label => label.innerText).join(" ") : "";
  // a cell of a table shows it for its field; a date's parts show it inside the browser's own control
  const shows = box => getComputedStyle(box).outlineStyle !== "none" || getComputedStyle(box).boxShadow !== "none";
  const seen = shows(one) || (one.closest("td") && shows(one.closest("td"))) || one.type === "date";
  const text = ["BUTTON", "A", "SUMMARY"].includes(one.tagName) ? one.innerText : "";
  return [[one.getAttribute("aria-label") || "", labels, text, one.name || "", one.value || ""].join("|"), seen];
}"""


def tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what is wanted has the focus, which must be seen on each stop."""
    passed = []
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        found, seen = page.evaluate(FOCUSED)
        passed.append(found)
        assert seen or not found, f"nobody sees that “{found}” has the focus"
        if wanted in found:
            return
    pytest.fail(f"“{wanted}” was not reached: {passed}")


def press(page: Page, wanted: str) -> None:
    """Reach a button or link and press Enter, which leads to another page."""
    tab_to(page, wanted)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    page.wait_for_load_state("load")


def write(page: Page, wanted: str, text: str) -> None:
    """Reach a field and write into it, over what stands there."""
    tab_to(page, wanted)
    page.keyboard.press("Control+a")
    page.keyboard.type(text)


def choose(page: Page, group: str, value: str) -> None:
    """Reach a group of options and choose one with the arrows."""
    tab_to(page, f"|{group}|")
    for _ in range(4):
        if page.evaluate("document.activeElement.value") == value:
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert page.locator(f'input[name="{group}"][value="{value}"]').is_checked()


def test_member_by_keyboard_makes_a_deal(sits: Sits) -> None:
    bram = sits("bram")
    page = bram.page
    bram.go("/deals/new?customer=C-17")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    write(page, "lines-0-product", "SW-24P")
    write(page, "lines-0-quantity", "4")
    write(page, "lines-0-price", "1116")
    write(page, "term_months", "24")
    bram.reads("Yes: this is yours to agree.", DESK)
    press(page, "Continue to submit")
    press(page, "Submit and agree")
    assert Deal.objects.get().state == DealState.APPROVED


def test_colleague_by_keyboard_consents(sits: Sits, world: World) -> None:
    deal = submitted(world, price=TEAM_PRICE)
    chloe = sits("chloe")
    chloe.go("/")
    press(chloe.page, "Bram Wouters asks for your consent")
    choose(chloe.page, "answer", "consent")
    press(chloe.page, "Send my answer")
    deal.refresh_from_db()
    assert deal.state == DealState.APPROVED


def test_lead_by_keyboard_objects(sits: Sits, world: World) -> None:
    deal = submitted(world, price=TEAM_PRICE)
    anke = sits("anke")
    anke.go(f"/deals/{deal.reference}/")
    choose(anke.page, "answer", "objection")
    write(anke.page, "|reason|", "They pay late.")
    press(anke.page, "Send my answer")
    anke.reads("Anke Claes objected")


def test_committee_member_by_keyboard_votes(sits: Sits, world: World) -> None:
    submitted(world, terms=terms(("TRAIN-1", "4", "800.00")))
    ines = sits("ines")
    ines.go("/")
    press(ines.page, "asks Deal desk")
    choose(ines.page, "choice", "approve")
    write(ines.page, "|reason|", "Fair for both.")
    press(ines.page, "|Vote|")
    assert Case.objects.get().votes.get().choice == "approve"


def test_administrator_by_keyboard_writes_a_limit(sits: Sits) -> None:
    nora = sits("nora")
    page = nora.page
    nora.go("/mandates/new")
    write(page, "|code|", "retail-2026")
    write(page, "|name|", "Retail")
    tab_to(page, "Retail")
    page.keyboard.press("Space")
    tab_to(page, "limits-0-metric")
    page.keyboard.type("Discount")
    write(page, "limits-0-member", "10")
    write(page, "|note|", "Retail decides small things.")
    press(page, "Save the draft")
    assert MandateVersion.objects.get(mandate__code="retail-2026").state == "draft"


def test_executive_by_keyboard_grants(sits: Sits, world: World) -> None:
    document = {
        "code": "retail-2026",
        "currency": "EUR",
        "valid_from": "2026-01-01",
        "valid_until": "2026-12-31",
        "committee": "deal-desk",
        "limits": [{"metric": "line_discount", "member": "10", "team": "15"}],
    }
    version = draft_mandate(
        by=world.nora,
        at=world.at,
        code="retail-2026",
        name="Retail",
        goal="",
        document=document,
        teams=list(Team.objects.filter(code="retail")),
        note="Small things.",
    )
    propose(version=version, by=world.nora, at=world.at, edition=version.edition, confirmed=())
    olivier = sits("olivier")
    olivier.go("/mandates/retail-2026/versions/1/")
    press(olivier.page, "Grant this version")
    olivier.reads("The version is granted.")


def test_auditor_by_keyboard_verifies_the_journal(sits: Sits, world: World) -> None:
    submitted(world)
    petra = sits("petra")
    petra.go("/journal/")
    press(petra.page, "Verify")
    petra.reads("The chain is sound.")


def test_coach_by_keyboard_reads_a_deal_of_the_team(sits: Sits, world: World) -> None:
    deal = submitted(world)
    els = sits("els")
    els.go("/deals/")
    press(els.page, deal.reference)
    els.reads("Approved")
