"""Taking an import back, row by row, as far as nothing refers to it yet."""

from collections.abc import Iterable
from datetime import datetime

from django.db import models, transaction
from django.db.models import Exists, OuterRef, QuerySet

from approvals.models import Case, Deal, ImportBatch, ImportedRow, Revision, RevisionLine
from journal.record import record
from journal.refusals import Conflict
from mandates.models import Price, Product
from teams.models import Customer, CustomerTeam, Membership, Team, User

ORDER: list[tuple[str, type[models.Model]]] = [
    ("deal", Deal),
    ("customerteam", CustomerTeam),
    ("customer", Customer),
    ("price", Price),
    ("product", Product),
    ("membership", Membership),
    ("user", User),
    ("team", Team),
]


@transaction.atomic
def undo_import(*, batch: ImportBatch, by: User | None, at: datetime) -> tuple[dict[str, int], dict[str, int]]:
    """Delete what `batch` created and nothing refers to; returns (removed, kept) counts by table.

    Corrections that the batch made to rows of earlier imports are not taken back: import the old files again.
    Raises: Conflict `already_undone`.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch.pk)
    if batch.undone_at:
        raise Conflict("already_undone", f"Import {batch.pk} has been undone already.")
    removed: dict[str, int] = {}
    kept: dict[str, int] = {}
    for table, model in ORDER:
        mine = ImportedRow.objects.filter(batch=batch, table=table).values("row")
        rows = model._default_manager.filter(pk__in=mine)
        free = _free(model, rows)
        keys = list(free.values_list("pk", flat=True))
        total = rows.count()
        _delete(model, keys)
        if keys:
            removed[table] = len(keys)
        if total > len(keys):
            kept[table] = total - len(keys)
    batch.undone_at = at
    batch.save(update_fields=["undone_at"])
    record(
        "import.undone",
        subject=("import", str(batch.pk)),
        by=by.pk if by else None,
        at=at,
        data={"batch": batch.pk, "removed": removed, "kept": kept},
    )
    return removed, kept


def _free(model: type[models.Model], rows: QuerySet[models.Model]) -> QuerySet[models.Model]:
    """Those rows of `rows` that nothing outside themselves refers to."""
    if model is Deal:
        judged = Revision.objects.filter(deal=OuterRef("pk"), judged=True)
        cases = Case.objects.filter(deal=OuterRef("pk"))
        return rows.filter(imported=True, edition=1).exclude(Exists(judged)).exclude(Exists(cases))
    if model is Price:
        return rows.exclude(Exists(RevisionLine.objects.filter(product=OuterRef("product"))))
    if model in (CustomerTeam, Membership):
        deals = Deal.objects.filter(**_deals_of(model))
        return rows.exclude(Exists(deals))
    for relation in _references_to(model):
        rows = rows.exclude(Exists(relation))
    return rows


def _deals_of(model: type[models.Model]) -> dict[str, OuterRef]:
    if model is CustomerTeam:
        return {"customer": OuterRef("customer"), "team": OuterRef("team")}
    return {"contact": OuterRef("user"), "team": OuterRef("team")}


def _references_to(model: type[models.Model]) -> Iterable[QuerySet[models.Model]]:
    """One query for each foreign key in the whole project that points at `model`."""
    for relation in model._meta.related_objects:
        if relation.many_to_many:
            continue
        source = relation.related_model
        yield source._default_manager.filter(**{relation.field.name: OuterRef("pk")})


def _delete(model: type[models.Model], keys: list[int]) -> None:
    for start in range(0, len(keys), 500):
        chunk = keys[start : start + 500]
        if model is Deal:
            Deal.objects.filter(pk__in=chunk).update(latest=None)
            RevisionLine.objects.filter(revision__deal__in=chunk)._raw_delete("default")
            Revision.objects.filter(deal__in=chunk)._raw_delete("default")
        model._default_manager.filter(pk__in=chunk).delete()
