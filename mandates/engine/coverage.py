"""What a document leaves to nobody: where it limits a metric, and no row of it governs."""

from collections.abc import Mapping
from itertools import islice
from typing import Any, Final

from .regions import Effort, Exhausted, outside
from .sides import Pair, read_side

_STEPS: Final = 60_000


def uncovered(document: Mapping[str, Any], *, charter: bool = False) -> dict[str, Mapping[str, Any]]:
    """Each metric that the document limits but not everywhere, with one region that no row governs, as JSON.

    The region is empty where the search took too many steps: then something may be left out.
    Raises: InvalidCase where the document is not valid.
    """
    read = read_side(document, charter=charter)
    pair = Pair(read, read)
    side, scope = pair.first, pair.first.scope
    found: dict[str, Mapping[str, Any]] = {}
    if scope is None:
        return found
    for metric in side.metrics:
        rows = [limit for limit in side.rules.limits if limit.metric.name == metric]
        covers = [*pair.impossible, *(side.boxes_of(limit.when)[1] for limit in rows)]
        try:
            rest = list(islice(outside(scope, covers, Effort(_STEPS)), 1))
        except Exhausted:
            found[metric] = {}
            continue
        if rest:
            found[metric] = pair.space.described(rest[0])
    return found
