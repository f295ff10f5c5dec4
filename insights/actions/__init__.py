"""Replays: asked for, taken further part by part, cancelled."""

from insights.actions.advancing import LEASE, TRIES, advance
from insights.actions.asking import ask_replay, cancel_replay

__all__ = ["LEASE", "TRIES", "advance", "ask_replay", "cancel_replay"]
