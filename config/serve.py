"""Set the database up, then serve: the web server and the embedded worker, until Ctrl-C."""

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import django
import environ
from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, connections

from config.bootstrap import HOST, ROOT, SetupError, check_port, run_options

DEMO_LOADED = "demo.loaded"
# pages of installed packages that this product does not serve
UNUSED_STATIC = ["redoc", "rest_framework"]
PATIENCE = 15  # seconds in which a child may finish what it does


def main(arguments: list[str]) -> int:
    """Set up and serve; returns the exit code."""
    options = run_options(arguments)
    environ.Env.read_env(os.environ.get("ENV_FILE", ROOT / ".env"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ.setdefault("SITE_URL", f"http://{HOST}:{options.port}")
    os.environ.setdefault("LOG_JSON", "false")
    os.environ.setdefault("LOG_LEVEL", "WARNING")
    try:
        django.setup()
        prepare(options)
        if options.setup:
            print("Set up. Serve with ./run")
            return 0
        check_port(options.port)
    except SetupError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    connections.close_all()
    return Children(options.port).serve()


# --- setting up ---


def prepare(options: argparse.Namespace) -> None:
    """Bring tables, demo company and static files to the present state."""
    try:
        call_command("migrate", verbosity=0, interactive=False)
    except OperationalError as error:
        raise SetupError(f"The database does not answer: {str(error).strip()}") from None
    stands = demo_stands(empty=options.empty)
    if options.empty or "DEMO" not in os.environ:
        os.environ["DEMO"] = "1" if stands else "0"
    collect_static()


def demo_stands(*, empty: bool) -> bool:
    """Load the demo company into a database without people, and say whether this database is the demo's.

    Demo mode lets everybody in as anybody. It is never switched on for a database that somebody filled otherwise.
    """
    if apps.get_model("journal", "Event").objects.filter(verb=DEMO_LOADED).exists():
        if empty:
            raise SetupError("This database holds the demo company: move var/ away, or name another DATABASE_URL.")
        return True
    refused = not environ.Env().bool("DEMO", default=True)
    if empty or refused or get_user_model().objects.exists():
        return False
    load_demo()
    return True


def load_demo() -> None:
    """Load the demo company in a process of its own, which alone is in demo mode already."""
    print("Loading the demo company (about a minute, once) ...", flush=True)
    command = [sys.executable, "manage.py", "demo"]
    if subprocess.run(command, cwd=ROOT, env={**os.environ, "DEMO": "1"}, check=False).returncode != 0:
        raise SetupError("The demo company could not be loaded; ./run --empty begins without it.")


def collect_static() -> None:
    """Copy static files to var/static where one of them changed since."""
    stamp = settings.VAR_DIR / "static.stamp"
    wanted = _static_state()
    if settings.STATIC_ROOT.exists() and stamp.exists() and stamp.read_text() == wanted:
        return
    print("Collecting static files ...", flush=True)
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, ignore_patterns=UNUSED_STATIC)
    stamp.write_text(wanted)


def _static_state() -> str:
    digest = hashlib.sha256((ROOT / "requirements" / "run.lock").read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        if path.is_file():
            digest.update(f"{path}|{path.stat().st_mtime_ns}|{path.stat().st_size}\n".encode())
    return digest.hexdigest()


# --- serving ---


class Children:
    """The web server and the worker, started together and stopped together."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.stop = threading.Event()

    def serve(self) -> int:
        """Start both, say where, and wait: 0 after Ctrl-C or SIGTERM, 1 when one of them ended by itself."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: self.stop.set())
        try:
            self.start("web server", web_server(self.port))
            if self.answers():
                announce(self.port)  # before the worker has anything to say
                self.start("worker", [sys.executable, "manage.py", "worker"])
            return self.watch()
        finally:
            self.end()

    def start(self, name: str, command: list[str]) -> None:
        # a session of its own: Ctrl-C in the terminal reaches this process alone, which then ends both in order
        self.running[name] = subprocess.Popen(command, cwd=ROOT, start_new_session=True)

    def answers(self) -> bool:
        """Wait until the web server answers; no use once one of the two has ended or somebody said stop."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not self.stop.is_set() and not self.ended():
            try:
                with urllib.request.urlopen(f"http://{HOST}:{self.port}/healthz", timeout=2):
                    return True
            except (urllib.error.URLError, OSError):
                time.sleep(0.1)
        return False

    def ended(self) -> str | None:
        return next((name for name, child in self.running.items() if child.poll() is not None), None)

    def watch(self) -> int:
        while not self.stop.wait(0.5):
            if name := self.ended():
                print(f"The {name} ended with exit code {self.running[name].returncode}.", file=sys.stderr)
                return 1
        print("\nStopping ...", flush=True)
        return 0

    def end(self) -> None:
        """Ask both to finish; what has not finished in time is killed with everything it started."""
        for child in self.running.values():
            if child.poll() is None:
                child.terminate()
        deadline = time.monotonic() + PATIENCE
        for child in self.running.values():
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()


def web_server(port: int) -> list[str]:
    """Return the command line of granian: one process, as rate limits are counted in its memory without Redis."""
    granian = Path(sys.executable).with_name("granian")
    options = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws", "--log-level", "warning"]
    return [str(granian), *options, "--blocking-threads", str(2 * (os.cpu_count() or 1)), "config.wsgi:application"]


def announce(port: int) -> None:
    """Print the address, and who may sign in to the demo."""
    print(f"\nServing at http://{HOST}:{port}/   (stop with Ctrl-C)\n", flush=True)
    if os.environ["DEMO"] == "1":
        subprocess.run([sys.executable, "manage.py", "demo", "--sign-ins"], cwd=ROOT, check=False)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
