"""What apps further left do when something was said about a deal, or it was won or lost; in that transaction."""

from collections.abc import Callable, Iterable
from datetime import datetime

from approvals.models import Case, Deal
from teams.models import User

# the deal, the cases that it was said to (none where no committee is asked), the text, who said it and when
Listener = Callable[[Deal, Iterable[Case], str, User, datetime], None]
# the deal with its result, who entered it and when
Closer = Callable[[Deal, User, datetime], None]

listeners: dict[str, Listener] = {}
closers: dict[str, Closer] = {}


def said(deal: Deal, cases: Iterable[Case], text: str, *, by: User, at: datetime) -> None:
    """Let every registered listener read what was said, in the order of their registration."""
    for listen in listeners.values():
        listen(deal, list(cases), text, by, at)


def closed(deal: Deal, *, by: User, at: datetime) -> None:
    """Let every registered closer see the result."""
    for close in closers.values():
        close(deal, by, at)
