"""Saying something about a deal or a case, and taking it back."""

from datetime import datetime

from django.utils.translation import gettext as _

from approvals import following
from approvals.audience import mentioned_in, people_who_see
from approvals.locking import lock_draft
from approvals.models import Case, Comment, Deal, Mention
from approvals.sight import about
from approvals.telling import action, owners, tell_deal
from journal.hashing import sha256
from journal.refusals import Conflict, Invalid
from teams.models import User
from teams.organisation import today
from teams.permissions import About, require
from teams.standing import person_of

LONGEST = 10_000


@action
def comment(*, deal: Deal, by: User, at: datetime, text: str, case: Case | None = None) -> Comment:
    """Say something, in Markdown, to everybody who sees the deal; those mentioned and the deal's contact are told.

    Raises: NotAllowed; Invalid `no_text`, `too_long`.
    """
    locked, day = lock_draft(deal.pk), today(at)
    require("comment.write", person_of(by, day), about(locked))
    text = text.strip()
    if not text:
        raise Invalid("no_text", _("Write what you want to say."), path="text")
    if len(text) > LONGEST:
        raise Invalid("too_long", _("The comment is too long. Shorten it or attach a file."), path="text")
    mentioned = [person.pk for person in mentioned_in(text, people_who_see(locked, day)) if person.pk != by.pk]
    made = Comment.objects.create(deal=locked, case=case, text=text, by=by, at=at)
    Mention.objects.bulk_create(Mention(comment=made, user_id=person) for person in mentioned)
    data = {"comment": made.pk, "case": None if case is None else case.pk, "sha256": sha256(text)}
    pairs = [] if case is None else [("case", str(case.pk))]
    told = [*mentioned, *owners(locked)]
    tell_deal("deal.commented", locked, by=by, at=at, data=data | {"mentioned": mentioned}, tell=told, about=pairs)
    following.said(locked, [] if case is None else [case], text, by=by, at=at)
    return made


@action
def take_back_comment(*, comment: Comment, by: User, at: datetime) -> Comment:
    """Erase what one said; that something was said stays. Raises: NotAllowed; Conflict `taken_back`."""
    locked = lock_draft(comment.deal_id)
    own = Comment.objects.get(pk=comment.pk)
    require("comment.take_back", person_of(by, today(at)), About(owner_id=own.by_id))
    if own.taken_back_at is not None:
        raise Conflict("taken_back", _("This comment has been taken back already."))
    own.text, own.taken_back_at = "", at
    own.save(update_fields=["text", "taken_back_at"])
    tell_deal("deal.comment_taken_back", locked, by=by, at=at, data={"comment": own.pk, "case": own.case_id})
    return own
