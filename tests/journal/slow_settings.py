"""The tests' settings for a worker process whose mail goes to a file, slowly."""

from datetime import timedelta

from tests.settings import *  # noqa: F403

MAIL_PAUSE = timedelta(milliseconds=50)
EMAIL_BACKEND = "tests.journal.slow_mail.Backend"
