"""The command `evaluate`: one answer a line, in order, with no database."""

import io
import json
import sys
from pathlib import Path

import pytest
from django.core.management.base import CommandError

from mandates.engine import evaluate
from mandates.management.commands.evaluate import Command

from .building import case, deal, limit, line, mandate

CASE = case(mandate(limit("line_discount", "5", "20")), of=deal(line("100", "90")))


def run(file: str, *, guide: bool = False) -> tuple[list[str], int]:
    out = io.StringIO()
    try:
        Command(stdout=out).handle(file=file, guide=guide)
    except SystemExit as ended:
        return out.getvalue().splitlines(), int(str(ended.code))
    return out.getvalue().splitlines(), 0


def test_evaluate_file_answers_each_line_in_order(tmp_path: Path) -> None:
    other = {**CASE, "member_may_decide": False, "mandates": []}
    file = tmp_path / "cases.jsonl"
    file.write_text(f"{json.dumps(CASE)}\n\n   \n{json.dumps(other)}", encoding="utf-8")
    lines, status = run(str(file))
    assert [json.loads(text) for text in lines] == [evaluate(CASE), evaluate(other)]
    assert status == 0


def test_evaluate_invalid_line_goes_on_and_ends_with_one(tmp_path: Path) -> None:
    file = tmp_path / "cases.jsonl"
    broken = json.dumps({**CASE, "on": "never"}).encode()
    file.write_bytes(b"\xff\xfe\n" + broken + b"\r\n\xef\xbb\xbf" + json.dumps(CASE).encode() + b"\n{}\n")
    lines, status = run(str(file))
    assert [json.loads(text).get("error", {}).get("path") for text in lines] == ["", "on", None, "on"]
    assert json.loads(lines[0])["error"]["code"] == "not_utf8"
    assert status == 1


def test_evaluate_guide_adds_guidance_and_a_dash_reads_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps(CASE).encode())))
    lines, status = run("-", guide=True)
    assert [json.loads(text) for text in lines] == [evaluate(CASE, guide=True)]
    assert "guide" in json.loads(lines[0])
    assert status == 0


def test_evaluate_missing_file_is_a_command_error(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as refused:
        run(str(tmp_path / "nothing.jsonl"))
    assert refused.value.returncode == 2
