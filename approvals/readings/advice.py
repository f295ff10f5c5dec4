"""Advice as a page says it: why somebody is named, and how much of it a deal would do well with."""

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from approvals.knowing import Field, Reason, Sign
from approvals.readings import figures
from approvals.readings.findings import METRIC_NAMES, Reading

# From which share of the headroom on how many answers are worth asking for.
STEPS = ((Decimal("0.9"), 3), (Decimal("0.7"), 2), (Decimal("0.4"), 1))

DECLARED: dict[Field, Promise] = {
    Field.CLAUSE: gettext_lazy("says to know about clauses on %(value)s"),
    Field.FAMILY: gettext_lazy("says to know about %(value)s"),
    Field.SEGMENT: gettext_lazy("says to know about the segment %(value)s"),
    Field.TOPIC: gettext_lazy("says to know about %(value)s"),
}


def why(reason: Reason) -> str:
    """Return one reason for which somebody is named, as a part of a sentence."""
    value = _value(reason)
    if reason.sign == Sign.DECLARED:
        return str(DECLARED[reason.field]) % {"value": value}
    words = {"count": reason.count, "value": value}
    return (_done if reason.sign == Sign.DONE else _thanked)(reason) % words


def _value(reason: Reason) -> str:
    if reason.field != Field.CLAUSE:
        return reason.value
    name = str(METRIC_NAMES.get(reason.value, reason.value))
    return name[:1].lower() + name[1:]


def _done(reason: Reason) -> str:
    match reason.field:
        case Field.CUSTOMER:
            return ngettext("did a deal with this customer", "did %(count)s deals with this customer", reason.count)
        case Field.SEGMENT:
            return ngettext(
                "did a deal in the segment %(value)s", "did %(count)s deals in the segment %(value)s", reason.count
            )
        case Field.CLAUSE:
            return ngettext(
                "did a deal that turned on %(value)s", "did %(count)s deals that turned on %(value)s", reason.count
            )
    return ngettext("did a deal with %(value)s", "did %(count)s deals with %(value)s", reason.count)


def _thanked(reason: Reason) -> str:
    match reason.field:
        case Field.CUSTOMER:
            return ngettext(
                "was thanked for advice on this customer",
                "was thanked %(count)s times for advice on this customer",
                reason.count,
            )
        case Field.SEGMENT:
            return ngettext(
                "was thanked for advice in the segment %(value)s",
                "was thanked %(count)s times for advice in the segment %(value)s",
                reason.count,
            )
    return ngettext(
        "was thanked for advice on %(value)s", "was thanked %(count)s times for advice on %(value)s", reason.count
    )


def why_named(reasons: Iterable[Reason]) -> list[str]:
    """Return the reasons for which somebody is named, each once."""
    return list(dict.fromkeys(why(reason) for reason in reasons))


# --- how much advice ---


def used_share(readings: Sequence[Reading]) -> Decimal | None:
    """Return the largest share of the team's headroom that a deal uses, 1 at the bound; None where nothing bounds it.

    Only findings that the reader may see are given, so the share tells no cost to whoever may not know it.
    """
    shares = [share for share in (share_of(one) for one in readings) if share is not None]
    return max(shares, default=None)


def share_of(reading: Reading) -> Decimal | None:
    """Return the share of the team's bound that one finding uses; None for what is not given away, or is covered."""
    ruler = reading.ruler
    if ruler is None or ruler.team is None or not reading.counts or ruler.team <= 0 or reading.metric in WHOLE:
        return None
    if figures.is_minimum(reading.metric):
        return ruler.team / ruler.value if ruler.value > 0 else Decimal(1)
    return ruler.value / ruler.team


# how large or how long a deal is says nothing about what is given away
WHOLE = frozenset({"net_value", "minimum_value", "term_months", "minimum_term"})


def advised(share: Decimal | None) -> int:
    """Return how many answers are worth asking for: the more headroom a deal uses, the more."""
    return next((count for least, count in STEPS if share is not None and share >= least), 0)


def hint(share: Decimal | None, asked: int) -> str:
    """Return the sentence that suggests advice, empty where there is enough; it asks for nothing and stops nothing."""
    wanted = advised(share) - asked
    if share is None or wanted <= 0:
        return ""
    words = {"share": figures.percent(min(share, Decimal(1)) * 100, most_places=0), "count": wanted}
    if share > 1:
        said = ngettext(
            "This goes beyond the team's room: somebody's advice may help.",
            "This goes beyond the team's room: the advice of %(count)s people may help.",
            wanted,
        )
    else:
        said = ngettext(
            "This uses %(share)s of the team's room: somebody's advice may help.",
            "This uses %(share)s of the team's room: the advice of %(count)s people may help.",
            wanted,
        )
    return said % words
