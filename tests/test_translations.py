"""Every message of the product is there in every language, as it is compiled.

Seen to fail: a new `gettext("...")` in a view; a `%(name)s` renamed in a translation; a `.po` edited, not compiled.
"""

from io import BytesIO

import pytest
from babel.messages.mofile import write_mo
from django.utils import translation

from tests.translations import LANGUAGES, catalogue_path, differing_placeholders, messages, missing, read


def test_messages_are_found_in_sources_and_templates() -> None:
    places = messages().values()
    assert any(place.endswith(".py") for place in places) and any(place.endswith(".html") for place in places)
    assert len(messages()) > 1500


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_message_is_missing_or_fuzzy(language: str) -> None:
    assert missing(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_name_the_same_placeholders(language: str) -> None:
    assert differing_placeholders(language) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_compiled_catalogue_is_up_to_date(language: str) -> None:
    compiled = BytesIO()
    write_mo(compiled, read(language))
    assert catalogue_path(language).with_suffix(".mo").read_bytes() == compiled.getvalue()


def test_a_message_is_shown_in_the_language_asked_for() -> None:
    shown = set()
    for language in ["en", *LANGUAGES]:
        with translation.override(language):
            shown.add(translation.gettext("Nothing waits for you."))
    assert len(shown) == 4
