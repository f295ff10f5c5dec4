"""How a story walks through the product: somebody signs in, goes somewhere, fills in, presses, reads."""

from dataclasses import dataclass, field
from typing import Literal

from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from teams.models import User

DESK = "#_verdict"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


@dataclass
class Watch:
    """What went wrong in the browser: scripts' errors, refused resources, requests to elsewhere."""

    origin: str
    problems: list[str] = field(default_factory=list)

    def over(self, page: Page) -> None:
        """Note what happens in a page from now on."""
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("console", lambda said: self._console(said.type, said.text))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        # an answer such as 422 is the page saying what is wrong with a form, and Chromium logs it; htmx logs a question
        # cut short by leaving the page, while a real failure comes with sendError or responseError as well
        expected = ("Failed to load resource", "htmx:sendAbort", "htmx:afterRequest")
        if kind == "error" and not any(part in text for part in expected):
            self.problems.append(f"console: {text}")

    def _request(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:", "about:")):
            self.problems.append(f"request elsewhere: {url}")


def cookie_of(user: User) -> str:
    """Return a session in which somebody is signed in."""
    client = Client()
    client.force_login(user)
    return str(client.cookies["sessionid"].value)


def faults(page: Page) -> list[str]:
    """Return what axe finds in both themes, each looked at when its colours have settled."""
    found = []
    for theme in THEMES:
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        page.evaluate("document.getAnimations().forEach(one => one.finish())")
        violations = Axe().run(page).response["violations"]
        found += [f"{theme}: {one['id']}: {one['nodes'][0]['html'][:160]}" for one in violations]
    return found


@dataclass
class Visitor:
    """A browser window, and whoever sits before it."""

    page: Page
    context: BrowserContext
    people: dict[str, User]
    origin: str

    def is_now(self, key: str) -> "Visitor":
        """Let somebody else sit down: their session instead of the one before."""
        session = cookie_of(self.people[key])
        self.context.add_cookies([{"name": "sessionid", "value": session, "url": self.origin}])
        return self

    def go(self, address: str) -> None:
        """Open a page and wait until its scripts are there."""
        self.page.goto(address)
        self.page.wait_for_load_state("load")

    def press(self, name: str) -> None:
        """Press a button or follow a link that leads to another page."""
        button = self.page.get_by_role("button", name=name, exact=True)
        target = button if button.count() else self.page.get_by_role("link", name=name, exact=True)
        with self.page.expect_navigation():
            target.first.click()
        self.page.wait_for_load_state("load")

    def reads(self, text: str, where: str = "main") -> None:
        """Expect to read something."""
        found = self.page.locator(where).filter(has_text=text)
        expect(found, f"“{text}” is not said at {self.page.url}").to_have_count(1)

    # --- the deal desk ---

    def writes(self, price: str, product: str = "SW-24P", quantity: str = "4") -> None:
        """Fill the first line of the desk."""
        for name, value in (("product", product), ("quantity", quantity), ("price", price)):
            self.page.fill(f"#id_lines-0-{name}", value)

    def new_deal(self, price: str, **line: str) -> str:
        """Go the whole way of a deal of C-17 from the desk to its answer, and return its reference."""
        self.go("/deals/new?customer=C-17")
        self.page.fill("#id_term_months", "24")
        self.writes(price, **line)
        self.press("Continue to submit")
        self.submit()
        return self.page.url.rstrip("/").rpartition("/")[2]

    def submit(self) -> None:
        """Press the one primary button of check-your-answers."""
        with self.page.expect_navigation():
            self.page.click("main .btn.primary.big")
        self.page.wait_for_load_state("load")

    def revise(self, reference: str, price: str) -> None:
        """Submit a new revision of a deal with another price."""
        self.go(f"/deals/{reference}/edit")
        self.page.fill("#id_lines-0-price", price)
        self.press("Continue to submit")
        self.submit()

    def votes(self, case: int, choice: str, reason: str = "Fair for both.") -> None:
        """Vote on a case."""
        self.go(f"/cases/{case}/")
        self.page.check(f'input[name="choice"][value="{choice}"]')
        self.page.fill('textarea[name="reason"]', reason)
        self.press("Vote")
