"""Put a letter together: one message as itself, several as parts of one, each with its own words and link."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.utils import format_datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from journal.letters import NOTHING, Told, at_once
from journal.models import Message
from journal.timeline import next_step, sentence

LONGEST_SUBJECT = 150
# so many parts are told in full; what follows has its sentence and its link, so that no mailbox cuts the letter off
TOLD_IN_FULL = 20
# what is not there leaves lines behind
GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Part:
    """One message, written for its reader; `asks` says whether something is asked of them."""

    message: Message
    sentence: str
    asks: bool
    text: str
    html: SafeString


def part_of(message: Message, says: Told = NOTHING, *, alone: bool = True) -> Part:
    """Write one message in the active language; `says` is what it tells of the event's subject to this reader.

    `alone` says that the letter has no other part, so that its sentence is the heading.
    """
    event = message.event
    said, step = sentence(event), "" if says.over else next_step(event)
    context = {
        "sentence": said,
        "next_step": step,
        "url": f"{settings.SITE_URL}{event.link or '/inbox/'}{says.query if event.link else ''}",
        "told": says,
        "level": "h1" if alone else "h2",
    }
    text = GAPS.sub("\n\n", render_to_string("mail/part.txt", context)).strip("\n")
    return Part(message, said, bool(step), text, render_to_string("mail/part.html", context))


def letter_of(parts: Sequence[Part], address: str) -> EmailMultiAlternatives:
    """Return the e-mail that carries these parts: what could not wait, what is asked, what is told.

    Its id and date are the same however often it is sent.
    """
    urgent = at_once()
    ordered = sorted(parts, key=lambda part: (part.message.event.verb not in urgent, not part.asks, part.message.pk))
    heading = heading_of(ordered)
    subject = subject_of(ordered, heading)
    context = {
        "parts": ordered,
        # where the news begins in a letter that asks something too
        "news": next((part for part in ordered if not part.asks), None) if ordered[0].asks else None,
        "heading": heading,
        "subject": subject,
        "inbox_url": f"{settings.SITE_URL}/inbox/",
    }
    headers = {
        "Message-ID": message_id([part.message for part in parts]),
        "Date": format_datetime(max(part.message.event.at for part in parts)),
        "Auto-Submitted": "auto-generated",
    }
    mail = EmailMultiAlternatives(subject, render_to_string("mail/letter.txt", context), to=[address], headers=headers)
    mail.attach_alternative(render_to_string("mail/letter.html", context), "text/html")
    return mail


def heading_of(parts: Sequence[Part]) -> str:
    """Return how many things a letter of several parts brings; nothing for a single one, whose sentence says it."""
    if len(parts) == 1:
        return ""
    asked = sum(part.asks for part in parts)
    if not asked:
        return gettext("%(count)d messages for you") % {"count": len(parts)}
    return ngettext("%(count)d thing waits for you", "%(count)d things wait for you", asked) % {"count": asked}


def subject_of(ordered: Sequence[Part], heading: str) -> str:
    """Return what happened, or how many things wait and which, as far as a subject holds them."""
    named = "; ".join(dict.fromkeys(part.sentence for part in ordered if part.asks or not ordered[0].asks))
    said = f"{heading}: {named}" if heading else ordered[0].sentence
    return said if len(said) <= LONGEST_SUBJECT else f"{said[: LONGEST_SUBJECT - 1]}…"


def message_id(messages: Sequence[Message]) -> str:
    """Return the e-mail's id, made of what never changes about it: its events, its recipient and the channel."""
    first, *others = sorted(messages, key=lambda message: message.pk)
    event = first.event
    mark = event.hash[:16]
    if others:
        whole = "".join(message.event.hash for message in (first, *others))
        mark = f"{hashlib.sha256(whole.encode()).hexdigest()[:32]}.{len(messages)}"
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    return f"<{event.sequence}.{mark}.{first.recipient_id}.{first.channel}@{host}>"
