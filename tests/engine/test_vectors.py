"""The cases with expected answers that lie beside the project, where they do."""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from mandates.engine import evaluate

from .building import problem

VECTORS = Path(settings.BASE_DIR).parent / "shared" / "vectors"


def vectors(name: str) -> Iterator[dict[str, Any]]:
    path = VECTORS / f"{name}.jsonl"
    if not path.exists():
        pytest.skip(f"There is no {path}.")
    with path.open() as rows:
        yield from map(json.loads, rows)


def as_numbers(value: Any) -> Any:
    """Prices in guidance are compared as numbers."""
    if isinstance(value, dict):
        return {
            key: Fraction(inner) if key in ("to", "member", "team") and isinstance(inner, str) else as_numbers(inner)
            for key, inner in value.items()
        }
    return [as_numbers(inner) for inner in value] if isinstance(value, list) else value


def test_evaluate_decisions_agree() -> None:
    for row in vectors("decisions"):
        assert evaluate(row["case"]) == row["answer"]


def test_evaluate_guidance_agrees() -> None:
    for row in vectors("guidance"):
        assert as_numbers(evaluate(row["case"], guide=True)) == as_numbers(row["answer"])


def test_evaluate_invalid_cases_agree() -> None:
    for row in vectors("invalid"):
        found = problem(row["case"])
        assert found is not None
        assert found.path == row["path"]
