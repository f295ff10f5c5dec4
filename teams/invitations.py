"""The letter with an invitation's link; the link is known for this moment only, so the outbox cannot carry it."""

import smtplib

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from teams.actions.people import Invited

log = structlog.get_logger(__name__)
# backends that reach nobody: the link is shown on the screen instead
LOCAL = (".console.", ".dummy.", ".locmem.", ".filebased.", "config.mail.")


def link_of(invited: Invited) -> str:
    """The address that lets the person in, once."""
    return settings.SITE_URL + reverse("teams:invitation", args=[invited.token])


def reaches_people() -> bool:
    """Whether e-mail leaves this machine."""
    return not any(kind in settings.EMAIL_BACKEND for kind in LOCAL)


def send(invited: Invited, organisation_name: str) -> bool:
    """Send the letter, in the reader's language where it is known; say whether it has left for the person invited."""
    with override(invited.user.language or settings.LANGUAGE_CODE):
        context = {"invited": invited, "link": link_of(invited), "organisation_name": organisation_name}
        letter = EmailMessage(
            subject=_("Your invitation to %(organisation)s") % {"organisation": organisation_name},
            body=render_to_string("teams/invitation.txt", context),
            to=[invited.user.email],
        )
    try:
        letter.send()
    except (smtplib.SMTPException, OSError) as error:
        log.warning("invitation_not_sent", user=invited.user.pk, error=str(error))
        return False
    return reaches_people()
