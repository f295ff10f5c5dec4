"""Replays: asked for, taken further part by part, cancelled; and what the trust rule proposes."""

from insights.actions.advancing import LEASE, TRIES, advance
from insights.actions.asking import ask_replay, cancel_replay
from insights.actions.widening import draft_widening, propose_widening, propose_widenings, put_off

__all__ = [
    "LEASE",
    "TRIES",
    "advance",
    "ask_replay",
    "cancel_replay",
    "draft_widening",
    "propose_widening",
    "propose_widenings",
    "put_off",
]
