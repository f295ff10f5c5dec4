"""Several values in one text field, as people type them."""

import re
from collections.abc import Sequence


def listed_words(text: str) -> list[str]:
    """Return the values of a list as people type it: with commas between them, in quotes where one has a comma."""
    found = [quoted or bare.strip() for quoted, bare in re.findall(r'\s*"([^"]*)"\s*(?:,|$)|([^,]+)', text)]
    return list(dict.fromkeys(word for word in found if word))


def words_text(words: Sequence[str]) -> str:
    """Return values as `listed_words` reads them."""
    return ", ".join(f'"{word}"' if "," in word else word for word in words)
