"""The inbox: four views, the preview beside them, following, and what is done to many at once."""

from datetime import timedelta

import pytest
from django.test import Client

from approvals.actions.comments import comment, take_back_comment
from approvals.actions.consent import give_consent
from approvals.actions.following import follow, unfollow
from approvals.actions.outcome import lose
from approvals.models import Case, Deal, Follow, Vote
from journal.inbox import messages_of
from journal.models import Message
from journal.refusals import NotAllowed
from tests.approvals_pages.conftest import SignIn
from tests.approvals_pages.posting import text_of
from tests.factories import MEMBER_PRICE, TEAM_PRICE, World, leave, seat_of, submitted, terms, vote

ASKING = terms(("TRAIN-1", "4", "800.00"))
HTMX = {"HX-Request": "true"}


@pytest.fixture
def cased(world: World) -> Deal:
    """A deal of Bram's before the deal desk, which its members wait to vote on."""
    return submitted(world, terms=ASKING)


def case_of(deal: Deal) -> Case:
    return Case.objects.get(deal=deal)


# --- the views ---


def test_inbox_waiting_shows_the_case_to_its_committee_with_the_time_left(sign_in: SignIn, cased: Deal) -> None:
    said = text_of(sign_in("ines").get("/inbox/"))
    assert "Public sector asks Deal desk: Gemeente Hoogveld" in said
    assert "8 working hours left" in said
    assert "Nothing waits for you." in text_of(sign_in("lien").get("/inbox/"))


def test_inbox_waiting_shows_the_colleague_a_question_for_consent(sign_in: SignIn, world: World) -> None:
    submitted(world, price=TEAM_PRICE)
    assert "Bram Wouters asks for your consent: Gemeente Hoogveld" in text_of(sign_in("anke").get("/inbox/"))


def test_inbox_waiting_shows_the_contact_whom_a_committee_waits_for(sign_in: SignIn, cased: Deal) -> None:
    Case.objects.filter(deal=cased).update(paused_at=cased.submitted_at)
    assert "Deal desk waits for your team's answer: Gemeente Hoogveld" in text_of(sign_in("bram").get("/inbox/"))
    assert "waits for your team" not in text_of(sign_in("anke").get("/inbox/"))


def test_inbox_mentioned_shows_comments_that_stand_and_may_be_seen(sign_in: SignIn, world: World, cased: Deal) -> None:
    words = {"deal": cased, "case": None, "by": world.bram, "at": world.at}
    comment(text="@Anke Claes, **look** at this.", **words)
    gone = comment(text="@Anke Claes, never mind.", **words)
    take_back_comment(comment=gone, by=world.bram, at=world.at)
    said = text_of(sign_in("anke").get("/inbox/?view=mentioned"))
    assert "Bram Wouters mentioned you: Gemeente Hoogveld" in said
    assert "look at this." in said and "never mind" not in said
    assert "Nobody has mentioned you" in text_of(sign_in("chloe").get("/inbox/?view=mentioned"))
    leave(world.teams["public"], world.anke, world.today)
    assert "Nobody has mentioned you" in text_of(sign_in("anke").get("/inbox/?view=mentioned"))


def test_inbox_done_shows_own_answers_the_last_first(sign_in: SignIn, world: World, cased: Deal) -> None:
    vote(world, case_of(cased), "ines")
    said = text_of(sign_in("ines").get("/inbox/?view=done"))
    assert "Deal desk: Gemeente Hoogveld" in said and "Your vote: approve" in said
    pending = submitted(world, price=TEAM_PRICE)
    give_consent(seat=seat_of(world, pending, "anke"), by=world.anke, at=world.at)
    assert "Your answer as a colleague: consents" in text_of(sign_in("anke").get("/inbox/?view=done"))
    earlier = (world.at - timedelta(minutes=1)).isoformat().replace("+", "%2B")
    assert "Nothing answered yet" in text_of(sign_in("anke").get(f"/inbox/?view=done&before={earlier}"))


def test_inbox_with_an_unknown_view_or_moment_shows_the_usual(sign_in: SignIn, world: World) -> None:
    client = sign_in("ines")
    assert client.get("/inbox/?view=everything").context["view"] == "waiting"
    for odd in ("yesterday", "2026-13-99T00:00:00%2B00:00", "2026-01-01T00:00:00"):
        assert client.get(f"/inbox/?view=done&before={odd}").status_code == 200


# --- following ---


def test_follow_brings_the_news_of_a_deal_to_the_inbox_without_mail(world: World) -> None:
    """Seen to fail: without the followers in `telling`; with mail for them."""
    deal = submitted(world, price=MEMBER_PRICE)
    follow(deal=deal, by=world.els, at=world.at)
    assert follow(deal=deal, by=world.els, at=world.at).pk == Follow.objects.get().pk
    lose(deal=deal, by=world.bram, at=world.at, closed_on=world.today)
    told = Message.objects.filter(event__verb="deal.lost", recipient_id=world.els.pk)
    assert [message.channel for message in told] == ["inbox"]
    assert not Message.objects.filter(event__verb="deal.lost", recipient_id=world.bram.pk).exists()


def test_follower_who_may_not_see_the_deal_any_more_hears_nothing(world: World) -> None:
    deal = submitted(world, price=MEMBER_PRICE)
    follow(deal=deal, by=world.chloe, at=world.at)
    leave(world.teams["public"], world.chloe, world.today)
    lose(deal=deal, by=world.bram, at=world.at, closed_on=world.today)
    assert not Message.objects.filter(event__verb="deal.lost").exists()


def test_follow_a_deal_that_one_may_not_see_is_refused(world: World) -> None:
    with pytest.raises(NotAllowed) as refused:
        follow(deal=submitted(world), by=world.gilles, at=world.at)
    assert refused.value.code == "not_allowed_not_seen"


def test_unfollow_leaves_what_others_follow(world: World) -> None:
    deal = submitted(world)
    for person in (world.anke, world.chloe):
        follow(deal=deal, by=person, at=world.at)
    assert unfollow(references=[deal.reference], by=world.anke) == 1
    assert Follow.objects.get().user == world.chloe


def test_deal_and_case_page_offer_to_follow_and_to_leave_off(sign_in: SignIn, world: World, cased: Deal) -> None:
    client, case = sign_in("ines"), case_of(cased)
    page = client.get(f"/cases/{case.pk}/")
    assert "Follow this deal" in text_of(page)
    answer = client.post(f"/deals/{cased.reference}/follow", {"do": "follow", "case": case.pk})
    assert answer["Location"] == f"/cases/{case.pk}/"
    assert "Follow it no more" in text_of(client.get(f"/deals/{cased.reference}/"))
    client.post(f"/deals/{cased.reference}/follow", {"do": "unfollow"})
    assert not Follow.objects.exists()


# --- many at once ---


def test_bulk_marks_only_the_chosen_messages_of_ones_own(sign_in: SignIn, world: World, cased: Deal) -> None:
    submitted(world, terms=ASKING)
    first, second = messages_of(world.ines.pk)
    other = messages_of(world.joris.pk)[0]
    chosen = {"do": "read", "message": [first.pk, other.pk, "all", 2**70, "9" * 5_000]}
    assert "1 message is marked as read." in text_of(sign_in("ines").post("/inbox/chosen", chosen, follow=True))
    assert [messages_of(one.recipient_id).get(pk=one.pk).read_at is None for one in (first, second, other)] == [
        False,
        True,
        True,
    ]


def test_bulk_unfollows_the_chosen_and_never_decides(sign_in: SignIn, world: World, cased: Deal) -> None:
    follow(deal=cased, by=world.ines, at=world.at)
    sent = {"do": "unfollow", "deal": [cased.reference, "D-0"]}
    assert "You follow 1 deal no more." in text_of(sign_in("ines").post("/inbox/chosen", sent, follow=True))
    for odd in ("vote", "approve", ""):
        sign_in("ines").post("/inbox/chosen", {"do": odd, "deal": cased.reference, "choice": "approve"})
    assert not Vote.objects.exists() and case_of(cased).state == "open"


# --- the preview ---


def preview(client: Client, kind: str, identifier: object) -> str:
    answer = client.get(f"/inbox/preview/{kind}/{identifier}", headers=HTMX)
    assert answer.status_code == 200
    return text_of(answer)


def test_preview_of_a_case_says_what_is_asked_and_leads_to_each_answer(sign_in: SignIn, cased: Deal) -> None:
    answer = sign_in("ines").get(f"/inbox/preview/case/{case_of(cased).pk}", headers=HTMX)
    said = text_of(answer)
    assert "Public sector asks for Gemeente Hoogveld" in said and "Margin" in said
    assert f'/cases/{case_of(cased).pk}/?choice=approve#vote" data-key="a"'.encode() in answer.content
    assert "Approve" not in preview(sign_in("petra"), "case", case_of(cased).pk)


def test_preview_without_a_script_leads_to_the_page(sign_in: SignIn, cased: Deal) -> None:
    answer = sign_in("ines").get(f"/inbox/preview/case/{case_of(cased).pk}")
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case_of(cased).pk}/")


@pytest.mark.parametrize(("key", "sees"), [("lien", False), ("gilles", False), ("ines", True), ("els", True)])
def test_preview_shows_what_the_reader_may_see_and_nothing_else(
    key: str, sees: bool, sign_in: SignIn, cased: Deal
) -> None:
    for address in (f"deal/{cased.reference}", f"case/{case_of(cased).pk}"):
        assert sign_in(key).get(f"/inbox/preview/{address}", headers=HTMX).status_code == (200 if sees else 404)


def test_preview_hides_the_margin_from_a_team_that_may_not_see_cost(sign_in: SignIn, world: World, cased: Deal) -> None:
    world.teams["public"].cost_sight = False
    world.teams["public"].save()
    for address in (("deal", cased.reference), ("case", case_of(cased).pk)):
        assert "Margin" not in preview(sign_in("bram"), *address)
        assert "Margin" in preview(sign_in("ines"), *address)


@pytest.mark.parametrize("address", ["team/1", "case/x", "case/99999999999999999999", "advice/0", "deal/D-0"])
def test_preview_of_what_is_not_there_is_not_found(address: str, sign_in: SignIn, world: World) -> None:
    assert sign_in("ines").get(f"/inbox/preview/{address}", headers=HTMX).status_code == 404


def test_link_with_an_answer_fills_it_in_and_decides_nothing(sign_in: SignIn, cased: Deal) -> None:
    """Seen to fail: with the vote cast by the GET."""
    client, address = sign_in("ines"), f"/cases/{case_of(cased).pk}/"
    assert client.get(f"{address}?choice=decline").context["form"]["choice"].value() == "decline"
    assert client.get(f"{address}?choice=everything").context["form"]["choice"].value() is None
    assert not Vote.objects.exists()
