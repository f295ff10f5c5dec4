"""Run the embedded worker: deliver messages and do the periodic work, without a broker."""

import os
import signal
import socket
import threading
from argparse import ArgumentParser
from datetime import datetime, timedelta
from types import FrameType
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import Error, close_old_connections
from django.utils import timezone

from journal import delivery, guards, heartbeats, working

log = structlog.get_logger(__name__)
BEAT_EVERY = timedelta(seconds=10)


class Command(BaseCommand):
    """Loops until SIGTERM or SIGINT; what it was doing is then finished or left for the next worker."""

    help = "Deliver messages and do the periodic work until stopped."
    # The web server checks the whole project; the worker insists on the guards alone, and starts sooner.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer a single round, and another pause between rounds."""
        parser.add_argument("--once", action="store_true", help="do everything that is due, once, and stop")
        parser.add_argument("--interval", type=float, default=1.0, help="seconds between two looks (default: 1)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until told to stop."""
        guards.refuse_to_start_unguarded()
        if options["once"]:
            working.tick_due(timezone.now(), all_of_it=True)
            while delivery.deliver_due(at=timezone.now()):
                pass
            return
        Loop(interval=options["interval"]).run()


class Loop:
    """The worker's loop: tick, deliver, beat, wait."""

    def __init__(self, *, interval: float) -> None:
        self.interval = interval
        self.stopping = threading.Event()
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.started_at = timezone.now()
        self.beaten_at: datetime | None = None

    def stop(self, number: int, frame: FrameType | None) -> None:
        """Ask the loop to end; called by the signal."""
        self.stopping.set()

    def going_on(self) -> bool:
        """Say whether nobody asked the loop to end."""
        return not self.stopping.is_set()

    def run(self) -> None:
        """Work, round after round; a database that is away is waited for."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        log.info("worker_started", worker=self.name)
        while self.going_on():
            try:
                self.round(timezone.now())
            except Error as error:
                log.warning("database_away", error=str(error))
            close_old_connections()
            self.stopping.wait(self.interval)
        self._farewell()

    def round(self, at: datetime) -> None:
        """Give a sign of life, do the periodic work that is due, and send what is due."""
        if self.beaten_at is None or at - self.beaten_at >= BEAT_EVERY or at < self.beaten_at:
            heartbeats.beat(self.name, started_at=self.started_at, at=at)
            self.beaten_at = at
        working.tick_due(at, going_on=self.going_on)
        delivery.deliver_due(at=timezone.now(), going_on=self.going_on)

    def _farewell(self) -> None:
        try:
            heartbeats.stop(self.name)
        except Error as error:
            log.warning("database_away", error=str(error))
        log.info("worker_stopped", worker=self.name)
