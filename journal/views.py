"""The journal for those who may audit it, and what everybody does with their own messages."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from journal import access, actions, inbox
from journal.forms import JournalFilter
from journal.models import Event, Message
from journal.paging import page
from journal.timeline import Entry, entries
from journal.verify import Verdict

# the inbox is a page of a later app
NEWS = "/inbox/?view=following"
View = Callable[..., HttpResponse | StreamingHttpResponse]


def auditors_only(view: View) -> View:
    """Let in who may audit; for everybody else the page is not there."""

    @wraps(view)
    @login_required
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse | StreamingHttpResponse:
        if not access.may_audit(request.user):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@require_safe
@auditors_only
def journal(request: HttpRequest) -> HttpResponse:
    """Show events, newest first, by the filters in the address, with the state of the chain."""
    form = JournalFilter(request.GET or {})
    form.is_valid()
    found = page(form.narrow(Event.objects.all()), request.GET, order=form.order)
    context = {
        "form": form,
        "rows": [_row(event, entry) for event, entry in zip(found.items, entries(found.items), strict=True)],
        "page": found,
        "active": form.is_set,
        "badge": _badge(),
        "undelivered": Message.objects.filter(failed_at__isnull=False).count(),
    }
    return render(request, "journal/journal.html", context)


def _row(event: Event, entry: Entry) -> dict[str, Any]:
    """Return one event as the page shows it: its sentence, its data, and what was before and after."""
    data = dict(entry.data)
    before, after = data.pop("before", None), data.pop("after", None)
    changes = []
    if isinstance(before, dict) and isinstance(after, dict):
        names = sorted(before.keys() | after.keys())
        changes = [(name, _shown(before.get(name)), _shown(after.get(name))) for name in names]
    elif before is not None or after is not None:
        changes = [("", _shown(before), _shown(after))]
    facts = [(name, _shown(value)) for name, value in sorted(data.items())]
    return {"event": event, "entry": entry, "changes": changes, "facts": facts}


def _shown(value: Any) -> str:
    if value is None:
        return _("none")
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _badge() -> dict[str, Any]:
    """Return what the last verification said, from the event that tells of it."""
    last = Event.objects.filter(verb="journal.verified").order_by("-sequence").first()
    if last is None:
        return {"kind": "info", "text": _("The chain has not been verified yet."), "at": None}
    data = json.loads(last.data)
    if data["sound"]:
        text = ngettext(
            "The chain was sound: %(count)d event checked.",
            "The chain was sound: %(count)d events checked.",
            data["checked"],
        ) % {"count": data["checked"]}
        return {"kind": "success", "text": text, "at": last.at}
    return {"kind": "error", "text": _said(data["first_bad"], data["fault"], data["missing_triggers"]), "at": last.at}


def _said(first_bad: int | None, fault: str | None, missing_triggers: int) -> str:
    """Return what is wrong with the journal in one sentence."""
    if first_bad is None:
        return ngettext(
            "All events are sound, but %(count)d guarding trigger is missing in the database.",
            "All events are sound, but %(count)d guarding triggers are missing in the database.",
            missing_triggers,
        ) % {"count": missing_triggers}
    return _("Event %(sequence)d is the first bad one: %(fault)s.") % {
        "sequence": first_bad,
        "fault": FAULTS[fault or ""](),
    }


FAULTS: dict[str, Callable[[], str]] = {
    "altered": lambda: _("what it says is not what was recorded"),
    "unreadable": lambda: _("it cannot be read"),
    "missing": lambda: _("it is missing"),
    "unlinked": lambda: _("it does not follow the event before it"),
    "cut": lambda: _("it and all later events were cut off"),
    "rewritten": lambda: _("the chain up to here was rewritten"),
    "subjects": lambda: _("it does not stand in the timelines that it names"),
}


@require_POST
@auditors_only
def verify(request: HttpRequest) -> HttpResponse:
    """Verify the whole chain now and say what was found."""
    verdict: Verdict = actions.verify_now(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    if verdict.sound:
        messages.success(request, _("The chain is sound. All events are what was recorded."))
    else:
        finding = verdict.finding
        said = _said(
            finding.sequence if finding else None, finding.fault if finding else None, len(verdict.missing_triggers)
        )
        messages.error(request, said)
    return redirect("journal:journal")


@require_POST
@auditors_only
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Send the whole journal as signed JSON Lines."""
    lines = actions.export_now(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return StreamingHttpResponse(lines, content_type="application/jsonl", headers=_attachment("journal.jsonl"))


@require_POST
@auditors_only
def checkpoint(request: HttpRequest) -> HttpResponse:
    """Send the chain's end, signed, to be kept elsewhere."""
    document = actions.checkpoint_now(by=request.user, at=timezone.now())  # type: ignore[arg-type]
    return HttpResponse(document, content_type="application/json", headers=_attachment("checkpoint.json"))


def _attachment(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}


def _reader(request: HttpRequest) -> int:
    """Return the id of the person signed in; `login_required` stands before every use."""
    return int(request.user.pk or 0)


@require_POST
@login_required
def open_message(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark one's own message as read and go to the page that it is about."""
    mine = inbox.messages_of(_reader(request))
    message = get_object_or_404(mine, pk=pk)
    inbox.mark_read(message=message, at=timezone.now())
    return redirect(message.event.link or NEWS)


@require_POST
@login_required
def mark_all_read(request: HttpRequest) -> HttpResponse:
    """Mark as read what was on the page when the button was pressed; what came since stays unread."""
    up_to = request.POST.get("up_to", "")
    if up_to.isdecimal() and len(up_to) < 19:
        inbox.mark_all_read(user_id=_reader(request), up_to=int(up_to), at=timezone.now())
    return redirect(NEWS)
