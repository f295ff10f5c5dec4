"""The rows behind the competence finder: what people declared, the deals they did, the advice that was thanked for.

Each kind is read from the newest rows only, so that the answer takes as long with a million deals as with a thousand.
No result of a deal is read: won and lost say nothing about who knows.
"""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import Q

from approvals.knowing import Field, Named, Reason, Sign, Sought, whoever_knows, words_of
from approvals.models import Advice, Deal, Decision, RevisionLine
from approvals.readings import figures
from approvals.terms import read
from mandates.models import Product
from teams.models import Competence, User

LINES_READ = 2000
DEALS_READ = 500
DECISIONS_READ = 1000
THANKS_READ = 500

Known = dict[int, set[Reason]]
# person, value and deal: who did which deal with what
Doings = Iterable[tuple[int | None, str, int]]


def sought_of(deal: Deal, *, clause: str = "", text: str = "") -> Sought:
    """Return what a question about this deal is about; `text` is the question, or the words looked for."""
    return Sought(
        customer=deal.customer.reference,
        segment=deal.customer.segment,
        families=frozenset(families_of(deal)),
        clauses=frozenset({clause} - {""}),
        words=words_of(text),
    )


def families_of(deal: Deal) -> list[str]:
    """Return the families of what the deal is about, as the team works on it now."""
    codes = {line.product for line in read(deal.draft).lines}
    return sorted(set(Product.objects.filter(code__in=codes).values_list("family", flat=True)))


def who_knows(deal: Deal, sought: Sought, *, without: Iterable[int] = (), most: int | None = None) -> list[Named]:
    """Return whom to ask about the deal, with the reasons; `without` are people who are not to be named."""
    known = _known(deal, sought)
    people = User.objects.filter(pk__in=known, is_active=True, is_staff=False)
    names = dict(people.values_list("pk", "name"))
    return whoever_knows(known, sought, names=names, without=set(without), most=most)


def _known(deal: Deal, sought: Sought) -> Known:
    known: Known = defaultdict(set)
    for row in _declared(sought):
        known[row.user_id].add(Reason(Sign.DECLARED, Field(row.kind), row.name))
        if row.note:  # what somebody can help with is found by its words, too
            known[row.user_id].add(Reason(Sign.DECLARED, Field.TOPIC, row.note))
    _count(known, Sign.DONE, Field.CUSTOMER, _with_customer(deal))
    _count(known, Sign.DONE, Field.FAMILY, _with_families(deal, sought))
    _count(known, Sign.DONE, Field.SEGMENT, _with_segment(deal, sought))
    for clause in sought.clauses - figures.MARGIN:  # what turned on a margin would tell of costs
        _count(known, Sign.DONE, Field.CLAUSE, _with_clause(deal, clause))
    _thanked(known, sought)
    return known


def _count(known: Known, sign: Sign, field: Field, doings: Doings) -> None:
    """Count for each person and value in how many deals it happened."""
    deals: dict[tuple[int, str], set[int]] = defaultdict(set)
    for person, value, deal in doings:
        if person is not None:
            deals[person, value].add(deal)
    for (person, value), found in deals.items():
        known[person].add(Reason(sign, field, value, len(found)))


# --- declared ---


def _declared(sought: Sought) -> Iterable[Competence]:
    kinds = Competence.Kind
    paths = {
        "/".join(parts[: n + 1]) for parts in (one.split("/") for one in sought.families) for n in range(len(parts))
    }
    wanted = Q(kind=kinds.FAMILY, name__in=paths) | Q(kind=kinds.CLAUSE, name__in=sought.clauses)
    if sought.segment:
        wanted |= Q(kind=kinds.SEGMENT, name__iexact=sought.segment)
    for word in sorted(sought.words):
        wanted |= Q(kind=kinds.TOPIC, name__icontains=word[:5]) | Q(note__icontains=word[:5])
    return Competence.objects.filter(wanted).order_by("id")


# --- done ---


def _both(rows: Iterable[Any]) -> Doings:
    """Turn (value, deal, contact, submitter) into one doing for each of the two people."""
    for value, deal, contact, submitter in rows:
        yield contact, value, deal
        yield submitter, value, deal


def _with_customer(deal: Deal) -> Doings:
    deals = Deal.objects.filter(customer=deal.customer_id, latest__isnull=False).exclude(pk=deal.pk).order_by("-id")
    columns = ("customer__reference", "pk", "contact_id", "latest__submitted_by_id")
    return _both(deals.values_list(*columns)[:DEALS_READ])


def _with_families(deal: Deal, sought: Sought) -> Doings:
    lines = RevisionLine.objects.filter(product__family__in=sought.families).exclude(revision__deal=deal.pk)
    columns = ("product__family", "revision__deal_id", "revision__deal__contact_id", "revision__submitted_by_id")
    return _both(lines.order_by("-id").values_list(*columns)[:LINES_READ])


def _with_segment(deal: Deal, sought: Sought) -> Doings:
    if not sought.segment:
        return ()
    deals = Deal.objects.filter(customer__segment=sought.segment, latest__isnull=False).exclude(pk=deal.pk)
    columns = ("customer__segment", "pk", "contact_id", "latest__submitted_by_id")
    return _both(deals.order_by("-id").values_list(*columns)[:DEALS_READ])


def _with_clause(deal: Deal, clause: str) -> Doings:
    """Return who did deals in which this clause asked for more than a member's bound."""
    recent = Decision.objects.order_by("-id").values("pk")[:DECISIONS_READ]
    # the answer is canonical JSON: its keys stand in the order of the alphabet, so these two stand together
    beyond = f'"metric":"{clause}","reason":"beyond_'
    decisions = Decision.objects.filter(pk__in=recent, answer_document__contains=beyond)
    columns = ("revision__deal_id", "revision__deal__contact_id", "revision__submitted_by_id")
    rows = decisions.exclude(revision__deal=deal.pk).values_list(*columns)
    return _both((clause, *row) for row in rows)


# --- thanked ---


def _thanked(known: Known, sought: Sought) -> None:
    rows = list(
        Advice.objects.filter(state=Advice.State.THANKED)
        .order_by("-id")
        .values_list(
            "asked_of_id", "pk", "clause", "deal__customer__reference", "deal__customer__segment", "deal__latest"
        )[:THANKS_READ]
    )
    families = _families_by_revision(sought, {row[5] for row in rows})
    counted: dict[Field, list[tuple[int | None, str, int]]] = defaultdict(list)
    for person, advice, clause, customer, segment, revision in rows:
        counted[Field.CLAUSE].append((person, clause, advice))
        counted[Field.CUSTOMER].append((person, customer, advice))
        counted[Field.SEGMENT].append((person, segment, advice))
        counted[Field.FAMILY] += [(person, family, advice) for family in families.get(revision, ())]
    for field, doings in counted.items():
        _count(known, Sign.THANKED, field, doings)


def _families_by_revision(sought: Sought, revisions: set[int | None]) -> dict[int, set[str]]:
    found: dict[int, set[str]] = defaultdict(set)
    lines = RevisionLine.objects.filter(revision__in=revisions - {None}, product__family__in=sought.families)
    for revision, family in lines.values_list("revision_id", "product__family"):
        found[revision].add(family)
    return found
