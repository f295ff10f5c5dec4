"""What a new installation still needs."""

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from teams.actions.people import grantors_count
from teams.models import CommitteeSeat, Customer, Membership, Organisation


@dataclass(frozen=True, slots=True)
class SetupStep:
    """One step of setting up: what, why, where, and whether it is done."""

    label: str
    why: str
    url: str
    is_done: bool


# steps that apps further left add, in the order of their registration
setup_steps: dict[str, Callable[[], SetupStep]] = {}


def checklist() -> list[SetupStep]:
    """What a new installation needs before the first deal can be decided."""
    return [
        SetupStep(
            _("Two people who can grant"),
            _("Nobody grants what they drafted, so a mandate needs two."),
            reverse("teams:users"),
            grantors_count() > 1,
        ),
        SetupStep(
            _("A team with its account lead"),
            _("Mandates are granted to teams."),
            reverse("teams:teams"),
            Membership.objects.filter(role="lead", ended_on=None).exists(),
        ),
        SetupStep(
            _("A committee with members"),
            _("It answers what lies beyond a mandate."),
            reverse("teams:committees"),
            CommitteeSeat.objects.filter(ended_on=None, committee__is_active=True).exists(),
        ),
        SetupStep(
            _("The default committee"),
            _("It is asked where no mandate says which one."),
            reverse("teams:organisation"),
            Organisation.objects.filter(default_committee__isnull=False).exists(),
        ),
        SetupStep(
            _("Customers"),
            _("Each with its team and its one contact."),
            reverse("teams:customers"),
            Customer.objects.exists(),
        ),
        *(step() for step in setup_steps.values()),
    ]
