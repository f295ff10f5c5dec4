"""The filters of the journal page, as they stand in its address."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from journal.models import Event
from journal.people import matching
from journal.timeline import known_verbs


def _verbs() -> list[tuple[str, Any]]:
    return [("", _("all events")), *((verb, verb) for verb in known_verbs())]


class JournalFilter(forms.Form):
    """Who, what, about what, and when; every field may be empty."""

    who = forms.CharField(
        label=_("Who"),
        required=False,
        max_length=120,
        widget=forms.TextInput(attrs={"placeholder": _("name or e-mail address")}),
    )
    verb = forms.ChoiceField(label=_("Event"), required=False, choices=_verbs)
    about = forms.RegexField(
        label=_("About"),
        required=False,
        regex=r"^\s*[a-z_]+[ :]\S+\s*$",
        max_length=130,
        widget=forms.TextInput(attrs={"placeholder": _("deal D-1001")}),
        error_messages={"invalid": _("Write a kind and a name, such as: deal D-1001")},
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=_("Until"), required=False, widget=forms.DateInput(attrs={"type": "date"}))

    def narrow(self, events: QuerySet[Event]) -> QuerySet[Event]:
        """Return the events that fit all filters that are set and valid."""
        wanted = self.cleaned_data
        if who := wanted.get("who"):
            events = events.filter(actor_id__in=matching(who))
        if verb := wanted.get("verb"):
            events = events.filter(verb=verb)
        if about := wanted.get("about"):
            kind, identifier = about.strip().replace(":", " ", 1).split(None, 1)
            events = events.filter(subjects__kind=kind, subjects__identifier=identifier)
        if since := wanted.get("since"):
            events = events.filter(at__gte=timezone.make_aware(datetime.combine(since, time.min)))
        if until := wanted.get("until"):
            events = events.filter(at__lte=timezone.make_aware(datetime.combine(until, time.max)))
        return events

    @property
    def order(self) -> str:
        """The order for which an index serves these filters: by time where days are asked for."""
        by_time = self.cleaned_data.get("since") or self.cleaned_data.get("until")
        return "-at" if by_time else "-pk"

    @property
    def is_set(self) -> bool:
        """Whether any filter is set."""
        return any(self.cleaned_data.values())
