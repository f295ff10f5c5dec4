"""What changed from one version's document to the next, row by row, in words."""

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, TypedDict

from django.utils.translation import gettext as _

from mandates.engine import canonical
from mandates.phrases import day_text, figure
from mandates.sentences import (
    Names,
    budget_sentence,
    charter_sentences,
    limit_sentences,
    scope_sentence,
)

Document = Mapping[str, Any]
DEFAULTS: dict[str, Any] = {"consents": 1, "capital_rate": "0", "standard_payment_days": 30}


class Change(TypedDict):
    """One line of a comparison, as the `diff` component takes it."""

    label: str
    before: str
    after: str
    change: str


def compare(
    before: Document, after: Document, *, committees: Names, teams: tuple[Sequence[str], Sequence[str]] = ((), ())
) -> list[Change]:
    """Return what differs between two mandates, in the order of reading; empty where they say the same."""
    currency = (str(before["currency"]), str(after["currency"]))
    found = _plain(before, after, committees)
    found += _one(_("Teams"), ", ".join(teams[0]), ", ".join(teams[1]))
    found += _one(_("Scope"), scope_sentence(before), scope_sentence(after))
    said = (limit_sentences(before, committees=committees), limit_sentences(after, committees=committees))
    found += _rows(_("Limit"), (before["limits"], after["limits"]), said)
    rows = (before.get("budgets", []), after.get("budgets", []))
    told = (
        [budget_sentence(r["per"], r["period"], r["amount"], currency[0]) for r in rows[0]],
        [budget_sentence(r["per"], r["period"], r["amount"], currency[1]) for r in rows[1]],
    )
    return found + _rows(_("Budget"), rows, told)


def compare_charters(before: Document, after: Document) -> list[Change]:
    """Return what differs between two charters."""
    said = (charter_sentences(before), charter_sentences(after))
    return _delays(before, after) + _rows(_("Bound"), (before["limits"], after["limits"]), said)


def _plain(before: Document, after: Document, committees: Names) -> list[Change]:
    found = _one(_("Currency"), str(before["currency"]), str(after["currency"]))
    for name, label in (("valid_from", _("Valid from")), ("valid_until", _("Valid until"))):
        found += _one(label, day_text(before[name]), day_text(after[name]))
    codes = (str(before["committee"]), str(after["committee"]))
    found += _one(_("Committee"), committees.get(codes[0], codes[0]), committees.get(codes[1], codes[1]))
    consents = [str(document.get("consents", DEFAULTS["consents"])) for document in (before, after)]
    return found + _one(_("Consents"), *consents) + _delays(before, after)


def _delays(before: Document, after: Document) -> list[Change]:
    rates = [figure(document.get("capital_rate", "0"), "percent") for document in (before, after)]
    days = [figure(document.get("standard_payment_days", 30), "days") for document in (before, after)]
    return _one(_("Capital rate"), *rates) + _one(_("Standard payment days"), *days)


def _one(label: str, before: str, after: str) -> list[Change]:
    return [] if before == after else [{"label": label, "before": before, "after": after, "change": ""}]


def _rows(
    label: str, rows: tuple[Sequence[Any], Sequence[Any]], said: tuple[Sequence[str], Sequence[str]]
) -> list[Change]:
    """Pair the rows of two tables as far as they are the same, and return the others beside one another."""
    keys = [[canonical(row) for row in table] for table in rows]
    found: list[Change] = []
    for kind, a, b, c, d in SequenceMatcher(None, keys[0], keys[1], autojunk=False).get_opcodes():
        if kind == "equal":
            continue
        for step in range(max(b - a, d - c)):
            old, new = a + step, c + step
            place = new + 1 if new < d else old + 1
            found.append(
                {
                    "label": f"{label} {place}",
                    "before": said[0][old] if old < b else "",
                    "after": said[1][new] if new < d else "",
                    "change": "",
                }
            )
    return found
