"""A record and what it has earned, in words: for the page of the mandate and for Today."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from insights.models import LookBack, Widening
from insights.trust import HUNDRED, Record, Row, read_record
from mandates.documents import document_of
from mandates.models import VersionPeriod
from mandates.phrases import bound_text, conditions_text, day_text, metric_label
from mandates.snapshots import in_force
from teams.permissions import ADMINISTRATOR, EXECUTIVE, LEAD, About, Person, may


def record_sentences(record: Record) -> list[str]:
    """Return what the proposal rests on, one sentence for each figure."""
    words = {"since": day_text(record.since), "until": day_text(record.until), "count": record.decided}
    decided = ngettext(
        "From %(since)s to %(until)s, %(count)s deal was decided inside the mandate, without a committee.",
        "From %(since)s to %(until)s, %(count)s deals were decided inside the mandate, without a committee.",
        record.decided,
    )
    alone = ngettext(
        "A member agreed %(count)s of them alone.", "Members agreed %(count)s of them alone.", record.members
    )
    return [
        decided % words + " " + alone % {"count": record.members},
        _("%(won)s were won and %(lost)s lost (%(share)s\u00a0%% won); %(lapsed)s lapsed, %(open)s are still open.")
        % {
            "won": record.won,
            "lost": record.lost,
            "share": record.won * HUNDRED // record.ended if record.ended else 0,
            "lapsed": record.lapsed,
            "open": record.open,
        },
        _("No breach: each decision stands when it is judged again, and nobody had to suspend or revoke the mandate."),
        *_objected(record),
    ]


def _objected(record: Record) -> list[str]:
    if not record.objections:
        return []
    said = ngettext(
        "The team took %(count)s objection to a committee: that is asking, and no breach.",
        "The team took %(count)s objections to a committee: that is asking, and no breach.",
        record.objections,
    )
    return [said % {"count": record.objections}]


def looked_back(record: Record, widening: Widening | None = None) -> dict[str, Any]:
    """Return what look-backs said about the mandate: a sentence, and each answer with its figure and its address.

    Figures alone: a look-back is never about a person.
    """
    if not record.looked_back:
        return {"sentence": _("Nobody has looked back on these deals yet."), "fits": []}
    said = ngettext(
        "The team looked back on %(count)s of the deals judged by it; %(wide)s (%(share)s\u00a0%%) found it too wide.",
        "The team looked back on %(count)s of the deals judged by it; %(wide)s (%(share)s\u00a0%%) found it too wide.",
        record.looked_back,
    )
    share = record.too_wide * HUNDRED // record.looked_back
    address = reverse("insights:look_backs") + f"?widening={widening.pk}&fit=" if widening else ""
    fits = [
        {"label": label, "count": len(record.look_backs[fit]), "url": address and address + fit}
        for fit, label in LookBack.Fit.choices
        if fit in record.look_backs
    ]
    return {"sentence": said % {"count": record.looked_back, "wide": record.too_wide, "share": share}, "fits": fits}


def rule_sentence(record: Record) -> str:
    """Return the rule as it was on the day of the proposal."""
    return " ".join([_basic_rule(record), *_look_back_rule(record)])


def _look_back_rule(record: Record) -> list[str]:
    if "wide" not in record.rule:  # proposed before look-backs counted
        return []
    return [_("At most %(wide)s\u00a0%% of the look-backs find it too wide.") % dict(record.rule)]


def _basic_rule(record: Record) -> str:
    return _(
        "The rule: in at most %(days)s days, at least %(deals)s deals ended, %(won)s\u00a0%% of them won, no breach. "
        "A bound to which at least %(near)s deals came near is proposed %(step)s\u00a0%% wider, inside the charter."
    ) % dict(record.rule)


def change_rows(record: Record, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the limits that are proposed wider: before, after, and which deals carry it."""
    return [_change(row, document) for row in record.rows if row.after != row.before]


def _change(row: Row, document: dict[str, Any]) -> dict[str, Any]:
    limit, currency = document["limits"][row.index], document["currency"]
    conditions = conditions_text(limit.get("when") or {}, currency)
    label = metric_label(limit["metric"])
    return {
        "label": f"{label}, {conditions}" if conditions else label,
        "before": _bounds(row.before, limit["metric"], currency),
        "after": _bounds(row.after, limit["metric"], currency),
        "why": _why(row),
    }


def _why(row: Row) -> list[str]:
    """Return which deals carry the step, level by level."""
    texts = (
        _("%(near)s of %(count)s deals came near a member's bound, or passed it with a colleague's consent."),
        _("%(near)s of %(count)s deals came near the team's bound."),
    )
    changed = [place for place in (0, 1) if row.after[place] != row.before[place]]
    return [texts[place] % {"near": row.near[place], "count": row.deals} for place in changed]


def _bounds(bounds: tuple[Any, Any], metric: str, currency: str) -> str:
    member, team = (bound_text(metric, bound, currency) for bound in bounds)
    return _("member %(member)s, team %(team)s") % {"member": member, "team": team}


def waiting(person: Person, at: datetime) -> Sequence[dict[str, Any]]:
    """Return what records have earned, for the account leads of their teams and for those who may grant it."""
    if LEAD not in person.team_roles.values() and not person.roles & {ADMINISTRATOR, EXECUTIVE}:
        return []
    rows = open_widenings(at).order_by("pk").prefetch_related("version__holders")
    return [_item(one) for one in rows if may("widening.put_off", person, _about(one))]


def open_widenings(at: datetime) -> QuerySet[Widening]:
    """Return what is proposed and not answered, under versions that judge now."""
    return unanswered(at).filter(put_off_until=None)


def unanswered(at: datetime) -> QuerySet[Widening]:
    """Return what is proposed under versions that judge now, put off or not, and was neither drafted nor ended."""
    judging = VersionPeriod.objects.filter(in_force(at)).values("version")
    rows = Widening.objects.filter(version__in=judging, made=None, ended_at=None)
    return rows.select_related("version__mandate", "put_off_by")


def _about(widening: Widening) -> About:
    return About(holder_team_ids=frozenset(holder.team_id for holder in widening.version.holders.all()))


def _item(widening: Widening) -> dict[str, Any]:
    mandate = widening.version.mandate
    return {
        "url": reverse("insights:widening", args=[mandate.code, widening.pk]),
        "title": _("“%(name)s” has earned a wider version") % {"name": mandate.name},
        "sub": " ".join(
            [_("Proposed by its record; a person drafts it, and another grants it."), *_in_short(widening)]
        ),
        "outcome": "",
        "due": "",
        "due_tone": "",
    }


def _in_short(widening: Widening) -> list[str]:
    """Return what look-backs said, for one line; nothing where nobody looked back."""
    record = read_record(widening.record)
    return [looked_back(record)["sentence"]] if record.looked_back else []


def told(widening: Widening, record: Record) -> dict[str, Any]:
    """Return what a page says of a proposal."""
    return {
        "widening": widening,
        "sentences": record_sentences(record),
        "looked_back": looked_back(record, widening),
        "rule": rule_sentence(record),
        "rows": change_rows(record, document_of(widening.version)),
    }
