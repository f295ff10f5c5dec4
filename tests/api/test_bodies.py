"""What the API reads at all: exact JSON, within bounds, in addresses that a database can hold."""

from typing import Any

import pytest

from tests.api.asking import ROOT, Program, body, code_of
from tests.factories import World

pytestmark = pytest.mark.django_db
JSON = "application/json"
UNREADABLE = [
    b"{",
    b"\xff\xfe",
    b'{"customer": NaN}',
    b'{"customer": "C-17", "customer": "C-18"}',
    b'{"customer": "C-\\u0000"}',
    b'{"customer": "C-\\ud800"}',
    b"[" * 100_000,
]


@pytest.mark.parametrize("raw", UNREADABLE, ids=lambda raw: repr(raw[:24]))
def test_body_that_cannot_be_read_is_refused(made: World, raw: bytes) -> None:
    client = Program(made.bram).client
    assert code_of(client.post(ROOT + "deals/", raw, content_type=JSON)) == (400, "malformed")


def test_body_of_another_kind_or_too_long_is_refused(made: World) -> None:
    program = Program(made.bram)
    assert code_of(program.client.post(ROOT + "deals/", {"a": "b"})) == (415, "unsupported_media_type")
    assert code_of(program.post("evaluate/", body(why="x" * 1_100_000))) == (413, "too_large")


@pytest.mark.parametrize(
    "path", ["deals/%00/", "deals/?q=%00", "customers/%00/", "cases/?deal=%00", "users/?email=%00"]
)
def test_address_with_a_nul_is_refused(made: World, path: str) -> None:
    """Seen to fail on PostgreSQL without `config.texts.NulMiddleware`: a server error."""
    assert code_of(Program(made.bram).get(path)) == (400, "malformed")


@pytest.mark.parametrize("sent", [[], "text", 1, None, True])
def test_body_that_is_no_object_is_refused(made: World, sent: Any) -> None:
    program = Program(made.bram)
    assert program.client.post(ROOT + "deals/", sent and sent, content_type=JSON).status_code in (400, 422)
    assert program.client.post(ROOT + "evaluate/", sent, content_type=JSON).status_code in (400, 422)


def test_unknown_address_is_a_problem_too(made: World) -> None:
    assert code_of(Program(made.bram).get("nothing/")) == (404, "not_found")
