"""Carry the journal out of the database in a form that proves itself: JSON Lines and checkpoints, both signed."""

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from journal import chain, verify
from journal.chain import Checkpoint, Finding, Row
from journal.models import JournalHead
from journal.refusals import Invalid
from journal.seals import is_genuine, seal_of


def checkpoint_document(at: datetime) -> str:
    """Return the chain's present end as signed JSON, to be kept where the database's keepers cannot reach it."""
    head = JournalHead.objects.filter(pk=1).first()
    end = {
        "sequence": head.sequence if head else 0,
        "hash": head.hash if head else chain.GENESIS,
        "at": chain.at_text(at),
    }
    return chain.canonical({**end, "signature": seal_of("checkpoint", chain.canonical(end))})


def read_checkpoint(text: str) -> Checkpoint:
    """Return a checkpoint from its document.

    Raises: Invalid where it cannot be read or its signature does not fit.
    """
    try:
        document = json.loads(text)
        signature = document.pop("signature")
        checkpoint = Checkpoint(int(document["sequence"]), str(document["hash"]))
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Invalid("checkpoint_unreadable", "This is no checkpoint of a journal.") from error
    if not is_genuine("checkpoint", chain.canonical(document), signature):
        raise Invalid("checkpoint_forged", "The checkpoint's signature does not fit: it was changed, or the key was.")
    return checkpoint


def lines(rows: Iterable[Row] | None = None) -> Iterator[str]:
    """Yield the journal as JSON Lines, one event each, and at last a line with count, end and signature."""
    digest, count, last = hashlib.sha256(), 0, (0, chain.GENESIS)
    for row in verify.rows_from() if rows is None else rows:
        line = json.dumps(row._asdict(), ensure_ascii=False, separators=(",", ":")) + "\n"
        digest.update(line.encode("utf-8"))
        count, last = count + 1, (row.sequence, row.hash)
        yield line
    seal = {"count": count, "sequence": last[0], "hash": last[1], "digest": digest.hexdigest()}
    yield chain.canonical({**seal, "signature": seal_of("export", chain.canonical(seal))}) + "\n"


def check_lines(exported: Iterable[str]) -> Finding | None:
    """Check an exported file by itself: its signature, its count and its chain; return the first bad event.

    Raises: Invalid where the file is no export, its seal is missing, or the signature does not fit.
    """
    digest, walk, finding, seal = hashlib.sha256(), chain.Walk(), None, None
    for line in exported:
        if seal is not None:
            raise Invalid("export_unsealed", "Lines follow the seal of this export.")
        document = _document(line)
        if "signature" in document:
            seal = document
            continue
        digest.update(line.encode("utf-8"))
        finding = finding or walk.step(Row(**document))
    _judge_seal(seal, digest.hexdigest())
    return finding


def _document(line: str) -> dict[str, Any]:
    try:
        document = json.loads(line)
    except ValueError as error:
        raise Invalid("export_unreadable", "A line of this export is not JSON.") from error
    if not isinstance(document, dict) or not ("signature" in document or set(document) == set(Row._fields)):
        raise Invalid("export_unreadable", "A line of this export is no event of a journal.")
    return document


def _judge_seal(seal: dict[str, Any] | None, digest: str) -> None:
    if seal is None:
        raise Invalid("export_unsealed", "The export ends without its seal: it was cut off.")
    signature = str(seal.pop("signature"))
    genuine = is_genuine("export", chain.canonical(seal), signature)
    if not genuine or seal.get("digest") != digest:
        raise Invalid("export_forged", "The export's signature does not fit: it was changed, or the key was.")
