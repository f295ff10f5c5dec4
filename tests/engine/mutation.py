"""Changes the engine in small ways, one at a time, and counts how many of the changes its tests notice.

    python -m tests.engine.mutation [--children N] [--least PERCENT] [PATTERN ...]

Works on a copy of the engine and of those of its tests that need no Django; a pattern such as
`mandates.engine.judge*` chooses the functions that are changed.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDS_DJANGO = ("test_vectors.py", "test_command.py")
# Properties find in a hundred draws what the tables find at once; as judges of hundreds of changes they are too slow.
TOO_SLOW = ("test_properties.py",)
PLUGINS = (
    "tests.engine.mutants",
    "no:django",
    "no:cacheprovider",
    "no:playwright",
    "no:schemathesis",
    "no:hypothesispytest",
)
SETTINGS = f"""
[tool.pytest.ini_options]
addopts = "-q -x -m 'not full' -k 'not thousand and not hundreds' {" ".join(f"-p {name}" for name in PLUGINS)}"
markers = ["full: the full size of a promise"]
[tool.mutmut]
source_paths = ["mandates"]
pytest_add_cli_args_test_selection = ["tests/engine"]
do_not_mutate = ["mandates/engine/currencies.py"]
"""
# Runs when the engine is imported, so a fork comes too late: mutmut judges these itself, each in a process of its own.
AT_IMPORT = "mandates.engine.metrics.*"
# mutmut makes all changes and learns which tests reach what before it judges the few that a pattern chooses.
ONE_FUNCTION = "mandates.engine.problems.*"


def copy_into(place: Path) -> None:
    for package in ("mandates", "tests"):
        shutil.copytree(
            ROOT / package / "engine", place / package / "engine", ignore=shutil.ignore_patterns("__pycache__")
        )
        shutil.copy(ROOT / package / "__init__.py", place / package)
    for name in (*NEEDS_DJANGO, *TOO_SLOW):
        (place / "tests" / "engine" / name).unlink()
    (place / "pyproject.toml").write_text(SETTINGS)


def run(place: Path, *arguments: str) -> str:
    program = Path(sys.executable).with_name("mutmut")
    environment = {**os.environ, "PYTHONPATH": str(place)}
    done = subprocess.run(
        [program, *arguments], cwd=place, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{done.stdout[-2_000:]}\n{done.stderr[-2_000:]}")
    return done.stdout


def judge(place: Path, patterns: list[str], children: str) -> dict[str, str]:
    """The verdict on each change whose name is like one of the patterns, by the tests that reach its function."""
    changed = place / "mutants"
    reaching = json.loads((changed / "mutmut-stats.json").read_text())
    tests, seconds = reaching["tests_by_mangled_function_name"], reaching["duration_by_test"]
    wanted: dict[str, list[str]] = {}
    for meta in sorted(changed.glob("mandates/engine/*.meta")):
        for name in json.loads(meta.read_text())["exit_code_by_key"]:
            if any(fnmatch(name, pattern) for pattern in patterns) and not fnmatch(name, AT_IMPORT):
                reached = tests.get(name.rpartition("__mutmut_")[0], [])
                wanted[name] = sorted(reached, key=lambda test: seconds.get(test, 9.0))
    files = {"MUTANTS": str(place / "wanted.json"), "VERDICTS": str(place / "verdicts.json")}
    Path(files["MUTANTS"]).write_text(json.dumps(wanted))
    environment = {**os.environ, **files, "CHILDREN": children, "PYTHONPATH": str(changed), "MUTANT_UNDER_TEST": ""}
    command = [sys.executable, "-m", "pytest", "tests/engine"]
    subprocess.run(command, cwd=changed, env=environment, check=False)
    verdicts: dict[str, str] = json.loads(Path(files["VERDICTS"]).read_text())
    return verdicts


def judged_at_import(place: Path, children: str) -> dict[str, str]:
    run(place, "run", "--max-children", children, AT_IMPORT)
    rows = [line.strip().split(": ") for line in run(place, "results", "--all", "true").splitlines() if ": " in line]
    return {name: "noticed" if verdict == "killed" else verdict for name, verdict in rows if fnmatch(name, AT_IMPORT)}


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("patterns", nargs="*", default=["*"])
    parser.add_argument("--children", default="2")
    parser.add_argument("--least", type=float, default=95.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        copy_into(place)
        run(place, "run", "--max-children", options.children, ONE_FUNCTION)
        verdicts = judge(place, options.patterns, options.children)
        if any(fnmatch(AT_IMPORT, pattern) for pattern in options.patterns):
            verdicts |= judged_at_import(place, options.children)
        survivors = [name for name, verdict in verdicts.items() if verdict not in ("noticed", "out of time")]
        for name in survivors:
            print(run(place, "show", name))
    share = 100 * (len(verdicts) - len(survivors)) / len(verdicts) if verdicts else 0.0
    print(f"{dict(Counter(verdicts.values()))}: {share:.1f} % of {len(verdicts)} changes were noticed.")
    return 0 if share >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
