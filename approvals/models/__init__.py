"""The tables of deals and of who said what about them."""

from approvals.models.advice import Advice, Remark
from approvals.models.answering import AskedPoint, CasePause, CaseRequest, CounterProposal, CounterVote, PastVote
from approvals.models.cases import Approval, ApprovalRevocation, Case, Elector, Recusal, Vote
from approvals.models.comments import Comment, Mention
from approvals.models.consents import ConsentRound, ConsentSeat
from approvals.models.deals import OPEN_STATES, Attachment, Deal, DealEditor, DealState, DealSupport
from approvals.models.following import Follow
from approvals.models.imports import ImportBatch, ImportedRow
from approvals.models.revisions import Decision, Revision, RevisionLine

__all__ = [
    "OPEN_STATES",
    "Advice",
    "Approval",
    "ApprovalRevocation",
    "AskedPoint",
    "Attachment",
    "Case",
    "CasePause",
    "CaseRequest",
    "Comment",
    "ConsentRound",
    "ConsentSeat",
    "CounterProposal",
    "CounterVote",
    "Deal",
    "DealEditor",
    "DealState",
    "DealSupport",
    "Decision",
    "Elector",
    "Follow",
    "ImportBatch",
    "ImportedRow",
    "Mention",
    "PastVote",
    "Recusal",
    "Remark",
    "Revision",
    "RevisionLine",
    "Vote",
]
