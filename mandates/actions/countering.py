"""What a grantor offers in place of what a team asked for, and the team's answer to it."""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from journal.refusals import Conflict, Invalid, Refusal
from mandates import proposals
from mandates.actions.ending import settle_mandate
from mandates.actions.granting import answer, concerned_teams, granted_data, put_in_force
from mandates.actions.testing import write_tests
from mandates.actions.writing import (
    grantors,
    holder_ids,
    judged_move,
    lock_mandate,
    lock_teams,
    locked_version,
    reason_given,
    refuse_problems,
    refuse_unconfirmed,
    same_edition,
    stored,
    team_people,
    tell_mandate,
)
from mandates.checking import findings_of, problems_of, tests_of
from mandates.documents import document_of
from mandates.drafters import aims_of, asking_team_id, drafter_ids
from mandates.models import (
    Mandate,
    MandateVersion,
    TeamRequest,
    VersionAims,
    VersionCounter,
    VersionDrafter,
    VersionHolder,
    VersionState,
)
from mandates.narrowing import allows_more, earliest
from teams.models import User
from teams.organisation import today
from teams.permissions import About, may
from teams.standing import person_of


@transaction.atomic
def counter(
    *,
    version: MandateVersion,
    by: User,
    at: datetime,
    document: Mapping[str, Any],
    reason: str,
    from_on: date | None = None,
    confirmed: Collection[str] = (),
    edition: int | None = None,
) -> VersionCounter:
    """Offer the team that asked another document, with the reason; it stays the grantor's word until it is answered.

    `confirmed`: the keys of `checking.findings_of` the offered document. Nothing is in force by this.
    Raises: NotAllowed; Conflict `not_asked_for`, `unconfirmed`, `illegal_move`, `stale_edition`; Invalid
    `reason_missing`, `same_document`, and with the path of whatever is wrong with the document.
    """
    version = locked_version(version)
    move, day = judged_move(version, "counter", by=by, at=at)
    same_edition(version, edition)
    team_id = asking_team_id(version)
    if team_id is None:
        raise Conflict("not_asked_for", _("No team asked for this version: decline it, and draft your own."))
    reason = reason_given(reason)
    offered = {**document, "code": version.mandate.code, "version": version.number}
    text, sha256 = stored(offered)
    if sha256 == version.sha256:
        raise Invalid("same_document", _("This is what the team asked for. Change something, or grant it."))
    offered = json.loads(text)
    refuse_problems(problems_of(version, offered))
    refuse_unconfirmed(findings_of(version, at, offered), confirmed)
    version.state = VersionState(move.target)
    answer(version, by, at, reason)
    made = VersionCounter.objects.create(
        version=version,
        document=text,
        sha256=sha256,
        reason=reason,
        from_on=from_on,
        is_wider=allows_more(document_of(version), offered, at),
        confirmed=json.dumps(sorted(confirmed)),
        by=by,
        at=at,
    )
    data = {"counter": made.pk, "sha256": sha256}
    tell_mandate(move.event, version, by=by, at=at, data=data, tell=team_people([team_id], day))
    return made


@transaction.atomic
def accept(*, version: MandateVersion, by: User, at: datetime, edition: int | None = None) -> MandateVersion:
    """Make what was offered a version that the team drafts, and grant it where the grantor's word still holds.

    A counter that allows nothing more than was asked was written by the team and is granted by the grantor: two
    people. One that allows more anywhere was written by the grantor there, so it is proposed to somebody else; so is
    one whose grantor may not grant it any more. Returns the new version. Locks every holding team first.
    Raises: NotAllowed; Conflict `no_counter`, `draft_exists`, `illegal_move`, `stale_edition`; Invalid.
    """
    lock_teams(concerned_teams(version, at))
    mandate = lock_mandate(version.mandate_id)
    version = locked_version(version)
    move, day = judged_move(version, "accept", by=by, at=at)
    same_edition(version, edition)
    offer = _open(version)
    made = _drafted(mandate, version, offer, by, at)
    refuse_problems(problems_of(made))
    _close(offer, VersionCounter.Answer.ACCEPTED, by, at, made=made)
    told = [offer.by_id, *team_people(holder_ids(made), day)]
    data = {"counter": offer.pk, "made": made.number, "sha256": made.sha256}
    tell_mandate(move.event, version, by=by, at=at, data=data, tell=told)
    if _granted_by_its_word(mandate, made, offer, at):
        data = granted_data(made, findings_of(made, at)) | {"counter": offer.pk, "grantor": offer.by_id}
        told = [offer.by_id, *team_people(concerned_teams(made, at), day)]
        tell_mandate("mandate.granted_as_offered", made, by=by, at=at, data=data, tell=told)
        settle_mandate(mandate, at)
    else:
        tell_mandate("mandate.proposed", made, by=by, at=at, data={"sha256": made.sha256}, tell=grantors(made, day))
        proposals.follow(made, by, at)
    return made


def _drafted(
    mandate: Mandate, version: MandateVersion, offer: VersionCounter, by: User, at: datetime
) -> MandateVersion:
    """Write the version that the team drafts by accepting; the grantor drafts it too where it allows more."""
    number = (mandate.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    text, sha256 = stored({**json.loads(offer.document), "version": number})
    made = MandateVersion(
        mandate=mandate, number=number, document=text, sha256=sha256, note=version.note, drafted_by=by, drafted_at=at
    )
    made.valid_from = date.fromisoformat(json.loads(text)["valid_from"])
    made.valid_until = date.fromisoformat(json.loads(text)["valid_until"])
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        detail = _("“%(name)s” has an open draft already. Go on with that one, or take it back.")
        raise Conflict("draft_exists", detail % {"name": mandate.name}) from None
    VersionHolder.objects.bulk_create(VersionHolder(version=made, team_id=pk) for pk in sorted(holder_ids(version)))
    aims = aims_of(version)
    VersionAims.objects.create(version=made, goal=aims.goal, walk_away=aims.walk_away, options=aims.options)
    TeamRequest.objects.create(version=made, team_id=version.request.team_id)
    write_tests(made, tests_of(version))
    if offer.is_wider:
        VersionDrafter.objects.create(version=made, user=offer.by, at=offer.at)
    made.state = VersionState.PROPOSED
    made.proposed_by, made.proposed_at = by, at
    made.save(update_fields=["state", "proposed_by", "proposed_at"])
    return made


def _granted_by_its_word(mandate: Mandate, made: MandateVersion, offer: VersionCounter, at: datetime) -> bool:
    """Grant the version in the name of who offered it, if that person may do so today and nothing new came up."""
    about = About(drafter_ids=drafter_ids(made), holder_team_ids=holder_ids(made))
    if offer.is_wider or not may("mandate.grant", person_of(offer.by, today(at)), about):
        return False
    try:
        with transaction.atomic():
            start = earliest(made, wanted=offer.from_on, at=at)
            first = start.first if offer.from_on else None
            confirmed = json.loads(offer.confirmed)
            put_in_force(mandate, made, by=offer.by, at=at, from_on=first, confirmed=confirmed, note=offer.reason)
    except Refusal:
        made.refresh_from_db()
        return False
    return True


@transaction.atomic
def refuse(
    *, version: MandateVersion, by: User, at: datetime, reason: str, edition: int | None = None
) -> VersionCounter:
    """Say no to what was offered, with a reason; the team may ask anew, and what is in force stays in force.

    Raises: NotAllowed; Invalid `reason_missing`; Conflict `no_counter`, `illegal_move`, `stale_edition`.
    """
    version = locked_version(version)
    move, day = judged_move(version, "refuse", by=by, at=at)
    same_edition(version, edition)
    offer = _open(version)
    offer.answer_note = reason_given(reason)
    _close(offer, VersionCounter.Answer.REFUSED, by, at)
    told = [offer.by_id, *team_people([version.request.team_id], day)]
    tell_mandate(move.event, version, by=by, at=at, data={"counter": offer.pk}, tell=told)
    return offer


@transaction.atomic
def withdraw_counter(*, version: MandateVersion, by: User, at: datetime, edition: int | None = None) -> MandateVersion:
    """Take an offer back before the team answered: what it asked for waits for an answer again.

    Raises: NotAllowed; Conflict `no_counter`, `draft_exists`, `illegal_move`, `stale_edition`.
    """
    version = locked_version(version)
    move, day = judged_move(version, "withdraw_counter", by=by, at=at)
    same_edition(version, edition)
    offer = _open(version)
    _close(offer, VersionCounter.Answer.WITHDRAWN, by, at)
    version.state = VersionState(move.target)
    version.answered_by, version.answered_at, version.answer_note = None, None, ""
    version.edition += 1
    try:
        with transaction.atomic():
            version.save(update_fields=["state", "answered_by", "answered_at", "answer_note", "edition"])
    except IntegrityError:
        detail = _("“%(name)s” has an open draft already. Go on with that one, or take it back.")
        raise Conflict("draft_exists", detail % {"name": version.mandate.name}) from None
    told = [*team_people([version.request.team_id], day), *grantors(version, day)]
    tell_mandate(move.event, version, by=by, at=at, data={"counter": offer.pk}, tell=told)
    return version


def _open(version: MandateVersion) -> VersionCounter:
    """Return what is offered, locked. Raises: Conflict `no_counter`."""
    offer = version.counters.select_for_update(of=("self",)).filter(answer="").select_related("by").first()
    if offer is None:
        raise Conflict("no_counter", _("Nothing is offered any more. Load the page again."))
    return offer


def _close(
    offer: VersionCounter, answered: VersionCounter.Answer, by: User, at: datetime, made: MandateVersion | None = None
) -> None:
    offer.answer, offer.answered_by, offer.answered_at, offer.made = answered, by, at, made
    offer.save(update_fields=["answer", "answered_by", "answered_at", "answer_note", "made"])
