"""What of deals is still open for a person, a customer, a team or a committee, each with what becomes of it."""

from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from approvals import moving
from approvals.actions.electing import note_loss
from approvals.judging import hold_key
from approvals.models import OPEN_STATES, Advice, Case, ConsentSeat, Deal, DealState
from approvals.moving import spoken_for
from approvals.readings import figures
from mandates.balances import positions_of
from mandates.models import Budget
from teams import leaving
from teams.leaving import OpenMatter

DRAFT_GOES = gettext_lazy("goes over to the new team")
DEAL_STAYS = gettext_lazy("stays with its team; its next revision is judged by the new team's mandate")
HOLD_STAYS = gettext_lazy("stays in the budget that holds it")
QUESTION_STAYS = gettext_lazy("stays open with those who were asked")


def of_person(user_id: int, team_id: int | None) -> list[OpenMatter]:
    """Return the person's open deals, which need another contact, and the consents, votes and advice asked of them."""
    deals = Deal.objects.filter(contact=user_id, state__in=OPEN_STATES)
    seats = ConsentSeat.objects.filter(user=user_id, round__state="open").exclude(answer="consent")
    if team_id is not None:
        deals = deals.filter(spoken_for(team_id))
        seats = seats.filter(spoken_for(team_id, "round__revision__deal__"))
    mine = _read(deals)
    found = [*_deals(mine, blocking=True), *_holds(mine, _("stays with the deal"))]
    found += _seats(seats)
    if team_id is None:
        cases = Case.objects.filter(electors__user=user_id, state=Case.State.OPEN).exclude(votes__user=user_id)
        cases = cases.exclude(recusals__user=user_id)
        found += [_case(case) for case in cases.select_related("deal").order_by("id")]
        found += _questions(Advice.objects.filter(asked_of=user_id))
    return found


def _seats(seats: QuerySet[ConsentSeat]) -> list[OpenMatter]:
    """Nobody takes another's consent over: a round that cannot come to a yes any more goes to its committee."""
    said = {
        "": (_("consent on %(deal)s"), _("is left to the other colleagues, or goes to the committee")),
        "objection": (_("objection to %(deal)s"), _("goes to the committee: nobody else can withdraw it")),
    }
    rows = seats.select_related("round__revision__deal").order_by("id")
    return [_matter("consent", said[seat.answer][0], seat.round.revision.deal, said[seat.answer][1]) for seat in rows]


def _questions(advice: QuerySet[Advice]) -> list[OpenMatter]:
    rows = advice.filter(state=Advice.State.ASKED).select_related("deal").order_by("id")
    label = _("advice on %(deal)s")
    return [
        OpenMatter(
            "advice", label % {"deal": one.deal.reference}, f"/advice/{one.pk}/", note=_("somebody else is asked")
        )
        for one in rows
    ]


def of_customer(customer_id: int) -> list[OpenMatter]:
    """Return what is open with a customer: drafts go with it, what was submitted stays with its team."""
    return _moving(Deal.objects.filter(customer=customer_id, state__in=OPEN_STATES))


def of_merge(team_id: int) -> list[OpenMatter]:
    """Return what is open in a team that becomes part of another."""
    return _moving(Deal.objects.filter(spoken_for(team_id), state__in=OPEN_STATES))


def _moving(deals: QuerySet[Deal]) -> list[OpenMatter]:
    """Return open deals with their questions and holds, and what becomes of each when the customer moves."""
    rows = _read(deals)
    found = [*_deals(rows, blocking=False, draft=str(DRAFT_GOES), submitted=str(DEAL_STAYS))]
    seats = ConsentSeat.objects.filter(round__revision__deal__in=rows, round__state="open", answer="")
    for seat in seats.select_related("round__revision__deal", "user").order_by("id"):
        words = {"name": seat.user.name, "deal": seat.round.revision.deal.reference}
        url = f"/deals/{seat.round.revision.deal.reference}/"
        found.append(OpenMatter("consent", _("consent of %(name)s on %(deal)s") % words, url, note=str(QUESTION_STAYS)))
    cases = Case.objects.filter(deal__in=rows, state=Case.State.OPEN).select_related("deal", "committee").order_by("id")
    for case in cases:
        words = {"committee": case.committee.name, "deal": case.deal.reference}
        label = _("question to %(committee)s on %(deal)s") % words
        found.append(OpenMatter("vote", label, f"/cases/{case.pk}/", note=str(QUESTION_STAYS)))
    return [*found, *_holds(rows, str(HOLD_STAYS))]


def of_team(team_id: int) -> list[OpenMatter]:
    """Return the open deals of a team: it cannot close while somebody waits for it."""
    return [*_deals(_read(Deal.objects.filter(team=team_id, state__in=OPEN_STATES)), blocking=True)]


def of_committee(committee_id: int) -> list[OpenMatter]:
    """Return the cases that wait for a committee."""
    cases = Case.objects.filter(committee=committee_id, state=Case.State.OPEN).select_related("deal")
    return [_case(case) for case in cases.order_by("id")]


# --- as matters ---


def _read(deals: QuerySet[Deal]) -> list[Deal]:
    return list(deals.select_related("customer", "latest").order_by("id"))


def _deals(deals: Iterable[Deal], *, blocking: bool, draft: str = "", submitted: str = "") -> Iterable[OpenMatter]:
    for deal in deals:
        is_draft = deal.state == DealState.DRAFT
        label = _("%(deal)s with %(customer)s") % {"deal": deal.reference, "customer": deal.customer.name}
        note = draft if is_draft else submitted
        kind = "draft" if is_draft else "deal"
        yield OpenMatter(kind, label, f"/deals/{deal.reference}/", blocking=blocking, note=note)


def _holds(deals: Collection[Deal], note: str) -> list[OpenMatter]:
    """Return what the deals hold of budgets."""
    by_key = {hold_key(deal, deal.latest): deal for deal in deals if deal.latest is not None}
    held = [one for one in positions_of(by_key) if one.held] if by_key else []
    currencies = dict(Budget.objects.filter(pk__in=[one.budget_id for one in held]).values_list("pk", "currency"))
    return [_hold(by_key[one.revision], one.held, currencies[one.budget_id], note) for one in held]


def _hold(deal: Deal, amount: Decimal, currency: str, note: str) -> OpenMatter:
    words = {"amount": figures.money(amount, currency), "deal": deal.reference}
    return OpenMatter("hold", _("%(amount)s held for %(deal)s") % words, f"/deals/{deal.reference}/", note=note)


def _matter(kind: str, label: str, deal: Deal, note: str) -> OpenMatter:
    return OpenMatter(kind, label % {"deal": deal.reference}, f"/deals/{deal.reference}/", note=note)


def _case(case: Case) -> OpenMatter:
    label = _("vote on %(deal)s") % {"deal": case.deal.reference}
    return OpenMatter("vote", label, f"/cases/{case.pk}/")


def register() -> None:
    """Let the pages of people, customers, teams and committees show what deals leave open, and hand it over."""
    leaving.open_matters.append(of_person)
    leaving.customer_matters.append(of_customer)
    leaving.committee_matters.append(of_committee)
    leaving.team_matters.append(of_team)
    leaving.merge_matters.append(of_merge)
    moving.register()
    leaving.losses.append(note_loss)
