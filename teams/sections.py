"""Sections that apps further left add to a team's and a customer's page."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from teams.models import Customer, Team
from teams.permissions import Person

# returns the template to include and its context, or None where there is nothing to show to this person
TeamSection = Callable[[Team, Person, HttpRequest], tuple[str, Mapping[str, Any]] | None]
CustomerSection = Callable[[Customer, Person, HttpRequest], tuple[str, Mapping[str, Any]] | None]


@dataclass(frozen=True, slots=True)
class Section:
    """A section ready to be shown."""

    name: str
    html: str


team_sections: dict[str, TeamSection] = {}
customer_sections: dict[str, CustomerSection] = {}


def of_team(team: Team, person: Person, request: HttpRequest) -> list[Section]:
    """The registered sections of a team's page, in the order of their registration."""
    made = ((name, build(team, person, request)) for name, build in team_sections.items())
    return [_rendered(name, *section, request) for name, section in made if section]


def of_customer(customer: Customer, person: Person, request: HttpRequest) -> list[Section]:
    """The registered sections of a customer's page, in the order of their registration."""
    made = ((name, build(customer, person, request)) for name, build in customer_sections.items())
    return [_rendered(name, *section, request) for name, section in made if section]


def _rendered(name: str, template: str, context: Mapping[str, Any], request: HttpRequest) -> Section:
    return Section(name, render_to_string(template, dict(context), request))
