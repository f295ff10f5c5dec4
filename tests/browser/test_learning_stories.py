"""Learning as people walk through it: a precedent published, found and cited; a look-back answered and read by others.

And a quote for the customer, and the proof of a receipt. Each page is looked at by axe in both themes.
"""

import pytest

from approvals.actions.outcome import win
from approvals.models import Case
from insights.models import Citation, LookBack
from insights.ticking import ask_due
from tests.browser.visiting import Visitor, faults
from tests.factories import AT, MEMBER_PRICE, World, submitted, terms, vote

pytestmark = pytest.mark.browser
ASKING = ("TRAIN-1", "4", "800.00")


def decided(world: World) -> Case:
    case = submitted(world, terms=terms(ASKING)).cases.get()
    vote(world, case, "ines", "joris")
    return case


def test_story_precedent_is_published_found_beside_the_desk_and_cited(visitor: Visitor, world: World) -> None:
    case = decided(world)
    visitor.is_now("ines").go(f"/cases/{case.pk}/")
    visitor.press("Publish as a precedent")
    visitor.page.get_by_label("Title").fill("Training below list")
    visitor.page.get_by_label("What made the difference?").fill("They took two years of it.")
    visitor.press("Publish")
    visitor.reads("They took two years of it.")
    assert faults(visitor.page) == []
    address = visitor.page.url
    visitor.is_now("bram").go("/deals/new?customer=C-17")
    visitor.writes("800.00", product="TRAIN-1")
    visitor.reads("Training below list", "#_verdict")
    visitor.reads("Similar: beyond the same limit", "#_verdict")
    visitor.page.get_by_label("Why").first.fill(f"As in {address} they stay for two years.")
    visitor.press("Continue to submit")
    visitor.submit()
    assert Citation.objects.exclude(case=None).count() == 1
    visitor.is_now("joris").go(f"/cases/{Case.objects.exclude(pk=case.pk).get().pk}/")
    visitor.reads("Cited here")
    assert faults(visitor.page) == []


def test_story_team_looks_back_and_another_team_reads_it(visitor: Visitor, world: World) -> None:
    deal = submitted(world, price=MEMBER_PRICE)
    win(deal=deal, by=world.bram, at=AT, closed_on=world.today)
    ask_due(AT)
    visitor.is_now("bram").go("/")
    visitor.press("What did we learn? Gemeente Hoogveld")
    assert faults(visitor.page) == []
    visitor.page.get_by_label("it was too narrow").check()
    visitor.page.get_by_label("What should the mandate learn from it?").fill("Two years should earn more.")
    visitor.page.get_by_label("What came back?").fill("A term of two years.")
    visitor.page.get_by_label("yes, the same way").check()
    visitor.press("Share what we learnt")
    visitor.reads("Two years should earn more.")
    assert LookBack.objects.get().fit == "narrow"
    visitor.is_now("tom").go("/look-backs/")
    visitor.reads("A term of two years.")
    assert "Bram" not in visitor.page.locator("main").inner_text()
    assert faults(visitor.page) == []
    visitor.go("/mandates/public-2026/")
    visitor.reads("What deals under this taught")


def test_story_quote_is_given_in_the_customers_language(visitor: Visitor, world: World) -> None:
    deal = submitted(world, price=MEMBER_PRICE)
    visitor.is_now("bram").go(f"/deals/{deal.reference}/")
    visitor.press("Quote")
    visitor.reads(f"Quote {deal.reference}/1", "article")
    visitor.page.get_by_label("Language").select_option("fr")
    visitor.press("Show")
    visitor.reads(f"Devis {deal.reference}/1", "article")
    assert faults(visitor.page) == []
