"""Sections that apps further left add to the pages of mandates, their versions and products."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.template.loader import render_to_string

from mandates.models import Mandate, MandateVersion, Product
from teams.permissions import Person

# returns the template to include and its context, or None where there is nothing to show to this person
MandateSection = Callable[[Mandate, Person, HttpRequest], tuple[str, Mapping[str, Any]] | None]
VersionSection = Callable[[MandateVersion, Person, HttpRequest], tuple[str, Mapping[str, Any]] | None]
ProductSection = Callable[[Product, Person, HttpRequest], tuple[str, Mapping[str, Any]] | None]


@dataclass(frozen=True, slots=True)
class Section:
    """A section ready to be shown."""

    name: str
    html: str


mandate_sections: dict[str, MandateSection] = {}
version_sections: dict[str, VersionSection] = {}
product_sections: dict[str, ProductSection] = {}


def of_mandate(mandate: Mandate, person: Person, request: HttpRequest) -> list[Section]:
    """The registered sections of a mandate's page, in the order of their registration."""
    made = ((name, build(mandate, person, request)) for name, build in mandate_sections.items())
    return [_rendered(name, *section, request) for name, section in made if section]


def of_version(version: MandateVersion, person: Person, request: HttpRequest) -> list[Section]:
    """The registered sections of a version's page, in the order of their registration."""
    made = ((name, build(version, person, request)) for name, build in version_sections.items())
    return [_rendered(name, *section, request) for name, section in made if section]


def of_product(product: Product, person: Person, request: HttpRequest) -> list[Section]:
    """The registered sections of a product's page, in the order of their registration."""
    made = ((name, build(product, person, request)) for name, build in product_sections.items())
    return [_rendered(name, *section, request) for name, section in made if section]


def _rendered(name: str, template: str, context: Mapping[str, Any], request: HttpRequest) -> Section:
    return Section(name, render_to_string(template, dict(context), request))
