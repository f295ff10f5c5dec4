"""A mandate's own test cases: what they may say, what becomes of them, and what they block."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.test import Client

from journal.models import Event
from journal.refusals import Conflict, Invalid, NotAllowed
from mandates.actions import add_test, draft_mandate, grant, propose, remove_test
from mandates.checking import failing_tests
from mandates.checking import tests_of as kept_tests
from mandates.exchange import read_mandate
from mandates.expectations import MOST, check_tests, run_tests
from mandates.models import MandateVersion, VersionTest
from tests.factories import World, public_document

DOCUMENT = public_document(2026)


def deal(unit_price: str = "1104.00", **changes: Any) -> dict[str, Any]:
    return {
        "reference": "test",
        "currency": "EUR",
        "kind": "new",
        "channel": None,
        "term_months": 12,
        "payment_days": 30,
        "customer": {"reference": "C-17", "segment": "public", "country": "BE"},
        "lines": [
            {
                "product": "SW-24P",
                "family": "network/switches",
                "charge": "one_off",
                "quantity": "4",
                "list_price": "1200.00",
                "unit_cost": "300.00",
                "unit_price": unit_price,
            }
        ],
    } | changes


def case(name: str = "eight percent", **changes: Any) -> dict[str, Any]:
    return {"name": name, "at_most": "member", "deal": deal()} | changes


# --- what they may say ---


@pytest.mark.parametrize(
    ("tests", "path"),
    [
        ({}, "tests"),
        ([case()] * (MOST + 1), "tests"),
        (["x"], "tests[0]"),
        ([{"deal": deal(), "at_most": "member"}], "tests[0].name"),
        ([case(name=" ")], "tests[0].name"),
        ([case(), case()], "tests[1].name"),
        ([case(expects="yes")], "tests[0].expects"),
        ([{"name": "n", "deal": deal()}], "tests[0].at_most"),
        ([case(at_most="yes")], "tests[0].at_most"),
        ([case(at_most="team", at_least="committee")], "tests[0].at_least"),
        ([case(on="2026-02-30")], "tests[0].on"),
        ([case(rates={"USD": "0"})], "tests[0].rates.USD"),
        ([case(deal=deal(lines=[]))], "tests[0].deal.lines"),
        ([case(deal=deal(unit_price="-1"))], "tests[0].deal.lines[0].unit_price"),
    ],
)
def test_check_tests_names_the_place_of_what_is_wrong(tests: Any, path: str) -> None:
    assert [problem.path for problem in check_tests(tests, DOCUMENT)] == [path]


def test_check_tests_takes_both_bounds_a_day_and_rates() -> None:
    tests = [case(at_least="member", on="2026-03-01", rates={"USD": "1.08"}), case("other", at_most="team")]
    assert check_tests(tests, DOCUMENT) == []


@pytest.mark.parametrize(
    ("unit_price", "bounds", "outcome", "holds"),
    [
        ("1104.00", {"at_most": "member"}, "member", True),
        ("1103.99", {"at_most": "member"}, "team", False),
        ("1103.99", {"at_most": "team"}, "team", True),
        ("1055.00", {"at_most": "team"}, "committee", False),
        ("1055.00", {"at_least": "committee"}, "committee", True),
        ("1104.00", {"at_least": "committee"}, "member", False),
        ("1103.99", {"at_least": "team", "at_most": "team"}, "team", True),
        ("600.00", {"at_least": "outside_charter"}, "outside_charter", True),
    ],
)
def test_run_tests_judges_by_the_mandate_and_the_charter(
    unit_price: str, bounds: dict[str, str], outcome: str, holds: bool
) -> None:
    charter = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "45"}]}
    test = {"name": "n", "deal": deal(unit_price), **bounds}
    (trial,) = run_tests([test], DOCUMENT, charter)
    assert (trial.outcome, trial.holds) == (outcome, holds)


def test_run_tests_judges_with_untouched_budgets() -> None:
    small = public_document(2026, budgets=[{"per": "team", "period": "quarter", "amount": "383.99"}])
    assert [trial.outcome for trial in run_tests([case()], small, None)] == ["committee"]
    assert [trial.outcome for trial in run_tests([case()], DOCUMENT, None)] == ["member"]


# --- kept with the draft ---


@pytest.fixture
def draft(world: World) -> MandateVersion:
    return draft_mandate(by=world.nora, at=world.at, code="public-2026", note="Tests.")


def test_add_test_keeps_it_and_tells_the_journal(world: World, draft: MandateVersion) -> None:
    add_test(version=draft, by=world.nora, at=world.at, test=case(), edition=1)
    draft.refresh_from_db()
    assert [test["name"] for test in kept_tests(draft)] == ["eight percent"]
    event = Event.objects.filter(verb="mandate.edited").get()
    assert draft.edition == 2 and json.loads(event.data)["tests"] == 1


def test_add_test_is_refused_where_it_is_no_test_case(world: World, draft: MandateVersion) -> None:
    with pytest.raises(Invalid) as refused:
        add_test(version=draft, by=world.nora, at=world.at, test=case(deal=deal(lines=[])))
    assert refused.value.path == "tests[0].deal.lines"
    with pytest.raises(NotAllowed):
        add_test(version=draft, by=world.olivier, at=world.at, test=case())
    with pytest.raises(Conflict) as stale:
        add_test(version=draft, by=world.nora, at=world.at, test=case(), edition=9)
    assert stale.value.code == "stale_edition" and not VersionTest.objects.exists()


def test_add_test_without_its_event_keeps_nothing(
    world: World, draft: MandateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*args: Any, **options: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr("mandates.actions.testing.tell_mandate", broken)
    with pytest.raises(RuntimeError):
        add_test(version=draft, by=world.nora, at=world.at, test=case())
    draft.refresh_from_db()
    assert draft.edition == 1 and not VersionTest.objects.exists()


def test_remove_test_takes_it_away_once(world: World, draft: MandateVersion) -> None:
    add_test(version=draft, by=world.nora, at=world.at, test=case())
    add_test(version=draft, by=world.nora, at=world.at, test=case("other"))
    remove_test(version=draft, by=world.nora, at=world.at, name="eight percent")
    assert [test["name"] for test in kept_tests(draft)] == ["other"]
    with pytest.raises(Conflict) as refused:
        remove_test(version=draft, by=world.nora, at=world.at, name="eight percent")
    assert refused.value.code == "no_such_test"


def test_draft_mandate_takes_the_test_cases_of_the_version_before(world: World, draft: MandateVersion) -> None:
    add_test(version=draft, by=world.nora, at=world.at, test=case())
    granted = grant_it(world, draft)
    later = draft_mandate(by=world.nora, at=world.at + timedelta(days=1), code="public-2026")
    assert kept_tests(later) == kept_tests(granted) != []


def grant_it(world: World, version: MandateVersion) -> MandateVersion:
    version.refresh_from_db()
    propose(version=version, by=world.nora, at=world.at)
    return grant(version=version, by=world.olivier, at=world.at)


def test_propose_is_blocked_by_a_failing_test_case(world: World, draft: MandateVersion) -> None:
    """Seen to fail with `failing_tests` taken out of `propose`."""
    add_test(version=draft, by=world.nora, at=world.at, test=case(deal=deal("1103.99")))
    with pytest.raises(Invalid) as refused:
        propose(version=draft, by=world.nora, at=world.at)
    assert (refused.value.code, refused.value.path) == ("test_failed", "tests[0]")


def test_grant_judges_test_cases_under_the_charter_of_that_moment(
    world: World, draft: MandateVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen to fail with `failing_tests` taken out of `grant`."""
    add_test(version=draft, by=world.nora, at=world.at, test=case())
    draft.refresh_from_db()
    propose(version=draft, by=world.nora, at=world.at)
    narrow = {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "5"}]}
    monkeypatch.setattr("mandates.checking.charter_in_force", lambda at: narrow)
    assert [problem.code for problem in failing_tests(draft, world.at)] == ["test_failed"]
    with pytest.raises(Invalid) as refused:
        grant(version=draft, by=world.olivier, at=world.at)
    assert refused.value.code == "test_failed"


def test_test_cases_are_fixed_with_their_version(world: World, draft: MandateVersion) -> None:
    """Seen to fail without the triggers of migration 0010."""
    add_test(version=draft, by=world.nora, at=world.at, test=case())
    draft.refresh_from_db()
    propose(version=draft, by=world.nora, at=world.at)
    row = VersionTest.objects.get()

    def refused(change: Callable[[], Any]) -> bool:
        try:
            with transaction.atomic():
                change()
        except DatabaseError:
            return True
        return False

    assert refused(lambda: VersionTest.objects.update(document="{}"))
    assert refused(lambda: VersionTest.objects.all().delete())
    assert refused(lambda: VersionTest.objects.create(version=draft, number=2, name="late", document="{}"))
    row.refresh_from_db()
    assert json.loads(row.document)["name"] == "eight percent"


# --- in documents ---


def file_of(tmp_path: Path, **changes: Any) -> Path:
    path = tmp_path / "mandate.json"
    path.write_text(json.dumps({"name": "Public", "mandate": DOCUMENT, "tests": [case(**changes)]}))
    return path


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_mandate_check_runs_the_test_cases_of_the_document(tmp_path: Path) -> None:
    assert "1 of its own test cases hold" in run("mandate", "check", str(file_of(tmp_path)))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("mandate", "check", "--json", str(file_of(tmp_path, deal=deal("1103.99"))), stdout=out)
    (trial,) = json.loads(out.getvalue())["tests"]
    assert (trial["outcome"], trial["holds"]) == ("team", False)


def test_read_mandate_says_where_a_test_case_is_wrong() -> None:
    text = json.dumps({"mandate": DOCUMENT, "tests": [case(at_most="yes")]})
    parcel, problems = read_mandate(text)
    assert parcel is None and [problem.path for problem in problems] == ["tests[0].at_most"]


def test_mandate_export_and_import_round_trip_byte_for_byte(world: World, tmp_path: Path) -> None:
    """What is exported, imported where the mandate is unknown, and exported again is the same file."""
    draft = draft_mandate(by=world.nora, at=world.at, code="public-2026", note="Why «so».")
    add_test(version=draft, by=world.nora, at=world.at, test=case(on="2026-05-01", rates={"USD": "1.1"}))
    path = tmp_path / "public.json"
    path.write_text(run("mandate", "export", "public-2026", "--number", str(draft.number)))
    text = path.read_text().replace('"code": "public-2026"', '"code": "elsewhere"')
    path.write_text(text)
    run("mandate", "import", str(path), "--by", world.nora.email)
    assert run("mandate", "export", "elsewhere", "--number", str(draft.number)) == text


# --- pages ---


def test_page_takes_a_test_case_from_the_catalogue(world: World, draft: MandateVersion, client: Client) -> None:
    client.force_login(world.nora)
    sent = {
        "name": "Four switches at 8 %",
        "expects": "member",
        "customer": "C-17",
        "kind": "new",
        "term_months": "12",
        "payment_days": "30",
        "lines": "SW-24P\t4\t8%",
        "edition": "1",
    }
    assert client.post("/mandates/public-2026/draft/tests/", sent).status_code == 302
    (kept,) = kept_tests(draft)
    assert kept["at_most"] == "member" and kept["deal"]["lines"][0]["quantity"] == "4"
    shown = client.get("/mandates/public-2026/draft/tests/").content.decode()
    assert "Four switches at 8 %" in shown
    gone = {"name": kept["name"], "edition": "2"}
    assert client.post("/mandates/public-2026/draft/tests/remove", gone).status_code == 302
    assert kept_tests(draft) == []


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"customer": "nobody"}, "customer"),
        ({"lines": ""}, "lines"),
        ({"lines": "SW-24P four 8%"}, "lines"),
        ({"lines": "NOTHING 4 8%"}, "lines"),
        ({"document": "{"}, "document"),
        ({"document": "{}"}, "document"),
        ({"name": ""}, "name"),
    ],
)
def test_page_says_at_the_field_what_is_wrong_and_keeps_what_was_typed(
    world: World, draft: MandateVersion, client: Client, changes: dict[str, str], field: str
) -> None:
    client.force_login(world.nora)
    sent = {
        "name": "Kept name",
        "expects": "member",
        "customer": "C-17",
        "kind": "new",
        "term_months": "12",
        "payment_days": "30",
        "lines": "SW-24P 4 8%",
        "document": "",
        "edition": "1",
    } | changes
    answer = client.post("/mandates/public-2026/draft/tests/", sent)
    assert answer.status_code == 422 and list(answer.context["form"].errors) == [field]
    assert sent["lines"] in answer.content.decode() and not VersionTest.objects.exists()


def test_export_page_leaves_test_deals_out_for_those_who_do_not_draft(
    world: World, draft: MandateVersion, client: Client
) -> None:
    """A test case's deal holds unit costs."""
    add_test(version=draft, by=world.nora, at=world.at, test=case())
    draft.refresh_from_db()
    propose(version=draft, by=world.nora, at=world.at)
    address = f"/mandates/public-2026/versions/{draft.number}/document.json"
    client.force_login(world.nora)
    assert "tests" in client.get(address).json()
    client.force_login(world.bram)
    assert "tests" not in client.get(address).json()
