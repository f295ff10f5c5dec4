"""What was asked and decided, read through the API; files, supporting teams and objections."""

import json
import secrets
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import encode_multipart

from approvals.actions.consent import object_to
from approvals.models import Attachment, Decision
from mandates.engine import digest
from tests.api.asking import ROOT, Program, code_of, named
from tests.factories import COMMITTEE_PRICE, TEAM_PRICE, World, draft, revised, seat_of, submitted, terms, vote

pytestmark = pytest.mark.django_db


def test_revisions_show_what_was_frozen(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    revised(made, deal, terms(("SW-24P", "4", "1100.00")))
    program = Program(made.bram)
    listed = program.get(f"deals/{deal.reference}/revisions/").json()
    assert [one["number"] for one in listed] == [2, 1]
    detail = program.get(f"deals/{deal.reference}/revisions/2/").json()
    assert detail["lines"][0]["unit_price"] == "1100.0000"
    assert detail["discount_amount"] == "400.0000"
    assert detail["net_value"] == "4400.0000"
    assert detail["rates"]["EUR"] == "1"
    assert detail["sha256"] == deal.revisions.get(number=2).sha256
    assert program.get(f"deals/{deal.reference}/revisions/3/").status_code == 404


def test_receipt_proves_itself(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    decision = Decision.objects.get()
    listed = Program(made.bram).get(f"deals/{deal.reference}/decisions/").json()
    assert [one["id"] for one in listed] == [decision.pk]
    receipt = Program(made.ines).get(f"decisions/{decision.pk}/").json()
    assert receipt["case_sha256"] == digest(receipt["case"]) == decision.case_sha256
    assert receipt["answer_sha256"] == digest(receipt["answer"]) == decision.answer_sha256
    assert receipt["answer"] == json.loads(decision.answer_document)
    assert (receipt["mandate"], receipt["version"]) == ("public-2026", 1)


def test_receipt_of_a_blind_reader_proves_what_it_shows(made: World) -> None:
    made.teams["public"].cost_sight = "nobody"
    made.teams["public"].save()
    deal = submitted(made)
    receipt = Program(made.bram).get(f"decisions/{Decision.objects.get().pk}/").json()
    assert receipt["sees_cost"] is False
    assert receipt["case_sha256"] == digest(receipt["case"])
    assert receipt["answer_sha256"] == digest(receipt["answer"])
    assert "610" not in json.dumps(receipt["case"])
    assert Program(made.petra).get(f"decisions/{Decision.objects.get().pk}/").json()["sees_cost"] is True
    assert deal.state == "approved"


def test_cases_show_electorate_and_votes(made: World) -> None:
    deal = submitted(made, price=COMMITTEE_PRICE)
    finance = deal.cases.get(committee__code="finance")
    vote(made, finance, "lien")
    program = Program(made.bram)
    listed = program.get(f"cases/?deal={deal.reference}&committee=finance").json()["results"]
    assert [(one["id"], one["state"]) for one in listed] == [(finance.pk, "approved")]
    shown = program.get(f"cases/{finance.pk}/").json()
    assert [one["name"] for one in shown["electors"]] == ["Lien Aerts", "Maarten Smit"]
    assert [(one["user"]["name"], one["choice"]) for one in shown["votes"]] == [("Lien Aerts", "approve")]
    approvals = program.get(f"deals/{deal.reference}/approvals/").json()
    assert approvals[0]["committee"]["code"] == "finance"
    assert approvals[0]["document"]["committee"] == "finance"
    assert approvals[0]["sentences"]
    assert Program(made.femke).get(f"cases/{finance.pk}/").status_code == 404
    assert Program(made.femke).get("cases/").json()["results"] == []


def test_objection_is_shown_answered_and_taken_to_the_committee(made: World) -> None:
    deal = submitted(made, price=TEAM_PRICE)
    object_to(seat=seat_of(made, deal, "chloe"), by=made.chloe, at=made.at, reason="Too low.")
    program, at = Program(made.bram), f"deals/{deal.reference}/"
    seats = program.get(at + "consents/").json()[0]["seats"]
    seat = next(one for one in seats if one["answer"] == "objection")
    assert (seat["user"]["name"], seat["reason"]) == ("Chloé Lambert", "Too low.")
    assert program.post(f"{at}objections/{seat['id']}/reply/", {"text": "It is a pilot."}).status_code == 201
    assert program.get(at + "consents/").json()[0]["seats"][seats.index(seat)]["reply"] == "It is a pilot."
    assert program.post(at + "objections/999999/reply/", {"text": "x"}).status_code == 404
    assert program.post(at + "objections/escalate/").status_code == 201
    assert deal.cases.get().cause == "objection"


def test_timeline_tells_sentences_and_no_figures(made: World) -> None:
    deal = submitted(made)
    entries = Program(made.bram).get(f"deals/{deal.reference}/timeline/").json()
    assert [one["verb"] for one in entries["results"]] == ["deal.approved", "deal.submitted", "deal.drafted"]
    assert entries["next"] is None
    assert set(entries["results"][0]) == {"sequence", "at", "actor", "verb", "sentence"}
    last = entries["results"][-1]["sequence"]
    assert Program(made.bram).get(f"deals/{deal.reference}/timeline/?after={last}").json()["results"] == []


def test_support_lets_another_team_read_without_costs(made: World) -> None:
    deal, program = submitted(made), Program(made.bram)
    at = f"deals/{deal.reference}/"
    assert program.post(at + "support/", {"team": "industry"}).json()["supporting_teams"] == ["industry"]
    shown = Program(made.femke).get(at + "revisions/1/").json()
    assert shown["lines"][0]["unit_cost"] is shown["cost"] is shown["sha256"] is None
    assert program.send("DELETE", at + "support/industry/").status_code == 204
    assert program.send("DELETE", at + "support/industry/").status_code == 404
    assert Program(made.femke).get(at).status_code == 404


# --- files ---


@pytest.fixture(autouse=True)
def folder(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path


def keep(program: Program, reference: str, name: str = "tender.pdf", content: bytes = b"PDF", **headers: Any) -> Any:
    """Send a file in a form whose boundary is another one each time, as programs do."""
    boundary = secrets.token_hex(8)
    return program.client.generic(
        "POST",
        f"{ROOT}deals/{reference}/attachments/",
        encode_multipart(boundary, {"file": SimpleUploadedFile(name, content)}),
        content_type=f"multipart/form-data; boundary={boundary}",
        headers=named(**headers),
    )


def test_file_is_kept_listed_given_back_and_removed(made: World) -> None:
    deal, program = draft(made), Program(made.bram)
    answer = keep(program, deal.reference)
    assert answer.status_code == 201
    path = answer["Location"].removeprefix(ROOT)
    assert [one["name"] for one in program.get(f"deals/{deal.reference}/attachments/").json()] == ["tender.pdf"]
    given = program.get(path)
    assert b"".join(given.streaming_content) == b"PDF"
    assert given["Content-Disposition"] == 'attachment; filename="tender.pdf"'
    assert Program(made.femke).get(path).status_code == 404
    assert program.send("DELETE", path).status_code == 204
    assert not Attachment.objects.exists()


def test_file_of_a_wrong_kind_or_without_content_is_refused(made: World) -> None:
    deal, program = draft(made), Program(made.bram)
    assert code_of(keep(program, deal.reference, "run.exe")) == (422, "file_type")
    assert code_of(keep(program, deal.reference, content=b"")) == (422, "file_empty")
    assert keep(Program(made.els), deal.reference).status_code == 403
    empty = program.client.post(f"{ROOT}deals/{deal.reference}/attachments/", {})
    assert empty.json()["path"] == "file"


def test_file_sent_twice_with_its_key_is_kept_once(made: World) -> None:
    """The boundary of the form differs each time. Seen to fail with the whole body hashed: 422."""
    deal, program = draft(made), Program(made.bram)
    first, again = (keep(program, deal.reference, key="f-1") for _ in range(2))
    assert first.content == again.content
    assert again["Idempotency-Replayed"] == "true"
    assert Attachment.objects.count() == 1
    assert code_of(keep(program, deal.reference, content=b"other", key="f-1")) == (422, "idempotency_key_reused")


def test_client_without_a_token_reads_no_file(made: World) -> None:
    deal = draft(made)
    assert Client().get(f"{ROOT}deals/{deal.reference}/attachments/").status_code == 401
