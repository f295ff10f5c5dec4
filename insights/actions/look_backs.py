"""Look-backs: planned when a deal has its result or for a day that the team sets, asked when due, answered."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from approvals.audience import mentioned_in, people_who_see
from approvals.models import Deal, DealState
from approvals.sight import about
from insights.models import LookBack
from journal.hashing import sha256
from journal.record import record
from journal.refusals import Conflict, Invalid
from teams.models import User
from teams.organisation import today
from teams.permissions import About, may, require
from teams.standing import person_of

LONGEST = 4000
FURTHEST = timedelta(days=3 * 366)


@dataclass(frozen=True, slots=True)
class Answers:
    """What a look-back says: about the mandate, the exchange, and what the team would do again."""

    fit: str
    mandate_said: str
    gave: str
    got: str
    again: str
    again_said: str


TEXTS = ("mandate_said", "gave", "got", "again_said")


def plan_result(deal: Deal, by: User, at: datetime) -> None:
    """Plan the look-back on a deal that was won or lost, due at once; runs in the transaction of the result."""
    due = today(at)
    made, is_new = LookBack.objects.get_or_create(
        deal=deal, cause=deal.state, defaults={"due_on": due, "mandate_id": _mandate_of(deal)}
    )
    if not is_new and made.answered_at is None:  # it was reopened meanwhile, and ended so again
        LookBack.objects.filter(pk=made.pk).update(due_on=due, asked_at=None)


@transaction.atomic
def plan_day(*, deal: Deal, by: User, at: datetime, on: date) -> LookBack:
    """Set a day on which the team looks back on an agreed deal, or move it.

    Raises: NotAllowed; Conflict `not_agreed`, `answered`; Invalid `day`.
    """
    locked = Deal.objects.select_for_update().get(pk=deal.pk)
    day = today(at)
    require("lookback.plan", person_of(by, day), about(locked))
    if locked.state not in (DealState.APPROVED, DealState.WON):
        raise Conflict("not_agreed", _("A day to look back on is set for a deal that is approved or won."))
    if not day <= on <= day + FURTHEST:
        raise Invalid("day", _("Choose a day from today on, within three years."), path="on")
    found = LookBack.objects.select_for_update().filter(deal=locked, cause=LookBack.Cause.DAY).first()
    if found is not None and found.answered_at is not None:
        raise Conflict("answered", _("The team has looked back on this deal already."))
    if found is None:
        found = LookBack(deal=locked, cause=LookBack.Cause.DAY, mandate_id=_mandate_of(locked))
    found.due_on, found.asked_at = on, None
    found.save()
    _tell("lookback.planned", found, by=by, at=at, data={"due_on": on}, tell=[locked.contact_id])
    return found


@transaction.atomic
def ask(look_back_id: int, at: datetime) -> bool:
    """Ask one look-back that is due; say whether it was still to be asked. One whose deal was reopened is not."""
    found = LookBack.objects.select_for_update(of=("self",)).select_related("deal__team").get(pk=look_back_id)
    if found.asked_at is not None or found.due_on > today(at):
        return False
    if found.cause != LookBack.Cause.DAY and found.deal.state != found.cause:
        return False
    found.asked_at = at
    found.save(update_fields=["asked_at"])
    data: dict[str, object] = {"cause": found.cause, "due_on": found.due_on}
    _tell("lookback.asked", found, by=None, at=at, data=data, tell=askees(found.deal, today(at)))
    return True


@transaction.atomic
def answer(*, look_back: LookBack, by: User, at: datetime, edition: int | None, answers: Answers) -> LookBack:
    """Answer a look-back, or say it better; it is about the mandate and the deal, and names nobody.

    Raises: NotAllowed; Conflict `not_asked`, `stale_edition`; Invalid `missing`, `too_long`, `names_person`.
    """
    found = LookBack.objects.select_for_update(of=("self",)).select_related("deal__team").get(pk=look_back.pk)
    day = today(at)
    require("lookback.answer", person_of(by, day), about(found.deal))
    if found.asked_at is None:
        raise Conflict("not_asked", _("This look-back has not been asked for yet."))
    if edition is not None and edition != found.edition:
        raise Conflict("stale_edition", _("A colleague has written here meanwhile. Look at it first."))
    said = {name: getattr(answers, name).strip() for name in TEXTS}
    _check(answers, said, found.deal, day)
    found.fit, found.again = answers.fit, answers.again
    for name, text in said.items():
        setattr(found, name, text)
    found.answered_by, found.answered_at, found.edition = by, at, found.edition + 1
    found.save()
    data: dict[str, object] = {"fit": found.fit, "again": found.again, "sha256": sha256("\n".join(said.values()))}
    _tell("lookback.answered", found, by=by, at=at, data=data, tell=[found.deal.contact_id])
    return found


def _check(answers: Answers, said: dict[str, str], deal: Deal, day: date) -> None:
    """Raises: Invalid for what is missing, too long, or about a person."""
    if answers.fit not in LookBack.Fit.values:
        raise Invalid("missing", _("Say whether the mandate fitted."), path="fit")
    if answers.again not in LookBack.Again.values:
        raise Invalid("missing", _("Say whether the team would do it again."), path="again")
    for path, text in said.items():
        if len(text) > LONGEST:
            raise Invalid("too_long", _("This is too long. Say what others can learn from."), path=path)
    people = people_who_see(deal, day)
    for path, text in said.items():
        named = [one for one in people if one.name.casefold() in text.casefold()] or mentioned_in(text, people)
        if named:
            detail = _("A look-back is about the mandate and the deal, never about a person: leave %(name)s out.")
            raise Invalid("names_person", detail % {"name": named[0].name}, path=path)


def askees(deal: Deal, day: date) -> list[int]:
    """Return who is asked: the contact and the deal's editors, as far as they still work in its team."""
    people = list(dict.fromkeys([deal.contact_id, *deal.editors.values_list("user_id", flat=True)]))
    users = User.objects.filter(pk__in=people, is_active=True)
    known = about(deal)
    from_team = {user.pk for user in users if _may_answer(user, day, known)}
    return [person for person in people if person in from_team]


def _may_answer(user: User, day: date, known: About) -> bool:
    return bool(may("lookback.answer", person_of(user, day), known))


def _mandate_of(deal: Deal) -> int | None:
    """Return the mandate that judged the deal's latest revision."""
    judged = None if deal.latest is None else deal.latest.decisions.exclude(mandate_version=None).order_by("-number")
    found = None if judged is None else judged.values_list("mandate_version__mandate", flat=True).first()
    return found


def _tell(
    verb: str, look_back: LookBack, *, by: User | None, at: datetime, data: dict[str, object], tell: Iterable[int]
) -> None:
    actor = None if by is None else by.pk
    deal = look_back.deal
    record(
        verb,
        subject=("deal", deal.reference),
        by=actor,
        at=at,
        data={"look_back": look_back.pk, **data},
        about=[("customer", deal.customer.reference), ("team", deal.team.code)],
        tell=[person for person in dict.fromkeys(tell) if person != actor],
        link=f"/look-backs/{look_back.pk}/",
    )
