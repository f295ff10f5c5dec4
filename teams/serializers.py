"""What the API shows of teams, customers and people, and what it takes."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from journal.strict import StrictSerializer
from teams.models import Customer, Membership, OrganisationRole, Team, User


class PersonSerializer(serializers.ModelSerializer):
    """A person as colleagues know them."""

    class Meta:
        model = User
        fields = ("id", "name", "email", "is_active")
        read_only_fields = fields


class ContactSerializer(serializers.ModelSerializer):
    """A person, for short."""

    class Meta:
        model = User
        fields = ("id", "name", "email")
        read_only_fields = fields


class MemberSerializer(serializers.ModelSerializer):
    """A person's place in a team today."""

    user = ContactSerializer(read_only=True)

    class Meta:
        model = Membership
        fields = ("user", "role", "may_decide", "started_on")
        read_only_fields = fields


class TeamSerializer(serializers.ModelSerializer):
    """A team with who is in it today."""

    members = MemberSerializer(many=True, read_only=True, source="open_members")

    class Meta:
        model = Team
        fields = ("code", "name", "group", "cost_sight", "cost_rating", "is_active", "edition", "members")
        read_only_fields = fields


class MergeSerializer(StrictSerializer):
    """The team that another one becomes part of."""

    into = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.filter(is_active=True), help_text="The team's code."
    )


class PlaceSerializer(serializers.Serializer):
    """The team that looks after a customer, and its contact."""

    team = serializers.CharField(source="team.code", read_only=True)
    contact = ContactSerializer(read_only=True)
    started_on = serializers.DateField(read_only=True)


class CustomerSerializer(serializers.ModelSerializer):
    """A customer as it is today."""

    place = serializers.SerializerMethodField(help_text="The team and contact of today; null where there is none.")

    class Meta:
        model = Customer
        fields = ("reference", "name", "segment", "country", "is_active", "edition", "place")
        read_only_fields = fields

    @extend_schema_field(PlaceSerializer(allow_null=True))
    def get_place(self, customer: Customer) -> Any:
        rows = customer.place  # type: ignore[attr-defined]
        return PlaceSerializer(rows[0]).data if rows else None


class CustomerFactsSerializer(StrictSerializer):
    """What may be changed of a customer; what is left out stays as it is."""

    name = serializers.CharField(max_length=200)
    segment = serializers.CharField(max_length=60, allow_blank=True, required=False)
    country = serializers.RegexField(
        r"^[A-Za-z]{2}$", allow_blank=True, required=False, help_text="Two letters (ISO 3166-1)."
    )
    is_active = serializers.BooleanField(required=False)


class _PlaceFields(StrictSerializer):
    team = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.filter(is_active=True), help_text="The team's code."
    )
    contact = serializers.SlugRelatedField(
        slug_field="email", queryset=User.objects.filter(is_active=True), help_text="The contact's e-mail address."
    )


class AssignSerializer(_PlaceFields):
    """Another team for a customer, from today."""

    note = serializers.CharField(max_length=4000, allow_blank=True, default="")


class NewCustomerSerializer(StrictSerializer):
    """A customer to be made; team and contact come together or not at all."""

    reference = serializers.RegexField(r"^[^/\x00]+$", max_length=60)
    name = serializers.CharField(max_length=200)
    segment = serializers.CharField(max_length=60, allow_blank=True, default="")
    country = serializers.RegexField(r"^[A-Za-z]{2}$", allow_blank=True, default="")
    team = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.filter(is_active=True), required=False, allow_null=True, default=None
    )
    contact = serializers.SlugRelatedField(
        slug_field="email",
        queryset=User.objects.filter(is_active=True),
        required=False,
        allow_null=True,
        default=None,
    )


class HandOverSerializer(StrictSerializer):
    """The next contact, in the same team."""

    contact = serializers.SlugRelatedField(
        slug_field="email", queryset=User.objects.filter(is_active=True), help_text="The contact's e-mail address."
    )
    note = serializers.CharField(max_length=4000, allow_blank=True, default="")


class OwnPlaceSerializer(serializers.Serializer):
    """One's own place in a team."""

    team = serializers.CharField()
    role = serializers.ChoiceField(choices=Membership.Role.choices)


class MeSerializer(serializers.Serializer):
    """Who the request comes from, and what they hold today."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    email = serializers.EmailField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=OrganisationRole.Role.choices))
    teams = OwnPlaceSerializer(many=True)
    committees = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField(), help_text="Empty for a session: it has no scopes.")
