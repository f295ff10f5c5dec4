"""What the API shows of a case's frozen electorate."""

from rest_framework import serializers

from approvals.models import Elector, Recusal
from teams.serializers import ContactSerializer


class ElectorSerializer(serializers.ModelSerializer):
    """A person of a case's frozen electorate; `lost_why` says why the right to vote was lost since."""

    id = serializers.IntegerField(source="user.id")
    name = serializers.CharField(source="user.name")
    email = serializers.EmailField(source="user.email")

    class Meta:
        model = Elector
        fields: tuple[str, ...] = ("id", "name", "email", "is_chair", "lost_at", "lost_why")
        read_only_fields = fields


class RecusalSerializer(serializers.ModelSerializer):
    """A person who stepped back from a case."""

    user = ContactSerializer()

    class Meta:
        model = Recusal
        fields: tuple[str, ...] = ("user", "reason", "at")
        read_only_fields = fields
