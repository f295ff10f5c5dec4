"""Read-only views of deals and decisions for operators; nothing can be changed past the actions."""

from django.contrib import admin

from approvals.models import Approval, Case, ConsentRound, Deal, Decision, ImportBatch, Revision
from journal.admin import ReadOnlyAdmin


@admin.register(Deal)
class DealAdmin(ReadOnlyAdmin):
    """Deals as rows."""

    list_display = ("reference", "team", "customer", "state", "currency", "edition", "imported")
    list_select_related = ("team", "customer")
    list_filter = ("state", "imported")
    search_fields = ("reference",)
    ordering = ("-id",)


@admin.register(Revision)
class RevisionAdmin(ReadOnlyAdmin):
    """What was submitted."""

    list_display = ("id", "deal", "number", "on", "submitted_by", "judged", "sha256")
    list_select_related = ("deal", "submitted_by")
    ordering = ("-id",)


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """What was answered."""

    list_display = ("id", "revision_id", "number", "cause", "outcome", "engine_version", "at", "answer_sha256")
    list_filter = ("cause", "outcome")
    ordering = ("-id",)


@admin.register(ConsentRound)
class ConsentRoundAdmin(ReadOnlyAdmin):
    """Questions to colleagues."""

    list_display = ("id", "revision_id", "state", "needed", "opened_at", "due_at", "closed_at")
    list_filter = ("state",)
    ordering = ("-id",)


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    """Questions to committees."""

    list_display = ("id", "deal", "committee", "cause", "state", "opened_at", "due_at", "closed_at")
    list_select_related = ("deal", "committee")
    list_filter = ("state", "cause")
    ordering = ("-id",)


@admin.register(Approval)
class ApprovalAdmin(ReadOnlyAdmin):
    """What committees' approvals allow."""

    list_display = ("id", "case_id", "deal", "until", "granted_at", "sha256")
    list_select_related = ("deal",)
    ordering = ("-id",)


@admin.register(ImportBatch)
class ImportBatchAdmin(ReadOnlyAdmin):
    """What was imported."""

    list_display = ("id", "folder", "at", "by", "undone_at")
    list_select_related = ("by",)
    ordering = ("-id",)
