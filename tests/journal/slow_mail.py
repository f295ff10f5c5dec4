"""A mail backend for child processes: takes its time before and after sending, so that a kill hits in between."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class Backend(BaseEmailBackend):
    """Appends `Message-ID recipient` lines to the file that SENT_FILE names."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            time.sleep(0.03)
            with Path(os.environ["SENT_FILE"]).open("a") as file:
                file.write(f"{message.message()['Message-ID']} {message.to[0]}\n")
            time.sleep(0.01)
        return len(email_messages)
