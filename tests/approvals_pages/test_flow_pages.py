"""From check-your-answers to a result, through the pages alone."""

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.actions.draft import edit_draft
from approvals.actions.submit import submit
from approvals.models import Approval, Case, ConsentSeat, Deal, Decision, Revision, Vote
from tests.approvals_pages.conftest import SignIn
from tests.approvals_pages.posting import terms, text_of, value_of
from tests.factories import AT, World, mandate_in_force, public_document

Make = Callable[..., Deal]


# --- submit ---


def test_submit_after_checking_answers_at_once(sign_in: SignIn, draft: Make) -> None:
    deal, bram = draft("1150"), sign_in("bram")
    page = bram.get(f"/deals/{deal.reference}/check")
    assert "Yes: this is yours to agree." in text_of(page)
    answer = bram.post(f"/deals/{deal.reference}/submit", {"edition": value_of(page, "edition")}, follow=True)
    assert answer.redirect_chain == [(f"/deals/{deal.reference}/", 302)]
    assert "Approved. You may say yes to the customer until" in text_of(answer)


def test_submit_clicked_twice_has_one_effect(sign_in: SignIn, draft: Make) -> None:
    deal, bram = draft("1150"), sign_in("bram")
    edition = value_of(bram.get(f"/deals/{deal.reference}/check"), "edition")
    answers = [bram.post(f"/deals/{deal.reference}/submit", {"edition": edition}) for _ in range(2)]
    assert [answer.headers["Location"] for answer in answers] == [f"/deals/{deal.reference}/"] * 2
    assert Revision.objects.count() == Decision.objects.count() == 1


def test_submit_of_a_draft_that_a_colleague_changed_is_not_done(sign_in: SignIn, draft: Make, world: World) -> None:
    deal, bram = draft("1150"), sign_in("bram")
    edition = value_of(bram.get(f"/deals/{deal.reference}/check"), "edition")
    edit_draft(deal=deal, by=world.anke, at=AT, edition=deal.edition, terms=terms("700"))
    answer = bram.post(f"/deals/{deal.reference}/submit", {"edition": edition})
    assert answer.status_code == 409
    assert not Revision.objects.exists()


def test_check_of_a_mandate_revoked_meanwhile_shows_the_new_answer(sign_in: SignIn, draft: Make, world: World) -> None:
    deal, bram = draft("1150"), sign_in("bram")
    assert "Yes: this is yours" in text_of(bram.get(f"/deals/{deal.reference}/check"))
    narrow = public_document(2026, 2, limits=[{"metric": "line_discount", "member": "1", "team": "2"}])
    mandate_in_force(world, "public", narrow, since=AT)
    assert "Deal desk would be asked." in text_of(bram.get(f"/deals/{deal.reference}/check"))


@pytest.mark.parametrize("key", ["els", "femke", "ines", "petra"])
def test_check_and_submit_are_for_the_team_alone(key: str, sign_in: SignIn, draft: Make) -> None:
    deal = draft()
    client = sign_in(key)
    assert client.get(f"/deals/{deal.reference}/check").status_code == 404
    assert client.post(f"/deals/{deal.reference}/submit", {"edition": "1"}).status_code == 404


def test_submit_without_an_edition_goes_back_to_checking(sign_in: SignIn, draft: Make) -> None:
    deal = draft()
    answer = sign_in("bram").post(f"/deals/{deal.reference}/submit", {})
    assert answer.headers["Location"] == f"/deals/{deal.reference}/check"


def test_deal_outside_the_charter_is_refused_with_its_reasons(sign_in: SignIn, submitted: Make) -> None:
    said = text_of(sign_in("bram").get(f"/deals/{submitted('600').reference}/"))
    assert "lies outside the charter" in said
    assert "5 points past the charter's 45 %" in said


# --- colleagues ---


def test_consent_of_a_colleague_approves(sign_in: SignIn, submitted: Make) -> None:
    deal, anke = submitted(), sign_in("anke")
    page = text_of(anke.get(f"/deals/{deal.reference}/"))
    assert "Your consent is asked" in page
    answer = anke.post(f"/deals/{deal.reference}/consent", {"answer": "consent", "reason": "Fair."}, follow=True)
    assert "Approved with the consent of Anke Claes" in text_of(answer)


def test_objection_without_a_reason_comes_back_with_an_error(sign_in: SignIn, submitted: Make) -> None:
    deal = submitted()
    answer = sign_in("anke").post(f"/deals/{deal.reference}/consent", {"answer": "objection", "reason": " "})
    assert answer.status_code == 422
    assert "Say what stands in the way" in text_of(answer)
    assert ConsentSeat.objects.filter(answer="objection").count() == 0


def test_objection_is_replied_to_and_withdrawn(sign_in: SignIn, submitted: Make, world: World) -> None:
    deal, anke, bram = submitted(), sign_in("anke"), sign_in("bram")
    url = f"/deals/{deal.reference}/"
    anke.post(f"{url}consent", {"answer": "objection", "reason": "They pay late."})
    said = text_of(bram.get(url))
    assert "Anke Claes objected" in said and "They pay late." in said
    seat = ConsentSeat.objects.get(user=world.anke)
    bram.post(f"{url}objection/{seat.pk}/reply", {"text": "They pay on time since May."})
    assert "They pay on time since May." in text_of(anke.get(url))
    anke.post(f"{url}objection/withdraw")
    anke.post(f"{url}consent", {"answer": "consent", "reason": ""})
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_objection_taken_to_the_committee_opens_a_case(sign_in: SignIn, submitted: Make) -> None:
    deal, anke, bram = submitted(), sign_in("anke"), sign_in("bram")
    anke.post(f"/deals/{deal.reference}/consent", {"answer": "objection", "reason": "They pay late."})
    answer = bram.post(f"/deals/{deal.reference}/objection/escalate", follow=True)
    assert "Deal desk is asked to decide." in text_of(answer)
    case = Case.objects.get()
    assert "to which a colleague objected" in text_of(sign_in("ines").get(f"/cases/{case.pk}/"))


@pytest.mark.parametrize("key", ["els", "petra"])
def test_consent_of_somebody_not_asked_is_not_there(key: str, sign_in: SignIn, submitted: Make) -> None:
    deal = submitted()
    answer = sign_in(key).post(f"/deals/{deal.reference}/consent", {"answer": "consent"})
    assert answer.status_code == 404
    deal.refresh_from_db()
    assert deal.state == "pending"


def test_consent_of_the_submitter_has_no_form(sign_in: SignIn, submitted: Make) -> None:
    said = text_of(sign_in("bram").get(f"/deals/{submitted().reference}/"))
    assert "Do you consent?" not in said


# --- committees ---


def vote(client: object, case: Case, choice: str, reason: str = "Because.") -> object:
    page = client.get(f"/cases/{case.pk}/")  # type: ignore[attr-defined]
    data = {"choice": choice, "reason": reason, "edition": value_of(page, "edition")}
    return client.post(f"/cases/{case.pk}/vote", data, follow=True)  # type: ignore[attr-defined]


def test_case_says_what_is_asked_with_its_amount(sign_in: SignIn, submitted: Make) -> None:
    submitted("1044")
    said = text_of(sign_in("lien").get(f"/cases/{Case.objects.get().pk}/"))
    assert (
        "Public sector asks for Gemeente Hoogveld: Margin on Product SW-24P at 41.57 %;"
        " 0.43 points below the team's 42 %, which is 17.92 EUR."
    ) in said


def test_votes_of_a_committee_approve_and_show_what_that_allows(sign_in: SignIn, submitted: Make) -> None:
    deal = submitted("1044")
    answer = vote(sign_in("lien"), Case.objects.get(), "approve")
    assert "Your vote decided it: the case is approved." in text_of(answer)
    assert "What this yes allows" in text_of(answer)
    said = text_of(sign_in("bram").get(f"/deals/{deal.reference}/"))
    assert "Approved by Finance committee" in said
    assert "What the committees allow" in said


def test_vote_may_be_changed_while_the_case_is_open(sign_in: SignIn, submitted: Make) -> None:
    submitted("900")
    case, ines = Case.objects.get(committee__code="deal-desk"), sign_in("ines")
    vote(ines, case, "approve")
    said = text_of(ines.get(f"/cases/{case.pk}/"))
    assert "Change your vote" in said and "1 more vote is needed." in said
    vote(ines, case, "decline", "On second thoughts.")
    assert Vote.objects.get().choice == "decline"


def test_vote_without_a_reason_comes_back_with_an_error(sign_in: SignIn, submitted: Make) -> None:
    submitted("1044")
    case = Case.objects.get()
    answer = sign_in("lien").post(f"/cases/{case.pk}/vote", {"choice": "approve", "reason": ""})
    assert answer.status_code == 422
    assert not Vote.objects.exists()


@pytest.mark.parametrize(
    ("key", "why"),
    [("bram", "You were not on the committee"), ("petra", "You were not on the committee"), ("els", "not on the")],
)
def test_case_says_why_there_is_no_button(key: str, why: str, sign_in: SignIn, submitted: Make) -> None:
    submitted("1044")
    answer = sign_in(key).get(f"/cases/{Case.objects.get().pk}/")
    said = text_of(answer)
    assert why in said
    assert "Your vote" not in said


def test_case_of_another_committee_that_was_not_asked_is_not_there(sign_in: SignIn, submitted: Make) -> None:
    submitted("1044")
    assert sign_in("ines").get(f"/cases/{Case.objects.get().pk}/").status_code == 404


def test_cases_wait_for_those_who_may_vote(sign_in: SignIn, submitted: Make) -> None:
    submitted("1044")
    assert "Finance committee: Gemeente Hoogveld" in text_of(sign_in("lien").get("/cases/"))
    assert "Nothing waits for you." in text_of(sign_in("ines").get("/cases/"))
    assert "Finance committee: Gemeente Hoogveld" in text_of(sign_in("petra").get("/cases/?show=open"))
    assert "No cases here" in text_of(sign_in("lien").get("/cases/?show=closed"))


def test_second_revision_shows_what_changed_and_its_case_too(sign_in: SignIn, submitted: Make, world: World) -> None:
    deal = submitted("1044")
    vote(sign_in("lien"), Case.objects.get(), "approve")
    deal.refresh_from_db()
    deal = edit_draft(deal=deal, by=world.bram, at=AT, edition=deal.edition, terms=terms("1000"))
    assert "The draft, not submitted yet" in text_of(sign_in("bram").get(f"/deals/{deal.reference}/"))
    submit(deal=deal, by=world.bram, at=AT, edition=deal.edition)
    said = text_of(sign_in("bram").get(f"/deals/{deal.reference}/"))
    assert "Against revision 1" in said and "gives more" in said
    case = Case.objects.get(state="open")
    assert "Against revision 1, which was approved" in text_of(sign_in("lien").get(f"/cases/{case.pk}/"))


def test_approval_is_revoked_by_its_committee_only(sign_in: SignIn, submitted: Make) -> None:
    deal = submitted("1044")
    vote(sign_in("lien"), Case.objects.get(), "approve")
    approval = Approval.objects.get()
    url = f"/deals/{deal.reference}/approvals/{approval.pk}/revoke"
    data = {f"revoke-{approval.pk}-reason": "The tender changed."}
    assert sign_in("bram").post(url, data).status_code == 403
    said = text_of(sign_in("maarten").post(url, data, follow=True))
    assert "The tender changed." in said and "revoked" in said


# --- results ---


def test_won_lost_reopen_and_copy_by_the_page(sign_in: SignIn, submitted: Make) -> None:
    deal, bram = submitted("1150"), sign_in("bram")
    url = f"/deals/{deal.reference}/"
    page = bram.get(url)
    answer = bram.post(f"{url}win", {"edition": value_of(page, "edition"), "win-closed_on": "2026-11-23"}, follow=True)
    assert "Won on" in text_of(answer)
    assert bram.post(f"{url}reopen", {"reopen-reason": "Wrong deal."}).status_code == 403
    said = text_of(sign_in("anke").post(f"{url}reopen", {"reopen-reason": "Wrong deal."}, follow=True))
    assert "the deal is approved as before" in said
    lost = sign_in("anke").post(f"{url}lose", {"lose-closed_on": "2026-11-23", "lose-why": "Price."}, follow=True)
    assert "Lost on" in text_of(lost)
    copied = bram.post(f"{url}copy")
    assert copied.headers["Location"].endswith("/edit")
    assert Deal.objects.count() == 2


@pytest.mark.parametrize("day", ["", "tomorrow", "2026-13-01"])
def test_won_on_a_day_that_is_none_comes_back_with_an_error(day: str, sign_in: SignIn, submitted: Make) -> None:
    deal = submitted("1150")
    answer = sign_in("bram").post(f"/deals/{deal.reference}/win", {"win-closed_on": day})
    assert answer.status_code == 422
    deal.refresh_from_db()
    assert deal.state == "approved"


def test_withdraw_closes_the_questions(sign_in: SignIn, submitted: Make) -> None:
    deal = submitted("900")
    answer = sign_in("bram").post(f"/deals/{deal.reference}/withdraw", {"withdraw-reason": ""}, follow=True)
    assert "The team withdrew this deal." in text_of(answer)
    assert not Case.objects.filter(state="open").exists()


def test_refusal_of_an_action_is_a_page_with_its_sentence(sign_in: SignIn, draft: Make) -> None:
    deal = draft()
    answer = sign_in("bram").post(f"/deals/{deal.reference}/win", {"win-closed_on": "2026-11-23"})
    assert answer.status_code == 409
    assert "no longer possible" in text_of(answer)


# --- files ---


def test_file_is_kept_and_only_those_who_see_the_deal_get_it(
    sign_in: SignIn, draft: Make, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    deal, bram = draft(), sign_in("bram")
    upload = SimpleUploadedFile("tender <1>.pdf", b"%PDF-1.4 x")
    bram.post(f"/deals/{deal.reference}/files", {"files": [upload]})
    row = deal.attachments.get()
    url = f"/deals/{deal.reference}/files/{row.pk}"
    answer = sign_in("els").get(url)
    assert b"".join(answer.streaming_content) == b"%PDF-1.4 x"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert sign_in("femke").get(url).status_code == 404
    assert bram.post(f"{url}/remove").status_code == 302
    assert not deal.attachments.exists()


def test_file_of_a_kind_that_is_not_kept_is_told_and_the_draft_stays(
    sign_in: SignIn, draft: Make, settings: object, tmp_path: object
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    deal = draft()
    upload = SimpleUploadedFile("run.html", b"<script>")
    answer = sign_in("bram").post(f"/deals/{deal.reference}/files", {"files": [upload]}, follow=True)
    assert "Files of this type are not kept." in text_of(answer)
    assert not deal.attachments.exists()
