"""F5 and F6: the API's question and its submit, against bare views in the same server and the same run.

    .venv/bin/python -m benchmarks.pages [--postgres] [--requests 600] [--users 50] [--seconds 15]

Serves with granian as `./run` does, in a folder that is thrown away. Requests to a view and to its bare peer take
turns on one connection, so that both meet the same machine; the ratio is that of the medians. Then so many users ask
once a second each, at random moments, for so many seconds.
"""

import argparse
import asyncio
import contextlib
import json
import os
import platform
import random
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.stage import LIMITS, LINES
from tests.services.postgres import Postgres

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"


@dataclass(frozen=True)
class Stage:
    """What stands ready to be asked."""

    tokens: list[str]
    case: bytes
    question: bytes
    deals: list[str]


# --- a database and a server ---


@contextlib.contextmanager
def database(postgres: bool) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="mandates-bench-") as folder:
        os.environ["VAR_DIR"] = folder
        if not postgres:
            yield f"sqlite:///{folder}/bench.sqlite3"
            return
        with Postgres() as server:
            yield server.url


@contextlib.contextmanager
def served(port: int) -> Iterator[None]:
    granian = Path(sys.executable).with_name("granian")
    options = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--no-ws", "--log-level", "error"]
    threads = ["--blocking-threads", str(2 * (os.cpu_count() or 1))]
    server = subprocess.Popen([str(granian), *options, *threads, "config.wsgi:application"], cwd=ROOT)
    try:
        for _ in range(200):
            with contextlib.suppress(OSError), socket.create_connection((HOST, port), 1):
                break
            time.sleep(0.1)
        yield
    finally:
        server.terminate()
        server.wait(20)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def stage(users: int, deals: int) -> Stage:
    """Fill the database in a process of its own, which tells what stands ready."""
    made = subprocess.run(
        [sys.executable, "-m", "benchmarks.stage", str(users), str(deals)], cwd=ROOT, check=True, capture_output=True
    )
    told = json.loads(made.stdout.splitlines()[-1])
    case, question = (json.dumps(told[name]).encode() for name in ("case", "question"))
    return Stage(told["tokens"], case, question, told["deals"])


# --- asking ---


class Talker:
    """One connection that is kept."""

    def __init__(self, port: int, token: str) -> None:
        self.port, self.token = port, token
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def open(self) -> "Talker":
        self.reader, self.writer = await asyncio.open_connection(HOST, self.port)
        return self

    async def post(self, path: str, body: bytes, extra: str = "") -> tuple[float, int, bytes]:
        """Send, wait for the whole answer; seconds, status and body."""
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {self.token}\r\n{extra}"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        begun = time.perf_counter()
        self.writer.write(head.encode() + body)
        headers = (await self.reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(headers.partition("content-length:")[2].split("\r\n")[0])
        answer = await self.reader.readexactly(length)
        return time.perf_counter() - begun, int(headers.split(" ", 2)[1]), answer


async def in_turns(port: int, token: str, peers: dict[str, tuple[Callable[[int], str], bytes, str]], count: int) -> Any:
    """Ask each peer once in every round; seconds by name. A first tenth warms up and is not counted."""
    talker = await Talker(port, token).open()
    times: dict[str, list[float]] = {name: [] for name in peers}
    for number in range(count):
        for name, (path, body, extra) in peers.items():
            seconds, status, answer = await talker.post(path(number), body, extra)
            if status >= 300:
                raise SystemExit(f"{name}: {status} {answer!r}")
            if number >= count // 10:
                times[name].append(seconds)
    return times


async def many_users(port: int, tokens: list[str], path: str, body: bytes, seconds: int) -> list[float]:
    """Each user asks once a second, from a moment of their own on, whether or not others wait."""
    times: list[float] = []

    async def user(token: str) -> None:
        talker = await Talker(port, token).open()
        await asyncio.sleep(random.random())
        for _ in range(seconds):
            begun = time.perf_counter()
            took, status, answer = await talker.post(path, body)
            if status != 200:
                raise SystemExit(f"{status} {answer!r}")
            times.append(took)
            await asyncio.sleep(max(0.0, 1 - (time.perf_counter() - begun)))

    await asyncio.gather(*(user(token) for token in tokens))
    return times


# --- the table ---


def ms(seconds: float) -> str:
    return f"{1000 * seconds:.2f}"


def p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def row(name: str, times: list[float], against: list[float] | None, target: str) -> str:
    ratio = "1" if against is None else f"{statistics.median(times) / statistics.median(against):.2f}"
    return f"| {name} | {ms(statistics.median(times))} | {ms(p95(times))} | {ratio} | {target} |"


def measure(port: int, ready: Stage, options: argparse.Namespace) -> list[str]:
    def fixed(path: str) -> Callable[[int], str]:
        return lambda number: path

    token, asked, bare = ready.tokens[1], "/api/v1/evaluate/", "/bare/evaluate/"
    table = ["| what | median ms | p95 ms | ratio | target |", "|---|---|---|---|---|"]
    for name, body, path in (
        ("a whole case", ready.case, asked),
        ("a whole case with guidance", ready.case, asked + "?guide=1"),
        ("a question about a customer", ready.question, asked),
        ("a question with guidance", ready.question, asked + "?guide=1"),
    ):
        peers = {"bare": (fixed(bare), body, ""), "ours": (fixed(path), body, "")}
        times = asyncio.run(in_turns(port, token, peers, options.requests))
        table.append(row(f"bare view, body of {name}", times["bare"], None, ""))
        table.append(row(f"**F5** {name}", times["ours"], times["bare"], "1.50"))
    for name, body in (("a whole case", ready.case), ("a question about a customer", ready.question)):
        times = asyncio.run(many_users(port, ready.tokens, asked, body, options.seconds))
        table.append(row(f"**F5** {name}, {len(ready.tokens)} users", times, None, "p95 80"))
    submits = {
        "bare": (fixed("/bare/insert/"), b"{}", ""),
        "ours": (lambda number: f"/api/v1/deals/{ready.deals[number]}/submit/", b"{}", 'If-Match: "1"\r\n'),
    }
    times = asyncio.run(in_turns(port, token, submits, len(ready.deals)))
    table.append(row("bare view with one INSERT", times["bare"], None, ""))
    table.append(row("**F6** submit, approved at once", times["ours"], times["bare"], "3.00"))
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgres", action="store_true", help="measure on a private PostgreSQL instead of SQLite")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--deals", type=int, default=200)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=15)
    options = parser.parse_args()
    with database(options.postgres) as url:
        os.environ |= {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "benchmarks.settings"}
        ready, port = stage(options.users, options.deals), free_port()
        with served(port):
            table = measure(port, ready, options)
    kind = "PostgreSQL" if options.postgres else "SQLite"
    machine = f"{kind}, Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(f"\n{machine}, {len(LINES)} lines, {len(LIMITS)} limits\n")
    print("\n".join(table))


if __name__ == "__main__":
    main()
