"""The tables of what may be agreed."""

from mandates.models.asking import TeamRequest, VersionCounter
from mandates.models.authority import (
    Charter,
    CharterPeriod,
    CharterVersion,
    Mandate,
    MandateVersion,
    VersionHolder,
    VersionPeriod,
    VersionState,
    VersionStep,
    VersionTest,
)
from mandates.models.budget import Budget, BudgetOpening, LedgerEntry
from mandates.models.catalogue import Price, Product, Rate
from mandates.models.drafting import CharterDrafter, VersionAims, VersionDrafter
from mandates.models.life import Emergency, VersionReminder

__all__ = [
    "Budget",
    "BudgetOpening",
    "Charter",
    "CharterDrafter",
    "CharterPeriod",
    "CharterVersion",
    "Emergency",
    "LedgerEntry",
    "Mandate",
    "MandateVersion",
    "Price",
    "Product",
    "Rate",
    "TeamRequest",
    "VersionAims",
    "VersionCounter",
    "VersionDrafter",
    "VersionHolder",
    "VersionPeriod",
    "VersionReminder",
    "VersionState",
    "VersionStep",
    "VersionTest",
]
