"""The filters of lists, which live in the address."""

from collections.abc import Sequence

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from approvals.models import Deal, DealState
from teams.models import Team

ANY = ("", _("any"))


class DealFilter(forms.Form):
    """What narrows the list of deals."""

    q = forms.CharField(label=_("Customer or reference"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("State"), required=False, choices=[ANY, *DealState.choices])
    team = forms.ChoiceField(label=_("Team"), required=False, choices=[ANY])
    contact = forms.ChoiceField(label=_("Contact"), required=False, choices=[("", _("anybody")), ("me", _("me"))])

    def __init__(self, *args: object, teams: Sequence[Team], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        field = self.fields["team"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [ANY, *((team.code, team.name) for team in teams)]

    @property
    def is_set(self) -> bool:
        return self.is_valid() and any(self.cleaned_data.values())

    def narrow(self, deals: QuerySet[Deal], *, me: int) -> QuerySet[Deal]:
        """Return the deals that the filters leave; what cannot be read filters nothing."""
        values = self.cleaned_data if self.is_valid() else {}
        for word in str(values.get("q", "")).split():
            deals = deals.filter(
                Q(reference__icontains=word) | Q(customer__name__icontains=word) | Q(customer__reference__iexact=word)
            )
        if values.get("state"):
            deals = deals.filter(state=values["state"])
        if values.get("team"):
            deals = deals.filter(team__code=values["team"])
        if values.get("contact") == "me":
            deals = deals.filter(contact=me)
        return deals
