"""Comments on a deal and on its cases: what a page shows of them, and writing or taking one back."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from approvals.actions.comments import comment as write_comment
from approvals.actions.comments import take_back_comment
from approvals.audience import mentioned_in, names_for, people_who_see
from approvals.forms.moves import CommentForm
from approvals.markdown import html
from approvals.models import Case, Comment, Deal
from approvals.views.looking import PageRequest, case_of, deal_of, today_of
from teams.permissions import About, may

MOST_SHOWN = 100


def comments_of(
    request: PageRequest, deal: Deal, known: About, *, case: Case | None = None, form: CommentForm | None = None
) -> dict[str, Any]:
    """Return the comments that a page shows, oldest first: a deal's page all of them, a case's page its own.

    `known` is what permissions know about the deal.
    """
    rows = deal.comments.select_related("by", "case__committee").prefetch_related("mentions__user")
    if case is not None:
        rows = rows.filter(case=case)
    may_comment = bool(may("comment.write", request.person, known))
    people = people_who_see(deal, today_of(request)) if may_comment else []
    return {
        "comments": [_shown(row, request) for row in reversed(rows.order_by("-id")[:MOST_SHOWN])],
        "may_comment": may_comment,
        "comment_form": form or CommentForm(prefix="comment"),
        "mentionable": [person.name for person in people if person.pk != request.user.pk],
        "comment_case": case,
    }


def _shown(row: Comment, request: PageRequest) -> dict[str, Any]:
    names = names_for([mention.user for mention in row.mentions.all()], row.text)
    return {
        "comment": row,
        "html": html(row.text, names),
        "mine": row.by_id == request.user.pk and row.taken_back_at is None,
    }


@require_POST
@login_required
def comment_on_deal(request: PageRequest, reference: str) -> HttpResponse:
    """Comment on a deal."""
    return _write(request, deal_of(request, reference), None)


@require_POST
@login_required
def comment_on_case(request: PageRequest, pk: int) -> HttpResponse:
    """Comment on a case."""
    case = case_of(request, pk)
    return _write(request, case.deal, case)


def _write(request: PageRequest, deal: Deal, case: Case | None) -> HttpResponse:
    form = CommentForm(request.POST, prefix="comment")
    if form.is_valid():
        written = write_comment(
            deal=deal, case=case, by=request.user, at=timezone.now(), text=form.cleaned_data["text"]
        )
        messages.success(request, _said(request, written, deal))
    else:
        messages.error(request, _("Write what you want to say."))
    return _back(deal, case)


def _said(request: PageRequest, written: Comment, deal: Deal) -> str:
    told = mentioned_in(written.text, people_who_see(deal, today_of(request)))
    names = ", ".join(person.name for person in told if person.pk != request.user.pk)
    if names:
        return _("Your comment is there, and %(names)s is told.") % {"names": names}
    return _("Your comment is there.")


def _back(deal: Deal, case: Case | None) -> HttpResponse:
    found = redirect("approvals:deal", deal.reference) if case is None else redirect("approvals:case", pk=case.pk)
    found["Location"] += "#comments"
    return found


@require_POST
@login_required
def take_back(request: PageRequest, reference: str, comment_id: int) -> HttpResponse:
    """Take one's own comment back."""
    deal = deal_of(request, reference)
    row = get_object_or_404(deal.comments.select_related("case"), pk=comment_id)
    take_back_comment(comment=row, by=request.user, at=timezone.now())
    messages.success(request, _("Your comment is taken back."))
    return _back(deal, row.case)
