"""The tables of what may be agreed."""

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
from mandates.models.budget import Budget, LedgerEntry
from mandates.models.catalogue import Price, Product, Rate
from mandates.models.drafting import CharterDrafter, VersionAims, VersionDrafter

__all__ = [
    "Budget",
    "Charter",
    "CharterDrafter",
    "CharterPeriod",
    "CharterVersion",
    "LedgerEntry",
    "Mandate",
    "MandateVersion",
    "Price",
    "Product",
    "Rate",
    "VersionAims",
    "VersionDrafter",
    "VersionHolder",
    "VersionPeriod",
    "VersionState",
    "VersionStep",
    "VersionTest",
]
