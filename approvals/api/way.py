"""The way of a deal as the API tells it: who would be asked, and in which order."""

from rest_framework import serializers


class AskedPersonSerializer(serializers.Serializer):
    """A person who would be asked."""

    name = serializers.CharField()
    stands_in_for = serializers.CharField(allow_null=True, help_text="The member of the committee who is away.")
    chair = serializers.BooleanField()
    away = serializers.BooleanField()


class UsualSerializer(serializers.Serializer):
    """How long answers usually take: the median of those of the last 90 days."""

    count = serializers.IntegerField(help_text="How many answers it is the median of.")
    minutes = serializers.IntegerField(allow_null=True, help_text="In working time; null where there are none.")


class AskedStepSerializer(serializers.Serializer):
    """One question on the way of a deal; committees without `only_if` are asked at the same time."""

    asks = serializers.ChoiceField(choices=["colleagues", "committee"])
    committee = serializers.CharField(allow_null=True, help_text="Its code.")
    only_if = serializers.ChoiceField(
        choices=["colleagues_disagree"], allow_null=True, help_text="Asked only where this happens."
    )
    people = AskedPersonSerializer(many=True)
    on_duty = serializers.CharField(allow_null=True, help_text="Who is on duty today and answers first.")
    passes_to = serializers.CharField(allow_null=True, help_text="Who answers, or is reminded, first on silence.")
    usual = UsualSerializer()


class AskedSerializer(serializers.Serializer):
    """Who would be asked."""

    colleagues = serializers.ListField(child=serializers.CharField(), help_text="Names of those who may consent.")
    committees = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()), help_text="By code: names of those who may vote."
    )
    too_few = serializers.BooleanField(help_text="Too few colleagues may consent, so the committee is asked instead.")
    order = AskedStepSerializer(many=True, help_text="Everybody, in the order in which they are asked.")
