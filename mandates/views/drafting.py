"""The editor: one page for a mandate and the charter, live while one types, and the same without scripts."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from journal.refusals import Refusal
from journal.threeway import merge
from mandates.choosing import choices_for
from mandates.drafters import drafters_said
from mandates.engine import CONDITIONS
from mandates.forms.changing import TABLES, Typed, changed, pressed, typed_in
from mandates.forms.editor import Editor
from mandates.forms.fields import committee_choices
from mandates.forms.lists import listed_words, words_text
from mandates.forms.meeting import Reading, read_state, state_text, typed_from
from mandates.forms.pasting import Pasted, read_pasted
from mandates.phrases import CONDITION_LABELS, listed
from mandates.views.subjects import Subject
from teams.models import Committee, Team

STALE = "stale_edition"
CHOICE = "choose-"


def answer(subject: Subject) -> HttpResponse:
    """Show the editor, or answer whatever button of it was pressed; nothing that was typed is ever lost."""
    request = subject.request
    if request.method != "POST":
        return page(subject, subject.editor())
    sent = typed_in(request.POST)
    then = request.POST.get("then", "")
    if then == "check":
        return render(request, "mandates/_checks.html", _context(subject, subject.editor_in(sent)) | {"live": True})
    if then == "paste":
        return _pasted(subject, sent)
    if steps := pressed(request.POST):
        return _redrawn(subject, changed(sent, steps))
    if "choose" in request.POST or "picked" in request.POST:
        return _chosen(subject, sent)
    if then == "merge":
        return _merged(subject)
    return _autosaved(subject, sent) if then == "auto" else _saved(subject, sent, _number(request.POST.get("edition")))


def page(subject: Subject, editor: Editor, status: int = 200, **more: Any) -> HttpResponse:
    """Show the whole page."""
    context = _context(subject, editor) | more
    return render(subject.request, "mandates/editor.html", context, status=status)


def _context(subject: Subject, editor: Editor) -> dict[str, Any]:
    sent = subject.request.POST
    stored = subject.version is not None
    return {
        "editor": editor,
        "version": subject.version,
        "edition": sent.get("edition") or (subject.version.edition if subject.version else ""),
        "base": sent.get("base")
        or (state_text(subject.state()) if stored and subject.request.method != "POST" else ""),
        "summary": summary(editor),
        "saved": _("Saved. What you change is kept as you type.") if stored and not sent else "",
        "is_new": subject.version is None,
        "is_own": subject.is_own,
        "is_charter": subject.is_charter,
        "drafters": listed(drafters_said(subject.version)) if subject.version else "",
        "crumbs": subject.crumbs,
    }


def summary(editor: Editor) -> str:
    """Return in one sentence how much is wrong."""
    stops, hints = len(editor.stops), len(editor.hints)
    if not stops and not hints:
        return _("Nothing is wrong with this draft.")
    parts = []
    if stops:
        text = ngettext(
            "%(count)s thing to mend before it can be proposed",
            "%(count)s things to mend before it can be proposed",
            stops,
        )
        parts.append(text % {"count": stops})
    if hints:
        text = ngettext("%(count)s thing to know", "%(count)s things to know", hints)
        parts.append(text % {"count": hints})
    return _("%(parts)s.") % {"parts": listed(parts)}


# --- rows ---


def _redrawn(subject: Subject, sent: Typed, **more: Any) -> HttpResponse:
    """Show the editor with rows changed by a button; nothing is saved yet."""
    editor = subject.editor_in(sent)
    if subject.request.htmx:
        return render(subject.request, "mandates/_editor.html", _context(subject, editor) | more)
    return page(subject, editor, **more)


def _pasted(subject: Subject, sent: Typed) -> HttpResponse:
    """Add rows pasted from a spreadsheet; what was not understood stays where it was pasted."""
    text = subject.request.POST.get("pasted", "")
    committees = dict(Committee.objects.filter(is_active=True).values_list("code", "name"))
    found = read_pasted(text, committees, charter=subject.is_charter)
    rows = [*sent.rows("limits"), *found.rows]
    tables = {**sent.tables, "limits": dict(enumerate(rows))}
    data = sent.data.copy()
    data["pasted"] = text if found.unknown or found.left_out or not found.rows else ""
    return _redrawn(subject, Typed(data, tables), told=_told_of(found), pasted=data["pasted"])


def _told_of(found: Pasted) -> str:
    many = len(found.rows)
    said = [ngettext("%(count)s row was added.", "%(count)s rows were added.", many) % {"count": many}]
    if found.unknown:
        text = _("These columns mean nothing here and were left out: %(names)s. What you pasted is kept below.")
        said.append(text % {"names": listed(found.unknown)})
    if found.left_out:
        text = _("%(count)s further rows were left out: paste them again, fewer at a time.")
        said.append(text % {"count": found.left_out})
    return " ".join(said)


# --- choosing ---


def _chosen(subject: Subject, sent: Typed) -> HttpResponse:
    """Offer what a condition can be chosen from, or take over what was chosen."""
    request = subject.request
    field = request.POST.get("picked") or request.POST.get("choose", "")
    table, number, name = [*field.split("-", 2), "", ""][:3]
    if name not in CONDITIONS or not number.isdecimal() or table not in ("limits", "scope"):
        return _redrawn(subject, sent)
    data = sent.data.copy()
    if "picked" in request.POST:
        data[field] = words_text(request.POST.getlist("pick"))
        return _redrawn(subject, typed_in(data))
    asked = request.POST.get("pick_q", "") if request.POST.get("pick_for") == field else ""
    chosen = (
        request.POST.getlist("pick") if request.POST.get("pick_for") == field else listed_words(data.get(field, ""))
    )
    offered = choices_for(name, asked, chosen)
    context = {"offered": offered, "field": field, "asked": asked, "label": CONDITION_LABELS[name]}
    if request.htmx:
        return render(request, "mandates/_chooser.html", context)
    return _redrawn(subject, sent, **context)


# --- saving ---


def _saved(subject: Subject, sent: Typed, edition: int) -> HttpResponse:
    """Save what was typed; a draft that somebody else changed meanwhile is met, never overwritten."""
    form = subject.form(sent.data)
    if not form.is_valid():
        return page(subject, _with(subject.editor_in(sent), form), status=422)
    try:
        subject.keep(form.cleaned_data, document_in_of(subject, sent), edition)
    except Refusal as refusal:
        if refusal.code == STALE:
            return _meet(subject, read_state(sent.data.get("base", "")), subject.state_in(sent, form), status=409)
        form.add_error(refusal.path if refusal.path in form.fields else None, refusal.detail)
        return page(subject, _with(subject.editor_in(sent), form), status=refusal.status)
    if subject.request.POST.get("then") == "look" and not any(check.stops for check in subject.checks()):
        return redirect(subject.version_address)
    messages.success(subject.request, _("The draft is saved."))
    return redirect(subject.address)


def document_in_of(subject: Subject, sent: Typed) -> dict[str, Any]:
    """Return the document to be stored; the action gives it its code and number."""
    document = subject.document_in(sent)
    return {name: value for name, value in document.items() if name not in ("code", "version")}


def _with(editor: Editor, form: Any) -> Editor:
    editor.form = form
    return editor


def _autosaved(subject: Subject, sent: Typed) -> HttpResponse:
    """Save quietly while one types, and say so in words."""
    request = subject.request
    form = subject.form(sent.data)
    context: dict[str, Any] = {"edition": sent.data.get("edition"), "base": sent.data.get("base", "")}
    status = 200
    if subject.version is None:
        context["saved"] = _("Not saved yet. Save once; from then on it is kept as you type.")
    elif not form.is_valid():
        labels = listed([str(form.fields[name].label) for name in form.errors if name in form.fields])
        context |= {"saved": _("Not saved: look at %(fields)s.") % {"fields": labels}, "failed": True}
        status = 422
    else:
        try:
            subject.keep(form.cleaned_data, document_in_of(subject, sent), _number(sent.data.get("edition")))
            at = formats.time_format(timezone.localtime(), "TIME_FORMAT")
            context |= {
                "saved": _("Saved at %(time)s.") % {"time": at},
                "edition": subject.version.edition if subject.version else "",
            }
            context["base"] = state_text(subject.state())
        except Refusal as refusal:
            stale = refusal.code == STALE
            said = (
                _("Somebody changed this draft meanwhile. What you typed is still here.") if stale else refusal.detail
            )
            context |= {"saved": said, "failed": True, "stale": stale}
            status = refusal.status
    return render(request, "mandates/_saved.html", context | {"live": True}, status=status)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 9 else 0


# --- two who changed the same draft ---


def _meet(subject: Subject, base: Any, mine: Any, status: int, choices: Any = None, missing: Any = ()) -> HttpResponse:
    """Show what differs between the draft as both found it, as it is now, and as it was typed here."""
    if subject.version is not None:
        subject.version.refresh_from_db()
    theirs = subject.state()
    found = merge(base, theirs, mine, TABLES)
    reading = Reading(
        found,
        mine,
        committees=dict(committee_choices()),
        teams=dict(Team.objects.values_list("code", "name")),
        charter=subject.is_charter,
    )
    context = {
        "meeting": reading.shown(choices or {}, missing),
        "asks": found.asks,
        "edition": subject.version.edition if subject.version else "",
        "base": state_text(base),
        "mine": state_text(mine),
        "version": subject.version,
        "is_charter": subject.is_charter,
        "address": subject.address,
        "crumbs": subject.crumbs,
    }
    return render(subject.request, "mandates/meeting.html", context, status=status)


def _merged(subject: Subject) -> HttpResponse:
    """Save the merge with what was chosen; where the draft changed once more, show that first."""
    sent = subject.request.POST
    if subject.version is None:
        return redirect(subject.address)
    base, mine = read_state(sent.get("base", "")), read_state(sent.get("mine", ""))
    choices = {key.removeprefix(CHOICE): str(sent[key]) for key in sent if key.startswith(CHOICE)}
    edition = _number(sent.get("edition"))
    if edition != subject.version.edition:
        return _meet(subject, base, mine, 409, choices)
    found = merge(base, subject.state(), mine, TABLES)
    if missing := found.missing(choices):
        return _meet(subject, base, mine, 422, choices, missing)
    teams = dict(Team.objects.values_list("code", "pk"))
    return _saved(subject, typed_from(found.settled(choices), team_ids=teams), edition)
