"""The ways of a deal, of a case, of a counter-proposal, of a consent round and of a question for advice, as tables."""

from collections.abc import Iterable

from journal.moves import Move

# States in which the team works on the draft and may submit a (further) revision of it.
SUBMITTABLE = ("draft", "pending", "approved", "declined", "refused")


def _move(name: str, sources: Iterable[str], target: str, permission: str, event: str) -> Move:
    return Move(name, frozenset(sources), target, permission, event)


def _stays(name: str, states: Iterable[str], permission: str, event: str) -> list[Move]:
    """Moves that change something else than the state."""
    return [_move(name, [state], state, permission, event) for state in states]


DEAL_MOVES: tuple[Move, ...] = (
    *_stays("edit", SUBMITTABLE, "deal.edit", "deal.edited"),
    _move("submit", SUBMITTABLE, "pending", "deal.submit", "deal.submitted"),
    _move("approve", ["pending"], "approved", "", "deal.approved"),
    _move("refuse", ["pending"], "refused", "", "deal.refused"),
    _move("decline", ["pending"], "declined", "", "deal.declined"),
    _move("withdraw", ["draft", "pending"], "withdrawn", "deal.withdraw", "deal.withdrawn"),
    _move("win", ["approved"], "won", "deal.close", "deal.won"),
    _move("lose", ["approved"], "lost", "deal.close", "deal.lost"),
    # a yes that ran out, or a committee that was silent and whose rule says so
    _move("lapse", ["approved", "pending"], "lapsed", "", "deal.lapsed"),
    _move("reopen", ["won", "lost"], "approved", "deal.reopen", "deal.reopened"),
    # where the yes has run out or its room in the budget is gone, the deal must be asked for again
    _move("reopen_as_draft", ["won", "lost"], "draft", "deal.reopen", "deal.reopened"),
)

CASE_MOVES: tuple[Move, ...] = (
    *_stays("vote", ["open"], "case.vote", "case.voted"),
    *_stays("request", ["open"], "case.request", "case.requested"),
    *_stays("answer", ["open"], "point.answer", "case.answered"),
    *_stays("take_back_request", ["open"], "request.take_back", "case.request_taken_back"),
    *_stays("propose", ["open"], "case.propose", "counter.proposed"),
    *_stays("recuse", ["open"], "case.recuse", "case.recused"),
    *_stays("remind", ["open"], "", "case.reminded"),
    *_stays("nudge", ["open"], "case.nudge", "case.nudged"),
    *_stays("pass_on", ["open"], "", "case.passed_on"),
    *_stays("get_stuck", ["open"], "", "case.stuck"),
    _move("approve", ["open"], "approved", "", "case.approved"),
    _move("decline", ["open"], "declined", "", "case.declined"),
    # the team took up a counter-proposal: a new revision inside it is approved at once
    _move("counter", ["open"], "countered", "", "case.countered"),
    _move("lapse", ["open"], "lapsed", "", "case.lapsed"),
    _move("void", ["open"], "void", "", "case.voided"),
)

COUNTER_MOVES: tuple[Move, ...] = (
    *_stays("vote", ["open"], "counter.vote", "counter.voted"),
    _move("take_back", ["open"], "taken_back", "counter.take_back", "counter.taken_back"),
    _move("adopt", ["open"], "adopted", "", "counter.adopted"),
    _move("reject", ["open"], "rejected", "", "counter.rejected"),
    _move("accept", ["adopted"], "accepted", "counter.accept", "counter.accepted"),
    _move("go_on", ["adopted"], "gone_on", "counter.go_on", "counter.gone_on"),
    _move("void", ["open", "adopted"], "void", "", "counter.voided"),
)

ROUND_MOVES: tuple[Move, ...] = (
    *_stays("consent", ["open"], "consent.give", "consent.given"),
    *_stays("object", ["open"], "consent.give", "consent.objected"),
    *_stays("reply", ["open"], "consent.reply", "consent.replied"),
    *_stays("talk", ["open"], "consent.talk", "consent.remarked"),
    *_stays("nudge", ["open"], "consent.nudge", "consent.nudged"),
    *_stays("withdraw_objection", ["open"], "consent.give", "consent.withdrawn"),
    _move("escalate", ["open"], "escalated", "objection.escalate", "consent.escalated"),
    _move("pass_on", ["open"], "escalated", "", "consent.escalated"),
    _move("agree", ["open"], "consented", "", "consent.completed"),
    _move("void", ["open"], "void", "", "consent.voided"),
)

ADVICE_MOVES: tuple[Move, ...] = (
    _move("answer", ["asked"], "answered", "advice.answer", "advice.answered"),
    _move("pass", ["asked"], "passed", "advice.answer", "advice.passed"),
    _move("thank", ["answered"], "thanked", "advice.thank", "advice.thanked"),
    _move("withdraw", ["asked"], "withdrawn", "advice.ask", "advice.withdrawn"),
    # the deal has ended, so nobody waits for the answer any more
    _move("close", ["asked"], "closed", "", "advice.closed"),
)
