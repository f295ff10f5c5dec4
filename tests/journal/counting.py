"""Count every message inside every letter that a slow mail backend wrote down."""

from collections import Counter
from pathlib import Path


def lines_of(sent: Path) -> list[str]:
    return sent.read_text().splitlines() if sent.exists() else []


def expect_none_lost_and_none_twice(sent: Path, expected: set[tuple[str, str]], *, kills: int) -> None:
    """`expected` are readers with the link of each message: each stands in one letter, however often that was sent."""
    letters = Counter(lines_of(sent))
    told = Counter((reader, link) for _, reader, *links in map(str.split, letters) for link in links)
    assert told.keys() == expected, "no message is missing from the letters"
    assert set(told.values()) == {1}, "none stands in two letters: a letter sent again is the same one"
    assert len({line.split()[0] for line in letters}) == len(letters), "a letter sent again carries its id"
    assert letters.total() - len(letters) <= kills, "at most the one in flight is sent again after each kill"
    assert len(letters) < len(expected), "what waited for one person went together"
