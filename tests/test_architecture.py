"""The structure that `docs/architecture.md` draws, read from the source and held against it.

Each was seen to fail: `import approvals` in teams/sight.py; `import os` in mandates/engine/judge.py; an import moved
into a function; `Deal.objects.create` in a view; a function of sixty lines; a `style=` in base.html.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Each app may import itself and what stands to its right.
LINE = ["config", "insights", "approvals", "mandates", "teams", "journal"]
PURE = [
    "mandates/engine",
    "approvals/quorum.py",
    "approvals/eligibility.py",
    "approvals/knowing.py",
    "teams/permissions.py",
    "teams/rota.py",
    "teams/seat_rules.py",
    "teams/learning_rules.py",
    "teams/reasons.py",
    "teams/relations.py",
    "teams/working_time.py",
    "journal/chain.py",
    "journal/moves.py",
    "journal/threeway.py",
]
# A pure module may use these of our own modules, which are values and refusals without a database.
PURE_TOO = {
    "journal.refusals",
    "journal.moves",
    "teams.permissions",
    "teams.reasons",
    "teams.relations",
    "teams.learning_rules",
    "teams.seat_rules",
}
# Pure, but from outside: msgspec encodes values, polars and numpy compute in columns; they read nothing. The rest of
# the engine does without them.
PURE_OUTSIDE = {
    "journal/chain.py": {"msgspec"},
    "mandates/engine/bulk.py": {"numpy", "polars"},
    "mandates/engine/classes.py": {"numpy", "polars"},
    "mandates/engine/columns.py": {"numpy"},
    "mandates/engine/frames.py": {"numpy", "polars"},
    "mandates/engine/governed.py": {"numpy"},
}
IMPURE_STANDARD = {"os", "socket", "subprocess", "sqlite3", "time", "random", "threading", "logging", "urllib", "http"}
WRITES = {
    "save",
    "create",
    "update",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
    "set_password",
}
BANNED_NAMES = {"utils", "core", "common", "helpers", "services", "misc"}
SOURCES = sorted(path for app in LINE for path in (ROOT / app).rglob("*.py") if "migrations" not in path.parts)


def shown(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    """Every module that a file imports, by its full name."""
    package = path.relative_to(ROOT).parts[:-1]
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node
        elif isinstance(node, ast.ImportFrom):
            above = list(package[: len(package) - node.level + 1]) if node.level else []
            yield ".".join([*above, *([node.module] if node.module else [])]), node


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_imports_only_what_stands_to_the_right(path: Path) -> None:
    own = LINE.index(path.relative_to(ROOT).parts[0])
    for name, node in imports(path):
        app = name.split(".")[0]
        if app in LINE:
            assert LINE.index(app) >= own, f"line {node.lineno} imports {name}"
        assert app != "tests", f"line {node.lineno} imports the tests"


@pytest.mark.parametrize("path", [path for path in SOURCES if any(shown(path).startswith(p) for p in PURE)], ids=shown)
def test_pure_modules_import_nothing_impure(path: Path) -> None:
    package = PURE[0].replace("/", ".")
    for name, node in imports(path):
        root = name.split(".")[0]
        if name.startswith(package) or name in PURE_TOO or root in PURE_OUTSIDE.get(shown(path), ()):
            continue
        assert root in sys.stdlib_module_names, f"line {node.lineno} imports {name}"
        assert root not in IMPURE_STANDARD, f"line {node.lineno} imports {name}"


def test_pure_modules_exist() -> None:
    assert [name for name in PURE if not (ROOT / name).exists()] == []


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_no_import_stands_inside_a_function(path: Path) -> None:
    for outer in ast.walk(tree_of(path)):
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef):
            inner = [node.lineno for node in ast.walk(outer) if isinstance(node, ast.Import | ast.ImportFrom)]
            assert inner == [], f"{outer.name} imports at lines {inner}"


def is_view(path: Path) -> bool:
    return path.name in {"views.py", "api.py", "forms.py", "admin.py"} or {"views", "api", "forms"} & set(path.parts)


@pytest.mark.parametrize("path", [path for path in SOURCES if is_view(path) and "config" not in path.parts], ids=shown)
def test_views_forms_and_admin_never_write(path: Path) -> None:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in WRITES:
            owner = ast.unparse(node.func.value)
            on_rows = "objects" in owner or "_set" in owner or node.func.attr in {"save", "bulk_create", "bulk_update"}
            assert not on_rows, f"line {node.lineno}: {owner}.{node.func.attr}(...)"


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_files_and_functions_stay_small(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= 400, f"{lines} lines"
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= 50, f"{node.name} has {length} lines"


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_modules_say_what_they_are_for(path: Path) -> None:
    if path.name in {"__init__.py", "apps.py"}:
        return
    assert ast.get_docstring(tree_of(path)), "no docstring"


@pytest.mark.parametrize("path", SOURCES, ids=shown)
def test_no_signals_no_save_override_no_default_order_no_catch_all_names(path: Path) -> None:
    assert path.stem not in BANNED_NAMES and not BANNED_NAMES & set(path.relative_to(ROOT).parts[:-1])
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.ClassDef):
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    assert item.name != "save", f"{node.name} overrides save()"
                if node.name == "Meta" and isinstance(item, ast.Assign):
                    assert "ordering" not in [ast.unparse(target) for target in item.targets], "Meta.ordering"
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("django.db.models.signals"):
            raise AssertionError(f"line {node.lineno} imports a model signal")
        if isinstance(node, ast.Name):
            assert node.id != "GenericForeignKey", f"line {node.lineno}"


def test_scripts_and_styles_of_others_are_not_in_the_repository() -> None:
    strangers = [path for path in (ROOT / "static").rglob("*") if ".min." in path.name or "vendor" in path.parts]
    assert strangers == []


def test_every_template_is_free_of_inline_script_and_style() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        if "mail" in path.parts:
            continue
        assert " style=" not in text, shown(path)
        assert "<style" not in text, shown(path)
        assert " onclick=" not in text and " onchange=" not in text and " onsubmit=" not in text, shown(path)
        assert "<script>" not in text, shown(path)
