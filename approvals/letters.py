"""What a letter says of a deal, a case or a question: the ask and the figures that its reader may see, as they are now.

Without a GET that decides: the link leads to the page itself, behind sign-in, and says which revision it was about.
"""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from approvals import summaries
from approvals.models import Advice, Case, Comment, ConsentRound, Deal
from approvals.sight import about_case, visible_advice, visible_cases, visible_deals
from approvals.summaries import Summary
from journal.letters import Told
from journal.models import Event
from teams.models import User
from teams.organisation import organisation, today
from teams.permissions import Person
from teams.standing import person_of

# events that ask something about a case while it is open, those that ask for a vote on it, and for colleagues' consent
ASK_TO_VOTE = {"case.opened", "case.reminded", "case.nudged", "case.passed_on", "case.answered"}
ASK_ABOUT_CASE = ASK_TO_VOTE | {"case.requested", "counter.proposed", "counter.gone_on"}
ASK_TO_CONSENT = {"deal.asked_colleagues", "consent.nudged"}


def _reader(user: User) -> Person:
    return person_of(user, today(timezone.now()))


def of_deal(event: Event, user: User) -> Told | None:
    """Return a deal as this reader may know it; None where they may not see it."""
    person = _reader(user)
    rows = visible_deals(person).select_related("team", "customer", "latest")
    deal: Deal | None = rows.filter(reference=event.subject_id).first()
    if deal is None:
        return None
    revision = _revision_of(event)
    told = _told(summaries.of_deal(deal, person, organisation()), revision, deal)
    if event.verb == "deal.commented":
        return replace(told, facts=(), why=_comment(event, deal, person))
    return _asking_consent(told, deal, revision, user) if event.verb in ASK_TO_CONSENT else told


def of_case(event: Event, user: User) -> Told | None:
    """Return a case as this reader may know it; None where they may not see it."""
    person = _reader(user)
    rows = visible_cases(person).select_related(
        "deal__team", "deal__customer", "deal__latest", "revision", "decision", "committee"
    )
    case: Case | None = rows.filter(pk=event.subject_id).first()
    if case is None:
        return None
    summary = summaries.of_case(case, person, organisation(), about_case(case))
    told = _told(summary, case.revision.number, case.deal)
    return _asking_about_case(told, case, event.verb, user) if event.verb in ASK_ABOUT_CASE else told


def of_advice(event: Event, user: User) -> Told | None:
    """Return a question as this reader may know it; None where they may not see it."""
    rows = visible_advice(_reader(user)).select_related("asked_by", "deal__customer")
    advice: Advice | None = rows.filter(pk=event.subject_id).first()
    if advice is None:
        return None
    said = summaries.of_advice(advice)
    told = Told(said.ask, said.facts, said.why)
    if event.verb == "advice.asked" and advice.state != Advice.State.ASKED:
        return replace(told, note=_("It is no longer asked."), over=True)
    return told


def _comment(event: Event, deal: Deal, person: Person) -> str:
    """Return what was said, empty where it was taken back or stands beneath a case that this reader may not see."""
    seen = Q(case=None) | Q(case__in=visible_cases(person).values("pk"))
    comment = Comment.objects.filter(seen, deal=deal, pk=json.loads(event.data).get("comment")).first()
    return comment.text if comment is not None else ""


def _asking_about_case(told: Told, case: Case, verb: str, user: User) -> Told:
    """Say until when an answer is asked, or that it is not asked any more; a clock that stands still says nothing."""
    if case.state != Case.State.OPEN:
        return _over(told, _("The case is closed: nothing is asked of you any more."))
    if verb in ASK_TO_VOTE and case.votes.filter(user=user).exists():
        return _over(told, _("You have voted since. You may change your vote until the case closes."))
    return told if case.paused_at is not None else _until(told, case.due_at, user)


def _asking_consent(told: Told, deal: Deal, revision: int | None, user: User) -> Told:
    """Say until when consent is asked, or that it is not asked any more."""
    rounds = ConsentRound.objects.filter(revision__deal=deal, revision__number=revision or 0)
    asked = rounds.filter(state=ConsentRound.State.OPEN).first()
    if asked is None:
        return _over(told, _("Your consent is not asked any more."))
    if not asked.seats.filter(user=user, answer="").exists():
        return _over(told, _("You have answered since."))
    return _until(told, asked.due_at, user)


def _until(told: Told, due_at: datetime, user: User) -> Told:
    """Put the moment until which an answer is asked among the facts, in the reader's own zone."""
    zone = ZoneInfo(user.time_zone or organisation().time_zone)
    local = due_at.astimezone(zone)
    said = f"{date_format(local, 'D')} {date_format(local.date(), 'j M')}, {date_format(local, 'H:i')}"
    return replace(told, facts=((_("Answer by"), said), *told.facts))


def _over(told: Told, note: str) -> Told:
    return replace(told, note=_joined([told.note, note]), over=True)


def _joined(notes: Sequence[str]) -> str:
    return " ".join(note for note in notes if note)


def _revision_of(event: Event) -> int | None:
    found = json.loads(event.data).get("revision")
    return found if isinstance(found, int) else None


def _told(summary: Summary, revision: int | None, deal: Deal) -> Told:
    newest = 0 if deal.latest is None else deal.latest.number
    note = ""
    if revision is not None and newest > revision:
        note = _("Revision %(newer)s was submitted since; the link shows it.") % {"newer": newest}
    query = "" if revision is None else f"?revision={revision}"
    return Told(summary.ask, summary.facts, summary.why, note, query)
