"""The tests' settings for a worker process whose mail goes to a file, slowly."""

from tests.settings import *  # noqa: F403

EMAIL_BACKEND = "tests.journal.slow_mail.Backend"
