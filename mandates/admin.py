"""Rows for operators to look at; every change is an action of the pages or the API. Costs are left out."""

from django.contrib import admin

from journal.admin import ReadOnlyAdmin
from mandates.models import (
    Budget,
    CharterPeriod,
    CharterVersion,
    LedgerEntry,
    Mandate,
    MandateVersion,
    Price,
    Product,
    Rate,
    VersionHolder,
    VersionPeriod,
    VersionStep,
    VersionTest,
)


@admin.register(Mandate)
class MandateAdmin(ReadOnlyAdmin):
    """Mandates."""

    list_display = ("id", "code", "name")
    search_fields = ("code", "name")
    ordering = ("code",)


@admin.register(MandateVersion)
class MandateVersionAdmin(ReadOnlyAdmin):
    """Versions of mandates."""

    list_display = ("id", "mandate", "number", "state", "valid_from", "valid_until", "drafted_by", "answered_by")
    list_filter = ("state",)
    ordering = ("-id",)


@admin.register(CharterVersion)
class CharterVersionAdmin(ReadOnlyAdmin):
    """Versions of the charter."""

    list_display = ("id", "number", "state", "drafted_by", "answered_by")
    ordering = ("-id",)


@admin.register(VersionHolder)
class VersionHolderAdmin(ReadOnlyAdmin):
    """Teams that hold versions."""

    list_display = ("id", "version", "team")
    ordering = ("-id",)


@admin.register(VersionPeriod, CharterPeriod)
class PeriodAdmin(ReadOnlyAdmin):
    """When versions judge."""

    list_display = ("id", "version", "starts_at", "ends_at", "cause", "end_cause")
    ordering = ("-id",)


@admin.register(VersionTest)
class VersionTestAdmin(ReadOnlyAdmin):
    """The test cases of versions; their deals, which may hold costs, are left out."""

    list_display = ("id", "version", "number", "name")
    fields = ("version", "number", "name")
    ordering = ("-id",)


@admin.register(VersionStep)
class VersionStepAdmin(ReadOnlyAdmin):
    """Suspensions, resumptions and revocations with their reasons."""

    list_display = ("id", "version", "name", "by", "at")
    ordering = ("-id",)


@admin.register(Budget)
class BudgetAdmin(ReadOnlyAdmin):
    """Balances of budgets."""

    list_display = ("id", "mandate", "per", "team", "customer", "starts_on", "amount", "held", "committed", "extended")
    list_filter = ("per", "period")
    ordering = ("-id",)


@admin.register(LedgerEntry)
class LedgerEntryAdmin(ReadOnlyAdmin):
    """Movements of budgets."""

    list_display = ("id", "budget", "revision", "turn", "kind", "amount", "at", "by")
    search_fields = ("revision",)
    ordering = ("-id",)


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    """Products."""

    list_display = ("id", "code", "name", "family", "charge", "is_active")
    search_fields = ("code", "name")
    ordering = ("code",)


@admin.register(Price)
class PriceAdmin(ReadOnlyAdmin):
    """List prices; an operator sees no costs."""

    list_display = ("id", "product", "currency", "from_on", "list_price")
    ordering = ("-id",)
    exclude = ("unit_cost",)


@admin.register(Rate)
class RateAdmin(ReadOnlyAdmin):
    """Exchange rates."""

    list_display = ("id", "currency", "on", "per_euro")
    list_filter = ("currency",)
    ordering = ("-on", "currency")
