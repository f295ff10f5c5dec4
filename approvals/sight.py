"""Which deals and cases a person may see, and what the permission table needs to know about one of them."""

from dataclasses import replace
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from approvals.electorates import place_of
from approvals.models import Advice, Case, ConsentRound, Deal, DealSupport, Elector
from teams.models import CustomerTeam, Organisation
from teams.permissions import AUDITOR, About, Person
from teams.sight import CostView, cost_view


def visible_deals(person: Person) -> QuerySet[Deal]:
    """Return the deals that the person may see: by team, support, customer, committee asked, or audit."""
    deals = Deal.objects.all()
    if not person.user_id or person.is_operator:
        return deals.none()
    if AUDITOR in person.roles:
        return deals
    teams = list(person.team_roles)
    reasons = Q(team__in=teams)
    reasons |= Q(Exists(DealSupport.objects.filter(deal=OuterRef("pk"), team__in=teams)))
    reasons |= Q(Exists(CustomerTeam.objects.filter(customer=OuterRef("customer"), team__in=teams, ended_on=None)))
    if person.committees:
        reasons |= Q(Exists(Case.objects.filter(deal=OuterRef("pk"), committee__in=list(person.committees))))
    reasons |= Q(Exists(stood_in_by(person).filter(case__deal=OuterRef("pk"))))
    return deals.filter(reasons)


def stood_in_by(person: Person) -> QuerySet[Elector]:
    """Return where the person stands in for a member who was away, and has not been stopped."""
    return Elector.objects.filter(user=person.user_id, substitution__isnull=False, substitution__ended_at=None)


def visible_cases(person: Person) -> QuerySet[Case]:
    """Return the cases of the deals that the person may see."""
    cases = Case.objects.all()
    if AUDITOR in person.roles and not person.is_operator:
        return cases
    return cases.filter(deal__in=visible_deals(person))


def waiting_cases(person: Person) -> QuerySet[Case]:
    """Return the open cases on which the person may still vote and has not."""
    if not person.user_id or person.is_operator:
        return Case.objects.none()
    asked = Elector.objects.filter(case=OuterRef("pk"), user=person.user_id, lost_at=None)
    stands_in = Exists(stood_in_by(person).filter(case=OuterRef("pk")))
    cases = Case.objects.filter(Exists(asked), state=Case.State.OPEN)
    cases = cases.filter(Q(committee__in=list(person.committees)) | Q(stands_in))
    # once it has passed to one member, it waits for nobody else
    cases = cases.filter(Q(passed_to=None) | Q(passed_to=person.user_id))
    cases = cases.exclude(deal__contact=person.user_id).exclude(deal__editors__user=person.user_id)
    return cases.exclude(votes__user=person.user_id).exclude(recusals__user=person.user_id)


def about(deal: Deal) -> About:
    """Return what permissions need to know about a deal; a team that has taken the customer over sees it too."""
    supporting = set(deal.supports.values_list("team_id", flat=True))
    supporting |= set(
        CustomerTeam.objects.filter(customer=deal.customer_id, ended_on=None).values_list("team_id", flat=True)
    )
    return About(
        team_id=deal.team_id,
        cost_sight=deal.team.cost_sight,
        supporting_team_ids=frozenset(supporting - {deal.team_id}),
        committee_ids=frozenset(Case.objects.filter(deal=deal).values_list("committee_id", flat=True)),
        contact_id=deal.contact_id,
        editor_ids=frozenset(deal.editors.values_list("user_id", flat=True)),
        result_by_id=deal.result_by_id,
        stand_ins=_stand_ins(Elector.objects.filter(case__deal=deal)),
    )


def cost_shown(deal: Deal, person: Person, of: Organisation, known: About) -> CostView:
    """Return how a deal's cost and margin are shown to a person; `known` is what permissions know about it."""
    return cost_view(person, deal.team, of, committee_ids=known.committee_ids, stand_ins=known.stand_ins)


def _stand_ins(electors: QuerySet[Elector]) -> dict[int, int]:
    """Return who stands in, and for whom; whoever was stopped stands in no more."""
    rows = electors.filter(substitution__isnull=False, substitution__ended_at=None)
    return dict(rows.values_list("user_id", "substitution__member"))


def about_advice(advice: Advice) -> About:
    """Return what permissions need to know about a question for advice: its deal, and who was asked."""
    return replace(about(advice.deal), owner_id=advice.asked_of_id)


def visible_advice(person: Person) -> QuerySet[Advice]:
    """Return the questions that the person may see: those put to them, and those about deals that they may see."""
    if not person.user_id or person.is_operator:
        return Advice.objects.none()
    return Advice.objects.filter(Q(asked_of=person.user_id) | Q(deal__in=visible_deals(person)))


def about_next(deal: Deal, day: date) -> About:
    """Return the same for the deal's next revision, for which the customer's team of today answers."""
    place = place_of(deal.customer_id, day)
    team = deal.team if place is None else place.team
    return About(team_id=team.pk, cost_sight=team.cost_sight, contact_id=deal.contact_id)


def about_case(case: Case, *, owner_id: int | None = None) -> About:
    """Return what the right to vote on this one case depends on; `owner_id` asked or proposed what is at hand."""
    deal = case.deal
    electors = list(case.electors.values_list("user_id", "lost_at"))
    return About(
        team_id=deal.team_id,
        cost_sight=deal.team.cost_sight,
        committee_ids=frozenset({case.committee_id}),
        contact_id=deal.contact_id,
        editor_ids=frozenset(deal.editors.values_list("user_id", flat=True)),
        elector_ids=frozenset(user for user, _lost_at in electors),
        lost_ids=frozenset(user for user, lost_at in electors if lost_at is not None),
        recused_ids=frozenset(case.recusals.values_list("user_id", flat=True)),
        owner_id=owner_id,
        stand_ins=_stand_ins(case.electors.all()),
        passed_to_id=case.passed_to_id,
    )


def about_round(round: ConsentRound) -> About:
    """Return what the right to consent in this round depends on."""
    deal = round.revision.deal
    return About(
        team_id=deal.team_id,
        cost_sight=deal.team.cost_sight,
        contact_id=deal.contact_id,
        editor_ids=frozenset(deal.editors.values_list("user_id", flat=True)),
        seat_ids=frozenset(round.seats.values_list("user_id", flat=True)),
    )
