"""Forms on teams, customers, committees and the organisation."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from teams.forms.edition import EditionForm, PageForm
from teams.forms.fields import PercentField, PersonField, zone_choices
from teams.models import CODE, Calendar, Committee, Membership, Team, User

CODE_HELP = _("Lower-case letters, digits and hyphens. It stands in addresses and documents, and is kept for good.")


class TeamFacts(forms.Form):
    """What a new team and a changed one have in common."""

    name = forms.CharField(label=_("Name"), max_length=120)
    group = forms.CharField(label=_("Group"), max_length=120, required=False)
    cost_sight = forms.ChoiceField(
        label=_("Who sees cost and margin"), choices=Team.CostSight.choices, widget=forms.RadioSelect
    )
    cost_rating = forms.BooleanField(
        label=_("The others in the team see a rating of the margin"),
        required=False,
        help_text=_("Good, fair or thin, of what was submitted; no figure and no lowest price can be read from it."),
    )


class NewTeamForm(TeamFacts, PageForm):
    """A team to be made."""

    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE], help_text=CODE_HELP)
    field_order = ("code", "name", "group", "cost_sight", "cost_rating")


class TeamForm(TeamFacts, EditionForm):
    """A team to be changed."""

    is_active = forms.BooleanField(label=_("This team works"), required=False)


class MergeForm(EditionForm):
    """The team that another one becomes part of."""

    into = forms.ModelChoiceField(label=_("Part of"), queryset=Team.objects.none(), empty_label=_("choose a team"))

    def __init__(self, *arguments: Any, team: Team, **named: Any) -> None:
        super().__init__(*arguments, **named)
        others = Team.objects.filter(is_active=True).exclude(pk=team.pk).order_by("name")
        self.fields["into"].queryset = others  # type: ignore[attr-defined]


class MemberForm(PageForm):
    """A person's role in a team."""

    role = forms.ChoiceField(
        label=_("Role"), choices=Membership.Role.choices, initial="member", widget=forms.RadioSelect
    )
    may_decide = forms.BooleanField(
        label=_("May decide alone inside the member bounds"),
        required=False,
        initial=True,
        help_text=_("Without it, a colleague's consent is asked even for a deal inside the member bounds."),
    )


class NewMemberForm(MemberForm):
    """A person to be brought into a team."""

    user = PersonField(label=_("Person"))
    field_order = ("user", "role", "may_decide")


class LeaveForm(PageForm):
    """Who takes the customers and deals over."""

    new_contact = PersonField(label=_("New contact of these customers and deals"))

    def __init__(self, *arguments: Any, team: Team, leaver: User, needs_contact: bool, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["new_contact"].required = needs_contact
        limit_to_team(self.fields["new_contact"], team, without=leaver)


def limit_to_team(field: forms.Field, team: Team, without: User) -> None:
    """Offer only those who may be the contact of this team's customers, but for one."""
    workers = Membership.objects.filter(team=team, ended_on=None, role__in=("lead", "member"))
    people = User.objects.filter(is_active=True, pk__in=workers.values("user")).exclude(pk=without.pk)
    field.queryset = people.order_by("name", "pk")  # type: ignore[attr-defined]


def _why_of_change() -> forms.CharField:
    return forms.CharField(
        label=_("Why"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Whoever confirms it will read this."),
    )


class CommitteeFacts(forms.Form):
    """What a new committee and a changed one have in common."""

    name = forms.CharField(label=_("Name"), max_length=120)
    rule = forms.ChoiceField(label=_("It approves by"), choices=Committee.Rule.choices, widget=forms.RadioSelect)
    approvals_needed = forms.IntegerField(
        label=_("Approvals needed"), min_value=1, max_value=99, initial=1, help_text=_("For a fixed number only.")
    )
    share = forms.IntegerField(
        label=_("Share in percent"), min_value=1, max_value=100, initial=50, help_text=_("For a share only.")
    )
    quorum = forms.IntegerField(
        label=_("Quorum"), min_value=1, max_value=99, initial=1, help_text=_("How many must vote at least.")
    )
    chair_casts = forms.BooleanField(
        label=_("The chair's vote decides a tie"), required=False, help_text=_("For a majority only.")
    )
    decline_closes = forms.BooleanField(label=_("One decline closes a case at once"), required=False)
    silence = forms.ChoiceField(
        label=_("On silence"),
        choices=Committee.Silence.choices,
        initial=Committee.Silence.REMIND,
        widget=forms.RadioSelect,
        help_text=_("When the answer time is over and the votes do not decide. It is never a yes."),
    )
    answer_hours = forms.IntegerField(label=_("Answer time in working hours"), min_value=1, max_value=500, initial=8)


class NewCommitteeForm(CommitteeFacts, PageForm):
    """A committee to be made."""

    code = forms.CharField(label=_("Code"), max_length=40, validators=[CODE], help_text=CODE_HELP)
    field_order = ("code", "name", "rule", "approvals_needed", "share", "quorum")


class CommitteeForm(CommitteeFacts, EditionForm):
    """A committee to be changed; a case that is open keeps the rule it began with."""

    is_active = forms.BooleanField(label=_("This committee works"), required=False)
    reason = _why_of_change()


class DeclineForm(PageForm):
    """Why a proposed change is declined."""

    reason = forms.CharField(label=_("Why"), max_length=4000, widget=forms.Textarea(attrs={"rows": 2}))


class SeatForm(PageForm):
    """A person to be given a seat."""

    user = PersonField(label=_("Person"))
    is_chair = forms.BooleanField(label=_("Chairs the committee"), required=False)
    reason = _why_of_change()


class CustomerFacts(forms.Form):
    """What a new customer and a changed one have in common."""

    name = forms.CharField(label=_("Name"), max_length=200)
    segment = forms.CharField(
        label=_("Segment"), max_length=60, required=False, help_text=_("Mandates may be limited to segments.")
    )
    country = forms.CharField(
        label=_("Country"), min_length=2, max_length=2, required=False, help_text=_("Two letters, like BE.")
    )


class PlaceFields(forms.Form):
    """The team that looks after a customer, and its contact."""

    team = forms.ModelChoiceField(label=_("Team"), queryset=Team.objects.none(), empty_label=_("choose a team"))
    contact = PersonField(label=_("Contact"), help_text=_("A member or the account lead of that team."))

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["team"].queryset = Team.objects.filter(is_active=True).order_by("name")  # type: ignore[attr-defined]


class NewCustomerForm(CustomerFacts, PlaceFields, PageForm):
    """A customer to be made."""

    reference = forms.CharField(label=_("Reference"), max_length=60, help_text=_("It is kept for good."))
    field_order = ("reference", "name", "segment", "country", "team", "contact")


class CustomerForm(CustomerFacts, EditionForm):
    """A customer to be changed."""

    is_active = forms.BooleanField(label=_("This customer is active"), required=False)


class AssignForm(PlaceFields, PageForm):
    """Another team for a customer."""

    note = forms.CharField(
        label=_("Note for the next contact"), required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 4})
    )


class HandOverForm(PageForm):
    """Another contact in the same team."""

    contact = PersonField(label=_("Next contact"))
    note = forms.CharField(
        label=_("Note for the next contact"),
        required=False,
        max_length=4000,
        help_text=_("What was promised, what is open, how they like to be spoken to."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *arguments: Any, team: Team, contact: User, **named: Any) -> None:
        super().__init__(*arguments, **named)
        limit_to_team(self.fields["contact"], team, without=contact)


class CustomerFilter(forms.Form):
    """What the list of customers is narrowed to; it lives in the address."""

    q = forms.CharField(label=_("Name or reference"), required=False, widget=forms.TextInput(attrs={"type": "search"}))
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, to_field_name="code", empty_label=_("all teams")
    )
    segment = forms.CharField(label=_("Segment"), required=False)
    mine = forms.BooleanField(label=_("I am the contact"), required=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["team"].queryset = Team.objects.order_by("name")  # type: ignore[attr-defined]


class OrganisationForm(EditionForm):
    """The organisation's settings."""

    name = forms.CharField(label=_("Name"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"))
    calendar = forms.ModelChoiceField(
        label=_("Working calendar"),
        queryset=Calendar.objects.none(),
        required=False,
        help_text=_("When answers are due; a committee may have its own."),
    )
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3, help_text=_("Three letters, like EUR."))
    default_committee = forms.ModelChoiceField(
        label=_("Default committee"),
        queryset=Committee.objects.none(),
        required=False,
        help_text=_("Asked where no mandate says which committee."),
    )
    approval_days = forms.IntegerField(label=_("Days an approval is good for"), min_value=1, max_value=3650)
    tolerance = PercentField(label=_("Tolerance of an approval, in percent"))
    consent_days = forms.IntegerField(label=_("Working days a colleague has to answer"), min_value=1, max_value=90)
    notice_days = forms.IntegerField(
        label=_("Days of notice before a narrower version judges"), min_value=0, max_value=3650
    )

    carries_budgets = forms.BooleanField(
        label=_("Carry over what a budget's period leaves over"),
        required=False,
        help_text=_("Into the next period only, and for periods that open from now on."),
    )
    trusts_records = forms.BooleanField(
        label=_("Propose a wider version where a team's record has earned it"),
        required=False,
        help_text=_("Only proposed: a person drafts it and another grants it. Nothing is ever narrowed by itself."),
    )
    trust_days = forms.IntegerField(label=_("Days that a record looks back"), min_value=1, max_value=3650)
    trust_deals = forms.IntegerField(
        label=_("Deals decided inside the mandate and ended, at least"), min_value=1, max_value=10_000
    )
    trust_won = forms.IntegerField(label=_("Of these won, at least, in percent"), min_value=0, max_value=100)
    trust_wide = forms.IntegerField(
        label=_("Of the look-backs that found the mandate too wide, at most, in percent"),
        min_value=0,
        max_value=100,
        help_text=_("What teams learnt counts: where more of them find it too wide, nothing wider is proposed."),
    )
    trust_near = forms.IntegerField(
        label=_("Deals that came near a bound, at least"),
        min_value=1,
        max_value=10_000,
        help_text=_("Near is from 80 % of the bound. A bound that nobody needs is not widened."),
    )
    trust_step = forms.IntegerField(
        label=_("How much wider a bound is proposed, in percent of it"), min_value=1, max_value=100
    )

    citations_suggest = forms.IntegerField(
        label=_("Cases that cite a precedent before a change of the mandate is suggested"), min_value=1, max_value=99
    )
    vote_again_above = forms.IntegerField(
        label=_("Net value above which a vote asks to sign in again"),
        required=False,
        min_value=0,
        max_value=10**12,
        help_text=_("In whole units of the currency, after 15 minutes. Left empty, never."),
    )
    margin_good = forms.IntegerField(
        label=_("A margin is good from, in percent"),
        min_value=1,
        max_value=100,
        help_text=_("For teams that show margins as a rating to those who may not see them."),
    )
    margin_fair = forms.IntegerField(
        label=_("A margin is fair from, in percent"), min_value=0, max_value=99, help_text=_("Below that it is thin.")
    )

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.fields["time_zone"].choices = zone_choices()  # type: ignore[attr-defined]
        committees = Committee.objects.filter(is_active=True).order_by("name")
        self.fields["calendar"].queryset = Calendar.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["default_committee"].queryset = committees  # type: ignore[attr-defined]

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()
