"""Who never votes or consents, by no channel: one table of relations x channels.

Channels are generated: every permission that the predicates of voting and consenting guard, every page under a case or
beside a consent, and every route of the API. One that is not listed here fails.
Seen to fail: with the parties left in the electorate, with `strike_out` left out of an action, and with a seat of later
let into the electorate.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from approvals.actions.consent import give_consent, object_to, withdraw_objection
from approvals.actions.counter import propose, vote_on
from approvals.actions.draft import edit_draft
from approvals.actions.recusing import recuse
from approvals.actions.vote import cast_vote
from approvals.models import Case, ConsentSeat, CounterProposal, CounterVote, Recusal, Vote
from journal.refusals import Refusal
from teams.actions import set_absence
from teams.models import OrganisationRole, User
from teams.permissions import PERMISSIONS
from tests.api.asking import Program
from tests.approvals.asking import case_of
from tests.factories import COMMITTEE_PRICE, TEAM_PRICE, World, join, person, seat, seat_of, submitted, terms, world

pytestmark = pytest.mark.django_db

# --- relations: each makes the world in which its person stands, and returns who that is ---


def contact(made: World) -> User:
    """The contact, who sits on the committee as well."""
    seat(made.committees["deal-desk"], made.bram, since=made.today)
    return made.bram


def editor(made: World) -> User:
    """A member of the committee who edits the deal once its questions are open."""
    join(made.teams["public"], made.karim, since=made.today)
    return made.karim


def substitute_of_the_contact(made: World) -> User:
    """The contact sits on the committee, is away, and somebody stands in."""
    seat(made.committees["deal-desk"], made.bram, since=made.today)
    desk = made.committees["deal-desk"]
    set_absence(
        user=made.bram, by=made.bram, at=made.at, first_on=made.today, last_on=None, substitutes={desk: made.ruth}
    )
    return made.ruth


def seated_later(made: World) -> User:
    return person("late")


def administrator(made: World) -> User:
    """A mandate administrator who gives themself every place there is, once the questions are open."""
    return made.nora


def executive(made: World) -> User:
    return made.olivier


def operator(made: World) -> User:
    """An operator with a seat."""
    made.nora.is_staff = True
    made.nora.save(update_fields=["is_staff"])
    seat(made.committees["deal-desk"], made.nora, since=made.today)
    join(made.teams["public"], made.nora, since=made.today)
    return made.nora


def coach(made: World) -> User:
    return made.els


RELATIONS: dict[str, Callable[[World], User]] = {
    function.__name__: function
    for function in (
        contact,
        editor,
        substitute_of_the_contact,
        seated_later,
        administrator,
        executive,
        operator,
        coach,
    )
}


def once_open(made: World, relation: str, who: User, deals: list[Any]) -> None:
    """What this person does when the questions are open, to get a vote."""
    if relation == "editor":
        for deal in deals:
            edit_draft(deal=deal, by=who, at=made.at, edition=None, terms=terms())
    if relation in ("seated_later", "administrator", "executive"):
        seat(made.committees["deal-desk"], who, since=made.today)
        join(made.teams["public"], who, since=made.today)
    if relation == "administrator":
        OrganisationRole.objects.create(user=who, role="executive", started_on=made.today)


class Scene:
    """A case, a counter-proposal on it, and a round of consent, before one person who has no say in them."""

    def __init__(self, relation: str) -> None:
        self.made = world()
        self.who = RELATIONS[relation](self.made)
        cased, asked = submitted(self.made, price=COMMITTEE_PRICE), submitted(self.made, price=TEAM_PRICE)
        self.case, self.seat = case_of(cased), seat_of(self.made, asked, "anke")
        self.proposal = CounterProposal.objects.create(
            case=self.case, number=1, figures="[]", reason="", proposed_by=self.made.ines, proposed_at=self.made.at
        )
        self.client = Client()
        self.client.force_login(self.who)
        once_open(self.made, relation, self.who, [cased, asked])

    @property
    def words(self) -> dict[str, Any]:
        return {"by": self.who, "at": self.made.at, "reason": "Let me."}

    def said(self) -> int:
        """How many votes and consents there are."""
        counts = [model._default_manager.count() for model in (Vote, CounterVote, Recusal)]
        closed = Case.objects.exclude(state="open").count() + CounterProposal.objects.exclude(state="open").count()
        return sum(counts) + closed + ConsentSeat.objects.exclude(answer="").count()


# --- channels ---

Channel = Callable[[Scene], object]

# The actions of each permission that is a say on a deal.
ACTIONS: dict[str, dict[str, Channel]] = {
    "case.vote": {"cast_vote": lambda s: cast_vote(case=s.case, choice="approve", **s.words)},
    "case.recuse": {"recuse": lambda s: recuse(case=s.case, **s.words)},
    "case.propose": {"propose": lambda s: propose(case=s.case, figures=[], until=None, **s.words)},
    "counter.vote": {"vote_on": lambda s: vote_on(proposal=s.proposal, choice="approve", **s.words)},
    "consent.give": {
        "give_consent": lambda s: give_consent(seat=s.seat, **s.words),
        "object_to": lambda s: object_to(seat=s.seat, **s.words),
        "withdraw_objection": lambda s: withdraw_objection(seat=s.seat, by=s.who, at=s.made.at),
    },
}
# Guarded alike, but a question and no say.
NO_SAY = {"case.request"}

POSTED = {
    "choice": "approve",
    "answer": "consent",
    "reason": "Let me.",
    "text": "Let me.",
    "counter-choice": "approve",
    "counter-reason": "Let me.",
    "step": "propose",
    "figures-line_discount_0": "13",
    "figures-reason": "Let me.",
}


def page(path: str, method: str = "post") -> Channel:
    def channel(scene: Scene) -> object:
        deal = scene.seat.round.revision.deal.reference
        address = path.format(case=scene.case.pk, deal=deal, proposal=scene.proposal.pk, seat=scene.seat.pk)
        return getattr(scene.client, method)(address, {**POSTED, "edition": scene.case.edition})

    return channel


# The pages on which a case is voted on and a colleague answers, by the names of their routes.
PAGES: dict[str, Channel] = {
    "approvals:vote": page("/cases/{case}/vote"),
    "approvals:recuse": page("/cases/{case}/recuse"),
    "approvals:consent": page("/deals/{deal}/consent"),
    "approvals:withdraw_objection": page("/deals/{deal}/objection/withdraw"),
    # a link that is only followed decides nothing, whatever stands in it
    "approvals:case": page("/cases/{case}/?choice=approve&answer=consent", "get"),
    "approvals:cases": page("/cases/?choice=approve", "get"),
    "approvals:propose": page("/cases/{case}/counter"),
    "approvals:counter_vote": page("/cases/{case}/counter/1/vote"),
}
# Pages beside them that are no say on a deal: questions, talk, and the team's own answers.
OTHER_PAGES = {
    "approvals:reply",
    "approvals:escalate",
    "approvals:ask_team",
    "approvals:answer_point",
    "approvals:take_back_request",
    "approvals:counter_take_back",
    "approvals:counter_accept",
    "approvals:counter_go_on",
    "approvals:comment_on_case",
    "approvals:nudge",
    "approvals:nudge_case",
}


def program(path: str) -> Channel:
    def channel(scene: Scene) -> object:
        deal = scene.seat.round.revision.deal.reference
        asked = path.format(case=scene.case.pk, deal=deal)
        return Program(scene.who).move(asked, POSTED)

    return channel


# The API shows cases and consents, and takes no answer: a token votes on nothing.
API: dict[str, Channel] = {
    "cases/": program("cases/"),
    "cases/<id>/": program("cases/{case}/"),
    "cases/<id>/vote/": program("cases/{case}/vote/"),
    "cases/<id>/recuse/": program("cases/{case}/recuse/"),
    "deals/<reference>/consents/": program("deals/{deal}/consents/"),
    "deals/<reference>/consent/": program("deals/{deal}/consent/"),
}

CHANNELS: dict[str, Channel] = {
    **{f"action {name}": act for acts in ACTIONS.values() for name, act in acts.items()},
    **{f"page {name}": act for name, act in PAGES.items()},
    **{f"token {name}": act for name, act in API.items()},
}


@pytest.mark.parametrize("relation", RELATIONS)
def test_nobody_of_these_votes_or_consents_by_any_channel(relation: str) -> None:
    scene = Scene(relation)
    before = scene.said()
    for name in sorted(CHANNELS):
        with suppress(Refusal):
            CHANNELS[name](scene)
        assert scene.said() == before, (relation, name)


LET_THROUGH = (
    ("ines", "action cast_vote"),
    ("ines", "action recuse"),
    ("ines", "page approvals:vote"),
    ("ines", "page approvals:recuse"),
    ("ines", "page approvals:counter_vote"),
    ("anke", "action give_consent"),
    ("anke", "action object_to"),
)


@pytest.mark.parametrize(("key", "name"), LET_THROUGH)
def test_same_channel_lets_an_elector_or_a_colleague_through(key: str, name: str) -> None:
    """The table bites: the same call by a person who may vote or consent does change something."""
    scene = Scene("coach")
    scene.who = scene.made.people[key]
    scene.client.force_login(scene.who)
    before = scene.said()
    CHANNELS[name](scene)
    assert scene.said() > before


def test_every_permission_to_have_a_say_is_in_the_table() -> None:
    says = {PERMISSIONS["case.vote"], PERMISSIONS["consent.give"]}
    assert {name for name, predicate in PERMISSIONS.items() if predicate in says} == ACTIONS.keys() | NO_SAY


def routes() -> list[str]:
    found = get_resolver().namespace_dict["approvals"][1].reverse_dict
    return [name for name in found if isinstance(name, str)]


def test_every_page_of_a_case_or_a_consent_is_in_the_table() -> None:
    """Generated from the routes: a new way to answer fails here until it is listed."""
    patterns = get_resolver().namespace_dict["approvals"][1].reverse_dict
    asked = set()
    for name in routes():
        shapes = [shape for shape, _arguments in patterns.getlist(name)[0][0]]
        if any(part in shape for shape in shapes for part in ("cases/", "consent", "objection")):
            asked.add(f"approvals:{name}")
    assert asked == PAGES.keys() | OTHER_PAGES


def test_no_route_of_the_api_takes_an_answer() -> None:
    scene = Scene("coach")
    scene.who = scene.made.ines
    before = scene.said()
    statuses = {name: act(scene).status_code for name, act in API.items()}  # type: ignore[attr-defined]
    assert set(statuses.values()) <= {403, 404, 405}
    assert scene.said() == before
