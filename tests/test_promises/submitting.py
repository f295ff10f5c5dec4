"""A process that submits deals: `python -m tests.test_promises.submitting REFERENCE...`; prints what became of each."""

import sys
from datetime import UTC, datetime

import django

django.setup()

from approvals.actions.submit import submit  # noqa: E402
from approvals.models import Deal  # noqa: E402


def main(references: list[str]) -> None:
    """Submit one after the other, as fast as the locks allow."""
    at = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
    for reference in references:
        deal = Deal.objects.get(reference=reference)
        submit(deal=deal, by=deal.created_by, at=at, edition=deal.edition)
        deal.refresh_from_db()
        print(reference, deal.state, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
