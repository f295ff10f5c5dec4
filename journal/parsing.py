"""Reading JSON that the API is sent: exact, and without texts that no database keeps."""

import codecs
import json
from collections.abc import Iterator, Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import JSONParser


class TooLarge(APIException):
    """The body is longer than this address reads (413)."""

    status_code = 413
    default_code = "too_large"


class StrictJSONParser(JSONParser):
    """JSON as RFC 8259 has it, each key once, and neither NUL characters nor half surrogates in any text.

    `largest` is the number of bytes that a body may have.
    """

    largest = 10 * 1024 * 1024

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = stream.read(self.largest + 1)
        if len(body) > self.largest:
            raise TooLarge(_("The body has more than %(most)s bytes.") % {"most": self.largest})
        return self.value_of(text_of(body))

    def value_of(self, text: str) -> Any:
        """Return the value of a text. Raises: ParseError."""
        try:
            value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not valid JSON: %(why)s.") % {"why": error}) from error
        if "\\u" in text:
            refuse_unstorable(value)
        return value


def text_of(body: bytes) -> str:
    """Return a body as text. Raises: ParseError."""
    try:
        return codecs.decode(body, "utf-8-sig")
    except UnicodeDecodeError as error:
        raise ParseError(_("The body is not UTF-8.")) from error


def refuse_unstorable(value: Any) -> None:
    """Raises: ParseError where a text holds what PostgreSQL or UTF-8 cannot; only escapes bring such texts in."""
    for text in _texts(value):
        if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
            raise ParseError(_("A text holds a NUL character or half a surrogate pair."))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    gathered = dict(pairs)
    if len(gathered) != len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is given twice in one object")
    return gathered


def _refuse(constant: str) -> Any:
    raise ValueError(f"{constant} is no number")
