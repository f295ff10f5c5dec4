"""Sections that apps further left add to a deal's page and to the deal desk."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from approvals.desk import Desk
from approvals.models import Deal
from teams.permissions import About, Person
from teams.sections import Section

Built = tuple[str, Mapping[str, Any]] | None
# each returns the template to include and its context, or None where there is nothing to show to this person
# what permissions know about the deal is handed on, so that it is looked up once for a page
DealSection = Callable[[Deal, Person, HttpRequest, About], Built]
# the metrics are those that the deal, as it stands on the desk, is beyond, as far as the reader may know
DeskSection = Callable[[Desk, frozenset[str], HttpRequest], Built]

deal_sections: dict[str, DealSection] = {}
desk_sections: dict[str, DeskSection] = {}


def of_deal(deal: Deal, person: Person, request: HttpRequest, known: About) -> list[Section]:
    """Return the registered sections of a deal's page, in the order of their registration."""
    made = ((name, build(deal, person, request, known)) for name, build in deal_sections.items())
    return [Section(name, render_to_string(found[0], dict(found[1]), request)) for name, found in made if found]


def of_desk(desk: Desk, metrics: frozenset[str], request: HttpRequest) -> list[Section]:
    """Return the registered sections beside the answer on the deal desk, in the order of their registration."""
    made = ((name, build(desk, metrics, request)) for name, build in desk_sections.items())
    return [Section(name, render_to_string(found[0], dict(found[1]), request)) for name, found in made if found]
