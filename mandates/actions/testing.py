"""Writing down a draft's own test cases."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from journal.refusals import Conflict, Invalid
from mandates.actions.writing import judged_move, locked_version, own_draft, refuse_problems, same_edition, tell_mandate
from mandates.checking import tests_of
from mandates.documents import document_of
from mandates.engine import canonical, check_mandate
from mandates.expectations import check_tests
from mandates.models import MandateVersion, VersionTest
from teams.models import User

LONGEST_NAME = 200


def write_tests(version: MandateVersion, tests: Sequence[Mapping[str, Any]]) -> bool:
    """Replace a draft's test cases; say whether that changed anything. Raises: Invalid for what cannot be stored."""
    rows = []
    for number, test in enumerate(tests, start=1):
        name = str(test.get("name", "")).strip()
        if not name or len(name) > LONGEST_NAME:
            detail = _("Name the test case in a few words (at most %(most)s letters).")
            raise Invalid("name_length", detail % {"most": LONGEST_NAME}, path=f"tests[{number - 1}].name")
        rows.append((number, name, canonical({**test, "name": name})))
    kept = list(version.tests.order_by("number").values_list("number", "name", "document"))
    if kept == rows:
        return False
    version.tests.all().delete()
    VersionTest.objects.bulk_create(
        VersionTest(version=version, number=number, name=name, document=document) for number, name, document in rows
    )
    return True


@transaction.atomic
def add_test(
    *, version: MandateVersion, by: User, at: datetime, test: Mapping[str, Any], edition: int | None = None
) -> MandateVersion:
    """Add a test case to a draft; only its drafter may.

    Raises: Conflict `stale_edition`, `illegal_move`, `document_incomplete`; NotAllowed; Invalid with the path of what
    is wrong.
    """
    version = _own_draft(version, by, at, edition)
    document = document_of(version)
    if check_mandate(document):
        raise Conflict("document_incomplete", _("Mend the limits first: a test case is judged by them."))
    tests = [*tests_of(version), dict(test)]
    refuse_problems(check_tests(tests, document))
    return _changed(version, tests, by, at)


@transaction.atomic
def remove_test(
    *, version: MandateVersion, by: User, at: datetime, name: str, edition: int | None = None
) -> MandateVersion:
    """Take a test case out of a draft; only its drafter may.

    Raises: Conflict `stale_edition`, `illegal_move`, `no_such_test`; NotAllowed.
    """
    version = _own_draft(version, by, at, edition)
    tests = tests_of(version)
    left = [test for test in tests if test["name"] != name]
    if len(left) == len(tests):
        raise Conflict("no_such_test", _("There is no such test case any more. Load the page again."))
    return _changed(version, left, by, at)


def _own_draft(version: MandateVersion, by: User, at: datetime, edition: int | None) -> MandateVersion:
    version = locked_version(version)
    judged_move(version, "edit", by=by, at=at)
    own_draft(version, by)
    same_edition(version, edition)
    return version


def _changed(version: MandateVersion, tests: Sequence[Mapping[str, Any]], by: User, at: datetime) -> MandateVersion:
    write_tests(version, tests)
    version.edition += 1
    version.save(update_fields=["edition"])
    data = {"edition": version.edition, "sha256": version.sha256, "tests": len(tests)}
    tell_mandate("mandate.edited", version, by=by, at=at, data=data)
    return version
