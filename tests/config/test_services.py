"""The launchers of ./test: they serve while they are used, leave nothing behind, and say what to do without them."""

import importlib.util
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import environ
import psycopg2
import pytest

from tests.services import chromium, packages, postgres, redis


@pytest.fixture
def bare_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine with none of the services, on which we may install nothing."""
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setattr(packages, "may_install", lambda: False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    monkeypatch.setattr(postgres, "system_programs", lambda: None)


@pytest.mark.postgres
def test_postgres_serves_and_leaves_nothing_behind() -> None:
    with postgres.Postgres() as server:
        parts = environ.Env.db_url_config(server.url)
        with (
            psycopg2.connect(host=parts["HOST"], port=parts["PORT"], user=parts["USER"], dbname=parts["NAME"]) as line,
            line.cursor() as cursor,
        ):
            cursor.execute("SHOW lc_collate" if line.server_version < 160000 else "SHOW server_encoding")
            assert cursor.fetchone() is not None
        line.close()
        process, folder = server.server, server.folder
        assert process is not None
        assert process.poll() is None
    assert process.poll() is not None
    assert not folder.exists()


@pytest.mark.redis
def test_redis_serves_and_leaves_nothing_behind() -> None:
    with redis.Redis() as server:
        process, folder = server.server, server.folder
        with socket.create_connection(("127.0.0.1", server.port)) as line:
            line.sendall(b"SET a b\r\n")
            assert line.recv(16) == b"+OK\r\n"
    assert process is not None
    assert process.poll() is not None
    assert not folder.exists()


def start_postgres() -> None:
    with postgres.Postgres():
        pass


@pytest.mark.parametrize("find", [start_postgres, redis.program])
def test_service_missing_tells_its_remedy(bare_machine: None, find: Callable[[], object]) -> None:
    with pytest.raises(packages.MissingServiceError) as missing:
        find()
    assert "apt install" in str(missing.value)


def test_postgres_that_cannot_start_leaves_no_folder(bare_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Path] = []
    monkeypatch.setattr(postgres.tempfile, "mkdtemp", lambda prefix: str(made[0]))
    made.append(Path("/tmp") / f"mandates-postgres-test-{postgres.free_port()}")
    made[0].mkdir()
    with pytest.raises(packages.MissingServiceError):
        start_postgres()
    assert not made[0].exists()


def test_chromium_missing_tells_its_remedy(bare_machine: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chromium, "fetched", lambda: None)
    monkeypatch.setattr(chromium.subprocess, "run", lambda *_, **__: None)
    with pytest.raises(packages.MissingServiceError) as missing:
        chromium.ensure()
    assert "chromium" in str(missing.value)
