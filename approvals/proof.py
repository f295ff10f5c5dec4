"""The proof of a receipt as one file, made here and checked anywhere: no database is needed to check it.

The file is canonical JSON, so that there is one text of it: the case and the answer with their hashes, the journal's
event with its place in the chain, the hash of the PDF beside it, and this installation's seal over all of that.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from approvals.models import Decision
from journal import chain
from journal.models import Event
from journal.seals import is_genuine, seal_of
from mandates.engine import ENGINE_VERSION, InvalidCase, canonical, digest, evaluate

FORMAT: Final = "negotiation-mandates/receipt/1"
PURPOSE: Final = "receipt"
PARTS: Final = ("case", "answer", "facts")


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing that is wrong with a proof: a stable code, and what it means."""

    code: str
    detail: str


FLAWS: Final = {
    "unreadable": "This is no proof of a receipt.",
    "changed": "The file is not as it was written: something in it was changed.",
    "forged": "The seal does not fit: the file was changed, or another installation made it.",
    "case_changed": "The case does not have the hash that the receipt gives.",
    "answer_changed": "The answer does not have the hash that the receipt gives.",
    "facts_changed": "The frozen facts do not have the hash that the receipt gives.",
    "not_judged": "The case cannot be judged.",
    "answer_differs": "The engine answers this case otherwise.",
    "event_changed": "The journal's event does not have the hash that the receipt gives.",
    "pdf_changed": "The PDF is not the one that was made with this file.",
    "not_in_journal": "The exported journal has another event in this place.",
}


def written(
    decision: Decision,
    *,
    known: tuple[Mapping[str, Any], Mapping[str, Any]],
    sees_cost: bool,
    standing: str,
    event: Event | None,
    pdf: tuple[str, bytes] | None,
    at: datetime,
) -> str:
    """Return the file; `known` are case and answer as far as its reader may know them.

    `standing` is valid, superseded, void or revoked.

    Without sight of cost an event's hash is left out: the event names hashes that rest on the cost.
    """
    (case, answer), revision = known, decision.revision
    proof: dict[str, Any] = {
        "format": FORMAT,
        "made_at": chain.at_text(at),
        "standing": standing,
        "deal": revision.deal.reference,
        "revision": revision.number,
        "decision": decision.number,
        "cause": str(decision.cause),
        "outcome": decision.outcome,
        "at": chain.at_text(decision.at),
        "engine_version": decision.engine_version,
        "sees_cost": sees_cost,
        "case": case,
        "case_sha256": digest(case),
        "answer": answer,
        "answer_sha256": digest(answer),
    }
    if sees_cost:
        facts = json.loads(revision.document)
        proof |= {"facts": facts, "facts_sha256": digest(facts)}
    if event is not None:
        proof["journal"] = _event(event) if sees_cost else {"sequence": event.sequence}
    if pdf is not None:
        proof["pdf"] = {"name": pdf[0], "sha256": hashlib.sha256(pdf[1]).hexdigest()}
    return canonical(proof | {"seal": seal_of(PURPOSE, canonical(proof))}) + "\n"


def _event(event: Event) -> dict[str, Any]:
    row = chain.Row(*(getattr(event, name) for name in chain.Row._fields))._replace(at=chain.at_text(event.at))
    return row._asdict()


# --- checking ---


def flaws(
    raw: bytes, *, pdf: bytes | None = None, exported: Iterable[str] | None = None, sealed: bool = True
) -> list[Flaw]:
    """Return everything that is wrong with a proof; it needs neither database nor clock.

    `pdf`: the paper that lies beside it. `exported`: the lines of an exported journal. Without `sealed` the seal is not
    looked at, for those who do not hold the installation's key.
    """
    proof = _read(raw)
    if proof is None:
        return [_flaw("unreadable")]
    seal = proof.pop("seal", "")
    found = []
    if (canonical(proof | {"seal": seal}) + "\n").encode() != raw:
        found.append("changed")
    if sealed and not is_genuine(PURPOSE, canonical(proof), seal):
        found.append("forged")
    found += [
        f"{part}_changed" for part in PARTS if part in proof and digest(proof[part]) != proof.get(f"{part}_sha256")
    ]
    found += _judged_again(proof)
    found += _in_journal(proof.get("journal") or {}, exported)
    if pdf is not None and hashlib.sha256(pdf).hexdigest() != (proof.get("pdf") or {}).get("sha256"):
        found.append("pdf_changed")
    return [_flaw(code) for code in found]


def pdf_name(raw: bytes) -> str:
    """Return the name of the PDF that was made with a proof; empty where none was."""
    proof = _read(raw) or {}
    name = (proof.get("pdf") or {}).get("name", "")
    return name if isinstance(name, str) and "/" not in name and "\\" not in name else ""


def engine_of(raw: bytes) -> str:
    """Return which engine judged it where that is another one than this; empty for the same."""
    version = str((_read(raw) or {}).get("engine_version", ""))
    return "" if version == ENGINE_VERSION else version


def _read(raw: bytes) -> dict[str, Any] | None:
    try:
        proof = json.loads(raw)
        canonical(proof)  # which refuses what a proof never holds
    except (ValueError, TypeError, RecursionError):
        return None
    parts = ("case", "answer") if isinstance(proof, dict) else ()
    is_proof = isinstance(proof, dict) and proof.get("format") == FORMAT
    return proof if is_proof and all(isinstance(proof.get(part), dict) for part in parts) else None


def _judged_again(proof: Mapping[str, Any]) -> list[str]:
    """Judge the case again: to a reader without sight of cost the findings alone follow from what is shown."""
    try:
        answer = evaluate(proof["case"])
    except InvalidCase:
        return ["not_judged"]
    told = answer if proof.get("sees_cost") else {**proof["answer"], "findings": answer["findings"]}
    return [] if canonical(told) == canonical(proof["answer"]) else ["answer_differs"]


def _in_journal(event: Mapping[str, Any], exported: Iterable[str] | None) -> list[str]:
    known = set(chain.Row._fields) <= set(event)
    if known and chain.hash_of(chain.Row(**{name: event[name] for name in chain.Row._fields})) != event["hash"]:
        return ["event_changed"]
    if exported is None:
        return []
    for line in exported:
        row = json.loads(line)
        if row.get("sequence") == event.get("sequence") and "verb" in row:
            return [] if not known or row == dict(event) else ["not_in_journal"]
    return ["not_in_journal"]


def _flaw(code: str) -> Flaw:
    return Flaw(code, FLAWS[code])
