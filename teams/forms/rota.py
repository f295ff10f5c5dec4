"""Forms on the rota of a committee."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from teams.actions.rota import MOST_ROUNDS
from teams.forms.absences import Days
from teams.forms.edition import PageForm
from teams.forms.fields import PersonField
from teams.models import Committee, User


class TurnForm(Days):
    """Whom to put on duty, and for which days."""

    def __init__(self, *arguments: Any, committee: Committee, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["user"] = _seated(committee, label=_("Member"))
        self.order_fields(["user", "first_on", "last_on"])


class RoundForm(PageForm):
    """From which day each member has a week in turn."""

    first_on = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    rounds = forms.IntegerField(
        label=_("Rounds"),
        min_value=1,
        max_value=MOST_ROUNDS,
        initial=1,
        help_text=_("How many weeks each member has."),
    )

    def __init__(self, *arguments: Any, committee: Committee, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["first"] = _seated(
            committee, label=_("Begins with"), required=False, empty_label=_("the first by name")
        )
        self.order_fields(["first_on", "first", "rounds"])


def _seated(committee: Committee, **options: Any) -> PersonField:
    field = PersonField(**options)
    seated = committee.seats.filter(ended_on=None).values("user")
    field.queryset = User.objects.filter(is_active=True, pk__in=seated).order_by("name", "pk")
    return field
