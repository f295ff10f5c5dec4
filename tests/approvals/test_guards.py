"""What was submitted, decided and approved is kept by the database itself (P13 for the tables of this app)."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, models, transaction

from approvals.actions.vote import revoke_approval
from approvals.models import Approval, ApprovalRevocation, Case, Deal, Decision, Elector, Revision, RevisionLine, Vote
from journal.guards import missing_triggers
from tests.approvals.asking import case_of
from tests.factories import COMMITTEE_PRICE, World, submitted, vote

KEPT: list[type[models.Model]] = [Revision, RevisionLine, Decision, Approval, ApprovalRevocation]
CHANGES: dict[str, Callable[[type[models.Model]], object]] = {
    "update": lambda model: model._default_manager.update(id=models.F("id")),
    "delete": lambda model: model._default_manager.all()._raw_delete("default"),
}


@pytest.fixture
def decided(made: World) -> Deal:
    """A deal with at least one row in each kept table."""
    deal = submitted(made, price=COMMITTEE_PRICE)
    vote(made, case_of(deal, "finance"), "lien")
    revoke_approval(approval=Approval.objects.get(), by=made.lien, at=made.at, reason="For the test.")
    return deal


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("model", KEPT, ids=lambda model: model.__name__)
def test_change_of_a_kept_row_is_refused_by_the_database(decided: Deal, model: type[models.Model], change: str) -> None:
    """Seen to fail: with the table's line taken out of the migration."""
    before = list(model._default_manager.values_list())
    with pytest.raises(DatabaseError), transaction.atomic():
        CHANGES[change](model)
    assert list(model._default_manager.values_list()) == before != []


def test_no_guard_of_this_app_is_missing(made: World) -> None:
    assert missing_triggers() == []


def test_imported_history_may_be_taken_back(decided: Deal) -> None:
    fields = {f.attname: getattr(decided.latest, f.attname) for f in Revision._meta.fields if f.name != "id"}
    row = Revision.objects.create(**(fields | {"number": 9, "judged": False}))
    row.delete()
    assert not Revision.objects.filter(number=9).exists()


@pytest.mark.parametrize(
    "again",
    [
        lambda case: Case.objects.create(**_copied(case)),
        lambda case: Elector.objects.create(case=case, user=case.electors.all()[0].user),
        lambda case: Vote.objects.bulk_create(
            Vote(case=case, user=case.electors.all()[0].user, choice="approve", reason="x", cast_at=case.opened_at)
            for _ in range(2)
        ),
    ],
    ids=["open case of a committee", "elector", "vote"],
)
def test_what_exists_once_cannot_be_written_twice(decided: Deal, again: Callable[[Case], object]) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        again(case_of(decided))


def _copied(case: Case) -> dict[str, object]:
    return {f.attname: getattr(case, f.attname) for f in Case._meta.fields if f.name != "id"}
