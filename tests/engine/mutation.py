"""Changes the engine in small ways, one at a time, and counts how many of the changes its tests notice.

    python -m tests.engine.mutation [--children N] [--least PERCENT] [PATTERN ...]

Works on a copy of the engine and of those of its tests that need no Django; a pattern such as
`mandates.engine.judge*` chooses the functions that are changed.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NEEDS_DJANGO = ("test_vectors.py", "test_command.py")
# Properties find in a hundred draws what the tables find at once; as judges of hundreds of changes they are too slow.
TOO_SLOW = ("test_properties.py",)
SETTINGS = """
[tool.pytest.ini_options]
addopts = "-q -x -p no:django -p no:cacheprovider -p no:playwright -p no:schemathesis -p no:hypothesispytest"
markers = ["full: the full size of a promise"]
[tool.mutmut]
source_paths = ["mandates"]
pytest_add_cli_args_test_selection = ["tests/engine"]
do_not_mutate = ["mandates/engine/currencies.py"]
"""


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


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("patterns", nargs="*")
    parser.add_argument("--children", default="2")
    parser.add_argument("--least", type=float, default=95.0)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        copy_into(place)
        run(place, "run", "--max-children", options.children, *options.patterns)
        rows = [line.split(": ") for line in run(place, "results", "--all", "true").splitlines() if ": " in line]
        verdicts = Counter(verdict for _, verdict in rows)
        survivors = [name.strip() for name, verdict in rows if verdict not in ("killed", "timeout", "not checked")]
        for name in survivors:
            print(run(place, "show", name))
    judged = sum(count for verdict, count in verdicts.items() if verdict != "not checked")
    share = 100 * (judged - len(survivors)) / judged if judged else 0.0
    print(f"{dict(verdicts)}: {share:.1f} % of {judged} changes were noticed.")
    return 0 if share >= options.least else 1


if __name__ == "__main__":
    sys.exit(main())
