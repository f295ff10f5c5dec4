"""Read-only views of rows for operators; nothing can be changed past the actions."""

from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from journal.models import Event, IdempotentRequest, Message, TickRun, WorkerHeartbeat


class ReadOnlyAdmin(admin.ModelAdmin):
    """An admin that shows and changes nothing; other apps use it for all their rows."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse: rows come from actions."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: rows change through actions."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Refuse: rows are not deleted."""
        return False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Let operators look."""
        return bool(request.user.is_active and request.user.is_staff)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Let operators find it."""
        return self.has_view_permission(request)


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The journal's events as rows."""

    list_display = ("sequence", "at", "actor_id", "verb", "subject_kind", "subject_id")
    ordering = ("-sequence",)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    """The outbox: what was sent, what waits, what was given up and why."""

    list_display = (
        "id",
        "event_id",
        "recipient_id",
        "channel",
        "letter",
        "due_at",
        "attempts",
        "delivered_at",
        "failed_at",
    )
    list_filter = ("channel", ("failed_at", admin.EmptyFieldListFilter), ("delivered_at", admin.EmptyFieldListFilter))
    ordering = ("-id",)


@admin.register(WorkerHeartbeat)
class WorkerHeartbeatAdmin(ReadOnlyAdmin):
    """The workers that live."""

    list_display = ("name", "started_at", "beat_at")
    ordering = ("-beat_at",)


@admin.register(TickRun)
class TickRunAdmin(ReadOnlyAdmin):
    """When periodic work last ran."""

    list_display = ("name", "ran_at")
    ordering = ("name",)


@admin.register(IdempotentRequest)
class IdempotentRequestAdmin(ReadOnlyAdmin):
    """The keys of creating requests; their bodies and answers stay out of sight."""

    list_display = ("id", "actor_id", "method", "path", "state", "status", "created_at")
    fields = list_display
    ordering = ("-id",)
