"""An action whose event cannot be written leaves nothing behind, whichever action it is."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps
from django.core.files.base import ContentFile

from approvals.actions.consent import escalate, give_consent, object_to, reply, withdraw_objection
from approvals.actions.draft import copy_deal, create_deal, edit_draft, support, unsupport
from approvals.actions.files import attach, detach
from approvals.actions.outcome import lapse, lose, reopen, win
from approvals.actions.silence import look_at
from approvals.actions.submit import submit, withdraw
from approvals.actions.vote import cast_vote, revoke_approval
from approvals.models import Approval, ConsentRound, Deal
from approvals.ticking import pass_on_round
from journal.models import Event
from tests.approvals.asking import case_of, sentences
from tests.factories import COMMITTEE_PRICE, TEAM_PRICE, World, draft, seat_of, submitted, terms, vote

Act = Callable[[], object]
LATER = 40


class BrokenError(Exception):
    """What stands for a database that refuses the event."""


def snapshot() -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table that an action may write."""
    tables = [model for app in ("approvals", "mandates", "journal") for model in apps.get_app_config(app).get_models()]
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in tables}


def objected(made: World) -> Deal:
    """A deal to which Anke objects."""
    deal = submitted(made, price=TEAM_PRICE)
    object_to(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at, reason="Too low.")
    return deal


def approval_of(made: World) -> Approval:
    """An approval by finance."""
    vote(made, case_of(submitted(made, price=COMMITTEE_PRICE), "finance"), "lien")
    return Approval.objects.get()


def won(made: World) -> Deal:
    """A deal that Bram won."""
    deal = submitted(made)
    win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)
    return deal


def _create(made: World) -> Act:
    return lambda: create_deal(
        by=made.bram,
        at=made.at,
        customer=made.customers["C-17"],
        kind="new",
        channel="",
        currency="EUR",
        terms=terms(),
    )


def _edit(made: World) -> Act:
    deal = draft(made)
    return lambda: edit_draft(deal=deal, by=made.chloe, at=made.at, edition=None, terms=terms(term_months=36))


def _copy(made: World) -> Act:
    deal = draft(made)
    return lambda: copy_deal(deal=deal, by=made.bram, at=made.at)


def _support(made: World) -> Act:
    deal = draft(made)
    return lambda: support(deal=deal, team=made.teams["retail"], by=made.bram, at=made.at)


def _unsupport(made: World) -> Act:
    deal = draft(made)
    support(deal=deal, team=made.teams["retail"], by=made.bram, at=made.at)
    return lambda: unsupport(deal=deal, team=made.teams["retail"], by=made.bram, at=made.at)


def _attach(made: World) -> Act:
    deal = draft(made)
    return lambda: attach(deal=deal, by=made.bram, at=made.at, file=ContentFile(b"x"), name="a.pdf")


def _detach(made: World) -> Act:
    row = attach(deal=draft(made), by=made.bram, at=made.at, file=ContentFile(b"x"), name="a.pdf")
    return lambda: detach(attachment=row, by=made.bram, at=made.at)


def _submit(price: str) -> Callable[[World], Act]:
    def prepare(made: World) -> Act:
        deal = draft(made, price=price)
        return lambda: submit(deal=deal, by=made.bram, at=made.at, edition=None)

    return prepare


def _withdraw(made: World) -> Act:
    deal = submitted(made, price=COMMITTEE_PRICE)
    return lambda: withdraw(deal=deal, by=made.bram, at=made.at, reason="No.")


def _consent(made: World) -> Act:
    deal = submitted(made, price=TEAM_PRICE)
    return lambda: give_consent(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at)


def _object(made: World) -> Act:
    deal = submitted(made, price=TEAM_PRICE)
    return lambda: object_to(seat=seat_of(made, deal, "anke"), by=made.anke, at=made.at, reason="Too low.")


def _reply(made: World) -> Act:
    seat = seat_of(made, objected(made), "anke")
    return lambda: reply(seat=seat, by=made.bram, at=made.at, text="Three years.")


def _take_back(made: World) -> Act:
    seat = seat_of(made, objected(made), "anke")
    return lambda: withdraw_objection(seat=seat, by=made.anke, at=made.at)


def _escalate(made: World) -> Act:
    objected(made)
    return lambda: escalate(round=ConsentRound.objects.get(), by=made.bram, at=made.at)


def _vote(made: World) -> Act:
    case = vote(made, case_of(submitted(made, price=COMMITTEE_PRICE)), "ines")
    return lambda: cast_vote(case=case, by=made.joris, at=made.at, choice="approve", reason="Yes.")


def _last_vote(made: World) -> Act:
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal, "finance"), "lien")
    case = vote(made, case_of(deal), "ines")
    return lambda: cast_vote(case=case, by=made.joris, at=made.at, choice="approve", reason="Yes.")


def _revoke(made: World) -> Act:
    approval = approval_of(made)
    return lambda: revoke_approval(approval=approval, by=made.lien, at=made.at, reason="No.")


def _win(made: World) -> Act:
    deal = submitted(made)
    return lambda: win(deal=deal, by=made.bram, at=made.at, closed_on=made.today)


def _lose(made: World) -> Act:
    deal = submitted(made)
    return lambda: lose(deal=deal, by=made.bram, at=made.at, closed_on=made.today)


def _reopen(made: World) -> Act:
    deal = won(made)
    return lambda: reopen(deal=deal, by=made.anke, at=made.at, reason="Not this one.")


def _lapse(made: World) -> Act:
    deal = submitted(made)
    return lambda: lapse(deal=deal, at=made.at.replace(year=made.at.year + 1))


def _silence(made: World) -> Act:
    submitted(made, price=TEAM_PRICE)
    round = ConsentRound.objects.get()
    return lambda: pass_on_round(round.pk, round.due_at)


def _remind(made: World) -> Act:
    case = case_of(submitted(made, price=COMMITTEE_PRICE))
    return lambda: look_at(case.pk, case.due_at)


ACTIONS: dict[str, Callable[[World], Act]] = {
    "create": _create,
    "edit": _edit,
    "copy": _copy,
    "support": _support,
    "unsupport": _unsupport,
    "attach": _attach,
    "detach": _detach,
    "submit_member": _submit(""),
    "submit_team": _submit(TEAM_PRICE),
    "submit_committee": _submit(COMMITTEE_PRICE),
    "withdraw": _withdraw,
    "consent": _consent,
    "object": _object,
    "reply": _reply,
    "withdraw_objection": _take_back,
    "escalate": _escalate,
    "vote": _vote,
    "last_vote": _last_vote,
    "revoke_approval": _revoke,
    "win": _win,
    "lose": _lose,
    "reopen": _reopen,
    "lapse": _lapse,
    "silence": _silence,
    "remind": _remind,
}


@pytest.mark.parametrize("name", ACTIONS)
def test_action_whose_event_is_refused_keeps_nothing(
    made: World, monkeypatch: pytest.MonkeyPatch, settings: object, tmp_path: Path, name: str
) -> None:
    """Seen to fail: with the events written in a transaction of their own."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    act = ACTIONS[name](made)
    before, kept = snapshot(), sorted(path for path in tmp_path.rglob("*") if path.is_file())
    insert = Event.save

    def broken(self: Event, *args: object, **kwargs: object) -> None:
        insert(self, *args, **kwargs)  # type: ignore[arg-type]
        raise BrokenError

    with monkeypatch.context() as patch:
        patch.setattr(Event, "save", broken)
        with pytest.raises(BrokenError):
            act()
    assert snapshot() == before
    assert sorted(path for path in tmp_path.rglob("*") if path.is_file()) == kept
    act()
    assert snapshot() != before
    assert all(" " in sentence for sentence in sentences()), "every event has its sentence"
