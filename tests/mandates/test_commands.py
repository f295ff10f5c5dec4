"""The commands for rates and documents."""

import gzip
import json
import os
import subprocess
import sys
import time
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from journal.models import Event
from mandates.catalogue import rates_on
from mandates.documents import document_of
from mandates.engine import evaluate
from mandates.models import CharterVersion, MandateVersion, Rate
from tests.factories import World, public_document

SAMPLE = """Date,USD,JPY,CYP,GBP,
2026-04-13,1.1684,186.75,N/A,0.87058,
2026-04-10,1.17,N/A,N/A,0.87,

2026-04-09,1.16,186.001,0.58,0.869999,
"""
ECB = Path(settings.BASE_DIR).parent / "shared" / "data" / "ecb" / "eurofxref-hist.csv.gz"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "rates.csv"
    path.write_text(SAMPLE)
    return path


# --- rates ---


@pytest.mark.django_db
def test_import_rates_takes_every_figure_once(sample: Path) -> None:
    assert "8 new rates, 0 known already." in run("import_rates", str(sample))
    assert "0 new rates, 8 known already." in run("import_rates", str(sample))
    assert Rate.objects.count() == 8
    assert not Rate.objects.filter(currency="CYP").exists()
    assert rates_on(date(2026, 4, 12)) == {"EUR": "1", "USD": "1.17", "GBP": "0.87", "JPY": "186.001"}
    assert Event.objects.filter(verb="rate.imported").count() == 1


@pytest.mark.django_db
def test_import_rates_reads_gzip_and_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / "rates.csv.gz"
    path.write_bytes(gzip.compress(b"\xef\xbb\xbf" + SAMPLE.encode()))
    assert "8 new rates" in run("import_rates", str(path))


@pytest.mark.django_db
def test_import_rates_leaves_a_known_rate_as_it_is(sample: Path) -> None:
    Rate.objects.create(currency="USD", on=date(2026, 4, 13), per_euro="1.2")
    assert "1 rates differ" in run("import_rates", str(sample))
    assert rates_on(date(2026, 4, 13))["USD"] == "1.2"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Line 1"),
        ("Day,USD\n", "Line 1"),
        ("Date,DOLLAR\n", "DOLLAR"),
        ("Date,USD,USD\n", "two columns"),
        ("Date,USD\n2026-04-13,1.1\n13/04/2026,1.1\n", "Line 3, column Date"),
        ("Date,USD\n2026-04-13,1.1\n2026-04-10,-1\n", "Line 3, column USD"),
        ("Date,USD\n2026-04-13,1.1\n2026-04-10,1.1234567\n", "Line 3, column USD"),
    ],
)
def test_import_rates_of_a_bad_file_names_the_place_and_takes_nothing(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "rates.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=said):
        run("import_rates", str(path))
    assert not Rate.objects.exists()


@pytest.mark.django_db
def test_import_rates_without_the_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("import_rates", str(tmp_path / "none.csv"))


@pytest.mark.django_db
@pytest.mark.skipif(not ECB.exists(), reason="the real file is not part of a clone")
def test_import_rates_takes_the_real_file_in_seconds() -> None:
    began = time.monotonic()
    said = run("import_rates", str(ECB))
    assert time.monotonic() - began < 120
    assert Rate.objects.count() > 180_000
    assert "CYP" in said
    assert rates_on(date(2026, 4, 13))["USD"] == "1.1684"
    assert rates_on(date(1999, 1, 4))["JPY"] == "133.73"


# --- documents ---


def written(path: Path, document: Any) -> str:
    path.write_text(json.dumps(document))
    return str(path)


def test_mandate_check_without_a_database_tells_what_is_wrong(tmp_path: Path) -> None:
    good = written(tmp_path / "good.json", public_document(2026))
    bad = written(tmp_path / "bad.json", {"mandate": public_document(2026, consents=0), "nmae": "x"})
    environment = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none", "SECRET_KEY": "x" * 60}
    command = [sys.executable, "manage.py", "mandate", "check"]

    def checked(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [*command, *arguments], cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True, timeout=60
        )
        return done.returncode, done.stdout

    assert checked(good) == (0, f"{good}: nothing is wrong.\n")
    status, said = checked("--json", good, bad)
    lines = [json.loads(line) for line in said.splitlines()]
    assert status == 1
    assert lines[0] == {"file": good, "problems": []}
    assert [problem["path"] for problem in lines[1]["problems"]] == ["mandate.consents", "nmae"]


def test_mandate_check_of_a_file_that_is_none_fails(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        run("mandate", "check", str(tmp_path / "none.json"))


def test_mandate_check_of_a_charter(tmp_path: Path) -> None:
    path = written(tmp_path / "charter.json", {"currency": "EUR", "limits": []})
    assert "nothing is wrong" in run("mandate", "check", "--charter", path)


def test_mandate_check_against_a_charter_shows_a_deal_beyond_it(tmp_path: Path) -> None:
    held = written(tmp_path / "public.json", public_document(2026))
    bounds = [{"metric": "line_discount", "limit": "15"}]
    charter = written(tmp_path / "charter.json", {"currency": "EUR", "limits": bounds})
    wide = written(tmp_path / "wide.json", {"currency": "EUR", "limits": [{"metric": "line_discount", "limit": "45"}]})
    assert run("mandate", "check", held, "--charter", wide).count("nothing is wrong") == 2
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("mandate", "check", held, "--charter", charter, "--json", stdout=out)
    (_, told) = [json.loads(line) for line in out.getvalue().splitlines()]
    assert told["problems"] == []
    first = told["beyond_charter"][0]
    assert (first["kind"], first["metric"], first["limit_a"]) == ("wider", "line_discount", 0)
    case = first["witness"]["case"] | {"mandates": [unused(public_document(2026))]}
    assert evaluate(case)["outcome"] == "team"
    assert evaluate(case | {"charter": {"currency": "EUR", "limits": bounds}})["outcome"] == "outside_charter"


def unused(document: dict[str, Any]) -> dict[str, Any]:
    return document | {"budgets": [row | {"used": "0"} for row in document.get("budgets", [])]}


def test_mandate_compare_tells_what_is_wider_and_fails_then(tmp_path: Path) -> None:
    before, after = public_document(2026), public_document(2026)
    after["limits"] = [after["limits"][0] | {"team": "20"}, *after["limits"][1:]]
    old, new = written(tmp_path / "old.json", before), written(tmp_path / "new.json", after)
    assert run("mandate", "compare", old, old) == "Both allow the same.\n"
    assert run("mandate", "compare", new, old).startswith(
        "narrower: line_discount, team level, row before 1, row now 1;"
    )
    out = StringIO()
    with pytest.raises(SystemExit) as left:
        call_command("mandate", "compare", old, new, "--json", stdout=out)
    assert left.value.code == 1
    told = json.loads(out.getvalue())
    assert told["wider"] is True
    assert {one["metric"] for one in told["differences"]} == {"line_discount"}


def test_mandate_compare_of_what_cannot_be_read_fails_otherwise(tmp_path: Path) -> None:
    good = written(tmp_path / "good.json", public_document(2026))
    for other in (str(tmp_path / "none.json"), written(tmp_path / "bad.json", {"code": "x"})):
        with pytest.raises(SystemExit) as left:
            call_command("mandate", "compare", good, other, stderr=StringIO())
        assert left.value.code == 2
    with pytest.raises(CommandError, match="is not a rate"):
        run("mandate", "compare", good, good, "--rate", "USD=0")


def test_mandate_export_and_import_bring_the_same_document(world: World, tmp_path: Path) -> None:
    path = tmp_path / "public.json"
    path.write_text(run("mandate", "export", "public-2026"))
    assert json.loads(path.read_text())["teams"] == ["public"]
    assert "Version 2 of public-2026" in run("mandate", "import", str(path), "--by", "nora@example.test")
    version = MandateVersion.objects.get(number=2)
    assert document_of(version) == document_of(world.mandates["public-2026"]) | {"version": 2}
    assert version.drafted_by == world.nora
    bare = json.loads(run("mandate", "export", "public-2026", "--number", "2", "--bare"))
    assert bare["version"] == 2


def test_mandate_import_of_the_charter_makes_its_draft(world: World, tmp_path: Path) -> None:
    path = tmp_path / "charter.json"
    path.write_text(run("mandate", "export", "--charter"))
    run("mandate", "import", str(path), "--charter", "--by", "olivier@example.test", "--note", "The same.")
    assert CharterVersion.objects.get(number=2).state == "draft"


@pytest.mark.parametrize(
    ("who", "team", "said"),
    [
        ("bram@example.test", "public", "not_allowed"),
        ("nobody@example.test", "public", "Nobody active"),
        ("nora@example.test", "no-team", "no team no-team"),
    ],
)
def test_mandate_import_that_is_not_possible_says_why(
    world: World, tmp_path: Path, who: str, team: str, said: str
) -> None:
    path = written(tmp_path / "public.json", public_document(2026))
    with pytest.raises(CommandError, match=said):
        run("mandate", "import", path, "--by", who, "--team", team)
    assert MandateVersion.objects.filter(number=2).count() == 0


def test_mandate_export_of_what_is_not_there_says_so(world: World) -> None:
    with pytest.raises(CommandError, match="no such version"):
        run("mandate", "export", "public-2026", "--number", "7")
