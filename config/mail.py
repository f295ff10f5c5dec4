"""Where no mail server is set: say on the terminal, in a line or two, what would have been sent."""

import re
from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

LINK = re.compile(r"https?://\S+")


class TerminalBackend(BaseEmailBackend):
    """Prints receiver, subject and links: enough to follow an invitation on a laptop, and no more."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Print each message; returns how many."""
        for message in email_messages:
            links = dict.fromkeys(LINK.findall(str(message.body)))
            print(f"Mail to {', '.join(message.recipients())}: {message.subject}")
            print("".join(f"    {link}\n" for link in links), end="", flush=True)
        return len(email_messages)
