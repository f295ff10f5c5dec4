"""Make `.venv` from the lock files and hand over to it: standard library only, any Python from 3.11 on.

Run by `./run` and `./test` with the machine's own Python; nothing of the project is imported here.
"""

import argparse
import errno
import fcntl
import hashlib
import json
import os
import re
import socket
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
HOST = "127.0.0.1"
OLDEST = (3, 11)


class SetupError(Exception):
    """Setting up cannot go on; the message is one sentence for the person who started it."""


def main(arguments: list[str]) -> NoReturn:
    """Set up what `run` or `test` needs and become it."""
    command, *rest = arguments
    try:
        check_python(sys.version_info[:2])
        if command == "run":
            options = run_options(rest)
            if not options.setup:
                check_port(options.port)
            ensure_environment("run")
            become("config.serve", rest)
        if {"-h", "--help"} & set(rest):
            print(TEST_HELP)
            sys.exit(0)
        ensure_environment("test")
        become("tests.everything", rest)
    except SetupError as error:
        sys.exit(str(error))
    except KeyboardInterrupt:
        sys.exit(130)


TEST_HELP = """usage: ./test [pytest arguments]

Without arguments: lint, types, migrations, then the whole suite on SQLite and on PostgreSQL, the Celery path on a real
Redis, and the browser stories in Chromium. PostgreSQL and Redis are started for this run and stopped with it.
With arguments: only those tests, on both databases, as in  ./test tests/approvals -k consent  or  ./test -m full"""


def run_options(arguments: list[str]) -> argparse.Namespace:
    """Read the options of `./run`."""
    parser = argparse.ArgumentParser(
        prog="./run",
        description="Serve the product on this machine, with its database in var/. Stop with Ctrl-C.",
        epilog="DATABASE_URL, REDIS_URL and other settings come from the environment or from .env; "
        "docs/operating.md lists them.",
    )
    parser.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (default: 8000)")
    parser.add_argument("--empty", action="store_true", help="begin without the demo company")
    parser.add_argument("--setup", action="store_true", help="set up and stop, without serving")
    options = parser.parse_args(arguments)
    if not 0 < options.port < 65536:
        parser.error("a port is a number from 1 to 65535")
    return options


def check_python(version: tuple[int, ...]) -> None:
    """Refuse a Python that is too old."""
    if version < OLDEST:
        found = ".".join(map(str, version))
        raise SetupError(f"Python 3.11 or newer is needed; this is {found}.")


def check_port(port: int) -> None:
    """Refuse a port on which something else listens."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise SetupError(
                    f"Port {port} is taken: choose another one with ./run --port {port % 65535 + 1}."
                ) from None
            if error.errno in {errno.EACCES, errno.EPERM}:
                raise SetupError(f"Port {port} is not yours to use: choose one above 1023 with ./run --port.") from None
            raise


def become(module: str, arguments: list[str]) -> NoReturn:
    """Replace this process by `module`, run by the environment's Python in the project's folder."""
    os.chdir(ROOT)
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), "-m", module, *arguments])


# --- the environment ---


def ensure_environment(name: str) -> None:
    """Bring `.venv` to what requirements/<name>.lock says; does nothing when that was done before."""
    try:
        (ROOT / "var").mkdir(mode=0o700, exist_ok=True)  # database, key and files: nobody else reads them
        with (ROOT / "var" / "setup.lock").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)  # two commands started at once take turns
            _ensure_environment(name)
    except PermissionError as error:
        raise SetupError(f"This user may not write {error.filename}: use a clone of your own.") from None


def _ensure_environment(name: str) -> None:
    if not _works(PYTHON):
        print("Making .venv ...", flush=True)
        create_venv()
    lock = ROOT / "requirements" / f"{name}.lock"
    stamp = VENV / f"installed-{name}"
    wanted = hashlib.sha256(lock.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("Installing packages (the first time takes about a minute) ...", flush=True)
    if not (VENV / "bin" / "uv").exists():
        install_uv()
    install(lock)
    stamp.write_text(wanted)


def _works(python: Path) -> bool:
    check = f"import sys; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", check], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def create_venv() -> None:
    """Make `.venv` anew; without pip where this Python has no ensurepip (as on Debian)."""
    create = [sys.executable, "-m", "venv", "--clear", str(VENV)]
    if subprocess.run(create, capture_output=True, check=False).returncode == 0:
        return
    done = subprocess.run([*create, "--without-pip"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"Making .venv failed: {_cause(done)}")


def install_uv() -> None:
    """Put the locked uv into `.venv`, through pip, which is fetched where it is missing."""
    pip = [str(PYTHON), "-m", "pip"]
    if subprocess.run([*pip, "--version"], capture_output=True, check=False).returncode != 0:
        pip = [str(PYTHON), str(fetch_pip() / "pip")]
    lock = ROOT / "requirements" / "installer.lock"
    _fetching(
        [*pip, "install", "--quiet", "--retries", "2", "--no-deps", "--require-hashes", "-r", str(lock)],
        dict(os.environ),
    )


def install(lock: Path) -> None:
    """Install what the lock says with uv, each file checked against its hash."""
    environment = dict(os.environ)
    if index := environment.get("PIP_INDEX_URL"):
        environment.setdefault("UV_DEFAULT_INDEX", index)
    if not os.access(Path.home(), os.W_OK):
        environment.setdefault("UV_CACHE_DIR", str(ROOT / "var" / "uv-cache"))
    command = [str(VENV / "bin" / "uv"), "pip", "install", "--quiet", "--require-hashes", "--python", str(PYTHON)]
    command += ["-r", str(lock)]
    try:
        _fetching(command, environment)
    except SetupError:
        # behind a company's proxy only the machine's own certificates are right
        _fetching(command, {**environment, "UV_NATIVE_TLS": "true", "UV_SYSTEM_CERTS": "true"})


def _fetching(command: list[str], environment: dict[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SetupError(f"The packages could not be fetched; is there a network? ({_cause(done)})")


def _cause(done: subprocess.CompletedProcess[str]) -> str:
    if found := re.search(r"\[Errno -?\d+\] [^'\")]+", done.stderr):
        return found[0]  # pip says this among its retries, and ends with something that misleads
    lines = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    return lines[-1] if lines else f"exit {done.returncode}"


def pinned(package: str) -> tuple[str, set[str]]:
    """Return the version of a package in requirements/installer.lock, and the hashes its files may have."""
    text = (ROOT / "requirements" / "installer.lock").read_text()
    found = re.search(rf"^{package}==(\S+)((?:\s*\\\n\s*--hash=sha256:[0-9a-f]+)+)", text, re.MULTILINE)
    if not found:
        raise SetupError(f"requirements/installer.lock names no {package}.")
    return found[1], set(re.findall(r"sha256:([0-9a-f]+)", found[2]))


def fetch_pip() -> Path:
    """Fetch pip's wheel, which runs as it is, from the package index and check its hash."""
    version, hashes = pinned("pip")
    name = f"pip-{version}-py3-none-any.whl"
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    request = urllib.request.Request(index, headers={"Accept": "application/vnd.pypi.simple.v1+json"})  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            files = {file["filename"]: file["url"] for file in json.load(answer)["files"]}
        with urllib.request.urlopen(urllib.parse.urljoin(index, files[name]), timeout=60) as answer:  # noqa: S310
            content = answer.read()
    except (urllib.error.URLError, OSError, KeyError, ValueError) as error:
        raise SetupError(f"The packages could not be fetched; is there a network? ({error})") from None
    if hashlib.sha256(content).hexdigest() not in hashes:
        raise SetupError(f"{name} as fetched is not the file that requirements/installer.lock names.")
    wheel = VENV / name
    wheel.write_bytes(content)
    return wheel


if __name__ == "__main__":
    main(sys.argv[1:])
