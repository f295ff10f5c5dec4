"""If-Match: a change is made from the edition that is there now, or not at all."""

import pytest
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory

from journal.editions import EditionChanged, PreconditionRequired, etag_of, require_match


def asking(if_match: str | None) -> Request:
    headers = {} if if_match is None else {"If-Match": if_match}
    return Request(APIRequestFactory().patch("/", headers=headers))


@pytest.mark.parametrize("header", ['"7"', '"6", "7"', "*", ' "7" '])
def test_require_match_with_the_present_edition_passes(header: str) -> None:
    require_match(asking(header), 7)


@pytest.mark.parametrize("header", ['"6"', 'W/"7"', "7", '"77"', '"6", "8"'])
def test_require_match_with_another_edition_is_refused(header: str) -> None:
    with pytest.raises(EditionChanged) as refusal:
        require_match(asking(header), 7)
    assert (refusal.value.status, refusal.value.code) == (412, "edition_changed")


@pytest.mark.parametrize("header", [None, ""])
def test_require_match_without_an_edition_is_refused(header: str | None) -> None:
    with pytest.raises(PreconditionRequired) as refusal:
        require_match(asking(header), 7)
    assert (refusal.value.status, refusal.value.code) == (428, "precondition_required")


def test_etag_of_an_edition_is_strong() -> None:
    assert etag_of(7) == '"7"'
