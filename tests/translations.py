"""Finding, merging and compiling the messages of the product: `python -m tests.translations update|missing|compile`,
and `fill LANGUAGE FILE.json` to take translations over.

It needs no gettext tools: sources are read with `ast`, templates through Django, catalogues with Babel.
"""

import ast
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
LOCALE = ROOT / "locale"
LANGUAGES = ["nl", "fr", "de"]
APPS = ["config", "insights", "approvals", "mandates", "teams", "journal"]
# name of the call -> positions of context, singular, plural among its arguments
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
Key = tuple[str | None, str, str | None]
IN_TEMPLATE = re.compile(
    r"\b(npgettext|pgettext|ngettext|gettext|_)\(((?:u?'(?:\\.|[^'\\])*'|u?\"(?:\\.|[^\"\\])*\"|[^()])*)\)"
)


def _key(name: str, arguments: list[object]) -> Key | None:
    context_at, single_at, plural_at = CALLS[name]
    texts = [argument if isinstance(argument, str) else None for argument in arguments]

    def at(position: int | None) -> str | None:
        return texts[position] if position is not None and position < len(texts) else None

    single = at(single_at)
    return (at(context_at), single, at(plural_at)) if single else None


def in_source(path: Path) -> Iterator[Key]:
    """The messages of one Python file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in CALLS:
            key = _key(name, [argument.value if isinstance(argument, ast.Constant) else None for argument in node.args])
            if key:
                yield key


def in_template(path: Path) -> Iterator[Key]:
    """The messages of one template."""
    for name, inside in IN_TEMPLATE.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        arguments = [
            argument.value if isinstance(argument, ast.Constant) else None
            for argument in ast.parse(f"f({inside})", mode="eval").body.args  # type: ignore[attr-defined]
        ]
        key = _key(name, arguments)
        if key:
            yield key


def messages() -> dict[Key, str]:
    """Every message of the product and the first place where it stands."""
    found: dict[Key, str] = {}
    sources = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    templates = [path for path in (ROOT / "templates").rglob("*") if path.suffix in {".html", ".txt"}]
    for path in sorted([*sources, *templates]):
        if "migrations" in path.parts:
            continue
        for key in in_source(path) if path.suffix == ".py" else in_template(path):
            found.setdefault(key, str(path.relative_to(ROOT)))
    return found


def catalogue_path(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def read(language: str) -> Catalog:
    path = catalogue_path(language)
    if not path.exists():
        return Catalog(locale=language)
    with path.open("rb") as handle:
        return read_po(handle, locale=language)


def _identity(key: Key) -> str | tuple[str, str]:
    _context, single, plural = key
    return (single, plural) if plural else single


def is_translated(message: Message | None) -> bool:
    """Whether every form of a message is there and not fuzzy."""
    if message is None or message.fuzzy:
        return False
    forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(forms) and all(forms)


def missing(language: str) -> list[Key]:
    """The messages of the product that this language has not."""
    catalogue = read(language)
    return [key for key in messages() if not is_translated(catalogue.get(_identity(key), key[0]))]


def differing_placeholders(language: str) -> list[str]:
    """Messages whose translation names other placeholders than the original."""
    names = re.compile(r"%\((\w+)\)")
    wrong = []
    for message in read(language):
        if not message.id or not is_translated(message):
            continue
        originals = message.id if isinstance(message.id, tuple | list) else (message.id,)
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = {name for text in originals for name in names.findall(text)}
        needed = set(names.findall(originals[-1]))
        for form in forms:
            used = set(names.findall(str(form)))
            if not used <= wanted or (len(forms) == 1 and used != needed):
                wrong.append(str(originals[0]))
    return wrong


def update() -> None:
    """Write every message into each catalogue, keep what is translated, drop what is gone."""
    found = messages()
    for language in LANGUAGES:
        old = read(language)
        new = Catalog(locale=language, project="negotiation-mandates", charset="utf-8")
        for key, place in sorted(found.items(), key=lambda item: (item[1], item[0][1])):
            known = old.get(_identity(key), key[0])
            new.add(
                _identity(key),
                string=known.string if known else None,
                locations=[(place, 0)],
                flags=["python-format"] if "%(" in key[1] else [],
                context=key[0],
            )
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as handle:
            write_po(handle, new, width=110, include_lineno=False, omit_header=False)


def fill(language: str, path: Path) -> int:
    """Put translations from a JSON object into a catalogue: message (or `context|message`) -> text or list of forms."""
    given = json.loads(path.read_text(encoding="utf-8"))
    catalogue = read(language)
    done = 0
    for message in catalogue:
        if not message.id:
            continue
        single = message.id[0] if isinstance(message.id, tuple | list) else message.id
        text = given.get(f"{message.context}|{single}" if message.context else single)
        if text:
            message.string = tuple(text) if isinstance(text, list) else text
            done += 1
    with catalogue_path(language).open("wb") as handle:
        write_po(handle, catalogue, width=110, include_lineno=False)
    return done


def compile_all() -> None:
    """Write the `.mo` files that the product reads."""
    for language in LANGUAGES:
        with catalogue_path(language).with_suffix(".mo").open("wb") as handle:
            write_mo(handle, read(language))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "update":
        update()
    elif command == "compile":
        compile_all()
    elif command == "fill":
        print(fill(sys.argv[2], Path(sys.argv[3])), "messages filled in")
    elif command == "missing":
        for code in LANGUAGES:
            print(code, len(missing(code)), "of", len(messages()), "messages are missing")
    else:
        sys.exit(__doc__)
