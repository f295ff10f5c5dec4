"""Every change to authority and to the catalogue, each one transaction."""

from mandates.actions.asking import ask_for_mandate
from mandates.actions.catalogue import add_price, change_product, create_product
from mandates.actions.charter import (
    decline_charter,
    draft_charter,
    edit_charter,
    grant_charter,
    propose_charter,
    take_back_charter,
)
from mandates.actions.countering import accept, counter, refuse, withdraw_counter
from mandates.actions.drafting import draft_mandate, edit_draft, propose, take_back
from mandates.actions.emergencies import ask_emergency, confirm_emergency, drop_emergency
from mandates.actions.ending import keep, resume, revoke, settle, suspend
from mandates.actions.granting import decline, grant
from mandates.actions.joining import join_charter_draft, join_draft
from mandates.actions.opening import open_balance
from mandates.actions.testing import add_test, remove_test

__all__ = [
    "accept",
    "add_price",
    "add_test",
    "ask_emergency",
    "ask_for_mandate",
    "change_product",
    "confirm_emergency",
    "counter",
    "create_product",
    "decline",
    "decline_charter",
    "draft_charter",
    "draft_mandate",
    "drop_emergency",
    "edit_charter",
    "edit_draft",
    "grant",
    "grant_charter",
    "join_charter_draft",
    "join_draft",
    "keep",
    "open_balance",
    "propose",
    "propose_charter",
    "refuse",
    "remove_test",
    "resume",
    "revoke",
    "settle",
    "suspend",
    "take_back",
    "take_back_charter",
    "withdraw_counter",
]
