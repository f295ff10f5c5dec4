"""What the API shows of deals and of what was decided about them."""

from rest_framework import serializers

from approvals.api.answers import CounterProposalSerializer, PauseSerializer, RequestSerializer, VoteSerializer
from approvals.api.electors import ElectorSerializer, RecusalSerializer
from approvals.api.fields import ExactField
from approvals.api.way import AskedSerializer
from approvals.models import Approval, Attachment, Case, ConsentRound, ConsentSeat, Deal, DealState, Decision
from approvals.readings.rating import Rating
from teams.serializers import ContactSerializer

COST_NOTE = "Null where costs are not shown to you, and where they are unknown."
RATING_NOTE = "For readers who are shown margins as a rating; null for others, and where the cost is not known."
RATINGS = [one.value for one in Rating]
OUTCOMES = ("member", "team", "committee", "outside_charter")


class CustomerShownSerializer(serializers.Serializer):
    """A customer, for short."""

    reference = serializers.CharField()
    name = serializers.CharField()


class CommitteeShownSerializer(serializers.Serializer):
    """A committee, for short."""

    code = serializers.CharField()
    name = serializers.CharField()


class DealSerializer(serializers.ModelSerializer):
    """A deal as lists show it; the figures are those of its latest revision."""

    team = serializers.CharField(source="team.code", help_text="The code of the team whose mandate judges it.")
    customer = CustomerShownSerializer()
    contact = ContactSerializer()
    state = serializers.ChoiceField(choices=DealState.choices)
    revision = serializers.IntegerField(
        source="latest.number", default=None, allow_null=True, help_text="The number of the latest revision."
    )
    list_value = ExactField(source="latest.list_value", default=None, allow_null=True)
    net_value = ExactField(source="latest.net_value", default=None, allow_null=True)

    class Meta:
        model = Deal
        fields: tuple[str, ...] = (
            "reference",
            "state",
            "team",
            "customer",
            "contact",
            "kind",
            "channel",
            "currency",
            "revision",
            "list_value",
            "net_value",
            "created_at",
            "submitted_at",
            "answered_at",
            "good_until",
            "closed_on",
            "result_why",
            "reopened_count",
            "imported",
            "edition",
        )
        read_only_fields = fields


class LineDraftedSerializer(serializers.Serializer):
    """One line of a draft."""

    product = serializers.CharField()
    quantity = ExactField()
    unit_price = ExactField()


class DraftShownSerializer(serializers.Serializer):
    """The working copy that the team edits; what was submitted stands in the revisions."""

    term_months = serializers.IntegerField()
    payment_days = serializers.IntegerField()
    why = serializers.CharField()
    lines = LineDraftedSerializer(many=True)


class DealDetailSerializer(DealSerializer):
    """A deal with its draft and the moves that you may make now."""

    draft = DraftShownSerializer()
    supporting_teams = serializers.ListField(child=serializers.CharField(), help_text="Codes of teams that advise.")
    moves = serializers.ListField(
        child=serializers.CharField(), help_text="What you may do with the deal now: edit, submit, win ..."
    )

    class Meta(DealSerializer.Meta):
        fields = (*DealSerializer.Meta.fields, "draft", "supporting_teams", "moves")
        read_only_fields = fields


class RevisionSerializer(serializers.Serializer):
    """One submitted state of a deal, never changed afterwards."""

    number = serializers.IntegerField()
    on = serializers.DateField(help_text="The day whose prices, costs and rates it froze.")
    submitted_at = serializers.DateTimeField()
    submitted_by = ContactSerializer()
    why = serializers.CharField()
    term_months = serializers.IntegerField()
    payment_days = serializers.IntegerField()
    list_value = ExactField()
    net_value = ExactField()
    discount_amount = ExactField()
    judged = serializers.BooleanField(help_text="False for imported history, which nobody judged here.")
    decisions = serializers.ListField(child=serializers.IntegerField(), help_text="Ids of its decisions, oldest first.")


class LineShownSerializer(serializers.Serializer):
    """One line as it was frozen."""

    product = serializers.CharField()
    family = serializers.CharField()
    charge = serializers.CharField()
    quantity = ExactField()
    list_price = ExactField()
    unit_cost = ExactField(allow_null=True, help_text=COST_NOTE)
    unit_price = ExactField()
    margin_rating = serializers.ChoiceField(choices=RATINGS, allow_null=True, help_text=RATING_NOTE)


class RevisionDetailSerializer(RevisionSerializer):
    """A revision with its lines and the exchange rates of its day."""

    rates = serializers.DictField(child=serializers.CharField(), help_text="Units of each currency for one euro.")
    lines = LineShownSerializer(many=True)
    cost = ExactField(allow_null=True, help_text=COST_NOTE)
    margin_rating = serializers.ChoiceField(choices=RATINGS, allow_null=True, help_text=RATING_NOTE)
    sha256 = serializers.CharField(allow_null=True, help_text="Of the frozen facts. " + COST_NOTE)


class FindingSerializer(serializers.Serializer):
    """What one limit says to one line, or to the deal (`decision.md` section 7)."""

    source = serializers.ChoiceField(choices=["charter", "mandate"])  # type: ignore[assignment]
    metric = serializers.CharField()
    line = serializers.IntegerField(allow_null=True)
    limit = serializers.IntegerField(allow_null=True)
    value = serializers.CharField(allow_null=True)
    level = serializers.ChoiceField(choices=[*OUTCOMES])
    reason = serializers.CharField()
    committee = serializers.CharField(allow_null=True)
    covered_by = serializers.IntegerField(allow_null=True)


class AnswerSerializer(serializers.Serializer):
    """The engine's answer to a whole case."""

    outcome = serializers.ChoiceField(choices=OUTCOMES)
    mandate = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    consents = serializers.IntegerField()
    committees = serializers.ListField(child=serializers.CharField())
    findings = FindingSerializer(many=True)
    guide = serializers.JSONField(required=False, allow_null=True, help_text="With `?guide=1`: what would be a yes.")


class ProblemFoundSerializer(serializers.Serializer):
    """Why submitting would still be refused."""

    code = serializers.CharField()
    detail = serializers.CharField()
    path = serializers.CharField()


class QuestionAnswerSerializer(AnswerSerializer):
    """The answer to a question about one's own customer, judged with live authority."""

    asked = AskedSerializer()
    sees_cost = serializers.BooleanField(help_text="False: what depends on the cost is left out of the findings.")
    problems = ProblemFoundSerializer(many=True)


class DecisionSerializer(serializers.ModelSerializer):
    """One judgement of a revision, for short."""

    deal = serializers.CharField(source="revision.deal.reference")
    revision = serializers.IntegerField(source="revision.number")
    cause = serializers.ChoiceField(choices=Decision.Cause.choices)
    outcome = serializers.ChoiceField(choices=OUTCOMES)

    class Meta:
        model = Decision
        fields: tuple[str, ...] = ("id", "deal", "revision", "number", "cause", "outcome", "engine_version", "at")
        read_only_fields = fields


class ReceiptSerializer(DecisionSerializer):
    """The receipt: facts, limits and answer of that moment, with their hashes.

    To a reader without sight of cost the documents are redacted, and the hashes are taken over what is shown.
    """

    sees_cost = serializers.BooleanField()
    mandate = serializers.CharField(allow_null=True)
    version = serializers.IntegerField(allow_null=True)
    case_sha256 = serializers.CharField()
    answer_sha256 = serializers.CharField()
    case = serializers.DictField(help_text="The case as `decision.md` section 2 writes it.")
    answer = serializers.DictField(help_text="The answer as `decision.md` section 7 writes it.")

    class Meta(DecisionSerializer.Meta):
        fields = (
            *DecisionSerializer.Meta.fields,
            "sees_cost",
            "mandate",
            "version",
            "case_sha256",
            "answer_sha256",
            "case",
            "answer",
        )
        read_only_fields = fields


class SubmittedSerializer(serializers.Serializer):
    """What became of a deal that was submitted."""

    deal = DealSerializer()
    decision = DecisionSerializer()


class SeatSerializer(serializers.ModelSerializer):
    """A colleague who was asked, and the answer once given."""

    user = ContactSerializer()
    replied_by = ContactSerializer(allow_null=True)

    class Meta:
        model = ConsentSeat
        fields: tuple[str, ...] = ("id", "user", "answer", "reason", "answered_at", "reply", "replied_by", "replied_at")
        read_only_fields = fields


class RoundSerializer(serializers.ModelSerializer):
    """One question to the colleagues about one revision."""

    revision = serializers.IntegerField(source="revision.number")
    seats = SeatSerializer(many=True)

    class Meta:
        model = ConsentRound
        fields: tuple[str, ...] = ("revision", "needed", "state", "opened_at", "due_at", "closed_at", "seats")
        read_only_fields = fields


class CaseSerializer(serializers.ModelSerializer):
    """One question to one committee about one revision; votes are cast in a person's own session only."""

    deal = serializers.CharField(source="deal.reference")
    revision = serializers.IntegerField(source="revision.number")
    decision = serializers.IntegerField(source="decision_id", help_text="The judgement that asked for it.")
    committee = CommitteeShownSerializer()

    class Meta:
        model = Case
        fields: tuple[str, ...] = (
            "id",
            "deal",
            "revision",
            "decision",
            "committee",
            "cause",
            "state",
            "rule",
            "approvals_needed",
            "share",
            "quorum",
            "chair_casts",
            "decline_closes",
            "silence",
            "opened_at",
            "due_at",
            "stuck_at",
            "paused_at",
            "closed_at",
            "edition",
        )
        read_only_fields = fields


class CaseDetailSerializer(CaseSerializer):
    """A case with its frozen electorate, the votes, who stepped back, what was asked, and counter-proposals."""

    electors = ElectorSerializer(many=True)
    votes = VoteSerializer(many=True)
    recusals = RecusalSerializer(many=True)
    requests = RequestSerializer(many=True)
    counter_proposals = CounterProposalSerializer(many=True)
    pauses = PauseSerializer(many=True)

    class Meta(CaseSerializer.Meta):
        fields = (
            *CaseSerializer.Meta.fields,
            "electors",
            "votes",
            "recusals",
            "requests",
            "counter_proposals",
            "pauses",
        )
        read_only_fields = fields


class ApprovalSerializer(serializers.ModelSerializer):
    """What a committee's yes allows for this deal, until a date."""

    committee = CommitteeShownSerializer(source="case.committee")
    counter_proposal = serializers.IntegerField(
        source="proposal.number", default=None, allow_null=True, help_text="The counter-proposal that it is the yes to."
    )
    document = serializers.DictField(source="known", help_text="As `decision.md` section 6 writes it.")
    sentences = serializers.ListField(child=serializers.CharField())
    revoked_at = serializers.DateTimeField(source="revocation.at", default=None, allow_null=True)
    revoked_by = ContactSerializer(source="revocation.by", default=None, allow_null=True)

    class Meta:
        model = Approval
        fields: tuple[str, ...] = (
            "id",
            "case",
            "counter_proposal",
            "committee",
            "until",
            "granted_at",
            "document",
            "sentences",
            "revoked_at",
            "revoked_by",
        )
        read_only_fields = fields


class AttachmentSerializer(serializers.ModelSerializer):
    """A file that belongs to a deal."""

    added_by = ContactSerializer()

    class Meta:
        model = Attachment
        fields: tuple[str, ...] = ("id", "name", "size", "sha256", "added_by", "added_at")
        read_only_fields = fields


class EntrySerializer(serializers.Serializer):
    """One event of a deal's timeline, told as a sentence."""

    sequence = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(source="actor_name")
    verb = serializers.CharField()
    sentence = serializers.CharField()


class TimelineSerializer(serializers.Serializer):
    """What happened to a deal, newest first."""

    next = serializers.CharField(allow_null=True, help_text="The address of older events.")
    results = EntrySerializer(many=True)
