"""Which requests the live server is still answering: a window that closes may have sent a last one."""

import threading
import time
from typing import Any

from django.core.signals import request_finished, request_started

# a last saving travels for a moment after its window is gone
QUIET = 0.1
PATIENCE = 10.0


class Requests:
    """Counts the requests under way; `wait` returns once there has been none for a moment."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.under_way = 0
        request_started.connect(self.begun)
        request_finished.connect(self.ended)

    def begun(self, **_sent: Any) -> None:
        with self.lock:
            self.under_way += 1

    def ended(self, **_sent: Any) -> None:
        with self.lock:
            self.under_way -= 1

    def wait(self) -> None:
        """Return after a quiet moment; a connection that broke off never tells its end, so patience is finite."""
        begun = busy = time.monotonic()
        while time.monotonic() - busy < QUIET and time.monotonic() - begun < PATIENCE:
            time.sleep(0.01)
            if self.under_way > 0:
                busy = time.monotonic()
        with self.lock:
            self.under_way = 0

    def close(self) -> None:
        request_started.disconnect(self.begun)
        request_finished.disconnect(self.ended)
