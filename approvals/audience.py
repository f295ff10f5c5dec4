"""Who may see a deal, as people: whom a comment may mention."""

import re
from collections.abc import Iterable
from datetime import date

from django.db.models import Q

from approvals.models import Case, Deal
from teams.models import CommitteeSeat, CustomerTeam, Membership, OrganisationRole, User, holds_on

EDGE = r"(?![\w-])"


def people_who_see(deal: Deal, day: date) -> list[User]:
    """Return everybody who may see the deal on `day`, by name: the same people as `sight.visible_deals` lets in."""
    teams = {deal.team_id, *deal.supports.values_list("team_id", flat=True)}
    teams |= set(
        CustomerTeam.objects.filter(customer=deal.customer_id, ended_on=None).values_list("team_id", flat=True)
    )
    committees = Case.objects.filter(deal=deal).values("committee_id")
    reasons = Q(pk__in=Membership.objects.filter(holds_on(day), team__in=teams).values("user_id"))
    reasons |= Q(pk__in=CommitteeSeat.objects.filter(holds_on(day), committee__in=committees).values("user_id"))
    auditors = OrganisationRole.objects.filter(holds_on(day), role=OrganisationRole.Role.AUDITOR)
    reasons |= Q(pk__in=auditors.values("user_id"))
    return list(User.objects.filter(reasons, is_active=True, is_staff=False).order_by("name", "pk"))


def mentioned_in(text: str, people: Iterable[User]) -> list[User]:
    """Return whom a text mentions as `@Name`: by the full name, or by the first name where only one has it."""
    known = list(people)
    found = []
    for person in known:
        first = person.name.split(" ")[0]
        alone = sum(other.name.split(" ")[0] == first for other in known) == 1
        names = [person.name, *([first] if alone else [])]
        if any(re.search(rf"(?<!\w)@{re.escape(name)}{EDGE}", text, re.IGNORECASE) for name in names):
            found.append(person)
    return found


def names_for(people: Iterable[User], text: str) -> list[str]:
    """Return how those mentioned are written in this text, so that it can be marked there."""
    written = []
    for person in people:
        for name in (person.name, person.name.split(" ")[0]):
            if match := re.search(rf"(?<!\w)@({re.escape(name)}){EDGE}", text, re.IGNORECASE):
                written.append(match.group(1))
                break
    return written
