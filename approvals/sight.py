"""Which deals and cases a person may see, and what the permission table needs to know about one of them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Value

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
    if not teams and not person.committees:
        return deals.filter(pk__in=stood_in_by(person).values("case__deal"))
    reasons = Q(team__in=teams)
    reasons |= Q(Exists(DealSupport.objects.filter(deal=OuterRef("pk"), team__in=teams)))
    reasons |= Q(Exists(CustomerTeam.objects.filter(customer=OuterRef("customer"), team__in=teams, ended_on=None)))
    if person.committees:
        reasons |= Q(Exists(Case.objects.filter(deal=OuterRef("pk"), committee__in=list(person.committees))))
    reasons |= Q(Exists(stood_in_by(person).filter(case__deal=OuterRef("pk"))))
    return deals.filter(reasons)


def on_visible_deals(person: Person, deal: str) -> Q:
    """Return the condition that the deal to which this column of a row leads may be seen.

    It is asked of each row: a list of all deals that somebody may see is as long as the organisation's history.
    """
    return Q(Exists(visible_deals(person).filter(pk=OuterRef(deal))))


def own_deals(user_id: int, states: Iterable[str]) -> Q:
    """Return the condition that a deal in one of these states is the person's own: they are its contact, or began it.

    Each half has an index of its own; a database that is asked for either of them at once uses neither.
    """
    chosen = Deal.objects.filter(state__in=list(states)).order_by()
    ours = chosen.filter(contact=user_id).values("pk").union(chosen.filter(created_by=user_id).values("pk"))
    return Q(pk__in=ours)


def stood_in_by(person: Person) -> QuerySet[Elector]:
    """Return where the person stands in for a member who was away, and has not been stopped."""
    return Elector.objects.filter(user=person.user_id, substitution__isnull=False, substitution__ended_at=None)


def visible_cases(person: Person) -> QuerySet[Case]:
    """Return the cases of the deals that the person may see."""
    cases = Case.objects.all()
    if AUDITOR in person.roles and not person.is_operator:
        return cases
    return cases.filter(on_visible_deals(person, "deal_id"))


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
    found = _of_kinds(
        support=(deal.supports.all(), "team_id", "team_id"),
        support_by_customer=(
            CustomerTeam.objects.filter(customer=deal.customer_id, ended_on=None),
            "team_id",
            "team_id",
        ),
        committee=(Case.objects.filter(deal=deal), "committee_id", "committee_id"),
        editor=(deal.editors.all(), "user_id", "user_id"),
        stand_in=(_stand_ins(Elector.objects.filter(case__deal=deal)), "user_id", "substitution__member"),
    )
    supporting = {*found["support"], *found["support_by_customer"]}
    return About(
        team_id=deal.team_id,
        cost_sight=deal.team.cost_sight,
        supporting_team_ids=frozenset(supporting - {deal.team_id}),
        committee_ids=frozenset(found["committee"]),
        contact_id=deal.contact_id,
        editor_ids=frozenset(found["editor"]),
        result_by_id=deal.result_by_id,
        stand_ins=found["stand_in"],
    )


def cost_shown(deal: Deal, person: Person, of: Organisation, known: About) -> CostView:
    """Return how a deal's cost and margin are shown to a person; `known` is what permissions know about it."""
    return cost_view(person, deal.team, of, committee_ids=known.committee_ids, stand_ins=known.stand_ins)


def _of_kinds(**wanted: tuple[QuerySet[Any], str, str]) -> dict[str, dict[int, int]]:
    """Return two columns of each query by its name, as a mapping; one statement asks for all, for every page asks."""
    queries = [
        rows.order_by().annotate(kind=Value(kind)).values_list("kind", first, second)
        for kind, (rows, first, second) in wanted.items()
    ]
    found: dict[str, dict[int, int]] = {kind: {} for kind in wanted}
    for kind, one, other in queries[0].union(*queries[1:], all=True):
        found[kind][one] = other
    return found


def _stand_ins(electors: QuerySet[Elector]) -> QuerySet[Elector]:
    """Return those of them who stand in for somebody; whoever was stopped stands in no more."""
    return electors.filter(substitution__isnull=False, substitution__ended_at=None)


def about_advice(advice: Advice) -> About:
    """Return what permissions need to know about a question for advice: its deal, and who was asked."""
    return replace(about(advice.deal), owner_id=advice.asked_of_id)


def visible_advice(person: Person) -> QuerySet[Advice]:
    """Return the questions that the person may see: those put to them, and those about deals that they may see."""
    if not person.user_id or person.is_operator:
        return Advice.objects.none()
    return Advice.objects.filter(Q(asked_of=person.user_id) | on_visible_deals(person, "deal_id"))


def about_next(deal: Deal, day: date) -> About:
    """Return the same for the deal's next revision, for which the customer's team of today answers."""
    place = place_of(deal.customer_id, day)
    team = deal.team if place is None else place.team
    return About(team_id=team.pk, cost_sight=team.cost_sight, contact_id=deal.contact_id)


def about_case(case: Case, *, owner_id: int | None = None) -> About:
    """Return what the right to vote on this one case depends on; `owner_id` asked or proposed what is at hand."""
    deal, electors = case.deal, case.electors.all()
    found = _of_kinds(
        elector=(electors, "user_id", "user_id"),
        lost=(electors.exclude(lost_at=None), "user_id", "user_id"),
        editor=(deal.editors.all(), "user_id", "user_id"),
        recused=(case.recusals.all(), "user_id", "user_id"),
        stand_in=(_stand_ins(electors), "user_id", "substitution__member"),
    )
    return About(
        team_id=deal.team_id,
        cost_sight=deal.team.cost_sight,
        committee_ids=frozenset({case.committee_id}),
        contact_id=deal.contact_id,
        editor_ids=frozenset(found["editor"]),
        elector_ids=frozenset(found["elector"]),
        lost_ids=frozenset(found["lost"]),
        recused_ids=frozenset(found["recused"]),
        owner_id=owner_id,
        stand_ins=found["stand_in"],
        passed_to_id=case.passed_to_id,
    )


def about_round(round: ConsentRound) -> About:
    """Return what the right to consent in this round depends on."""
    deal = round.revision.deal
    found = _of_kinds(editor=(deal.editors.all(), "user_id", "user_id"), seat=(round.seats.all(), "user_id", "user_id"))
    return About(
        team_id=deal.team_id,
        cost_sight=deal.team.cost_sight,
        contact_id=deal.contact_id,
        editor_ids=frozenset(found["editor"]),
        seat_ids=frozenset(found["seat"]),
    )
