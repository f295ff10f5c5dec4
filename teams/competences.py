"""What people may say to know about, as other apps offer it, and the words for what they said."""

from collections.abc import Callable, Iterable, Mapping

from django.utils.translation import gettext as _

from teams.models import Competence, Customer

# what is offered of a kind: its stored name and its words
Choices = Mapping[str, str]
Offer = Callable[[], Choices]


def _segments() -> Choices:
    found = Customer.objects.exclude(segment="").values_list("segment", flat=True).distinct()
    return {name: name for name in sorted(found)}


# filled by the apps that know families and clauses
offers: dict[str, Offer] = {Competence.Kind.SEGMENT: _segments}


def offered() -> dict[str, Choices]:
    """Return by kind what may be chosen, the kinds in the order of their list; a topic is written freely."""
    return {kind: offers[kind]() for kind in Competence.Kind.values if kind in offers}


def in_words(rows: Iterable[Competence]) -> str:
    """Return what somebody knows about as a list in words."""
    return ", ".join(word_of(row) for row in rows)


def word_of(row: Competence) -> str:
    """Return the words for one thing that somebody knows about."""
    if row.kind == Competence.Kind.CLAUSE and row.kind in offers:
        return str(offers[row.kind]().get(row.name, row.name))
    if row.kind == Competence.Kind.SEGMENT:
        return _("segment %(name)s") % {"name": row.name}
    return row.name
