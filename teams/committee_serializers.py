"""What the API shows of committees, their changes and their rota, and what it takes."""

import json
from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from journal.strict import StrictSerializer
from teams.actions.committees import FACTS
from teams.actions.rota import MOST_ROUNDS
from teams.changes import told
from teams.days import last_of
from teams.models import CODE, Calendar, Committee, CommitteeChange, CommitteeSeat, DutyTurn, User
from teams.serializers import ContactSerializer

LONGEST_REASON = 4000
MOST = 32_767
Kind = CommitteeChange.Kind


def person_field(text: str, **options: Any) -> serializers.SlugRelatedField:
    """A person by e-mail address."""
    people = User.objects.filter(is_active=True)
    return serializers.SlugRelatedField(slug_field="email", queryset=people, help_text=text, **options)


class CommitteeSeatSerializer(serializers.ModelSerializer):
    """A person's seat on a committee today."""

    user = ContactSerializer()

    class Meta:
        model = CommitteeSeat
        fields = ("id", "user", "is_chair", "started_on")
        read_only_fields = fields


class CommitteeSerializer(serializers.ModelSerializer):
    """A committee, its rule, and who sits on it today."""

    calendar = serializers.CharField(
        source="calendar.code", default=None, allow_null=True, help_text="Null: that of the organisation."
    )
    seats = CommitteeSeatSerializer(many=True, source="open_seats")

    class Meta:
        model = Committee
        fields = ("code", *FACTS, "calendar", "edition", "seats")
        read_only_fields = fields


class _Rule(StrictSerializer):
    rule = serializers.ChoiceField(choices=Committee.Rule.choices, required=False)
    approvals_needed = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    share = serializers.IntegerField(min_value=1, max_value=100, required=False, help_text="In percent.")
    quorum = serializers.IntegerField(min_value=1, max_value=MOST, required=False)
    chair_casts = serializers.BooleanField(required=False)
    decline_closes = serializers.BooleanField(required=False)
    silence = serializers.ChoiceField(choices=Committee.Silence.choices, required=False)
    answer_hours = serializers.IntegerField(min_value=1, max_value=MOST, required=False)


class NewCommitteeSerializer(_Rule):
    """A committee to be made; its members are proposed next. What is left out of its rule has its default."""

    code = serializers.RegexField(CODE.regex, max_length=40)
    name = serializers.CharField(max_length=120)


class CalendarTakenSerializer(StrictSerializer):
    """The calendar that a committee works by."""

    calendar = serializers.SlugRelatedField(
        slug_field="code", queryset=Calendar.objects.all(), allow_null=True, help_text="Null: the organisation's."
    )


class FactsSerializer(_Rule):
    """What would be different; what is left out stays as it is."""

    name = serializers.CharField(max_length=120, required=False)
    is_active = serializers.BooleanField(required=False)


class ProposalSerializer(StrictSerializer):
    """A change: `rule` needs `facts`, `seat` needs `user`, `unseat` and `chair` need `seat`."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    facts = FactsSerializer(required=False)
    user = person_field("Who would get a seat.", required=False)
    is_chair = serializers.BooleanField(required=False)
    seat = serializers.IntegerField(min_value=1, max_value=2**63 - 1, required=False, help_text="The seat's id.")
    reason = serializers.CharField(max_length=LONGEST_REASON, allow_blank=True, default="")

    NEEDS = {Kind.RULE: {"facts"}, Kind.SEAT: {"user"}, Kind.UNSEAT: {"seat"}, Kind.CHAIR: {"seat"}}
    MAY = {Kind.SEAT: {"is_chair"}}

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        kind = Kind(attrs["kind"])
        said = attrs.keys() - {"kind", "reason"}
        errors = {name: ["This is needed for such a change."] for name in self.NEEDS[kind] - said}
        for name in said - self.NEEDS[kind] - self.MAY.get(kind, set()):
            errors[name] = ["Such a change has no such field."]
        if errors:
            raise serializers.ValidationError(errors)
        return attrs


class ChangeSerializer(serializers.ModelSerializer):
    """A proposed change of a committee. A second person confirms or declines it on its page."""

    facts = serializers.SerializerMethodField(help_text="Of a `rule`: how the committee would be; else null.")
    user = serializers.SerializerMethodField(help_text="Of a `seat`: who would get it; else null.")
    is_chair = serializers.SerializerMethodField(help_text="Of a `seat`.")
    seat = serializers.SerializerMethodField(help_text="Of `unseat` and `chair`: the seat's id; else null.")
    sentence = serializers.SerializerMethodField(help_text="The change in words.")
    proposed_by = ContactSerializer()
    answered_by = ContactSerializer(allow_null=True)

    class Meta:
        model = CommitteeChange
        fields = (
            *("id", "kind", "sentence", "facts", "user", "is_chair", "seat", "reason", "state"),
            *("proposed_by", "proposed_at", "answered_by", "answered_at", "answer_reason"),
        )
        read_only_fields = fields

    @extend_schema_field(FactsSerializer(allow_null=True))
    def get_facts(self, change: CommitteeChange) -> Any:
        return json.loads(change.document) if change.kind == Kind.RULE else None

    @extend_schema_field(ContactSerializer(allow_null=True))
    def get_user(self, change: CommitteeChange) -> Any:
        if change.kind != Kind.SEAT:
            return None
        return ContactSerializer(User.objects.get(pk=json.loads(change.document)["user"])).data

    def get_is_chair(self, change: CommitteeChange) -> bool | None:
        return bool(json.loads(change.document)["is_chair"]) if change.kind == Kind.SEAT else None

    def get_seat(self, change: CommitteeChange) -> int | None:
        found: int | None = json.loads(change.document).get("seat")
        return found

    def get_sentence(self, change: CommitteeChange) -> str:
        return told(change).sentence


# --- the rota ---


class TurnSerializer(serializers.ModelSerializer):
    """A member's turn on duty; one that was taken back is not shown."""

    user = ContactSerializer()
    last_on = serializers.SerializerMethodField(help_text="The last day; null: until further notice.")

    class Meta:
        model = DutyTurn
        fields = ("id", "user", "started_on", "last_on", "planned_at")
        read_only_fields = fields

    def get_last_on(self, turn: DutyTurn) -> date | None:
        return last_of(turn.ended_on)


class NewTurnSerializer(StrictSerializer):
    """Whom to put on duty, and for which days."""

    user = person_field("Who sits on the committee.")
    first_on = serializers.DateField()
    last_on = serializers.DateField(allow_null=True, default=None, help_text="Null: until further notice.")


class NewRoundSerializer(StrictSerializer):
    """From which day each member has a week in turn, by name."""

    first_on = serializers.DateField()
    rounds = serializers.IntegerField(min_value=1, max_value=MOST_ROUNDS, default=1)
    first = person_field("With whom it begins.", required=False, allow_null=True, default=None)
