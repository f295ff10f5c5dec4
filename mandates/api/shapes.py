"""What the API shows and takes of requests from below, of what is offered instead, and of opening balances."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from journal.strict import StrictSerializer
from mandates.documents import document_of
from mandates.models import Budget, BudgetOpening, Mandate, MandateVersion, VersionCounter
from mandates.openness import as_read, sees_margins
from mandates.requests import asked
from mandates.serializers import VersionDetailSerializer
from teams.models import Customer, Team
from teams.permissions import NOBODY


class CounterSerializer(serializers.ModelSerializer):
    """What a grantor offers instead of what was asked; `answer` is empty while the team has not answered."""

    document = serializers.SerializerMethodField()
    by = serializers.EmailField(source="by.email")
    answered_by = serializers.EmailField(source="answered_by.email", allow_null=True, default=None)
    made = serializers.IntegerField(source="made.number", allow_null=True, default=None)

    class Meta:
        model = VersionCounter
        fields = [
            "document",
            "reason",
            "from_on",
            "is_wider",
            "by",
            "at",
            "answer",
            "answered_by",
            "answered_at",
            "answer_note",
            "made",
        ]

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_document(self, counter: VersionCounter) -> Any:
        """Return the whole mandate as offered, as far as the reader may read it."""
        return as_read(document_of(counter), sees=bool(self.context.get("sees")))


class AskedForSerializer(VersionDetailSerializer):
    """What a team asks for: a version, which team asked, where it stands in words, and what was offered instead."""

    team = serializers.CharField(source="request.team.code")
    said = serializers.SerializerMethodField()
    counters = serializers.SerializerMethodField()

    class Meta(VersionDetailSerializer.Meta):
        fields = ["id", *VersionDetailSerializer.Meta.fields, "team", "said", "counters"]

    def get_said(self, version: MandateVersion) -> str:
        """Return where the request stands, in the reader's language."""
        return asked(version).said

    @extend_schema_field(CounterSerializer(many=True))
    def get_counters(self, version: MandateVersion) -> Any:
        """Return what was offered, the newest first."""
        teams = [holder.team for holder in version.holders.all()]
        sees = sees_margins(self.context.get("person") or NOBODY, teams)
        counters = sorted(version.counters.all(), key=lambda one: -one.pk)
        return CounterSerializer(counters, many=True, context={"sees": sees}).data


class NewAskedForSerializer(StrictSerializer):
    """What a team asks for; without `mandate` one of its own. Without a document: what is in force, to be changed."""

    team = serializers.SlugRelatedField(slug_field="code", queryset=Team.objects.filter(is_active=True))
    mandate = serializers.SlugRelatedField(
        slug_field="code", queryset=Mandate.objects.all(), required=False, allow_null=True, default=None
    )
    document = serializers.JSONField(
        required=False,
        allow_null=True,
        default=None,
        help_text="As the engine takes it. A bound that reads `hidden`, as it was given to you, stays as it is.",
    )
    goal = serializers.CharField(max_length=2000)
    walk_away = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    options = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")
    note = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")


class OpeningSerializer(serializers.ModelSerializer):
    """An opening balance; `team` or `customer` is null."""

    team = serializers.CharField(source="budget.team.code", allow_null=True, default=None)
    customer = serializers.CharField(source="budget.customer.reference", allow_null=True, default=None)
    period = serializers.CharField(source="budget.period")
    starts_on = serializers.DateField(source="budget.starts_on")
    currency = serializers.CharField(source="budget.currency")
    amount = serializers.DecimalField(max_digits=19, decimal_places=4)
    by = serializers.EmailField(source="by.email")

    class Meta:
        model = BudgetOpening
        fields = ["team", "customer", "period", "starts_on", "currency", "amount", "reason", "by", "at"]


class NewOpeningSerializer(StrictSerializer):
    """An opening balance of the present period: of one team, or of one customer."""

    team = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.all(), required=False, allow_null=True, default=None
    )
    customer = serializers.SlugRelatedField(
        slug_field="reference", queryset=Customer.objects.all(), required=False, allow_null=True, default=None
    )
    period = serializers.ChoiceField(choices=Budget.Span.choices)
    amount = serializers.DecimalField(max_digits=19, decimal_places=4, min_value=0)
    reason = serializers.CharField(max_length=10_000)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Refuse both receivers, and none."""
        if (attrs["team"] is None) == (attrs["customer"] is None):
            said = _("Name either the team or the customer that received it.")
            raise serializers.ValidationError({"team": [serializers.ErrorDetail(said, code="one_receiver")]})
        return attrs
