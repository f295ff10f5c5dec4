"""A pytest plugin that judges many changed engines in one session: tests are collected once, each change has a fork.

`-p tests.engine.mutants` in the folder that mutmut made; `MUTANTS` names the file with what is to be judged and by
which tests, `VERDICTS` the file to be written. Used by `tests.engine.mutation`.
"""

import json
import os
import resource
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from mandates.engine import grants

KILLED, SURVIVED = 1, 0
CPU_SECONDS = 60


def pytest_runtest_setup() -> None:
    """Forget what is compiled, or a test seems not to reach what an earlier one compiled for it."""
    grants._mandate_of.cache_clear()
    grants._charter_of.cache_clear()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Fork once for each change, and write down which were noticed; without a list of changes, test as usual."""
    if "MUTANTS" not in os.environ:
        return None
    wanted: dict[str, list[str]] = json.loads(Path(os.environ["MUTANTS"]).read_text())
    items = {item.nodeid: item for item in session.items}
    at_once = int(os.environ.get("CHILDREN", "2"))
    verdicts: dict[str, str] = {}
    running: dict[int, str] = {}
    for name, tests in wanted.items():
        chosen = [items[test] for test in tests if test in items]
        if not chosen:
            verdicts[name] = "reached by no test"
            continue
        if len(running) >= at_once:
            _one_ends(running, verdicts)
        running[_begin(session, name, chosen)] = name
    while running:
        _one_ends(running, verdicts)
    Path(os.environ["VERDICTS"]).write_text(json.dumps(verdicts))
    return True


def _begin(session: pytest.Session, name: str, items: Sequence[pytest.Item]) -> int:
    child = os.fork()
    if child:
        return child
    os.environ["MUTANT_UNDER_TEST"] = name
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    try:
        for item, following in zip(items, [*items[1:], None], strict=True):
            if not _passes(item, following) or session.testsfailed:
                os._exit(KILLED)
        os._exit(SURVIVED)
    finally:  # whatever else ends the run was caused by the change
        os._exit(KILLED)


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    """Call a test that asks for nothing but its own parameters directly: thousands of them run for each change."""
    if not isinstance(item, pytest.Function):
        raise TypeError(f"{item.nodeid} is no function")
    given = item.callspec.params if hasattr(item, "callspec") else {}
    if set(item.fixturenames) == set(given) and item.cls is None:
        try:
            item.obj(**given)
        except Exception:
            return False
        return True
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
    return True


def _one_ends(running: dict[int, str], verdicts: dict[str, str]) -> None:
    child, status = os.wait()
    name = running.pop(child)
    if os.WIFSIGNALED(status):
        out_of_time = os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL)
        verdicts[name] = "out of time" if out_of_time else "noticed"
    else:
        verdicts[name] = "noticed" if os.WEXITSTATUS(status) else "survived"
    if len(verdicts) % 250 == 0:
        print(f"{len(verdicts)} judged", file=sys.__stderr__, flush=True)
