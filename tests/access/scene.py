"""One of everything that an address can name, in the small world: deals at each point of their way, drafts, files."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from approvals.actions import counter
from approvals.actions.advise import ask_for_advice, give_advice
from approvals.actions.asking import request
from approvals.actions.comments import comment
from approvals.actions.consent import object_to
from approvals.actions.draft import support
from approvals.actions.files import attach
from approvals.actions.outcome import win
from approvals.models import Approval, Case, ConsentSeat, Deal
from insights.actions import ask_replay
from insights.actions.precedents import publish
from insights.models import LookBack, Precedent, Widening
from insights.ticking import ask_due
from insights.trust import Record, Row
from mandates.actions import ask_for_mandate, draft_charter, draft_mandate, propose, propose_charter
from mandates.documents import document_of
from mandates.models import MandateVersion
from teams.actions import (
    create_calendar,
    create_token,
    declare_competence,
    draft_calendar,
    invite_user,
    plan_turn,
    propose_change,
    put_calendar_in_force,
    set_absence,
)
from teams.actions.calendars import Terms
from teams.models import (
    ApiToken,
    Calendar,
    CommitteeChange,
    CommitteeSeat,
    Membership,
    OrganisationRole,
    Substitution,
)
from tests.factories import MEMBER_PRICE, TEAM_PRICE, World, draft, public_document, seat_of, submitted, terms, vote

# The columns of the tables: who asks. Bram is the contact and wrote every deal; Retail supports each of them; the
# deal desk was asked about those that needed a committee, finance never was.
COLUMNS = {
    "anonymous": "",
    "contact": "bram",
    "colleague": "chloe",
    "lead": "anke",
    "coach": "els",
    "other": "gilles",
    "supporting": "tom",
    "asked": "ines",
    "unasked": "lien",
    "administrator": "nora",
    "executive": "olivier",
    "auditor": "petra",
    "operator": "quinten",
}


@dataclass
class Scene:
    """The world, and the names that the tables' addresses use in braces."""

    world: World
    names: dict[str, Any] = field(default_factory=dict)


def _supported(world: World, deal: Deal) -> Deal:
    support(deal=deal, team=world.teams["retail"], by=world.bram, at=world.at)
    return deal


def deals(world: World) -> dict[str, Deal]:
    """Deals of the public team: not submitted, with colleagues, objected to, with a committee, with its yes, won."""
    asking = terms(("TRAIN-1", "4", "800.00"))  # beyond the team's 12 %, and far above its margin: one committee
    made = {
        "draft": draft(world),
        "pending": submitted(world, price=TEAM_PRICE),
        "objected": submitted(world, price=TEAM_PRICE),
        "cased": submitted(world, terms=asking),
        "allowed": submitted(world, terms=asking),
        "asking": submitted(world, terms=asking),
        "countered": submitted(world, terms=asking),
        "voting": submitted(world, terms=asking),
        "approved": submitted(world, price=MEMBER_PRICE),
        "won": submitted(world, price=MEMBER_PRICE),
    }
    object_to(seat=seat_of(world, made["objected"], "anke"), by=world.anke, at=world.at, reason="They pay late.")
    vote(world, Case.objects.get(deal=made["allowed"]), "ines", "joris")
    win(deal=made["won"], by=world.bram, at=world.at, closed_on=world.today)
    for deal in made.values():
        deal.refresh_from_db()
        _supported(world, deal)
    return made


def answers(world: World, made: dict[str, Deal]) -> dict[str, Any]:
    """What the desk asked of one deal, the counter-proposals it adopted and votes on, and a comment of Bram's."""
    figure = {"metric": "line_discount", "product": "TRAIN-1", "bound": "13"}
    cases = {name: Case.objects.get(deal=made[name]) for name in ("asking", "countered", "voting")}
    words = {"by": world.joris, "at": world.at, "reason": "Before I vote."}
    asked = request(case=cases["asking"], kind="information", points=["Who else?", "Until when?"], **words)
    adopted = counter.propose(case=cases["countered"], figures=[figure], until=None, **words)
    counter.vote_on(proposal=adopted, by=world.karim, at=world.at, choice="approve", reason="Yes.")
    counter.propose(case=cases["voting"], figures=[figure], until=None, **words)
    for case in cases.values():
        case.refresh_from_db()
    said = comment(deal=made["cased"], case=None, by=world.bram, at=world.at, text="They *wait*, @Chloé Lambert.")
    return {
        "asking_case": cases["asking"].pk,
        "countered_case": cases["countered"].pk,
        "voting_case": cases["voting"].pk,
        "voting_edition": cases["voting"].edition,
        "point": asked.points.get(position=1).pk,
        "request": asked.pk,
        "comment": said.pk,
    }


def advice(world: World, deal: Deal) -> dict[str, Any]:
    """A question of Bram's to Gilles, who does not see the deal, and one that Els has answered."""
    question, other = ask_for_advice(
        deal=deal, by=world.bram, at=world.at, people=[world.gilles, world.els], question="Did they ever pay late?"
    )
    give_advice(advice=other, by=world.els, at=world.at, text="Once, in spring.")
    return {"question": question.pk, "answered": other.pk}


def authority(world: World) -> dict[str, Any]:
    """A draft of Nora's for the industry team, a proposed version of the public mandate, and a charter's draft."""
    draft_mandate(
        by=world.nora,
        at=world.at,
        code="drafted",
        name="Drafted",
        goal="",
        document=public_document(2026, code="drafted"),
        teams=[world.teams["industry"]],
        note="Switches are theirs.",
    )
    ask_for_mandate(
        team=world.teams["retail"],
        by=world.tom,
        at=world.at,
        document=public_document(2026, code="retail"),
        goal="Answer at the counter.",
        walk_away="They buy elsewhere.",
        note="Every price went to the committee.",
    )
    version = draft_mandate(by=world.nora, at=world.at, code="public-2026", note="A better year.")
    propose(version=version, by=world.nora, at=world.at, edition=version.edition, confirmed=())
    version.refresh_from_db()
    charter = draft_charter(by=world.nora, at=world.at, note="Look again.")
    propose_charter(version=charter, by=world.nora, at=world.at)
    charter.refresh_from_db()
    inforce = MandateVersion.objects.get(mandate__code="public-2026", number=1)
    return {"proposed": version, "inforce": inforce, "charter": charter}


def working_calendar(world: World) -> Calendar:
    """A calendar with a version in force, and a draft of the next one."""
    week = ("09:00-17:00",) * 5 + ("", "")
    known = Terms("Europe/Brussels", "BE", "", week, "12-24 09:00-12:00 Christmas Eve")
    made = create_calendar(by=world.nora, at=world.at, code="scene", name="Scene", terms=known)
    first = made.versions.get()
    put_calendar_in_force(version=first, by=world.nora, at=world.at, edition=None, starts_on=world.today)
    draft_calendar(calendar=made, by=world.nora, at=world.at, edition=None, terms=known)
    made.refresh_from_db()
    return made


def standing_in(world: World) -> dict[str, int]:
    """Joris is away, and has named a substitute whom the chair has not confirmed yet."""
    desk = world.committees["deal-desk"]
    absence = set_absence(
        user=world.joris,
        by=world.joris,
        at=world.at,
        first_on=world.today,
        last_on=None,
        substitutes={desk: world.ruth},
    )
    return {"absence": absence.pk, "substitution": Substitution.objects.get().pk}


def on_duty(world: World) -> dict[str, Any]:
    """Karim is on duty for the deal desk today."""
    desk, today = world.committees["deal-desk"], world.today
    turn = plan_turn(committee=desk, user=world.karim, by=world.ines, at=world.at, first_on=today, last_on=today)
    return {"turn": turn.pk, "karim": world.karim.pk, "next_week": (today + timedelta(days=7)).isoformat()}


def committee_change(world: World) -> CommitteeChange:
    """A seat that Nora proposes for Hanne, which a second person answers."""
    desk, values = world.committees["deal-desk"], {"user": world.hanne.pk}
    return propose_change(committee=desk, by=world.nora, at=world.at, kind="seat", values=values)


def widening(version: MandateVersion, world: World) -> Widening:
    """What the trust rule would propose after a good year."""
    document = document_of(version)
    bounds = (document["limits"][0]["member"], document["limits"][0]["team"])
    rows = (Row(0, 20, (12, 2), bounds, ("13.5", bounds[1])),)
    rule = {"days": 180, "deals": 20, "won": 60, "near": 5, "step": 10}
    record = Record("2026-05-27", "2026-11-23", 26, 20, 18, 4, 1, 3, 1, 0, 0, rule, rows)
    return Widening.objects.create(
        version=version, document=version.document, sha256=version.sha256, record=record.stored(), at=world.at
    )


def learnt(world: World, made: dict[str, Deal]) -> dict[str, int]:
    """A precedent of the deal desk's, and the look-back on the won deal, which nobody has answered."""
    case = Case.objects.get(deal=made["allowed"])
    said = {"title": "Training below list", "difference": "They took two years."}
    precedent = publish(case=case, by=world.ines, at=world.at, **said)
    # cited often enough, so that its page says what it would change
    Precedent.objects.filter(pk=precedent.pk).update(suggested_at=world.at)
    ask_due(world.at)
    look_back = LookBack.objects.get(deal=made["won"])
    return {"precedent": precedent.pk, "decided_case": case.pk, "look_back": look_back.pk}


def scene(world: World) -> Scene:
    """Make one of everything."""
    made = deals(world)
    held = authority(world)
    upload = SimpleUploadedFile("tender.pdf", b"%PDF-1.4 a tender")
    attachment = attach(deal=made["draft"], by=world.bram, at=world.at, file=upload, name="tender.pdf")
    token = create_token(by=world.bram, at=world.at, name="mine", scopes=["read"], days=30)
    competence = declare_competence(by=world.bram, at=world.at, kind="family", name="network")
    invited = invite_user(by=world.nora, at=world.at, email="new@example.test", name="New Person")
    case = Case.objects.get(deal=made["cased"])
    replay = ask_replay(version=held["inforce"], by=world.bram, at=world.at)
    names: dict[str, Any] = {key: deal.reference for key, deal in made.items()}
    names |= {f"{key}_edition": deal.edition for key, deal in made.items()}
    names |= advice(world, made["draft"])
    names |= {
        "case": case.pk,
        "case_edition": case.edition,
        "approval": Approval.objects.get(deal=made["allowed"]).pk,
        "decision": made["approved"].latest.decisions.get().pk,
        "objection": ConsentSeat.objects.get(round__revision=made["objected"].latest, user=world.anke).pk,
        "file": attachment.pk,
        "competence": competence.pk,
        "token": ApiToken.objects.get(user=world.bram).pk,
        "key": token.key,
        "invitation": invited.token,
        "invited": invited.user.pk,
        "user": world.dirk.pk,
        "role": OrganisationRole.objects.get(user=world.noud).pk,
        "role_user": world.noud.pk,
        "membership": Membership.objects.get(user=world.dirk).pk,
        "change": committee_change(world).pk,
        "seat": CommitteeSeat.objects.get(user=world.karim).pk,
        "product": world.products["RT-1"].pk,
        "version": held["proposed"].number,
        "version_edition": held["proposed"].edition,
        "inforce_edition": held["inforce"].edition,
        "charter": held["charter"].number,
        "charter_edition": held["charter"].edition,
        "replay": replay.pk,
        "asked_for": MandateVersion.objects.get(mandate__code="retail").pk,
        "widening": widening(held["inforce"], world).pk,
        "calendar_edition": working_calendar(world).edition,
        **standing_in(world),
        **on_duty(world),
        "joris": world.joris.pk,
        "hanne": world.hanne.pk,
        "chloe": world.chloe.pk,
        "tom": world.tom.pk,
        "retail": world.teams["retail"].pk,
        "today": world.today.isoformat(),
    }
    names |= answers(world, made)
    names |= learnt(world, made)
    names["message"] = names["user"]  # no message of anybody's has the number: each sees their own alone
    return Scene(world, names)
