"""Forms on being away and standing in."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from teams.forms.edition import PageForm
from teams.forms.fields import PersonField
from teams.models import Committee, User


class Days(PageForm):
    """From which day to which; the last one may be open."""

    first_on = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_on = forms.DateField(
        label=gettext_lazy("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Left empty, until further notice."),
    )


class AbsenceForm(Days):
    """Days away, with a substitute for each committee that one sits on."""

    def __init__(self, *arguments: Any, committees: Sequence[Committee], member: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.committees = list(committees)
        for committee in self.committees:
            self.fields[f"substitute_{committee.pk}"] = without_seat(
                committee, member, label=_("Stands in for me on %(name)s") % {"name": committee.name}
            )

    @property
    def substitutes(self) -> dict[Committee, User]:
        chosen = ((committee, self.cleaned_data.get(f"substitute_{committee.pk}")) for committee in self.committees)
        return {committee: user for committee, user in chosen if user is not None}


class SeatAbsenceForm(Days):
    """Days on which the holder of a seat is away, and who stands in."""

    def __init__(self, *arguments: Any, committee: Committee, member: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["substitute"] = without_seat(committee, member, label=_("Stands in"))


class SubstituteForm(Days):
    """Who may stand in for the holder of a seat, whenever that person is away."""

    def __init__(self, *arguments: Any, committee: Committee, member: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["substitute"] = without_seat(committee, member, label=_("Stands in"), required=True)
        self.order_fields(["substitute", "first_on", "last_on"])


def without_seat(committee: Committee, member: User, *, label: str, required: bool = False) -> PersonField:
    """A choice of those who have no vote of their own on the committee."""
    field = PersonField(label=label, required=required, empty_label=_("choose somebody") if required else _("nobody"))
    seated = committee.seats.filter(ended_on=None).values("user")
    field.queryset = field.queryset.exclude(pk__in=seated).exclude(pk=member.pk)  # type: ignore[union-attr]
    return field
