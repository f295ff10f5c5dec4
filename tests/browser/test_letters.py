"""Letters of every kind that one of everything causes: readable on a phone and a desk, in both themes.

Seen to fail when the address beneath the button might not break, and with the light theme's quiet grey in the dark.
"""

from collections.abc import Iterator
from itertools import groupby
from typing import Any

import pytest
import time_machine
from axe_playwright_python.sync_playwright import Axe
from django.utils import translation
from playwright.sync_api import Page

from journal.composing import letter_of, part_of
from journal.letters import told
from journal.models import Channel, Message
from tests.access.scene import scene
from tests.factories import AT
from tests.factories import world as make_world

pytestmark = pytest.mark.browser

RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def letters(transactional_db: None, settings: Any, tmp_path: Any) -> Iterator[dict[str, str]]:
    """The HTML of each reader's letter with everything that they were told, and of one about each kind of event."""
    settings.SITE_URL = "https://mandatesofacompanywhosenamewaschosenlongago.example"
    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(AT, tick=True):
        people = {user.pk: user for user in scene(make_world()).world.people.values()}
        mails = Message.objects.filter(channel=Channel.MAIL, recipient_id__in=people).select_related("event")
        found: dict[str, str] = {}
        for reader, group in groupby(mails.order_by("recipient_id", "id"), key=lambda mail: mail.recipient_id):
            user, messages = people[reader], list(group)
            with translation.override(("en", "nl", "fr", "de")[reader % 4]):
                parts = [part_of(mail, told(mail.event, user), alone=False) for mail in messages]
                found[f"all to {user}"] = html_of(parts, user.email)
                for mail in messages:
                    single = part_of(mail, told(mail.event, user))
                    found.setdefault(mail.event.verb, html_of([single], user.email))
        yield found


def html_of(parts: list[Any], address: str) -> str:
    return str(letter_of(parts, address).alternatives[0][0])


def test_letters_of_every_kind_are_accessible_and_never_wider_than_the_screen(
    letters: dict[str, str], page: Page
) -> None:
    assert len(letters) > 20, "one of everything causes letters of many kinds"
    problems = []
    for name, html in letters.items():
        page.set_content(html)
        for scheme, width in (("light", 320), ("dark", 320), ("dark", 640)):
            page.set_viewport_size({"width": width, "height": 700})
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                problems.append(f"{name}, {width}: {wide} pixels too wide")
            if name.startswith("all") or width == 320:
                found = Axe().run(page, options=RULES).response["violations"]
                problems += [f"{name}, {scheme}, {width}: {one['id']} {one['nodes'][0]['html'][:120]}" for one in found]
    assert problems == []
