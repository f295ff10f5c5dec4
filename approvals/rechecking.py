"""Judging every stored decision again: each must give the same answer, byte for byte (`docs/decision.md`)."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from approvals.models import Decision
from journal.hashing import sha256
from mandates.engine import ENGINE_VERSION, InvalidCase, canonical, evaluate


@dataclass(frozen=True, slots=True)
class Difference:
    """A decision that no longer replays, and how."""

    decision: int
    deal: str
    revision: int
    fault: str
    engine_version: str


def recheck(decision: Decision) -> str:
    """Return what is wrong with a stored decision: `` (nothing), `case_hash`, `answer_hash`, `unreadable`, `answer`."""
    if sha256(decision.case_document) != decision.case_sha256:
        return "case_hash"
    if sha256(decision.answer_document) != decision.answer_sha256:
        return "answer_hash"
    try:
        answer = evaluate(json.loads(decision.case_document))
    except (InvalidCase, json.JSONDecodeError):
        return "unreadable"
    return "" if canonical(answer) == decision.answer_document else "answer"


def differences(first: int = 0) -> Iterator[Difference]:
    """Yield each decision from id `first` on that differs, in the order of ids; memory stays flat."""
    rows = Decision.objects.filter(pk__gte=first).select_related("revision__deal").order_by("pk")
    for decision in rows.iterator(chunk_size=500):
        if fault := recheck(decision):
            revision = decision.revision
            yield Difference(decision.pk, revision.deal.reference, revision.number, fault, decision.engine_version)


def is_other_engine(difference: Difference) -> bool:
    """Say whether another version of the engine had given the stored answer."""
    return difference.engine_version != ENGINE_VERSION
