"""The answer to "may I agree this?", as the page says it: one sentence, its reasons, and the ways to a yes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.readings import figures
from approvals.readings.findings import ORDER, Document, Names, Reading, read
from approvals.readings.way import AskedOf

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one metric, the weightiest first."""

    worst: Reading
    others: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Floor:
    """The lowest prices at which one line, all else unchanged, is still a yes."""

    line: int
    product: str
    member: str
    team: str


@dataclass(frozen=True, slots=True)
class Way:
    """One single change that reaches a better outcome; `value` is what its button sends."""

    label: str
    outcome: str
    value: str
    name: str = "apply"


@dataclass(frozen=True, slots=True)
class People:
    """Whom an answer would be asked of: the colleagues by name, and everybody in their order."""

    colleagues: Sequence[str] = ()
    too_few: bool = False
    asked: tuple[AskedOf, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that the verdict part of a page shows."""

    outcome: str
    sentence: str
    why: str
    groups: tuple[Group, ...]
    floors: tuple[Floor, ...]
    moves: tuple[Way, ...]
    asked: tuple[AskedOf, ...]
    notes: tuple[str, ...]
    mandate: str

    @property
    def headline(self) -> list[dict[str, str]]:
        """The lowest prices of a deal with a single line, said beside the sentence itself."""
        if len(self.floors) != 1:
            return []
        floor = self.floors[0]
        return [
            {"outcome": "member", "label": _("Lowest price that is yours"), "text": floor.member},
            {"outcome": "team", "label": _("Lowest with a colleague"), "text": floor.team},
        ]


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: whether they agree prices for the deal's team, and whether costs may be known to them."""

    of_team: bool = True
    sees_cost: bool = True


def verdict(
    *,
    case: Document,
    answer: Document,
    shown: Document,
    names: Names,
    people: People,
    reader: Reader,
    notes: Sequence[str] = (),
    hides_margin: bool = False,
) -> Verdict:
    """Return the verdict of `answer`, with the findings of `shown`: the same answer, or the one for a blind reader.

    `case` is the case that `shown` answers. `hides_margin`: part of the true answer rests on what is not shown.
    """
    readings = readings_of(shown, case, names)
    groups = grouped(readings)
    said = (*notes, *_own_notes(answer, people, hides_margin))
    return Verdict(
        outcome=answer["outcome"],
        sentence=sentence(answer, names, people, reader),
        why=_why(answer, readings, case, reader),
        groups=groups,
        floors=_floors(shown, case, names),
        moves=_ways(shown, case, names),
        asked=people.asked,
        notes=said,
        mandate=_mandate(shown, names),
    )


def readings_of(answer: Document, case: Document, names: Names) -> list[Reading]:
    """Return every finding of an answer, read, in the engine's order."""
    mandate = next((one for one in case.get("mandates", []) if one["code"] == answer["mandate"]), None)
    return [read(finding, case, mandate, names) for finding in answer["findings"]]


def grouped(readings: Sequence[Reading]) -> tuple[Group, ...]:
    """Return the findings by metric, groups and findings with the weightiest first."""
    by_metric: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        place = reading.what if reading.line is None else reading.metric
        by_metric.setdefault((reading.source, place), []).append(reading)
    groups = []
    for members in by_metric.values():
        worst, *others = sorted(members, key=lambda reading: reading.weight)
        groups.append(Group(worst, tuple(others)))
    return tuple(sorted(groups, key=lambda group: group.worst.weight[0]))


def one_of(names: Sequence[str], word: str) -> str:
    """Return names as a list in words, no more than a few of them by name."""
    shown = list(names[:MOST_NAMES])
    rest = len(names) - len(shown)
    if rest:
        shown.append(ngettext("%(count)s other", "%(count)s others", rest) % {"count": rest})
    return str(get_text_list(shown, word))


def sentence(answer: Document, names: Names, people: People, reader: Reader) -> str:
    """Return the one sentence that a seller reads while the customer waits."""
    match answer["outcome"]:
        case "member":
            return _("Yes: this is yours to agree.") if reader.of_team else _("Yes: the team may agree this at once.")
        case "team":
            return _ask_colleagues(answer["consents"], people)
        case "committee":
            committees = get_text_list([names.committee(code) for code in answer["committees"]], _("and"))
            return _("%(committees)s would be asked.") % {"committees": committees}
    return _("Outside the charter: nobody may agree this.")


def _ask_colleagues(count: int, people: People) -> str:
    if people.too_few:
        return _("This needs a colleague's consent, and too few colleagues can give it.")
    if not people.colleagues:
        return ngettext("Ask one colleague.", "Ask %(count)s colleagues.", count) % {"count": count}
    word = _("or") if count == 1 else _("and") if len(people.colleagues) == count else _("or")
    words = {"count": count, "names": one_of(people.colleagues, word)}
    return ngettext("Ask one colleague: %(names)s.", "Ask %(count)s colleagues: %(names)s.", count) % words


def _why(answer: Document, readings: Sequence[Reading], case: Document, reader: Reader) -> str:
    """Return the second line: the weightiest finding; or that what asks for this is not the reader's to see."""
    counting = [reading for reading in readings if reading.counts]
    if not counting:
        return ""
    worst = min(counting, key=lambda reading: reading.weight)
    if answer["outcome"] == "member":
        tight = [reading for reading in counting if reading.left_text]
        if not tight:
            return ""
        return _("Closest to its bound: %(what)s, %(left)s.") % {"what": tight_one(tight), "left": _left(tight)}
    if ORDER[worst.level] < ORDER[answer["outcome"]]:
        if answer["outcome"] == "team" and not case["member_may_decide"]:
            return _("You do not decide alone in this team yet, so a colleague says yes with you.")
        return "" if reader.sees_cost else _("A check that you may not see asks for this.")
    beyond = sum(ORDER[reading.level] == ORDER[worst.level] for reading in counting)
    said = _("%(what)s: %(why)s") % {"what": worst.what, "why": worst.why}
    if beyond > 1:
        more = ngettext("And %(count)s more like it below.", "And %(count)s more like it below.", beyond - 1)
        said = f"{said} {more % {'count': beyond - 1}}"
    return said


def tight_one(readings: Sequence[Reading]) -> str:
    return min(readings, key=lambda reading: reading.weight[1]).what


def _left(readings: Sequence[Reading]) -> str:
    return min(readings, key=lambda reading: reading.weight[1]).left_text


def _own_notes(answer: Document, people: People, hides_margin: bool) -> list[str]:
    """Return what else the reader should know before submitting."""
    notes = []
    if people.too_few and answer["outcome"] == "team":
        notes.append(_("When you submit, it goes to the mandate's committee instead of to colleagues."))
    if hides_margin:
        notes.append(
            _("Part of this answer rests on figures that you may not see; no lowest prices are shown beside them.")
        )
    return notes


def _mandate(shown: Document, names: Names) -> str:
    code = shown["mandate"] if shown.get("says_mandate", True) else None
    return names.mandates.get(code, code) if code else ""


def _floors(shown: Document, case: Document, names: Names) -> tuple[Floor, ...]:
    currency = case["deal"]["currency"]
    return tuple(
        Floor(
            line=row["line"],
            product=_product(case, row["line"], names),
            member=_price(row["member"], currency),
            team=_price(row["team"], currency),
        )
        for row in (shown.get("guide") or {}).get("lines", ())
    )


def _price(text: str | None, currency: str) -> str:
    return _("no price") if text is None else figures.money(Decimal(text), currency)


def _product(case: Document, line: int, names: Names) -> str:
    code = case["deal"]["lines"][line]["product"]
    return names.products.get(code, code)


def _ways(shown: Document, case: Document, names: Names) -> tuple[Way, ...]:
    ways = []
    for move in (shown.get("guide") or {}).get("moves", ()):
        to = move["to"]
        place = f":{move['line']}" if "line" in move else ""
        ways.append(Way(_way_label(move, case, names), move["outcome"], f"{move['change']}{place}:{to}"))
    return tuple(ways)


def _way_label(move: Mapping[str, Any], case: Document, names: Names) -> str:
    match move["change"]:
        case "payment_days":
            return _("Payment within %(days)s") % {"days": figures.days(move["to"])}
        case "term_months":
            return _("A term of %(months)s") % {"months": figures.months(move["to"])}
    price = figures.money(Decimal(move["to"]), case["deal"]["currency"])
    return _("%(product)s at %(price)s") % {"product": _product(case, move["line"], names), "price": price}
