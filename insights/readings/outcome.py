"""What a replay found, in sentences, as a table and as bars."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from approvals.readings import figures
from insights.tallies import OUTCOMES, UNKNOWN, Money, Summary
from mandates.engine.currencies import EXPONENTS

LABELS: dict[str, Promise] = {
    "member": gettext_lazy("Yes at once"),
    "team": gettext_lazy("A colleague is asked"),
    "committee": gettext_lazy("A committee is asked"),
    "outside_charter": gettext_lazy("Outside the charter"),
    UNKNOWN: gettext_lazy("Not known: imported history"),
}
ZONES = {"member": "z-member", "team": "z-team", "committee": "z-beyond", "outside_charter": "z-none"}
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Row:
    """One outcome: how many deals were answered so then, are by what is in force, and would be by this version."""

    label: str
    then: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, slots=True)
class Worth:
    """The net value of the deals of one outcome in one currency, on both sides."""

    label: str
    before: str
    after: str
    difference: str


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar, in deals from its left end."""

    zone: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Bar:
    """All deals as one bar, and the same in words."""

    label: str
    deals: int
    segments: tuple[Segment, ...]
    said: str


def rows_of(found: Summary) -> list[Row]:
    """Return the table, one row for each outcome; what is not known of imported history comes last."""
    rows = [
        Row(
            str(LABELS[name]),
            _count(found.then[name]),
            _count(found.before[name]),
            _count(found.after[name]),
            _signed(found.after[name] - found.before[name]),
        )
        for name in OUTCOMES
    ]
    if found.then[UNKNOWN]:
        rows.append(Row(str(LABELS[UNKNOWN]), _count(found.then[UNKNOWN]), "", "", ""))
    return rows


def worth_of(found: Summary) -> list[tuple[str, list[Worth]]]:
    """Return for each currency the net value of the deals of each outcome."""
    return [
        (
            sides.name,
            [
                Worth(
                    str(LABELS[name]),
                    _rounded(sides.before[name], sides.name),
                    _rounded(sides.after[name], sides.name),
                    _signed_money(sides.after[name] - sides.before[name], sides.name),
                )
                for name in OUTCOMES
            ],
        )
        for sides in found.value
    ]


def bars_of(found: Summary) -> list[Bar]:
    """Return a bar for what is in force and one for this version; none where no deal was judged."""
    if not found.deals:
        return []
    return [_bar(_("In force"), found.before, found.deals), _bar(_("This version"), found.after, found.deals)]


def sentences_of(found: Summary) -> list[str]:
    """Return what was found, the most important first."""
    said = [_verdict(found)]
    said += _money(found.gained, _gained) + _money(found.lost, _lost)
    said += _waiting(found)
    if found.unmeasured:
        said.append(
            ngettext(
                "%(count)s deal holds something that cannot be measured, so a committee is asked.",
                "%(count)s deals hold something that cannot be measured, so a committee is asked.",
                found.unmeasured,
            )
            % {"count": _count(found.unmeasured)}
        )
    if found.unreadable:
        said.append(
            ngettext(
                "%(count)s deal could not be judged at all and is left out.",
                "%(count)s deals could not be judged at all and are left out.",
                found.unreadable,
            )
            % {"count": _count(found.unreadable)}
        )
    return said


def _verdict(found: Summary) -> str:
    words = {"count": _count(found.deals), "wider": _count(found.wider), "narrower": _count(found.narrower)}
    if not found.changed:
        return (
            ngettext(
                "%(count)s past deal: this version answers as what is in force.",
                "%(count)s past deals: this version answers all of them as what is in force.",
                found.deals,
            )
            % words
        )
    return (
        ngettext(
            "Of %(count)s past deal, %(wider)s would be answered more freely than by what is in force, "
            "%(narrower)s more strictly.",
            "Of %(count)s past deals, %(wider)s would be answered more freely than by what is in force, "
            "%(narrower)s more strictly.",
            found.deals,
        )
        % words
    )


def _money(sums: Sequence[Money], sentence: Callable[[Money], str]) -> list[str]:
    return [sentence(one) for one in sums]


def _gained(one: Money) -> str:
    return ngettext(
        "%(count)s deal becomes a yes at once: %(net)s, with %(discount)s of discount.",
        "%(count)s deals become a yes at once: %(net)s, with %(discount)s of discount.",
        one.deals,
    ) % _words(one)


def _lost(one: Money) -> str:
    return ngettext(
        "%(count)s deal is no longer a yes at once: %(net)s, with %(discount)s of discount.",
        "%(count)s deals are no longer a yes at once: %(net)s, with %(discount)s of discount.",
        one.deals,
    ) % _words(one)


def _words(one: Money) -> dict[str, str]:
    return {
        "count": _count(one.deals),
        "net": _rounded(one.net_value, one.currency),
        "discount": _rounded(one.discount_amount, one.currency),
    }


def _waiting(found: Summary) -> list[str]:
    said = []
    if found.waited:
        said.append(
            ngettext(
                "%(count)s deal waited for colleagues or a committee and would be a yes at once: "
                "%(working)s of working time saved, %(wall)s by the clock.",
                "%(count)s deals waited for colleagues or a committee and would be a yes at once: "
                "%(working)s of working time saved, %(wall)s by the clock.",
                found.waited,
            )
            % {
                "count": _count(found.waited),
                "working": hours(found.working_seconds),
                "wall": hours(found.wall_seconds),
            }
        )
    if found.waited_unknown:
        said.append(
            ngettext(
                "%(count)s more deal would be a yes at once without asking; how long it waited is not known.",
                "%(count)s more deals would be a yes at once without asking; how long they waited is not known.",
                found.waited_unknown,
            )
            % {"count": _count(found.waited_unknown)}
        )
    return said


def hours(seconds: int) -> str:
    """Return a time in whole hours."""
    if 0 < seconds < HOUR:
        return _("less than an hour")
    whole = round(seconds / HOUR)
    return ngettext("%(count)s hour", "%(count)s hours", whole) % {"count": _count(whole)}


def _bar(label: str, counts: Mapping[str, int], deals: int) -> Bar:
    segments, x = [], 0
    for name in OUTCOMES:
        segments.append(Segment(ZONES[name], x, counts[name]))
        x += counts[name]
    said = ", ".join(f"{LABELS[name]}: {_count(counts[name])}" for name in OUTCOMES if counts[name])
    return Bar(label, deals, tuple(segments), said)


def _count(count: int) -> str:
    return figures.number(Decimal(count), 0)


def _rounded(amount: Decimal, currency: str) -> str:
    """Return a sum over many deals in whole minor units: it is read, never compared."""
    places = Decimal(1).scaleb(-EXPONENTS.get(currency, 2))
    return figures.money(amount.quantize(places), currency)


def _signed_money(amount: Decimal, currency: str) -> str:
    said = _rounded(abs(amount), currency)
    return "" if not amount else f"+{said}" if amount > 0 else f"\u2212{said}"


def _signed(count: int) -> str:
    return "" if not count else f"+{_count(count)}" if count > 0 else f"\u2212{_count(-count)}"
