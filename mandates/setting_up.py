"""What the settings ask for of catalogue, charter and mandates before the first deal can be decided."""

from django.urls import reverse
from django.utils.translation import gettext as _

from mandates.models import CharterPeriod, MandateVersion, Price, VersionState
from teams.setting_up import SetupStep


def products() -> SetupStep:
    """Something to sell, with a price."""
    return SetupStep(
        _("Products"), _("The catalogue and its dated prices"), reverse("mandates:products"), Price.objects.exists()
    )


def charter() -> SetupStep:
    """A charter in force, now or once."""
    why = _("The bounds that no mandate and no committee may pass")
    return SetupStep(_("Charter"), why, reverse("mandates:charter"), CharterPeriod.objects.exists())


def mandates() -> SetupStep:
    """A mandate that was granted."""
    why = _("What each team may agree by itself. Everything beyond goes to a committee.")
    granted = MandateVersion.objects.exclude(
        state__in=[VersionState.DRAFT, VersionState.PROPOSED, VersionState.DECLINED]
    )
    return SetupStep(_("Mandates"), why, reverse("mandates:mandates"), granted.exists())
