"""What a letter says of a deal, a case or a question: the ask and the figures that its reader may see, as they are now.

Without a GET that decides: the link leads to the page itself, behind sign-in, and says which revision it was about.
"""

import json

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals import summaries
from approvals.models import Advice, Case, Deal
from approvals.sight import about_case, visible_advice, visible_cases, visible_deals
from approvals.summaries import Summary
from journal.letters import Told
from journal.models import Event
from teams.models import User
from teams.organisation import organisation, today
from teams.permissions import Person
from teams.standing import person_of


def _reader(user: User) -> Person:
    return person_of(user, today(timezone.now()))


def of_deal(event: Event, user: User) -> Told | None:
    """Return a deal as this reader may know it; None where they may not see it."""
    person = _reader(user)
    rows = visible_deals(person).select_related("team", "customer", "latest")
    deal: Deal | None = rows.filter(reference=event.subject_id).first()
    if deal is None:
        return None
    return _told(summaries.of_deal(deal, person, organisation()), _revision_of(event), deal)


def of_case(event: Event, user: User) -> Told | None:
    """Return a case as this reader may know it; None where they may not see it."""
    person = _reader(user)
    rows = visible_cases(person).select_related(
        "deal__team", "deal__customer", "deal__latest", "revision", "decision", "committee"
    )
    case: Case | None = rows.filter(pk=event.subject_id).first()
    if case is None:
        return None
    return _told(summaries.of_case(case, person, organisation(), about_case(case)), case.revision.number, case.deal)


def of_advice(event: Event, user: User) -> Told | None:
    """Return a question as this reader may know it; None where they may not see it."""
    rows = visible_advice(_reader(user)).select_related("asked_by", "deal__customer")
    advice: Advice | None = rows.filter(pk=event.subject_id).first()
    if advice is None:
        return None
    said = summaries.of_advice(advice)
    return Told(said.ask, said.facts, said.why)


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
