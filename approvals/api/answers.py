"""What the API shows of a committee's answers: votes with their conditions, requests, counter-proposals, comments.

All of it is for reading; nothing here votes, proposes or takes up.
"""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from approvals.countering import read
from approvals.models import AskedPoint, Case, CasePause, CaseRequest, Comment, CounterProposal, CounterVote, PastVote
from approvals.models import Vote as CastVote
from approvals.readings.figures import MARGIN
from approvals.voting import AGAINST
from teams.serializers import ContactSerializer

FIGURES_NOTE = "The figures that bind the yes; those on margins are left out for readers without sight of cost."


class FigureSerializer(serializers.Serializer):
    """One figure that a yes is bound to; money is in the deal's currency."""

    metric = serializers.CharField()
    product = serializers.CharField(required=False, help_text="On line metrics.")
    bound = serializers.CharField()


class BoundSerializer(serializers.ModelSerializer):
    """A row with figures, shown as far as the reader may know them (`sees_cost` of the context)."""

    figures = serializers.SerializerMethodField(help_text=FIGURES_NOTE)

    @extend_schema_field(FigureSerializer(many=True))
    def get_figures(self, row: Any) -> Any:
        sees_cost = self.context.get("sees_cost", False)
        return [figure for figure in read(row.figures) if sees_cost or figure["metric"] not in MARGIN]


class PastVoteSerializer(BoundSerializer):
    """What a vote said before it was changed."""

    class Meta:
        model = PastVote
        fields: tuple[str, ...] = ("choice", "reason", "figures", "until", "cast_at", "changed_at")
        read_only_fields = fields


class VoteSerializer(BoundSerializer):
    """A vote on a case."""

    user = ContactSerializer()
    dissent = serializers.SerializerMethodField(help_text="Whether it speaks against what was decided.")
    past = PastVoteSerializer(many=True)

    class Meta:
        model = CastVote
        fields: tuple[str, ...] = ("user", "choice", "reason", "figures", "until", "cast_at", "dissent", "past")
        read_only_fields = fields

    def get_dissent(self, vote: CastVote) -> bool:
        return AGAINST.get(vote.choice) == vote.case.state


class PointSerializer(serializers.ModelSerializer):
    """One point that was asked, and the team's answer."""

    answered_by = ContactSerializer(allow_null=True)

    class Meta:
        model = AskedPoint
        fields: tuple[str, ...] = ("position", "text", "answer", "answered_by", "answered_at")
        read_only_fields = fields


class RequestSerializer(serializers.ModelSerializer):
    """What a committee member asked of the team."""

    asked_by = ContactSerializer()
    points = PointSerializer(many=True)

    class Meta:
        model = CaseRequest
        fields: tuple[str, ...] = ("kind", "state", "reason", "asked_by", "asked_at", "closed_at", "points")
        read_only_fields = fields


class PauseSerializer(serializers.ModelSerializer):
    """A time in which the committee's clock stood still."""

    class Meta:
        model = CasePause
        fields: tuple[str, ...] = ("started_at", "ended_at")
        read_only_fields = fields


class CounterVoteSerializer(serializers.ModelSerializer):
    """A vote on a counter-proposal."""

    user = ContactSerializer()

    class Meta:
        model = CounterVote
        fields: tuple[str, ...] = ("user", "choice", "reason", "cast_at")
        read_only_fields = fields


class CounterProposalSerializer(BoundSerializer):
    """A bounded yes that a member proposed, with its own votes."""

    proposed_by = ContactSerializer()
    answered_by = ContactSerializer(allow_null=True)
    votes = CounterVoteSerializer(many=True)

    class Meta:
        model = CounterProposal
        fields: tuple[str, ...] = (
            "number",
            "state",
            "figures",
            "until",
            "reason",
            "proposed_by",
            "proposed_at",
            "adopted_at",
            "answered_by",
            "answered_at",
            "answer_reason",
            "votes",
        )
        read_only_fields = fields


PREFETCHED = (
    "electors__user",
    "recusals__user",
    "votes__user",
    "votes__past",
    "requests__asked_by",
    "requests__points__answered_by",
    "counter_proposals__proposed_by",
    "counter_proposals__answered_by",
    "counter_proposals__votes__user",
    "pauses",
)


def bound_to(case: Case) -> Case:
    """Return the case with its votes knowing it, so that none of them asks for it again."""
    for vote in case.votes.all():
        vote.case = case
    return case


# --- comments ---


class CommentSerializer(serializers.ModelSerializer):
    """A comment, as its author wrote it; one that was taken back has no text."""

    by = ContactSerializer()
    mentions = serializers.SerializerMethodField()

    class Meta:
        model = Comment
        fields: tuple[str, ...] = ("id", "case", "by", "at", "text", "mentions", "taken_back_at")
        read_only_fields = fields

    @extend_schema_field(ContactSerializer(many=True))
    def get_mentions(self, comment: Comment) -> Any:
        return ContactSerializer([mention.user for mention in comment.mentions.all()], many=True).data
