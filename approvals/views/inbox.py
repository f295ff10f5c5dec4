"""The inbox: what waits for the reader, who mentioned them, what they follow, what they have done."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from approvals.actions.following import follow, unfollow
from approvals.clock import Clock, clock_of
from approvals.markdown import excerpt
from approvals.models import Follow, Mention
from approvals.readings.done import done_by
from approvals.sight import on_visible_deals
from approvals.views.looking import PageRequest, deal_of, row_number
from approvals.views.preview import preview_of
from approvals.views.waiting import waiting_for
from journal import inbox
from journal.models import Message
from journal.paging import page
from journal.timeline import entries
from mandates.requests import requests_of

VIEWS = ("waiting", "mentioned", "following", "done")
MOST_DONE = 50
MOST_FOLLOWED = 200
Shown = dict[str, Any]


@require_safe
@login_required
def inbox_page(request: PageRequest) -> HttpResponse:
    """Show one of the four views; which one, and what narrows it, stands in the address."""
    view = request.GET.get("view", "waiting")
    view = view if view in VIEWS else "waiting"
    clock = clock_of(request.organisation)
    unread = inbox.unread_count(request.user.pk)
    context = {
        "view": view,
        "unread": unread,
        "tabs": _tabs(view, unread),
        "keys": _keys(),
        **SHOWN[view](request, clock),
    }
    return render(request, "approvals/inbox.html", context)


def _tabs(view: str, unread: int) -> list[Shown]:
    labels = {
        "waiting": _("Waiting for me"),
        "mentioned": _("Mentioned"),
        "following": _("Following"),
        "done": _("Done"),
    }
    counts = {"following": unread or ""}
    return [
        {"url": f"?view={name}", "label": label, "count": counts.get(name, ""), "current": name == view}
        for name, label in labels.items()
    ]


def _keys() -> list[dict[str, str]]:
    return [
        {"key": "j", "label": _("next")},
        {"key": "k", "label": _("previous")},
        {"key": "Enter", "label": _("open")},
        {"key": "a", "label": _("open to approve or answer")},
        {"key": "c", "label": _("open to approve with conditions")},
        {"key": "d", "label": _("open to decline")},
    ]


def _waiting(request: PageRequest, clock: Clock) -> Shown:
    return {"items": waiting_for(request, clock, requests_of(list(request.person.team_roles), clock.now))}


def _mentioned(request: PageRequest, clock: Clock) -> Shown:
    """Return the comments that mention the reader and were not taken back, on deals that they may see."""
    rows = Mention.objects.filter(user=request.user, comment__taken_back_at=None)
    rows = rows.filter(on_visible_deals(request.person, "comment__deal_id"))
    found = page(rows.select_related("comment__by", "comment__deal__customer"), request.GET, order="-pk")
    return {"items": [_mention(row) for row in found.items], "page": found}


def _mention(row: Mention) -> Shown:
    said, deal = row.comment, row.comment.deal
    name = ("approvals:case", [said.case_id]) if said.case_id else ("approvals:deal", [deal.reference])
    words = {"name": said.by.name, "customer": deal.customer.name}
    return {
        "url": f"{reverse(name[0], args=name[1])}#comments",
        "title": _("%(name)s mentioned you: %(customer)s") % words,
        "sub": excerpt(said.text),
        "at": said.at,
        "preview": f"case:{said.case_id}" if said.case_id else f"deal:{deal.reference}",
    }


def _following(request: PageRequest, clock: Clock) -> Shown:
    """Return the news about what the reader takes part in or follows: the unread alone, or all on request."""
    show_all = request.GET.get("show") == "all"
    found = page(inbox.messages_of(request.user.pk, unread_only=not show_all), request.GET, order="-pk")
    told = entries(message.event for message in found.items)
    follows = Follow.objects.filter(on_visible_deals(request.person, "deal_id"), user=request.user)
    return {
        "items": [_news(message, entry) for message, entry in zip(found.items, told, strict=True)],
        "page": found,
        "show_all": show_all,
        "newest": found.items[0].pk if found.items else 0,
        "follows": list(follows.select_related("deal__customer").order_by("-id")[:MOST_FOLLOWED]),
    }


def _news(message: Message, entry: Any) -> Shown:
    kind, identifier = entry.subject
    return {
        "message": message,
        "url": entry.url,
        "title": entry.sentence,
        "at": entry.at,
        "preview": f"{kind}:{identifier}" if kind in ("deal", "case", "advice") else "",
    }


def _done(request: PageRequest, clock: Clock) -> Shown:
    """Return what the reader has answered, the last first; the address says before when."""
    before = _moment(request.GET.get("before", ""))
    found = done_by(request.user, request.person, before=before, most=MOST_DONE)
    older = urlencode({"view": "done", "before": found[-1]["at"].isoformat()}) if len(found) == MOST_DONE else ""
    return {"items": found, "older": f"?{older}" if older else ""}


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return None if found is None or timezone.is_naive(found) else found


SHOWN: dict[str, Callable[[PageRequest, Clock], Shown]] = {
    "waiting": _waiting,
    "mentioned": _mentioned,
    "following": _following,
    "done": _done,
}


@require_safe
@login_required
def preview(request: PageRequest, kind: str, identifier: str) -> HttpResponse:
    """Show one thing in short beside the list; without a script the list leads to its page instead."""
    if not request.htmx:
        return redirect(_page_of(kind, identifier))
    return render(request, "approvals/_preview.html", preview_of(request, kind, identifier))


def _page_of(kind: str, identifier: str) -> str:
    """Return where a thing has its page. Raises: Http404."""
    if kind == "deal":
        return reverse("approvals:deal", args=[identifier])
    number = row_number(identifier)
    if kind not in ("case", "advice") or number is None:
        raise Http404
    return reverse(f"approvals:{kind}", args=[number])


@require_POST
@login_required
def bulk(request: PageRequest) -> HttpResponse:
    """Mark the chosen messages as read, or leave off following the chosen deals: nothing that decides anything."""
    if request.POST.get("do") == "unfollow":
        count = unfollow(references=request.POST.getlist("deal"), by=request.user)
        text = ngettext("You follow %(count)s deal no more.", "You follow %(count)s deals no more.", count)
    else:
        sent = [row_number(one) for one in request.POST.getlist("message")]
        chosen = [number for number in sent if number is not None]
        count = inbox.mark_these_read(user_id=request.user.pk, ids=chosen, at=timezone.now())
        text = ngettext("%(count)s message is marked as read.", "%(count)s messages are marked as read.", count)
    messages.success(request, text % {"count": count})
    return redirect(f"{reverse('approvals:inbox')}?view=following")


@require_POST
@login_required
def follow_deal(request: PageRequest, reference: str) -> HttpResponse:
    """Follow a deal with its cases, or leave off."""
    deal = deal_of(request, reference)
    if request.POST.get("do") == "unfollow":
        unfollow(references=[deal.reference], by=request.user)
        messages.success(request, _("You follow this deal no more."))
    else:
        follow(deal=deal, by=request.user, at=timezone.now())
        messages.success(request, _("You follow this deal: its news comes to your inbox."))
    case = row_number(request.POST.get("case", ""))
    if case is not None:
        return redirect("approvals:case", case)
    return redirect("approvals:deal", deal.reference)
