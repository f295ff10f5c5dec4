"""The trust rule: what a record under a mandate comes to, and the wider version that it has earned. Reads only."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, QuerySet

from approvals.models import Case, ConsentSeat, DealState, Decision
from approvals.rechecking import recheck
from insights.models import LookBack
from mandates.catalogue import rates_on
from mandates.documents import document_of, number_text
from mandates.engine import check_mandate
from mandates.findings import beyond_charter
from mandates.models import MandateVersion, VersionPeriod, VersionStep
from mandates.narrowing import allows_more
from mandates.snapshots import charter_in_force
from teams.models import Organisation
from teams.organisation import today

# from which share of a bound a figure has come near it
NEAR: Final = Decimal("0.8")
# what is given away: its bounds can be earned; those on margins are set for the cost's sake
EARNABLE: Final = ("line_discount", "deal_discount", "discount_amount", "net_value")
PERCENT: Final = ("line_discount", "deal_discount")
BROKEN: Final = ("suspend", "revoke", "announce", "emergency")
DECIDED: Final = ("member", "team")
ENDED: Final = (DealState.WON, DealState.LOST)
RULE: Final = ("days", "deals", "won", "wide", "near", "step")
HUNDRED: Final = 100


@dataclass(frozen=True, slots=True)
class Row:
    """One limit: in how many decided deals it governed, in how many a figure came near a bound, or passed it.

    Each pair is (member, team). Past a member's bound, colleagues have consented. `before` and `after` are bounds as
    they stand in the documents; equal where nothing is widened.
    """

    index: int
    deals: int
    near: tuple[int, int]
    before: tuple[Any, Any]
    after: tuple[Any, Any]


@dataclass(frozen=True, slots=True)
class Record:
    """What teams decided inside one version of a mandate in a span of days, and how it turned out.

    `decided` deals were agreed by a member or by the team; `open` ones have not ended yet. `objections` that stood went
    to a committee, and are no breach: asking is what a team should do. `unsound` decisions do not stand when they
    are judged again; `stops` is how often somebody suspended or revoked the mandate. `look_backs` are those of all
    deals that the version judged in the span, by how the mandate fitted: ids of the newest answer on each deal.
    """

    since: str
    until: str
    decided: int
    members: int
    won: int
    lost: int
    lapsed: int
    open: int
    objections: int
    unsound: int
    stops: int
    rule: Mapping[str, int] = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    look_backs: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    @property
    def looked_back(self) -> int:
        """On how many deals the team said how the mandate fitted."""
        return sum(len(found) for found in self.look_backs.values())

    @property
    def too_wide(self) -> int:
        """On how many of these it found the mandate too wide."""
        return len(self.look_backs.get(LookBack.Fit.WIDE, ()))

    @property
    def ended(self) -> int:
        """How many were won or lost."""
        return self.won + self.lost

    def only(self, rows: tuple[Row, ...]) -> "Record":
        """The record with those rows alone that are widened; the others are as they were."""
        kept = {row.index for row in rows}
        same = (row if row.index in kept else replace(row, after=row.before) for row in self.rows)
        return replace(self, rows=tuple(same))

    def stored(self) -> str:
        """The record as JSON, as `read_record` reads it."""
        return json.dumps(asdict(self), separators=(",", ":"))


def read_record(text: str) -> Record:
    """Return a stored record."""
    raw = json.loads(text)
    rows = tuple(
        Row(row["index"], row["deals"], tuple(row["near"]), tuple(row["before"]), tuple(row["after"]))
        for row in raw["rows"]
    )
    look_backs = {fit: tuple(found) for fit, found in raw.get("look_backs", {}).items()}
    return Record(**{**raw, "rows": rows, "look_backs": look_backs})


def record_of(version: MandateVersion, *, settings: Organisation, at: datetime) -> Record:
    """Return the record under a version since it judges, or as far as the organisation looks back."""
    begun = VersionPeriod.objects.filter(version=version).order_by("starts_at").values_list("starts_at", flat=True)
    since = max(begun.first() or at, at - timedelta(days=settings.trust_days))
    decisions = list(_decided(version, since))
    states = [decision.revision.deal.state for decision in decisions]
    stops = VersionStep.objects.filter(version__mandate=version.mandate_id, name__in=BROKEN, at__gte=since)
    objected = ConsentSeat.objects.filter(
        answer=ConsentSeat.Answer.OBJECTION,
        round__state="escalated",
        round__revision__decisions__mandate_version=version,
        round__revision__submitted_at__gte=since,
    )
    return Record(
        since=today(since, of=settings).isoformat(),
        until=today(at, of=settings).isoformat(),
        decided=len(decisions),
        members=sum(decision.outcome == "member" for decision in decisions),
        won=states.count(DealState.WON),
        lost=states.count(DealState.LOST),
        lapsed=states.count(DealState.LAPSED),
        open=states.count(DealState.APPROVED),
        objections=objected.values("round").distinct().count(),
        unsound=sum(bool(recheck(decision)) for decision in decisions),
        stops=stops.count(),
        rule={name: getattr(settings, f"trust_{name}") for name in RULE},
        rows=rows_of(document_of(version), [json.loads(one.answer_document) for one in decisions], settings),
        look_backs=_look_backs(version, since),
    )


def _decided(version: MandateVersion, since: datetime) -> QuerySet[Decision]:
    """Return the first judgement of each agreed deal that a member or the team decided by itself under a version."""
    asked = Case.objects.filter(revision=OuterRef("revision"))
    kept = (DealState.APPROVED, DealState.LAPSED, *ENDED)
    rows = Decision.objects.filter(mandate_version=version, number=1, outcome__in=DECIDED, at__gte=since)
    rows = rows.filter(revision__deal__state__in=kept, revision__deal__latest=F("revision"))
    return rows.exclude(Exists(asked)).select_related("revision__deal").order_by("pk")


def _look_backs(version: MandateVersion, since: datetime) -> dict[str, tuple[int, ...]]:
    """Return the newest answered look-back on each deal that a version judged, whoever decided it, by fit."""
    judged = Decision.objects.filter(revision__deal=OuterRef("deal"), mandate_version=version, number=1, at__gte=since)
    rows = LookBack.objects.filter(Exists(judged), mandate=version.mandate_id, answered_at__isnull=False)
    newest = {one.deal_id: one for one in rows.only("deal", "fit").order_by("answered_at", "pk")}
    found: dict[str, tuple[int, ...]] = {}
    for one in newest.values():
        found[one.fit] = (*found.get(one.fit, ()), one.pk)
    return found


def rows_of(
    document: Mapping[str, Any], answers: Sequence[Mapping[str, Any]], settings: Organisation
) -> tuple[Row, ...]:
    """Return what the record says of each limit whose bounds can be earned, with what a step wider would be. Pure."""
    found = []
    for index, limit in enumerate(document["limits"]):
        if limit["metric"] not in EARNABLE:
            continue
        values = [_highest(answer, limit["metric"], index) for answer in answers]
        governed = [value for value in values if value is not None]
        before = (limit["member"], limit.get("team", limit["member"]))
        member, team = (sum(_is_near(value, bound) for value in governed) for bound in before)
        after = _after(before, (member, team), limit["metric"], settings)
        found.append(Row(index, len(governed), (member, team), before, after))
    return tuple(found)


def _after(before: tuple[Any, Any], near: tuple[int, int], metric: str, settings: Organisation) -> tuple[Any, Any]:
    """Return both bounds, each a step wider where enough deals came near it; a member's stays within the team's."""
    member, team = (
        _step(bound, metric, settings.trust_step) if count >= settings.trust_near else bound
        for bound, count in zip(before, near, strict=True)
    )
    if member != before[0] and team != "any" and Decimal(member) > Decimal(team):
        member = team
    return member, team


def _highest(answer: Mapping[str, Any], metric: str, index: int) -> Decimal | None:
    """Return the highest figure that a limit governed in one answer."""
    values = [
        Decimal(finding["value"])
        for finding in answer["findings"]
        if (finding["source"], finding["metric"], finding["limit"]) == ("mandate", metric, index)
        and finding["value"] is not None
    ]
    return max(values, default=None)


def _is_near(value: Decimal, bound: Any) -> bool:
    return bound not in (None, "any") and value > 0 and value >= NEAR * Decimal(bound)


def _step(bound: Any, metric: str, percent: int) -> Any:
    """Return a bound so many percent wider: discounts in halves of a percent, amounts in two figures that count."""
    if bound in (None, "any") or not Decimal(bound):
        return bound
    figure = Decimal(bound)
    more = figure * percent / HUNDRED
    if metric in PERCENT:
        half = (more * 2).to_integral_value(ROUND_CEILING) / 2
        return number_text(max(figure, min(figure + half, Decimal(HUNDRED))))
    unit = Decimal(10) ** (more.adjusted() - 1)
    return number_text(figure + (more / unit).to_integral_value(ROUND_FLOOR) * unit)


# --- what is earned ---


def has_earned(record: Record, settings: Organisation) -> bool:
    """Say whether a record is long, good and clean enough. Pure."""
    return (
        settings.trusts_records
        and record.ended >= settings.trust_deals
        and record.won * HUNDRED >= settings.trust_won * record.ended
        and record.too_wide * HUNDRED <= settings.trust_wide * record.looked_back
        and not record.unsound
        and not record.stops
    )


def widened(document: Mapping[str, Any], rows: Iterable[Row], at: datetime) -> tuple[dict[str, Any], tuple[Row, ...]]:
    """Return the wider document and the rows that it widens: those that stay inside the charter and allow more."""
    charter, rates = charter_in_force(at), rates_on(today(at))
    known = {finding.key for finding in beyond_charter(document, charter, rates)}
    wider: dict[str, Any] = dict(document)
    taken: list[Row] = []
    for row in rows:
        if row.after == row.before:
            continue
        tried = _with(wider, row)
        if check_mandate(tried) or not allows_more(wider, tried, at):
            continue
        if {finding.key for finding in beyond_charter(tried, charter, rates)} <= known:
            wider = tried
            taken.append(row)
    return wider, tuple(taken)


def _with(document: Mapping[str, Any], row: Row) -> dict[str, Any]:
    limits = [dict(limit) for limit in document["limits"]]
    limits[row.index] |= {"member": row.after[0], "team": row.after[1]}
    return {**document, "limits": limits}
