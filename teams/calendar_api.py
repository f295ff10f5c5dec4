"""The API of working calendars, to be read."""

from datetime import date
from typing import Any

from django.db.models import Prefetch
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import serializers, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from journal.editions import etag_of
from teams.calendars import in_force
from teams.models import Calendar, CalendarDay, CalendarVersion
from teams.organisation import today
from teams.tokens import HasScope


class DaySerializer(serializers.ModelSerializer):
    """A day that is worked otherwise than its weekday; without hours it is a day off."""

    class Meta:
        model = CalendarDay
        fields = ("on", "hours", "name", "is_own")
        read_only_fields = fields


class CalendarVersionSerializer(serializers.ModelSerializer):
    """A version of a calendar, with its days."""

    week = serializers.ListField(child=serializers.CharField(), help_text="Hours from Monday on; empty: a day off.")
    days = DaySerializer(many=True, read_only=True, source="ordered_days")

    class Meta:
        model = CalendarVersion
        fields = (
            *("number", "starts_on", "time_zone", "country", "subdivision", "week"),
            *("first_on", "last_on", "source", "sha256", "days"),
        )
        read_only_fields = fields


class CalendarSerializer(serializers.ModelSerializer):
    """A calendar, with the version in force today and those that come."""

    current = serializers.SerializerMethodField(help_text="The version in force today; null where there is none.")
    coming = serializers.SerializerMethodField(help_text="Versions put in force from a later day on.")

    class Meta:
        model = Calendar
        fields = ("code", "name", "edition", "current", "coming")
        read_only_fields = fields

    @extend_schema_field(CalendarVersionSerializer(allow_null=True))
    def get_current(self, calendar: Calendar) -> Any:
        found = in_force(self._known(calendar), self._day)
        return None if found is None else CalendarVersionSerializer(found).data

    @extend_schema_field(CalendarVersionSerializer(many=True))
    def get_coming(self, calendar: Calendar) -> Any:
        coming = [one for one in self._known(calendar) if one.starts_on is not None and one.starts_on > self._day]
        return CalendarVersionSerializer(coming, many=True).data

    def _known(self, calendar: Calendar) -> list[CalendarVersion]:
        return list(calendar.put_in_force)  # type: ignore[attr-defined]

    @property
    def _day(self) -> date:
        return today(timezone.now())


@extend_schema_view(
    list=extend_schema(summary="List working calendars", tags=["calendars"]),
    retrieve=extend_schema(
        summary="Read a working calendar",
        tags=["calendars"],
        parameters=[OpenApiParameter("code", str, OpenApiParameter.PATH)],
    ),
)
class CalendarViewSet(viewsets.ReadOnlyModelViewSet):
    """Working calendars: when is worked, so when answers are due."""

    permission_classes = [IsAuthenticated, HasScope]
    serializer_class = CalendarSerializer
    lookup_field = "code"
    lookup_value_regex = "[a-z0-9-]+"
    queryset = Calendar.objects.prefetch_related(
        Prefetch(
            "versions",
            CalendarVersion.objects.filter(state=CalendarVersion.State.IN_FORCE)
            .order_by("number")
            .prefetch_related(Prefetch("days", CalendarDay.objects.order_by("on"), to_attr="ordered_days")),
            to_attr="put_in_force",
        )
    )

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        calendar = self.get_object()
        return Response(self.get_serializer(calendar).data, headers={"ETag": etag_of(calendar.edition)})
