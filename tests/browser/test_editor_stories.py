"""A mandate written in the browser: by keyboard, from a spreadsheet, without scripts, and by two at once."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from mandates.actions import draft_mandate, join_draft
from mandates.documents import document_of
from mandates.models import MandateVersion
from tests.browser.visiting import Visitor, Watch, faults
from tests.factories import World, public_document

pytestmark = pytest.mark.browser
Sits = Callable[[str], Visitor]
DRAFT = "/mandates/public-2026/draft/"
PASTE = """text => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", text);
  document.activeElement.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
}"""


@pytest.fixture
def draft(world: World) -> MandateVersion:
    """A draft of the public mandate that two may change."""
    document = public_document(2026, version=2)
    version = draft_mandate(by=world.nora, at=world.at, code="public-2026", document=document, note="Wider.")
    return join_draft(version=version, by=world.noud, at=world.at)


def saved(page: Page) -> None:
    """Wait until the page says that it has kept what was typed."""
    expect(page.locator("#_saved")).to_contain_text("Saved at", timeout=30_000)


def kept(page: Page, rows: Callable[[], object], expected: object) -> None:
    """Wait until what was typed is kept: a saving that was under way may be told first."""
    for _ in range(60):
        if rows() == expected:
            break
        page.wait_for_timeout(500)
    assert rows() == expected
    saved(page)


def limits() -> list[tuple[str, str | None, str | None]]:
    rows = document_of(MandateVersion.objects.get(mandate__code="public-2026", state="draft"))["limits"]
    return [(row["metric"], row.get("when", {}).get("family"), row["member"]) for row in rows]


def test_administrator_by_keyboard_writes_moves_copies_and_removes_rows(sits: Sits, draft: MandateVersion) -> None:
    nora = sits("nora")
    page = nora.page
    nora.go(DRAFT)
    page.focus("#id_limits-1-member")
    page.keyboard.press("Control+a")
    page.keyboard.type("7,5")
    expect(page.locator("#limits-1-said")).to_contain_text("a member may give up to 7.5")
    assert page.evaluate("document.activeElement.id") == "id_limits-1-member"
    page.keyboard.press("Alt+ArrowUp")
    assert page.evaluate("document.activeElement.id") == "id_limits-0-member"
    expect(page.locator("#announcer")).to_contain_text("Row moved. Now row 1.")
    expect(page.locator("#limits-1-said")).to_contain_text("can never apply")
    page.keyboard.press("Alt+ArrowDown")
    page.keyboard.press("Alt+Shift+ArrowDown")
    page.keyboard.press("Alt+Delete")
    page.keyboard.press("Alt+Enter")
    page.keyboard.type("Margin on a line")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Alt+Delete")
    kept(page, lambda: [member for _metric, _family, member in limits()], ["12", "7.5", "45", "30"])


def test_remedy_is_pressed_and_the_focus_goes_to_the_row(sits: Sits, draft: MandateVersion) -> None:
    nora = sits("nora")
    page = nora.page
    nora.go(DRAFT)
    page.fill("#id_limits-0-team", "60")
    button = page.get_by_role("button", name="Set row 1 to the charter's bound, 45")
    expect(button).to_be_visible()
    expect(page.locator("#_checks")).to_contain_text("For example:")
    button.click()
    expect(page.locator("#id_limits-0-team")).to_have_value("45")
    expect(page.locator("#_checks")).not_to_contain_text("goes beyond the charter")
    assert page.evaluate("document.activeElement.closest('[data-row]') !== null")
    page.fill("#id_limits-0-member", "50")
    expect(page.locator("#id_limits-0-team")).to_have_attribute("aria-invalid", "true")
    page.fill("#id_limits-0-member", "12")
    expect(page.locator("#id_limits-0-team")).not_to_have_attribute("aria-invalid", "true")


def test_rows_of_a_spreadsheet_are_pasted_and_a_family_is_chosen(sits: Sits, draft: MandateVersion) -> None:
    nora = sits("nora")
    page = nora.page
    nora.go(DRAFT)
    page.focus("#id_limits-0-member")
    page.evaluate(PASTE, "What\tFamily\tMember\tTeam\nmargin on a line\tcloud\t30 %\t25,5 %")
    expect(page.locator("#id_limits-4-member")).to_have_value("30")
    page.locator("[data-row]").nth(4).locator("[data-choose=family]").click()
    chooser = page.locator("#_chooser")
    expect(chooser).to_be_visible()
    page.keyboard.type("train")
    page.keyboard.press("Enter")
    chooser.get_by_label("training").check()
    chooser.get_by_role("button", name="Use these").click()
    expect(page.locator("#id_limits-4-family")).to_have_value("cloud, services/training")
    assert page.evaluate("document.activeElement.id") == "id_limits-4-family"
    kept(page, lambda: limits()[4:], [("line_margin", ["cloud", "services/training"], "30")])


def test_two_editors_of_one_draft_meet_and_choose(
    sits: Sits, draft: MandateVersion, browser: Browser, live_server: LiveServer, world: World, watched: Watch
) -> None:
    context = browser.new_context(base_url=live_server.url, locale="en-GB")
    noud = Visitor(context.new_page(), context, world.people, live_server.url).is_now("noud")
    watched.over(noud.page)
    nora = sits("nora")
    nora.go(DRAFT)
    noud.go(DRAFT)
    noud.page.fill("#id_limits-1-member", "5")
    noud.page.fill("#id_goal", "Answer faster.")
    saved(noud.page)
    nora.page.fill("#id_limits-1-member", "7")
    nora.page.fill("#id_limits-3-team", "90")
    expect(nora.page.locator("#_saved")).to_contain_text("Somebody changed this draft meanwhile.", timeout=30_000)
    assert limits()[1][2] == "5"
    nora.press("Look at both")
    nora.reads("it was 8\u00a0%, they say 5\u00a0%, you say 7\u00a0%")
    assert faults(nora.page) == []
    nora.page.check('input[name="choose-limits:1.member"][value="mine"]')
    nora.press("Save what was merged")
    nora.reads("The draft is saved.")
    version = MandateVersion.objects.get(mandate__code="public-2026", state="draft")
    rows = document_of(version)["limits"]
    assert (rows[1]["member"], rows[3]["team"], version.aims.goal) == ("7", "90", "Answer faster.")
    context.close()


def test_editor_with_everything_open_is_accessible_in_both_themes(sits: Sits, draft: MandateVersion) -> None:
    nora = sits("nora")
    page = nora.page
    nora.go(DRAFT)
    page.fill("#id_limits-0-team", "9")
    expect(page.locator("#limits-0-said")).to_contain_text("narrower")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
    assert faults(page) == []
    page.locator("[data-choose=family]").first.click()
    expect(page.locator("#_chooser")).to_be_visible()
    assert faults(page) == []
    saved(page)


@pytest.fixture
def plain(browser: Browser, live_server: LiveServer, world: World, watched: Watch) -> Iterator[Visitor]:
    """A window without scripts."""
    context = browser.new_context(java_script_enabled=False, base_url=live_server.url, locale="en-GB")
    context.set_default_navigation_timeout(30_000)
    page = context.new_page()
    watched.over(page)
    yield Visitor(page, context, world.people, live_server.url)
    context.close()


def test_editor_without_scripts_checks_mends_pastes_chooses_and_merges(plain: Visitor, draft: MandateVersion) -> None:
    page = plain.is_now("nora").page
    plain.go(DRAFT)
    page.fill("#id_limits-0-team", "9")
    plain.press("Check")
    plain.reads("narrower than a member's", "#_checks")
    with page.expect_navigation():
        page.locator('#_checks button[name="remedy"]').first.click()
    assert page.input_value("#id_limits-0-team") == "12"
    page.locator("details.paste summary").click()
    page.fill("#id_pasted", "margin on a line;cloud;30;25")
    plain.press("Add these rows")
    assert page.input_value("#id_limits-4-family") == "cloud"
    with page.expect_navigation():
        page.locator('button[name="choose"][value="limits-4-family"]').click()
    page.check('input[name="pick"][value="services/support"]')
    plain.press("Use these")
    assert page.input_value("#id_limits-4-family") == "cloud, services/support"
    plain.press("Save the draft")
    assert limits()[4] == ("line_margin", ["cloud", "services/support"], "30")
