"""What ./test does: every check, on every database and service, with its own services started and stopped."""

import importlib
import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tests.services import chromium, packages
from tests.services.packages import MissingServiceError
from tests.services.postgres import Postgres
from tests.services.redis import Redis

ROOT = Path(__file__).resolve().parent.parent
NOTHING_COLLECTED = 5
PYTHON = sys.executable
# settings of the person who runs this are nothing to the tests
FOREIGN = ("DATABASE_URL", "REDIS_URL", "TEST_REDIS_URL", "DEMO", "DEBUG", "EMAIL_URL", "SECRET_KEY", "HTTPS")
PANGO = ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0")

# What runs on SQLite, and what on PostgreSQL, unless -m says otherwise.
ORDINARY = "not postgres and not redis and not browser and not full"
ORDINARY_POSTGRES = "not redis and not browser and not full and not once"
CHOSEN_SQLITE = "not postgres and not redis and not full and (not browser or smoke)"
CHOSEN_POSTGRES = "not full"
# Two cores. Work is not stolen: tests that empty the tables have to come last in each worker.
TWO = ("-n", "2")


class Interrupted(BaseException):
    """Somebody said stop: by Ctrl-C or by SIGTERM."""


class Run:
    """One run of ./test: its groups, what each took, and whether it passed."""

    def __init__(self) -> None:
        self.results: list[tuple[str, float, bool]] = []
        self.environment = {name: value for name, value in os.environ.items() if name not in FOREIGN}

    def group(self, name: str, *commands: list[str], may_be_empty: bool = False, **environment: str) -> int:
        """Run commands one after the other and note how long they took; returns the last exit code that failed."""
        print(f"\n--- {name}", flush=True)
        started = time.monotonic()
        code = 0
        for command in commands:
            code = self._command(command, environment) or code
        passed = code == 0 or (may_be_empty and code == NOTHING_COLLECTED)
        self.results.append((name, time.monotonic() - started, passed))
        return code

    def _command(self, command: list[str], environment: dict[str, str]) -> int:
        child = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C reaches this process alone, which ends the others in order
        )
        try:
            return child.wait()
        except BaseException:
            _end(child)
            raise

    def fail(self, name: str, reason: str) -> None:
        """Note a group that could not run, with the remedy."""
        print(f"\n--- {name}\n{reason}", file=sys.stderr, flush=True)
        self.results.append((name, 0.0, False))

    def report(self) -> int:
        """Print what each group took; returns the exit code of the whole."""
        print("\nGroup                                 seconds")
        for name, seconds, passed in self.results:
            print(f"{name:<36} {seconds:>8.0f}   {'ok' if passed else 'FAILED'}")
        total = sum(seconds for _, seconds, _ in self.results)
        print(f"{'together':<36} {total:>8.0f}", flush=True)
        return 0 if all(passed for _, _, passed in self.results) else 1


def _end(child: subprocess.Popen[bytes]) -> None:
    """End a child and all it started: first by asking, as pytest then closes browsers and databases."""
    for number, patience in ((signal.SIGINT, 20), (signal.SIGKILL, 5)):
        try:
            os.killpg(child.pid, number)
            child.wait(patience)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue


def main(arguments: list[str]) -> int:
    """Run everything, or only the tests that the arguments name; returns the exit code."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    run = Run()
    try:
        with ExitStack() as services:
            if arguments:
                chosen(run, services, arguments)
            else:
                everything(run, services)
    except Interrupted:
        print("\nStopped; the services of this run are stopped as well.", file=sys.stderr)
        return 130
    return run.report()


def _interrupt(number: int, frame: FrameType | None) -> NoReturn:
    for again in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(again, signal.SIG_IGN)  # an impatient second Ctrl-C must not leave services running
    raise Interrupted


def everything(run: Run, services: ExitStack) -> None:
    """Lint, types, migrations, and the whole suite on everything it can run on."""
    run.group("lint", [PYTHON, "-m", "ruff", "check", "."], [PYTHON, "-m", "ruff", "format", "--check", "."])
    run.group("types", [PYTHON, "-m", "mypy"])
    migrations = [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]
    run.group("migrations", migrations, DJANGO_SETTINGS_MODULE="tests.settings", DATABASE_URL="sqlite:///:memory:")
    pango()
    run.group("suite on SQLite", pytest(*TWO, "-m", ORDINARY))
    postgres = started(run, services, Postgres, "PostgreSQL")
    if postgres is None:
        return
    run.group("suite on PostgreSQL", pytest(*TWO, "-m", ORDINARY_POSTGRES), DATABASE_URL=postgres)
    if redis := started(run, services, Redis, "Redis"):
        run.group("Celery on Redis", pytest("-m", "redis and not full"), DATABASE_URL=postgres, TEST_REDIS_URL=redis)
    if browser(run):
        run.group("browser on PostgreSQL", pytest(*TWO, "-m", "browser and not full"), DATABASE_URL=postgres)
        run.group("browser on SQLite", pytest("-m", "smoke"))


def chosen(run: Run, services: ExitStack, arguments: list[str]) -> None:
    """Only what the arguments name, on both databases; a marker expression of theirs counts instead of ours."""
    marked = any(argument.startswith("-m") for argument in arguments)
    sqlite = arguments if marked else ["-m", CHOSEN_SQLITE, *arguments]
    both = arguments if marked else ["-m", CHOSEN_POSTGRES, *arguments]
    pango()
    browser(run)
    redis = started(run, services, Redis, "Redis") or ""
    first = run.group("chosen on SQLite", pytest(*sqlite), may_be_empty=True, TEST_REDIS_URL=redis)
    if postgres := started(run, services, Postgres, "PostgreSQL"):
        # chosen tests that SQLite had none of must exist here
        empty = first != NOTHING_COLLECTED
        run.group(
            "chosen on PostgreSQL", pytest(*both), may_be_empty=empty, DATABASE_URL=postgres, TEST_REDIS_URL=redis
        )


def pytest(*arguments: str) -> list[str]:
    return [PYTHON, "-m", "pytest", *arguments]


def started(run: Run, services: ExitStack, kind: type[Postgres] | type[Redis], name: str) -> str | None:
    """Start a service for the rest of the run and return its address; its absence is a failure."""
    try:
        service = kind()
        services.enter_context(service)
    except MissingServiceError as error:
        run.fail(name, str(error))
        return None
    return service.url


def browser(run: Run) -> bool:
    try:
        chromium.ensure()
    except MissingServiceError as error:
        run.fail("browser", str(error))
        return False
    return True


def pango() -> None:
    """Have Pango installed where we may; without it the product prints instead of making a PDF, and says so."""
    try:
        importlib.import_module("weasyprint")
    except OSError:
        if not packages.install(*PANGO):
            print(
                "Pango is missing: receipts as PDF are not tested (sudo apt install libpango-1.0-0 libpangoft2-1.0-0)."
            )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
