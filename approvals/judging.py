"""Judging a deal: frozen facts and live authority in, the engine's answer out; and previews of it."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from approvals.electorates import place_of
from approvals.eligibility import Involved
from approvals.models import Approval, Deal, Revision
from approvals.terms import DraftTerms
from approvals.ways import NOBODY, Asking, Way, way_of_committees, way_of_team
from journal.refusals import Invalid, Refusal
from mandates.engine import InvalidCase, Problem, evaluate
from mandates.models import MandateVersion
from mandates.snapshots import Authority, assemble, authority, freeze
from teams.models import Committee, Customer, Organisation, Team
from teams.organisation import organisation, today
from teams.permissions import LEAD, MEMBER, Person


@dataclass(frozen=True, slots=True)
class Judged:
    """One judgement: the case given to the engine, its answer, and the rows behind both."""

    facts: Mapping[str, Any]
    case: dict[str, Any]
    answer: dict[str, Any]
    versions: Mapping[str, MandateVersion]
    approvals: tuple[Approval, ...]

    @property
    def outcome(self) -> str:
        outcome: str = self.answer["outcome"]
        return outcome

    @property
    def version(self) -> MandateVersion | None:
        """The version of the mandate that answered, None where none did."""
        code = self.answer["mandate"]
        return None if code is None else self.versions[code]

    @property
    def committee_code(self) -> str:
        """The committee that a question of the team itself goes to: the answering mandate's."""
        code = self.answer["mandate"]
        if code is None:
            default: str = self.case["default_committee"]
            return default
        asked: str = next(one["committee"] for one in self.case["mandates"] if one["code"] == code)
        return asked


@dataclass(frozen=True, slots=True)
class Preview:
    """What submitting would answer now, and whom it would ask. Without an answer, `problems` say why there is none."""

    case: dict[str, Any] | None = None
    answer: dict[str, Any] | None = None
    facts: Mapping[str, Any] | None = None
    versions: Mapping[str, MandateVersion] = field(default_factory=dict)
    approvals: tuple[Approval, ...] = ()
    way: Way = NOBODY
    problems: tuple[Problem, ...] = ()

    @property
    def colleagues(self) -> tuple[str, ...]:
        """The colleagues who are counted upon, by name."""
        return tuple(one.name for one in self.way.colleagues.present) if self.way.colleagues else ()

    @property
    def committees(self) -> dict[str, tuple[str, ...]]:
        """Who would vote, by name, for each committee that would be asked at once."""
        return {step.code: tuple(one.name for one in step.people) for step in self.way.committees}

    @property
    def too_few(self) -> bool:
        """Whether a committee would be asked because too few colleagues can consent."""
        return self.way.too_few


def facts_of(deal: Deal, terms: DraftTerms, day: date) -> dict[str, Any]:
    """Freeze what the draft comes to on that day: prices, costs, rates.

    Raises: Invalid as `mandates.snapshots.freeze` does.
    """
    return freeze(
        on=day,
        currency=deal.currency,
        reference=deal.reference,
        kind=deal.kind,
        channel=deal.channel,
        customer=deal.customer,
        term_months=terms.term_months,
        payment_days=terms.payment_days,
        lines=[(line.product, line.quantity, line.unit_price) for line in terms.lines],
    )


def live_approvals(deal: Deal) -> tuple[Approval, ...]:
    """Return the deal's approvals that nobody revoked, oldest first; the engine looks at their dates."""
    if deal.latest_id is None:  # a committee has never been asked
        return ()
    return tuple(Approval.objects.select_related("case").filter(deal=deal, revocation=None).order_by("id"))


def hold_keys(deal: Deal) -> list[str]:
    """Return the names under which the deal's revisions stand in the budgets' ledger."""
    last = 0 if deal.latest is None else deal.latest.number
    return [f"{deal.reference}/{number}" for number in range(1, last + 1)]


def hold_key(deal: Deal, revision: Revision) -> str:
    """Return the name of one revision in the budgets' ledger."""
    return f"{deal.reference}/{revision.number}"


def may_decide(person: Person, team: Team) -> bool:
    """Say whether this person may agree alone inside the member bounds of the team."""
    return team.pk in person.deciding_teams and person.team_roles.get(team.pk) in (LEAD, MEMBER)


def judge(
    *,
    facts: Mapping[str, Any],
    authority: Authority,
    team: Team,
    customer: Customer,
    approvals: Sequence[Approval],
    member_may_decide: bool,
    own_revisions: Collection[str],
    guide: bool = False,
    settings: Organisation | None = None,
) -> Judged:
    """Ask the engine. Reads only; under the caller's locks the answer holds until the transaction ends.

    Raises: Invalid where the draft itself is no valid deal, with the path inside it; Conflict as `assemble` does.
    """
    assembled = assemble(
        facts=facts,
        authority=authority,
        team=team,
        customer=customer,
        approvals=[json.loads(approval.document) for approval in approvals],
        member_may_decide=member_may_decide,
        own_revisions=own_revisions,
        settings=settings,
    )
    try:
        answer = evaluate(assembled.document, guide=guide)
    except InvalidCase as error:
        if not error.path.startswith("deal."):
            raise
        raise Invalid(error.code, error.detail, path=error.path.removeprefix("deal.")) from error
    return Judged(facts, assembled.document, answer, assembled.versions, tuple(approvals))


def preview(
    *,
    team: Team,
    customer: Customer,
    kind: str,
    channel: str,
    currency: str,
    terms: DraftTerms,
    person: Person,
    at: datetime,
    deal: Deal | None = None,
    guide: bool = True,
    settings: Organisation | None = None,
) -> Preview:
    """Answer as submitting would, without a lock and without writing; `deal` where it is one that exists already."""
    settings = settings or organisation()
    day = today(at, of=settings)
    shown = Deal(reference="-", currency=currency, kind=kind, channel=channel, customer=customer, team=team)
    if deal is not None:
        shown.reference = deal.reference
    try:
        judged = judge(
            facts=facts_of(shown, terms, day),
            authority=authority(team=team, at=at),
            team=team,
            customer=customer,
            approvals=() if deal is None else live_approvals(deal),
            member_may_decide=may_decide(person, team),
            own_revisions=() if deal is None else hold_keys(deal),
            guide=guide,
            settings=settings,
        )
    except Refusal as refusal:
        return Preview(problems=(Problem(refusal.code, refusal.detail, refusal.path or ""),))
    return _with_people(judged, Asking(team, _involved(person, customer, deal, day), at, day, settings))


def _involved(person: Person, customer: Customer, deal: Deal | None, day: date) -> Involved:
    """Return whose deal it would be, if this person submitted it."""
    editors = frozenset() if deal is None else frozenset(deal.editors.values_list("user_id", flat=True))
    place = place_of(customer.pk, day)
    own = person.user_id if deal is None else deal.contact_id
    return Involved(own if place is None else place.contact_id, person.user_id, editors)


def _with_people(judged: Judged, asking: Asking) -> Preview:
    made = Preview(judged.case, judged.answer, judged.facts, judged.versions, judged.approvals)
    answer = judged.answer
    if judged.outcome == "team":
        way = way_of_team(asking, answer["consents"], judged.committee_code)
    elif judged.outcome == "committee":
        way = way_of_committees(asking, answer["committees"])
    else:  # nobody is asked
        return made
    return replace(made, way=way, problems=tuple(_undecidable(way)))


def _undecidable(way: Way) -> list[Problem]:
    """Name the committees that could not decide this deal, because too few of their members may vote on it."""
    problems = []
    for step in way.committees:
        if step.committee is None or not step.committee.is_active:
            detail = f"There is no committee {step.code}. Ask a mandate administrator."
            problems.append(Problem("committee_unknown", detail, ""))
        elif len(step.people) < votes_needed(step.committee):
            detail = f"Too few members of {step.committee.name} may vote on this deal. Ask a mandate administrator."
            problems.append(Problem("committee_too_small", detail, ""))
    return problems


def votes_needed(committee: Committee) -> int:
    """Return how many must vote before the committee can say yes."""
    return max(committee.quorum, committee.approvals_needed if committee.rule == Committee.Rule.NUMBER else 1)
