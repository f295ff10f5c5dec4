"""The rule by which a committee decides, in sentences: of the committee today, of a case, or of a proposed change."""

from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from teams.models import Committee


class Ruled(Protocol):
    """What a rule consists of, under the names of `Committee`."""

    rule: str
    approvals_needed: int
    share: int
    quorum: int
    chair_casts: bool
    decline_closes: bool
    silence: str


def how_it_decides(ruled: Ruled) -> str:
    """Return what makes a yes."""
    if ruled.rule == Committee.Rule.NUMBER:
        count = ruled.approvals_needed
        return ngettext("%(count)s approval decides.", "%(count)s approvals decide.", count) % {"count": count}
    if ruled.rule == Committee.Rule.SHARE:
        return _("Approvals of %(share)s %% of those who may vote decide.") % {"share": ruled.share}
    if ruled.rule == Committee.Rule.UNANIMITY:
        return _("Everybody who may vote must approve.")
    return _("More approvals than refusals decide, once those who have not voted cannot change it.")


def rule_sentences(ruled: Ruled) -> list[str]:
    """Return the whole rule, a sentence for each part that applies."""
    quorum = ngettext("%(count)s must vote.", "%(count)s must vote.", ruled.quorum) % {"count": ruled.quorum}
    found = [how_it_decides(ruled), quorum]
    if ruled.rule == Committee.Rule.MAJORITY:
        if ruled.chair_casts:
            found.append(_("On a tie the chair's vote decides."))
        found.append(_("When the answer time is over, the votes cast decide, if they make the quorum."))
    if ruled.decline_closes:
        found.append(_("One decline closes the case."))
    found.append(on_silence(ruled))
    return found


def on_silence(ruled: Ruled) -> str:
    """Return what follows where the votes do not decide in time; it is never a yes."""
    return {
        Committee.Silence.REMIND: _("On silence, whoever has not voted is reminded."),
        Committee.Silence.PASS_ON: _("On silence, the case passes to the member on duty, else to the chair."),
        Committee.Silence.LAPSE: _("On silence, the case lapses."),
    }[Committee.Silence(ruled.silence)]
