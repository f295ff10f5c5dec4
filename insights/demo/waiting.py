"""What waits for each persona on the day of the demo, by hand, so that every page has something to do."""

from copy import deepcopy
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from approvals.actions.asking import request
from approvals.actions.comments import comment
from approvals.actions.consent import object_to
from approvals.actions.counter import propose, vote_on
from approvals.actions.draft import create_deal
from approvals.actions.submit import submit
from approvals.actions.vote import cast_vote
from approvals.models import Case, ConsentSeat, Deal
from approvals.terms import DraftLine, DraftTerms
from insights.actions import advance, ask_replay
from insights.demo.advising import declare, leave_questions
from insights.demo.asking import ask_from_below
from insights.demo.deals import price_after
from insights.demo.founding import person, propose_confirmed
from insights.demo.talking import follow_and_mention
from mandates.actions import draft_mandate
from mandates.documents import document_of
from mandates.models import MandateVersion, Price, VersionState
from teams.actions import name_substitute, plan_round, set_absence
from teams.models import Committee, Customer, Team
from teams.organisation import today

Asked = tuple[str, str, str]


def _draft(who: str, customer: str, lines: list[Asked], *, at: datetime, term: int, days: int = 30, why: str) -> Deal:
    """A draft; a line is (product, quantity, percent off the list price)."""
    prices = {price.product.code: price.list_price for price in Price.objects.select_related("product")}
    terms = DraftTerms(
        term_months=term,
        payment_days=days,
        why=why,
        lines=tuple(
            DraftLine(code, Decimal(quantity), price_after(prices[code], Decimal(percent)))
            for code, quantity, percent in lines
        ),
    )
    return create_deal(
        by=person(who),
        at=at,
        customer=Customer.objects.get(name=customer),
        kind=Deal.Kind.EXPANSION,
        channel="",
        currency="EUR",
        terms=terms,
    )


def _submitted(who: str, customer: str, lines: list[Asked], *, at: datetime, **terms: Any) -> Deal:
    deal = _draft(who, customer, lines, at=at - timedelta(minutes=10), **terms)
    submit(deal=deal, by=person(who), at=at, edition=deal.edition)
    deal.refresh_from_db()
    return deal


def leave_waiting(*, at: datetime) -> None:
    """Write the open ends, each a little before `at` and in the order of their times."""
    declare(at=at - timedelta(days=1))
    _rota(at - timedelta(days=1))
    _proposal(at)
    _unfinished(at)
    _drafts(at)
    ask_from_below(at - timedelta(hours=19))
    school = _school(at - timedelta(hours=6))
    brewery = _brewery(at - timedelta(hours=5))
    data_hall = _data_hall(at - timedelta(hours=4))
    flax = _flax_mill(at - timedelta(hours=4) + timedelta(minutes=20))
    hospital = _hospital(at - timedelta(hours=3))
    _object(brewery, at - timedelta(hours=2))
    _counter(flax, at - timedelta(minutes=100))
    _ask(data_hall, at - timedelta(minutes=80))
    _first_vote(school, at - timedelta(hours=1))
    _holiday(at - timedelta(minutes=30))
    leave_questions(hospital=hospital, brewery=brewery, at=at - timedelta(minutes=2))
    follow_and_mention(at=at)


def _unfinished(at: datetime) -> None:
    """Ruben's mandate for renewals: the editor finds a row that never applies and one beyond the charter."""
    current = MandateVersion.objects.get(mandate__code="enterprise", state=VersionState.GRANTED)
    document = deepcopy(document_of(current))
    everything = {"metric": "line_discount", "member": "10", "team": "15"}
    renewals = {"metric": "line_discount", "when": {"kind": "renewal"}, "member": "12", "team": "18"}
    beyond = {"metric": "payment_days", "member": "60", "team": "120"}
    others = [row for row in document["limits"] if row["metric"] not in ("line_discount", "payment_days")]
    document["limits"] = [everything, renewals, beyond, *others]
    draft_mandate(
        by=person("ruben"),
        at=at - timedelta(hours=21),
        code="renewals",
        name="Enterprise renewals",
        document=document,
        teams=[Team.objects.get(code="enterprise")],
        note="Renewals deserve more room; not finished.",
    )


def _drafts(at: datetime) -> None:
    earlier = at - timedelta(hours=20)
    _draft(
        "jonas",
        "Gemeente Oosterhaven",
        [("SW-24P", "12", "12"), ("AP-IN", "30", "10"), ("NM-NODE", "42", "6")],
        at=earlier,
        term=36,
        why="Three schools move into the town's network; they decide on Friday.",
    )
    _draft(
        "pieter",
        "Camping De Duinpan",
        [("AP-OUT", "14", "8"), ("SP-BASE", "1", "5")],
        at=earlier,
        term=24,
        why="Wireless for the new field, before the season opens.",
    )


def _school(at: datetime) -> Deal:
    """A case for the deal desk."""
    return _submitted(
        "sofie",
        "Athénée des Trois Vallées",
        [("AP-HD", "48", "19"), ("AP-CTRL", "1", "15"), ("NM-SITE", "4", "10")],
        at=at,
        term=24,
        why="Four buildings in one go; the school pays at the start of the year.",
    )


def _brewery(at: datetime) -> Deal:
    """A question to Anouk's colleagues."""
    return _submitted(
        "anouk",
        "Brasserie Saint-Aubain",
        [("TL-USER", "45", "9"), ("TL-DESK", "40", "17")],
        at=at,
        term=36,
        why="They replace their old exchange; a competitor offers the handsets for free.",
    )


def _data_hall(at: datetime) -> Deal:
    """A case for two committees."""
    return _submitted(
        "luc",
        "Pharmalux",
        [("SW-CORE", "2", "22"), ("SW-48P", "16", "20"), ("PS-MIG", "2", "12")],
        at=at,
        term=36,
        days=75,
        why="They move their data hall and ask for payment after acceptance.",
    )


def _flax_mill(at: datetime) -> Deal:
    """A case on which the deal desk would say yes to a little less."""
    return _submitted(
        "anouk",
        "Vlasserij De Leie",
        [("SW-48P", "10", "26"), ("AP-HD", "36", "16")],
        at=at,
        term=36,
        why="They would sign this week for the whole mill if the switches come down once more.",
    )


def _counter(deal: Deal, at: datetime) -> None:
    """Karel proposes a bounded yes, Wim votes for it: Anouk's team may take it up with one click."""
    case = Case.objects.get(deal=deal, committee__code="deal-desk")
    made = propose(
        case=case,
        by=person("karel"),
        at=at,
        figures=[
            {"metric": "line_discount", "product": "SW-48P", "bound": "23"},
            {"metric": "minimum_term", "bound": "48"},
        ],
        until=None,
        reason="At 23 % and four years it carries its own service; below that it does not.",
    )
    later = at + timedelta(minutes=12)
    vote_on(proposal=made, by=person("wim"), at=later, choice="approve", reason="With the longer term, yes.")
    said = "@Anouk Jansen the service visits are what makes the difference; can they live with **one a year**?"
    comment(deal=deal, case=case, by=person("karel"), at=later + timedelta(minutes=2), text=said)


def _ask(deal: Deal, at: datetime) -> None:
    """Inès asks before she votes; the clock of the deal desk stands still."""
    case = Case.objects.get(deal=deal, committee__code="deal-desk")
    points = ["Who else has made an offer?", "Can acceptance be in two steps, with a payment after each?"]
    request(case=case, by=person("ines"), at=at, kind="information", points=points, reason="75 days is long for us.")


def _hospital(at: datetime) -> Deal:
    """A question to Jonas's colleagues."""
    return _submitted(
        "jonas",
        "AZ Sint-Veerle",
        [("FW-M", "3", "12.5"), ("SEC-MDR", "2", "10")],
        at=at,
        term=36,
        why="The hospital joins its second site and wants one partner for both.",
    )


def _object(deal: Deal, at: datetime) -> None:
    seat = ConsentSeat.objects.get(round__revision__deal=deal, user=person("luc"))
    reason = "Why discount the lines as well? Handsets alone would match the other offer."
    object_to(seat=seat, by=seat.user, at=at, reason=reason)


def _first_vote(deal: Deal, at: datetime) -> None:
    case = Case.objects.get(deal=deal, committee__code="deal-desk")
    reason = "One installation instead of four carries most of it."
    cast_vote(case=case, by=person("ines"), at=at, choice="approve", reason=reason)


def _rota(at: datetime) -> None:
    """Each member of the two committees has a week in turn: Karel and Dirk are on duty today."""
    for code, chair, first in (("deal-desk", "karel", "karel"), ("finance", "ines", "dirk")):
        committee = Committee.objects.get(code=code)
        by, began = person(chair), today(at)
        plan_round(committee=committee, by=by, at=at, first_on=began, rounds=2, first=person(first))


def _holiday(at: datetime) -> None:
    """Dirk is away the week after next; Hilde, whom the chair of finance allows, stands in for him there."""
    monday = today(at) + timedelta(days=14 - today(at).weekday())
    friday, dirk = monday + timedelta(days=4), person("dirk")
    set_absence(user=dirk, by=dirk, at=at, first_on=monday, last_on=friday)
    name_substitute(
        committee=Committee.objects.get(code="finance"),
        member=dirk,
        substitute=person("hilde"),
        by=person("ines"),
        at=at + timedelta(minutes=5),
        first_on=monday,
        last_on=friday,
    )


def _proposal(at: datetime) -> None:
    """Ruben asks for a wider regional mandate; Charlotte has it to grant."""
    current = MandateVersion.objects.get(mandate__code="regional", state=VersionState.GRANTED)
    document = deepcopy(document_of(current))
    for limit in document["limits"]:
        if limit["metric"] == "line_discount" and "when" not in limit:
            limit["member"], limit["team"] = "9", "14"
    version = draft_mandate(
        by=person("ruben"),
        at=at - timedelta(days=1),
        code="regional",
        document=document,
        note="Nine of ten regional cases at 8 or 9 % were approved anyway; the customer waited a day for each.",
    )
    propose_confirmed(version, at=at - timedelta(hours=22))
    _replayed(version, at=at - timedelta(hours=21))


def _replayed(version: MandateVersion, *, at: datetime) -> None:
    """Ruben has had the past deals judged by what he asks for, so that Charlotte sees what it would have changed."""
    replay = ask_replay(version=version, by=person("ruben"), at=at)
    while advance(replay=replay, at=at):
        pass
