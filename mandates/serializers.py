"""What the API shows and takes of mandates, the charter, products and rates."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.extensions import OpenApiSerializerExtension
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from journal.strict import StrictSerializer
from mandates.checking import tests_of
from mandates.documents import document_of, money_text
from mandates.drafters import aims_of
from mandates.engine import Problem
from mandates.expectations import MOST
from mandates.models import CharterVersion, Mandate, MandateVersion, Price, Product, VersionState
from mandates.openness import as_read, hash_as_read, sees_margins
from mandates.sentences import charter_sentences, sentences
from teams.models import Team
from teams.permissions import NOBODY, Person


def refuse_document(problems: list[Problem], prefix: str = "document") -> None:
    """Raises: ValidationError with one error for each problem of a document, its path beginning with `prefix`."""
    errors: dict[str, list[Any]] = {}
    for problem in problems:
        path = ".".join(part for part in (prefix, problem.path) if part)
        errors.setdefault(path, []).append(serializers.ErrorDetail(problem.detail, problem.code))
    if errors:
        raise serializers.ValidationError(errors)


def _sees(context: Mapping[str, Any], version: MandateVersion) -> bool:
    """Say whether the reader sees the margins of a version; nobody does where no reader is named."""
    person: Person = context.get("person") or NOBODY
    return sees_margins(person, [holder.team for holder in version.holders.all()])


class VersionSerializer(serializers.ModelSerializer):
    """One version of a mandate without its document, for lists; `person` in the context is the reader."""

    code = serializers.CharField(source="mandate.code")
    state = serializers.ChoiceField(choices=VersionState.choices)
    teams = serializers.SerializerMethodField()
    sha256 = serializers.SerializerMethodField()
    drafted_by = serializers.EmailField(source="drafted_by.email")
    answered_by = serializers.EmailField(source="answered_by.email", allow_null=True, default=None)

    class Meta:
        model = MandateVersion
        fields = [
            "code",
            "number",
            "state",
            "valid_from",
            "valid_until",
            "teams",
            "note",
            "answer_note",
            "sha256",
            "drafted_by",
            "drafted_at",
            "proposed_at",
            "answered_by",
            "answered_at",
            "edition",
        ]

    def get_sha256(self, version: MandateVersion) -> str:
        """Return the hash of the document as the reader reads it."""
        return hash_as_read(document_of(version), version.sha256, sees=_sees(self.context, version))

    def get_teams(self, version: MandateVersion) -> list[str]:
        """Return the codes of the teams that hold it."""
        return sorted(holder.team.code for holder in version.holders.all())


class VersionDetailSerializer(VersionSerializer):
    """One version with its document (`decision.md` section 2, without `used`) and what it is for.

    `tests`: its own test cases, null for those who may not see them, because their deals hold costs.
    """

    goal = serializers.SerializerMethodField()
    walk_away = serializers.SerializerMethodField()
    options = serializers.SerializerMethodField()
    document = serializers.SerializerMethodField()
    tests = serializers.SerializerMethodField()

    class Meta(VersionSerializer.Meta):
        fields = [*VersionSerializer.Meta.fields, "goal", "walk_away", "options", "document", "tests"]

    def get_goal(self, version: MandateVersion) -> str:
        """Return what the mandate is to reach."""
        return aims_of(version).goal

    def get_walk_away(self, version: MandateVersion) -> str:
        """Return what the team does without an agreement."""
        return aims_of(version).walk_away

    def get_options(self, version: MandateVersion) -> str:
        """Return what the team may offer instead of price."""
        return aims_of(version).options

    @extend_schema_field({"type": ["array", "null"], "items": {"type": "object"}})
    def get_tests(self, version: MandateVersion) -> Any:
        """Return the version's own test cases."""
        return tests_of(version) if self.context.get("sees_tests") else None

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_document(self, version: MandateVersion) -> Any:
        """Return the document as it is stored."""
        return as_read(document_of(version), sees=_sees(self.context, version))


class MandateSerializer(serializers.ModelSerializer):
    """A mandate with the number of the version in force, null where none is."""

    in_force = serializers.SerializerMethodField()

    class Meta:
        model = Mandate
        fields = ["code", "name", "goal", "edition", "in_force"]

    @extend_schema_field(VersionSerializer(allow_null=True))
    def get_in_force(self, mandate: Mandate) -> Any:
        """Return the version that judges now."""
        version = self.context["in_force"].get(mandate.pk)
        return None if version is None else VersionSerializer(version, context=self.context).data


class MandateDetailSerializer(MandateSerializer):
    """A mandate with the document and the sentences of the version in force."""

    document = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()

    class Meta(MandateSerializer.Meta):
        fields = [*MandateSerializer.Meta.fields, "document", "sentences"]

    def _version(self, mandate: Mandate) -> MandateVersion | None:
        found: MandateVersion | None = self.context["in_force"].get(mandate.pk)
        return found

    @extend_schema_field({"type": ["object", "null"]})
    def get_document(self, mandate: Mandate) -> Any:
        """Return the document in force."""
        version = self._version(mandate)
        return None if version is None else as_read(document_of(version), sees=_sees(self.context, version))

    def get_sentences(self, mandate: Mandate) -> list[str]:
        """Return the document in force as sentences, in the reader's language."""
        version = self._version(mandate)
        if version is None:
            return []
        teams = sorted(holder.team.name for holder in version.holders.all())
        read = as_read(document_of(version), sees=_sees(self.context, version))
        return sentences(read, committees=self.context["committees"], teams=teams)


class MandateDraftSerializer(StrictSerializer):
    """What a draft says; the document may be incomplete only in the browser."""

    document = serializers.JSONField(help_text="A mandate as the engine takes it, without `used` in its budgets.")
    teams = serializers.SlugRelatedField(
        slug_field="code", queryset=Team.objects.filter(is_active=True), many=True, required=False
    )
    name = serializers.CharField(max_length=120, required=False)
    goal = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    walk_away = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    options = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    note = serializers.CharField(max_length=10_000, required=False, allow_blank=True, default="")
    tests = serializers.ListField(
        child=serializers.JSONField(),
        required=False,
        max_length=MOST,
        help_text="The mandate's own test cases: a deal, and what must become of it. Left out, they stay as they are.",
    )


class ProposeSerializer(StrictSerializer):
    """The keys of the findings that were read: bounds beyond the charter must be among them."""

    confirmed = serializers.ListField(child=serializers.CharField(max_length=300), required=False, default=list)


class TakeBackSerializer(StrictSerializer):
    """Nothing: which version, and which edition of it, stand beside the body."""


class UsageSerializer(serializers.Serializer):
    """One budget: used = held + committed."""

    per = serializers.ChoiceField(choices=["team", "customer"])
    receiver = serializers.CharField()
    period = serializers.ChoiceField(choices=["month", "quarter", "year", "validity"])
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    currency = serializers.CharField()
    amount = serializers.DecimalField(max_digits=19, decimal_places=4)
    held = serializers.DecimalField(max_digits=19, decimal_places=4)
    committed = serializers.DecimalField(max_digits=19, decimal_places=4)
    extended = serializers.DecimalField(max_digits=19, decimal_places=4)
    left = serializers.DecimalField(max_digits=19, decimal_places=4)


class CharterVersionSerializer(serializers.ModelSerializer):
    """One version of the charter with its document; `sees_margins` in the context: whether it is the whole one."""

    state = serializers.ChoiceField(choices=VersionState.choices)
    document = serializers.SerializerMethodField()
    sentences = serializers.SerializerMethodField()
    sha256 = serializers.SerializerMethodField()
    drafted_by = serializers.EmailField(source="drafted_by.email")
    answered_by = serializers.EmailField(source="answered_by.email", allow_null=True, default=None)

    class Meta:
        model = CharterVersion
        fields = [
            "number",
            "state",
            "note",
            "answer_note",
            "sha256",
            "drafted_by",
            "drafted_at",
            "proposed_at",
            "answered_by",
            "answered_at",
            "edition",
            "document",
            "sentences",
        ]

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_document(self, version: CharterVersion) -> Any:
        """Return the document as the reader reads it."""
        return as_read(document_of(version), sees=self._sees())

    def get_sentences(self, version: CharterVersion) -> list[str]:
        """Return the document as sentences; empty for a draft that is not complete."""
        return charter_sentences(self.get_document(version)) if version.state != VersionState.DRAFT else []

    def get_sha256(self, version: CharterVersion) -> str:
        """Return the hash of the document as the reader reads it."""
        return hash_as_read(document_of(version), version.sha256, sees=self._sees())

    def _sees(self) -> bool:
        return bool(self.context.get("sees_margins"))


class PriceSerializer(serializers.ModelSerializer):
    """A price from a day on; `unit_cost` only for those who may see costs, null where it is unknown."""

    list_price = serializers.SerializerMethodField()
    unit_cost = serializers.SerializerMethodField()

    class Meta:
        model = Price
        fields = ["currency", "from_on", "list_price", "unit_cost"]

    def get_list_price(self, price: Price) -> str:
        """Return the list price as an exact text."""
        return money_text(price.list_price, price.currency)

    def get_unit_cost(self, price: Price) -> str | None:
        """Return the unit cost as an exact text."""
        return None if price.unit_cost is None else money_text(price.unit_cost, price.currency)

    def to_representation(self, instance: Price) -> dict[str, Any]:
        """Leave the cost out for those who may not see it: hidden is not the same as unknown."""
        shown = super().to_representation(instance)
        if not self.context.get("sees_cost"):
            shown.pop("unit_cost")
        return shown


class PriceSchema(OpenApiSerializerExtension):
    """Says in the OpenAPI description that a price may come without its cost."""

    target_class = PriceSerializer

    def map_serializer(self, auto_schema: Any, direction: Any) -> Any:
        """Describe the price as usual, the cost as one that may be left out."""
        schema = auto_schema._map_serializer(self.target, direction, bypass_extensions=True)
        return {**schema, "required": [name for name in schema["required"] if name != "unit_cost"]}


class ProductSerializer(serializers.ModelSerializer):
    """A product with its dated prices."""

    prices = PriceSerializer(many=True, read_only=True)

    class Meta:
        model = Product
        fields = ["code", "name", "family", "charge", "is_active", "edition", "prices"]


class NewProductSerializer(StrictSerializer):
    """A product to be made."""

    code = serializers.RegexField(r"^[^/\0]+$", max_length=60)
    name = serializers.CharField(max_length=200)
    family = serializers.CharField(max_length=200)
    charge = serializers.ChoiceField(choices=Product.Charge.choices, default=Product.Charge.ONE_OFF)


class ProductFactsSerializer(StrictSerializer):
    """What may change about a product."""

    name = serializers.CharField(max_length=200, required=False)
    family = serializers.CharField(max_length=200, required=False)
    charge = serializers.ChoiceField(choices=Product.Charge.choices, required=False)
    is_active = serializers.BooleanField(required=False)


class NewPriceSerializer(StrictSerializer):
    """A price to be added."""

    currency = serializers.CharField(max_length=3)
    from_on = serializers.DateField()
    list_price = serializers.DecimalField(max_digits=19, decimal_places=4, min_value=0)
    unit_cost = serializers.DecimalField(
        max_digits=19, decimal_places=4, min_value=0, required=False, allow_null=True, default=None
    )


class RatesSerializer(serializers.Serializer):
    """The rates that serve on a day: units per euro, the last ones at most seven days old."""

    on = serializers.DateField()
    rates = serializers.DictField(child=serializers.CharField())
