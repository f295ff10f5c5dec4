"""Who may read the whole journal: a question that only a later app can answer, so that app hands the answer in."""

from collections.abc import Callable
from typing import Any

from django.utils.module_loading import import_string


def _nobody(user: Any) -> bool:
    return False


_answer: Callable[[Any], bool] | str = _nobody


def answer_with(predicate: Callable[[Any], bool] | str) -> None:
    """Let `predicate(user)`, or the function at that dotted path, say who may audit; until then nobody may."""
    global _answer
    _answer = predicate


def may_audit(user: Any) -> bool:
    """Say whether this person may read the journal, verify it and export it."""
    predicate = import_string(_answer) if isinstance(_answer, str) else _answer
    return bool(user.is_authenticated and predicate(user))
