"""A process that dies in the middle of a creating request: `python -m tests.journal.crash USER`."""

import os
import sys

import django

django.setup()

from rest_framework.response import Response  # noqa: E402

from tests.journal import creating  # noqa: E402


def die(*args: object, **options: object) -> Response:
    """End as if the power had gone, after the effect and before the answer was kept."""
    os._exit(9)


if __name__ == "__main__":
    creating.Response = die  # type: ignore[misc,assignment]
    creating.post(int(sys.argv[1]), key="k-1", body={"number": 1})
