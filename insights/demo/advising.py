"""What the people of the demo know about, what they asked each other, and the talk beneath an objection."""

from datetime import datetime, timedelta

from approvals.actions.advise import ask_for_advice, give_advice, thank
from approvals.actions.talk import remark
from approvals.evidence import sought_of, who_knows
from approvals.knowing import as_document
from approvals.models import Advice, ConsentRound, Deal
from insights.demo.founding import person
from teams.actions import declare_competence

# Who, kind, what, and what they can help with.
COMPETENCES: list[tuple[str, str, str, str]] = [
    ("jonas", "segment", "public", "Tenders of towns, and how their councils decide"),
    ("sofie", "segment", "education", "Schools: what a framework agreement allows"),
    ("marieke", "clause", "payment_days", "What it costs us when they pay late"),
    ("anouk", "topic", "Telephony", "Moving off old exchanges"),
    ("luc", "topic", "Data halls in Luxembourg", ""),
    ("luc", "clause", "minimum_term", ""),
    ("bram", "clause", "deal_discount", "When a whole-deal discount beats discounts on lines"),
    ("elise", "topic", "Leasing", "Ask me before you promise a rate"),
    ("nora", "topic", "Campsites and seasonal customers", ""),
    ("hilde", "topic", "Negotiating", "Swapping a discount for a term"),
]


def declare(*, at: datetime) -> None:
    """Let everybody say what they know about."""
    for key, kind, name, note in COMPETENCES:
        declare_competence(by=person(key), at=at, kind=kind, name=name, note=note)


def leave_questions(*, hospital: Deal, brewery: Deal, at: datetime) -> None:
    """One question that was thanked for, a talk about the objection, and a question that waits for the coach."""
    asked = _ask(
        brewery,
        "anouk",
        "marieke",
        "Did you ever match a competitor who gives handsets away? What did you ask for in return?",
        at=at - timedelta(minutes=25),
    )
    words = "Twice. We kept the line prices and gave half of the handsets for 48 months: they signed both times."
    give_advice(advice=asked, by=person("marieke"), at=at - timedelta(minutes=15), text=words)
    thank(advice=asked, by=person("anouk"), at=at - timedelta(minutes=10), text="I will offer exactly that.")
    round = ConsentRound.objects.get(revision=brewery.latest_id)
    said = "Would half of the handsets and 48 months settle it for you?"
    remark(round=round, by=person("anouk"), at=at - timedelta(minutes=5), text=said)
    _ask(hospital, "jonas", "hilde", "They may join a third site next year. Worth a longer term instead?", at=at)


def _ask(deal: Deal, by: str, of: str, question: str, *, at: datetime) -> Advice:
    asker, asked = person(by), person(of)
    named = {one.person_id: as_document(one.reasons) for one in who_knows(deal, sought_of(deal, text=question))}
    rows = ask_for_advice(deal=deal, by=asker, at=at, people=[asked], question=question, named_for=named)
    return rows[0]
