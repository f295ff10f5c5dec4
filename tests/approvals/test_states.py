"""The state tables: complete, permitted, told, and drawn as they are."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from approvals.models import Advice, Case, ConsentRound, DealState
from approvals.state_page import TABLES, page
from approvals.states import ADVICE_MOVES, CASE_MOVES, DEAL_MOVES, ROUND_MOVES
from journal.moves import Move, find, legal
from journal.refusals import Conflict
from journal.timeline import missing_sentences
from teams.permissions import PERMISSIONS

ALL = [move for _title, moves in TABLES for move in moves]


def test_states_page_is_not_stale() -> None:
    assert (Path(settings.BASE_DIR) / "docs" / "states.md").read_text(encoding="utf-8") == page()


def test_states_command_with_check_names_a_stale_page(tmp_path: Path, settings: object) -> None:
    settings.BASE_DIR = tmp_path  # type: ignore[attr-defined]
    with pytest.raises(CommandError):
        call_command("states", "--check")
    (tmp_path / "docs").mkdir()
    call_command("states")
    call_command("states", "--check")


@pytest.mark.parametrize("move", ALL, ids=lambda move: f"{move.event}-{move.target}")
def test_move_names_a_known_permission_or_none(move: Move) -> None:
    assert move.permission == "" or move.permission in PERMISSIONS


def test_every_event_of_a_move_has_its_sentence() -> None:
    assert missing_sentences(move.event for move in (*DEAL_MOVES, *CASE_MOVES, *ROUND_MOVES, *ADVICE_MOVES)) == []


@pytest.mark.parametrize(
    ("moves", "states"),
    [
        (DEAL_MOVES, DealState.values),
        (CASE_MOVES, Case.State.values),
        (ROUND_MOVES, ConsentRound.State.values),
        (ADVICE_MOVES, Advice.State.values),
    ],
)
def test_moves_lead_only_between_states_of_their_rows(moves: tuple[Move, ...], states: list[str]) -> None:
    assert {state for move in moves for state in {*move.sources, move.target}} <= set(states)


@pytest.mark.parametrize("state", ["withdrawn", "lapsed"])
def test_ended_deal_goes_nowhere(state: str) -> None:
    assert legal(DEAL_MOVES, state) == []


def test_find_of_an_illegal_move_is_a_conflict() -> None:
    with pytest.raises(Conflict) as refusal:
        find(DEAL_MOVES, "win", "draft")
    assert refusal.value.code == "illegal_move"
