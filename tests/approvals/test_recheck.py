"""Every stored decision answers again as it did (P11, small)."""

import io

import pytest
from django.core.management import CommandError, call_command

from approvals.models import Decision
from approvals.rechecking import differences
from journal.hashing import sha256
from tests.approvals.asking import case_of
from tests.factories import COMMITTEE_PRICE, FORBIDDEN_PRICE, TEAM_PRICE, World, submitted, vote


def test_recheck_of_all_decisions_finds_no_difference(made: World) -> None:
    """Seen to fail: with the answer stored with a guidance."""
    for price in ("", TEAM_PRICE, COMMITTEE_PRICE, FORBIDDEN_PRICE):
        deal = submitted(made, price=price)
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal, "finance"), "lien")
    vote(made, case_of(deal), "ines", "joris")
    assert Decision.objects.count() == 6
    assert list(differences()) == []
    out = io.StringIO()
    call_command("recheck", stdout=out)
    assert out.getvalue().startswith("6 decisions")


@pytest.mark.parametrize(
    ("fault", "changes"),
    [
        ("case_hash", {"case_document": "{}"}),
        ("answer_hash", {"answer_document": "{}"}),
        ("unreadable", {"case_document": "{}", "case_sha256": sha256("{}")}),
        ("answer", {"answer_document": "{}", "answer_sha256": sha256("{}")}),
    ],
)
def test_recheck_names_a_decision_that_differs(made: World, fault: str, changes: dict[str, str]) -> None:
    submitted(made)
    real = Decision.objects.get()
    fields = {field.attname: getattr(real, field.attname) for field in Decision._meta.fields if field.name != "id"}
    Decision.objects.create(**(fields | changes | {"number": 2, "engine_version": "0"}))
    out = io.StringIO()
    with pytest.raises(CommandError):
        call_command("recheck", stdout=out)
    assert f"revision 1: {fault} (by engine 0)" in out.getvalue()
    out = io.StringIO()
    assert len(list(differences(first=real.pk + 1))) == 1
