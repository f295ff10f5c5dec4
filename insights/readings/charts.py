"""What a replay found by month and by team: columns and bars for the eye, and the same as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from approvals.readings import figures
from insights.readings.outcome import ZONES
from insights.tallies import OUTCOMES, Sides, Summary

# So many months are still told apart; more are put together by quarter, and then by year.
MOST_COLUMNS = 30
HEIGHT = 100
SLOT, WIDTH, GAP = 15, 5, 1
OWN = ("member", "team")


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of a column, from the top of the chart."""

    zone: str
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class ShareRow:
    """Deals of one month or team, and how many the team agrees itself: on both sides, with their shares."""

    name: str
    deals: str
    before: str
    after: str
    before_share: str
    after_share: str


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns over time: for each period one for what is in force and one for this version."""

    width: int
    height: int
    bar: int
    pieces: tuple[Piece, ...]
    first: str
    last: str
    rows: tuple[ShareRow, ...]


def months_of(found: Summary) -> Chart | None:
    """Return the columns by month, quarter or year; None where there is only one of them."""
    periods = _periods(found.months)
    if len(periods) < 2:
        return None
    pieces: list[Piece] = []
    for place, sides in enumerate(periods):
        for half, counts in enumerate((sides.before, sides.after)):
            pieces += _column(counts, place * SLOT + half * (WIDTH + GAP))
    rows = tuple(_row(sides.name, sides) for sides in periods)
    width = len(periods) * SLOT - (SLOT - 2 * WIDTH - GAP)
    return Chart(width, HEIGHT, WIDTH, tuple(pieces), periods[0].name, periods[-1].name, rows)


def teams_of(found: Summary, names: Mapping[str, str]) -> list[ShareRow]:
    """Return the deals of each team; none where there is one team alone. `names` by the teams' codes."""
    if len(found.teams) < 2:
        return []
    return sorted((_row(names.get(sides.name, sides.name), sides) for sides in found.teams), key=lambda row: row.name)


def _periods(months: Sequence[Sides]) -> list[Sides]:
    """Return months in a row, put together where there are too many; a time without deals keeps its place."""
    for length in (1, 3, 12, 120):
        found = _by(months, length)
        if len(found) <= MOST_COLUMNS:
            break
    return [Sides(_named(number, length), *counts) for number, counts in found.items()]


def _by(months: Sequence[Sides], length: int) -> dict[int, tuple[dict[str, int], dict[str, int]]]:
    numbers = {sides.name: (int(sides.name[:4]) * 12 + int(sides.name[5:7]) - 1) // length for sides in months}
    every = range(min(numbers.values(), default=0), max(numbers.values(), default=-1) + 1)
    found = {number: (dict.fromkeys(OUTCOMES, 0), dict.fromkeys(OUTCOMES, 0)) for number in every}
    for sides in months:
        for counts, added in zip(found[numbers[sides.name]], (sides.before, sides.after), strict=True):
            for name in OUTCOMES:
                counts[name] += added[name]
    return found


def _named(number: int, length: int) -> str:
    year, month = divmod(number * length, 12)
    if length == 1:
        return date_format(date(year, month + 1, 1), "YEAR_MONTH_FORMAT")
    if length == 3:
        return _("quarter %(quarter)s of %(year)s") % {"quarter": month // 3 + 1, "year": year}
    return str(year) if length == 12 else _("from %(year)s") % {"year": year}


def _column(counts: Mapping[str, int], x: int) -> list[Piece]:
    """Return a column of full height, its pieces as large as their share of the deals."""
    total = sum(counts.values())
    if not total:
        return []
    edges, seen = [0], 0
    for name in OUTCOMES:
        seen += counts[name]
        edges.append(round(HEIGHT * seen / total))
    return [
        Piece(ZONES[name], x, HEIGHT - edges[place + 1], edges[place + 1] - edges[place])
        for place, name in enumerate(OUTCOMES)
        if edges[place + 1] > edges[place]
    ]


def _row(name: str, sides: Sides) -> ShareRow:
    deals = sum(sides.before.values())
    before, after = (sum(counts[one] for one in OWN) for counts in (sides.before, sides.after))
    return ShareRow(name, _count(deals), _count(before), _count(after), _share(before, deals), _share(after, deals))


def _share(count: int, deals: int) -> str:
    return figures.percent(Decimal(100 * count) / deals, 0) if deals else "\u2013"


def _count(count: int) -> str:
    return figures.number(Decimal(count), 0)
