"""What the API takes about deals: exactly the fields that a person may set, and no others."""

from decimal import Decimal
from typing import Any

from rest_framework import serializers

from approvals.actions.draft import DraftLine, DraftTerms
from approvals.api.fields import CountField, ExactField
from approvals.models import Deal
from approvals.terms import LONGEST_PAYMENT, LONGEST_TERM, LONGEST_WHY, MOST_LINES
from journal.strict import StrictSerializer
from mandates.engine.currencies import EXPONENTS
from teams.models import Customer, Team

LONGEST_REASON = 4000
HEADER = ("customer", "kind", "channel", "currency")


class CurrencyField(serializers.CharField):
    """A currency that ISO 4217 knows."""

    default_error_messages = {"unknown_currency": "This is no currency of ISO 4217."}

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=3, min_length=3, help_text="ISO 4217, as `EUR`.", **kwargs)

    def to_internal_value(self, data: Any) -> str:
        code = str(super().to_internal_value(data))
        if code not in EXPONENTS:
            self.fail("unknown_currency")
        return code


class LineTakenSerializer(StrictSerializer):
    """One product of a deal, at the price that is asked for."""

    product = serializers.CharField(max_length=60, help_text="The product's code.")
    quantity = ExactField(min_value=Decimal("0.0001"))
    unit_price = ExactField(min_value=Decimal(0), help_text="In the deal's currency, for one unit (and one month).")


def customers() -> Any:
    """A customer by its reference; whether it is active is for the action to say."""
    return serializers.SlugRelatedField(
        slug_field="reference", queryset=Customer.objects.all(), help_text="The customer's reference."
    )


class TermsTakenSerializer(StrictSerializer):
    """What a team works on."""

    customer = customers()
    kind = serializers.ChoiceField(choices=Deal.Kind.choices, default=Deal.Kind.NEW)
    channel = serializers.CharField(max_length=60, allow_blank=True, default="")
    currency = CurrencyField()
    term_months = CountField(min_value=0, max_value=LONGEST_TERM, default=12)
    payment_days = CountField(min_value=0, max_value=LONGEST_PAYMENT, default=30)
    lines = LineTakenSerializer(many=True, max_length=MOST_LINES)  # type: ignore[call-arg]


class QuestionSerializer(TermsTakenSerializer):
    """A question without a deal: may this be agreed today?"""

    team = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Team.objects.filter(is_active=True),
        required=False,
        help_text="The code of the customer's team; it may be left out.",
    )


class DraftSerializer(TermsTakenSerializer):
    """A deal's draft, whole (POST, PUT) or in part (PATCH).

    Customer, kind, channel and currency are fixed once the deal was submitted.
    """

    why = serializers.CharField(max_length=LONGEST_WHY, allow_blank=True, default="", trim_whitespace=False)
    lines = LineTakenSerializer(many=True, max_length=MOST_LINES, default=list)  # type: ignore[call-arg]


class ReasonSerializer(StrictSerializer):
    """Why something is taken back, where that may stay unsaid."""

    reason = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True, default="")


class NeededReasonSerializer(StrictSerializer):
    """Why something is taken back."""

    reason = serializers.CharField(max_length=LONGEST_REASON)


class WonSerializer(StrictSerializer):
    """The day on which the customer took it."""

    closed_on = serializers.DateField()


class LostSerializer(WonSerializer):
    """The day on which the customer turned it down, and why."""

    why = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True, default="")


class ReplyTakenSerializer(StrictSerializer):
    """The team's answer to an objection."""

    text = serializers.CharField(max_length=LONGEST_REASON)


class SupportTakenSerializer(StrictSerializer):
    """Another team that is to see the deal and advise."""

    team = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.filter(is_active=True), help_text="The team's code."
    )


class FileTakenSerializer(StrictSerializer):
    """A file for a deal, as a part of a form."""

    file = serializers.FileField(allow_empty_file=True)


def terms_of(values: dict[str, Any]) -> DraftTerms:
    """Return the terms of a validated document."""
    return DraftTerms(
        term_months=values["term_months"],
        payment_days=values["payment_days"],
        why=values.get("why", ""),
        lines=tuple(DraftLine(one["product"], one["quantity"], one["unit_price"]) for one in values["lines"]),
    )
