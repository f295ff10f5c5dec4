"""Sections that apps further left add to a case's page: precedents, advice."""

from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from approvals.models import Case
from teams.permissions import About, Person
from teams.sections import Section

# returns the template to include and its context, or None where there is nothing to show to this person
CaseSection = Callable[[Case, Person, HttpRequest, About], tuple[str, Mapping[str, Any]] | None]

case_sections: dict[str, CaseSection] = {}


def sections_of(case: Case, person: Person, request: HttpRequest, known: About) -> list[Section]:
    """Return the registered sections of a case's page, in the order of their registration."""
    made = ((name, build(case, person, request, known)) for name, build in case_sections.items())
    return [Section(name, render_to_string(found[0], dict(found[1]), request)) for name, found in made if found]
