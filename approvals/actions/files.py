"""Files that belong to a deal: a tender, a competitor's quote."""

import hashlib
import secrets
from datetime import datetime
from pathlib import PurePath

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.utils.translation import gettext as _

from approvals.actions.draft import become_editor
from approvals.locking import lock_draft
from approvals.models import Attachment, Deal
from approvals.sight import about_next
from approvals.states import DEAL_MOVES
from approvals.telling import action, tell_deal
from journal.moves import find
from journal.refusals import Conflict, Invalid
from teams.models import User
from teams.organisation import today
from teams.permissions import require
from teams.standing import person_of

LARGEST = 10 * 1024 * 1024
MOST_FILES = 20
LONGEST_NAME = 200
# What a reader can open without running it: nothing that a browser would execute is kept.
ALLOWED = frozenset(
    {".csv", ".doc", ".docx", ".eml", ".gif", ".jpeg", ".jpg", ".md", ".msg", ".odp", ".ods", ".odt", ".pdf", ".png"}
    | {".ppt", ".pptx", ".rtf", ".txt", ".webp", ".xls", ".xlsx"}
)


def attach(*, deal: Deal, by: User, at: datetime, file: "File[bytes]", name: str) -> Attachment:
    """Keep a file with a deal, under a random name of its own; its text is never read by the product.

    Raises: NotAllowed; Conflict `illegal_move`; Invalid `file_type`, `file_empty`, `file_too_large`, `too_many_files`.
    """
    shown = PurePath(name.replace("\\", "/")).name[-LONGEST_NAME:]
    ending = PurePath(shown).suffix.lower()
    content = _read(file, ending)
    row = Attachment(name=shown, size=len(content), sha256=hashlib.sha256(content).hexdigest())
    row.added_by, row.added_at = by, at
    try:
        return _keep(row, deal, content, f"{secrets.token_hex(16)}{ending}", by=by, at=at)
    except BaseException:
        if row.file:
            row.file.storage.delete(str(row.file.name))  # the row rolled back; the file would stay
        raise


@action
def _keep(row: Attachment, deal: Deal, content: bytes, stored_as: str, *, by: User, at: datetime) -> Attachment:
    locked = _lock(deal, by=by, at=at)
    if locked.attachments.count() >= MOST_FILES:
        detail = _("A deal keeps at most %(most)s files.") % {"most": MOST_FILES}
        raise Invalid("too_many_files", detail, path="file")
    row.deal = locked
    row.file.save(stored_as, ContentFile(content), save=False)
    row.save(force_insert=True)
    become_editor(locked, by)
    tell_deal(
        "deal.attached",
        locked,
        by=by,
        at=at,
        data={"attachment": row.pk, "size": row.size, "sha256": row.sha256},
    )
    return row


@action
def detach(*, attachment: Attachment, by: User, at: datetime) -> None:
    """Remove a file from a deal that nobody has been asked about yet; afterwards it is part of what was decided.

    Raises: NotAllowed; Conflict `illegal_move`, `already_submitted`.
    """
    locked = _lock(attachment.deal, by=by, at=at)
    row = Attachment.objects.get(pk=attachment.pk)
    if locked.submitted_at is not None and row.added_at <= _last_submitted(locked):
        detail = _("This file was there when the deal was submitted, so it stays.")
        raise Conflict("already_submitted", detail)
    storage, stored = row.file.storage, str(row.file.name)
    data = {"attachment": row.pk, "sha256": row.sha256}
    row.delete()
    tell_deal("deal.detached", locked, by=by, at=at, data=data)
    transaction.on_commit(lambda: storage.delete(stored))


def _lock(deal: Deal, *, by: User, at: datetime) -> Deal:
    locked = lock_draft(deal.pk)
    found = find(DEAL_MOVES, "edit", locked.state)
    require(found.permission, person_of(by, today(at)), about_next(locked, today(at)))
    return locked


def _last_submitted(deal: Deal) -> datetime:
    if deal.latest is None:
        raise Conflict("nothing_submitted", _("This deal has not been submitted yet."))
    return deal.latest.submitted_at


def _read(file: "File[bytes]", ending: str) -> bytes:
    if ending not in ALLOWED:
        raise Invalid("file_type", _("Files of this type are not kept. A PDF always works."), path="file")
    content: bytes = file.read(LARGEST + 1)
    if not content:
        raise Invalid("file_empty", _("This file is empty."), path="file")
    if len(content) > LARGEST:
        raise Invalid("file_too_large", _("A file has at most 10 MB."), path="file")
    return content
