"""Where a deal stands in one sentence, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.formats import date_format
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from approvals.readings.verdict import one_of


@dataclass(frozen=True, slots=True)
class Objection:
    """A colleague's no with its reason; `replied` once the team has answered it."""

    name: str
    replied: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """What there is to know of a deal in order to say where it stands; names, not ids. `of_team`: the reader is."""

    state: str
    revision: int = 0
    draft_differs: bool = False
    committees: Sequence[str] = ()
    declined_by: Sequence[str] = ()
    approved_by: Sequence[str] = ()
    consents_needed: int = 0
    consented: Sequence[str] = ()
    awaited: Sequence[str] = ()
    objections: Sequence[Objection] = ()
    good_until: date | None = None
    closed_on: date | None = None
    imported: bool = False
    of_team: bool = True


def stands(standing: Standing) -> str:
    """Return where the deal stands, as one sentence."""
    if standing.imported:
        return _imported(standing)
    match standing.state:
        case "draft":
            return _("This is a draft: nobody has been asked yet.")
        case "pending":
            return _pending(standing)
        case "approved":
            return _approved(standing)
        case "declined":
            return _declined(standing)
        case "refused":
            return _("Revision %(number)s lies outside the charter, so nobody may agree it.") % {
                "number": standing.revision
            }
        case "withdrawn":
            return _("The team withdrew this deal.")
        case "lapsed":
            return _lapsed(standing)
    return _closed(standing)


def _imported(standing: Standing) -> str:
    closed = "" if standing.closed_on is None else date_format(standing.closed_on)
    if standing.state == "won":
        return _("Won on %(day)s. It was imported, so nobody judged it here.") % {"day": closed}
    return _("Lost on %(day)s. It was imported, so nobody judged it here.") % {"day": closed}


def _pending(standing: Standing) -> str:
    parts = []
    if standing.awaited or standing.objections or standing.consents_needed:
        parts.append(_colleagues(standing))
    if standing.committees:
        names = get_text_list(list(standing.committees), _("and"))
        parts.append(_("Waiting for %(committees)s.") % {"committees": names})
    return " ".join(parts) or _("Waiting for an answer.")


def _colleagues(standing: Standing) -> str:
    open_objections = [objection.name for objection in standing.objections]
    if open_objections:
        return _("%(names)s objected: the team replies, or takes it to the committee.") % {
            "names": get_text_list(open_objections, _("and"))
        }
    missing = max(1, standing.consents_needed - len(standing.consented))
    names = one_of(standing.awaited, _("or") if missing < len(standing.awaited) or missing == 1 else _("and"))
    if not names:
        return ngettext("Waiting for one colleague.", "Waiting for %(count)s colleagues.", missing) % {"count": missing}
    return ngettext(
        "Waiting for one colleague: %(names)s.", "Waiting for %(count)s colleagues: %(names)s.", missing
    ) % {"count": missing, "names": names}


def _approved(standing: Standing) -> str:
    by = list(standing.approved_by) or list(standing.consented)
    words = {
        "day": "" if standing.good_until is None else date_format(standing.good_until),
        "by": get_text_list(by, _("and")),
    }
    if standing.approved_by:
        said = _("Approved by %(by)s.")
    elif by:
        said = _("Approved with the consent of %(by)s.")
    else:
        said = _("Approved.")
    until = _("You may say yes to the customer until %(day)s.")
    if not standing.of_team:
        until = _("The team may say yes to the customer until %(day)s.")
    return f"{said} {until}" % words


def _declined(standing: Standing) -> str:
    if not standing.declined_by:
        return _("Revision %(number)s was declined.") % {"number": standing.revision}
    return _("%(committees)s declined revision %(number)s.") % {
        "committees": get_text_list(list(standing.declined_by), _("and")),
        "number": standing.revision,
    }


def _lapsed(standing: Standing) -> str:
    if standing.good_until is None:
        return _("This deal lapsed without an answer.")
    return _("The yes ended on %(day)s without a result.") % {"day": date_format(standing.good_until)}


def _closed(standing: Standing) -> str:
    words = {"day": "" if standing.closed_on is None else date_format(standing.closed_on)}
    return _("Won on %(day)s.") % words if standing.state == "won" else _("Lost on %(day)s.") % words


def next_step(standing: Standing) -> str:
    """Return what the deal's team does next, as one sentence; empty where there is nothing to do."""
    if standing.imported:
        return ""
    match standing.state:
        case "draft":
            return _("Complete it, check it, and submit it.")
        case "approved":
            if standing.draft_differs:
                return _("The draft has changed since: submit it as a new revision, or record how this one ended.")
            return _("Tell the customer, and record whether the deal was won or lost.")
        case "declined" | "refused":
            return _("Change it and submit a new revision, or leave it here.")
        case "withdrawn" | "lapsed":
            return _("Copy it to start again, or leave it here.")
        case "pending":
            if standing.objections:
                return _("Talk to the colleague who objected; reply here so that it is on record.")
            return _("Nothing to do but wait; you may withdraw it or submit a better revision.")
    return ""


def pending_note(standing: Standing) -> str:
    """Return the few words that the stepper shows while a deal is pending."""
    if standing.state != "pending":
        return ""
    if standing.committees:
        count = len(standing.committees)
        return ngettext("With one committee", "With %(count)s committees", count) % {"count": count}
    return _("With colleagues")
