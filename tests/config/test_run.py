"""The pieces of `./run`: what it refuses in one sentence, what it installs, when the demo stands, how it stops."""

import hashlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model

from config import bootstrap, secret, serve
from journal.record import record
from tests.services.postgres import free_port

ROOT = bootstrap.ROOT


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_run_with_a_taken_port_says_so_in_one_sentence(taken_port: int) -> None:
    done = subprocess.run([ROOT / "run", "--port", str(taken_port)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert str(taken_port) in done.stderr


@pytest.mark.parametrize("command", ["run", "test"])
def test_help_needs_no_environment(command: str) -> None:
    done = subprocess.run([ROOT / command, "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert f"./{command}" in done.stdout


@pytest.mark.parametrize("port", ["0", "65536", "web"])
def test_run_with_an_impossible_port_is_refused(port: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        bootstrap.run_options(["--port", port])
    assert stopped.value.code == 2


@pytest.mark.parametrize("command", ["run", "test"])
def test_command_without_a_python_says_so_in_one_sentence(command: str, tmp_path: Path) -> None:
    for name in ("python3", "python"):
        (tmp_path / name).write_text("#!/bin/sh\nexit 1\n")  # what a Python that is too old answers
        (tmp_path / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", ROOT / command], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "3.11" in done.stderr


def test_python_too_old_is_refused() -> None:
    with pytest.raises(bootstrap.SetupError):
        bootstrap.check_python((3, 10))
    bootstrap.check_python((3, 11))


# --- what is installed ---


def locked(name: str) -> set[str]:
    lines = (ROOT / "requirements" / f"{name}.lock").read_text().splitlines()
    return {line.split()[0] for line in lines if "==" in line and not line.startswith("#")}


def test_locks_hold_what_requirements_name() -> None:
    runtime, tests = (ROOT / "requirements.txt").read_text().split("# --- tests ---")

    def names(text: str) -> set[str]:
        lines = [line.split("#")[0].split(";")[0].strip() for line in text.splitlines()]
        return {line.replace("[sidecar]", "") for line in lines if line}

    assert names(runtime) <= locked("run")
    assert names(runtime) | names(tests) <= locked("test")
    assert locked("run") <= locked("test")


def test_requirements_each_have_their_reason() -> None:
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and line[0] != "#"]
    assert [line for line in lines if len(line.partition("  # ")[2] or line.partition(" # ")[2]) < 5] == []


class Index(BaseHTTPRequestHandler):
    """A package index that offers one wheel."""

    content = b"not pip"

    def do_GET(self) -> None:
        version, _ = bootstrap.pinned("pip")
        name = f"pip-{version}-py3-none-any.whl"
        answer = self.content
        if self.path.endswith("/pip/"):
            answer = json.dumps({"files": [{"filename": name, "url": f"/files/{name}"}]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    with HTTPServer(("127.0.0.1", 0), Index) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{server.server_port}/simple")
        monkeypatch.setattr(bootstrap, "VENV", tmp_path)
        yield
        server.shutdown()
        thread.join()


def test_fetch_pip_with_the_right_hash_keeps_the_wheel(index: None, monkeypatch: pytest.MonkeyPatch) -> None:
    version, _ = bootstrap.pinned("pip")
    right = hashlib.sha256(Index.content).hexdigest()
    monkeypatch.setattr(bootstrap, "pinned", lambda package: (version, {right}))
    assert bootstrap.fetch_pip().read_bytes() == Index.content


def test_fetch_pip_with_another_hash_keeps_nothing(index: None, tmp_path: Path) -> None:
    with pytest.raises(bootstrap.SetupError):
        bootstrap.fetch_pip()
    assert list(tmp_path.iterdir()) == []


def test_fetch_pip_without_a_network_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", f"http://127.0.0.1:{free_port()}/simple")
    with pytest.raises(bootstrap.SetupError) as refused:
        bootstrap.fetch_pip()
    assert "network" in str(refused.value)


def test_environment_installed_before_is_left_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lock = hashlib.sha256((ROOT / "requirements" / "run.lock").read_bytes()).hexdigest()
    (tmp_path / "installed-run").write_text(lock)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    bootstrap.ensure_environment("run")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["installed-run"]


def test_environment_of_a_changed_lock_is_installed_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "installed-run").write_text("another lock")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").write_text('#!/bin/sh\necho "$@" >"$(dirname "$0")/asked"\n')
    (tmp_path / "bin" / "uv").chmod(0o755)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path)
    monkeypatch.setattr(bootstrap, "PYTHON", Path(sys.executable))
    bootstrap.ensure_environment("run")
    assert "--require-hashes" in (tmp_path / "bin" / "asked").read_text()
    assert (tmp_path / "installed-run").read_text() != "another lock"


# --- the key ---


def test_secret_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secret"
    first = secret.kept_in(path)
    assert len(first) >= 64
    assert secret.kept_in(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert [entry.name for entry in path.parent.iterdir()] == ["secret"]


# --- the demo ---


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch, at: datetime) -> list[str]:
    """How often the demo company was loaded; loading leaves what the real one leaves: people, and one event."""
    loaded: list[str] = []

    def load() -> None:
        loaded.append("demo")
        get_user_model().objects.create(email="demo@example.org")
        record(serve.DEMO_LOADED, subject=("organisation", "1"), by=None, at=at)

    monkeypatch.delenv("DEMO", raising=False)
    monkeypatch.setattr(serve, "load_demo", load)
    return loaded


@pytest.mark.django_db
def test_demo_in_a_new_database_is_loaded_once_and_stands(loads: list[str]) -> None:
    assert serve.demo_stands(empty=False) is True
    assert serve.demo_stands(empty=False) is True
    assert loads == ["demo"]


@pytest.mark.django_db
def test_demo_asked_to_begin_empty_is_not_loaded(loads: list[str]) -> None:
    assert serve.demo_stands(empty=True) is False
    assert loads == []


@pytest.mark.django_db
def test_demo_switched_off_is_not_loaded(loads: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEMO", "0")
    assert serve.demo_stands(empty=False) is False
    assert loads == []


@pytest.mark.django_db
def test_demo_never_stands_for_a_database_with_people_of_its_own(loads: list[str]) -> None:
    get_user_model().objects.create(email="real@example.org")
    assert serve.demo_stands(empty=False) is False
    assert loads == []


@pytest.mark.django_db
def test_demo_loaded_before_an_empty_start_is_refused(loads: list[str]) -> None:
    serve.demo_stands(empty=False)
    with pytest.raises(bootstrap.SetupError):
        serve.demo_stands(empty=True)


# --- serving ---


def answer(port: int, path: str) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
        return str(response.read().decode())


@pytest.mark.postgres
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_serve_until_told_to_stop_leaves_nothing_running(
    process_environment: dict[str, str], tmp_path: Path, number: signal.Signals
) -> None:
    port = free_port()
    command = [sys.executable, "-m", "config.serve", "--empty", "--port", str(port)]
    environment = {**process_environment, "VAR_DIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if f"127.0.0.1:{port}" in line:
                    break
            assert "<html" in answer(port, "/accounts/login/")
            deadline = time.monotonic() + 20
            while json.loads(answer(port, "/readyz"))["worker"] == "never seen":
                assert time.monotonic() < deadline, "the worker gave no sign of life"
                time.sleep(0.2)
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            process.send_signal(number)
            assert process.wait(30) == 0
            assert [child for child in children if Path(f"/proc/{child}").exists()] == []
        finally:
            if process.poll() is None:
                os.kill(process.pid, signal.SIGTERM)
                process.wait(30)
