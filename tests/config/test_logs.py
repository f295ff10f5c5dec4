"""Log lines are JSON, carry their request's id, and cannot be forged through a header."""

import io
import json
import logging
import sys

import pytest
from django.conf import LazySettings
from django.test import Client

from config import logs


@pytest.mark.parametrize(
    ("behind_proxy", "given", "kept"),
    [
        (True, "0123456789abcdef", True),
        (False, "0123456789abcdef", False),
        (True, "short", False),
        (True, "line\nbreak in it", False),
        (True, "x" * 65, False),
    ],
)
def test_request_id_from_outside_is_kept_only_from_a_proxy(
    client: Client, settings: LazySettings, behind_proxy: bool, given: str, kept: bool
) -> None:
    settings.BEHIND_PROXY = behind_proxy
    answered = client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (answered == given) is kept
    assert logs.REQUEST_ID.fullmatch(answered)


def test_request_ids_differ(client: Client) -> None:
    assert client.get("/healthz")["X-Request-ID"] != client.get("/healthz")["X-Request-ID"]


def formatted(record: logging.LogRecord) -> str:
    line = logs.configure(json=True, level="WARNING")["formatters"]["line"]
    handler = logging.StreamHandler(stream := io.StringIO())
    handler.setFormatter(line["()"](foreign_pre_chain=line["foreign_pre_chain"], processors=line["processors"]))
    handler.emit(record)
    return stream.getvalue()


def test_log_of_an_exception_is_one_json_line_with_its_trace() -> None:
    try:
        raise ValueError("first\nsecond")
    except ValueError:
        record = logging.LogRecord("journal", logging.ERROR, __file__, 1, "broke %s", ("here",), sys.exc_info())
    text = formatted(record)
    line = json.loads(text)
    assert text.count("\n") == 1
    assert (line["event"], line["level"], line["logger"]) == ("broke here", "error", "journal")
    assert "ValueError" in line["exception"]
