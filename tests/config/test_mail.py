"""Without a mail server, the terminal says what would have been sent."""

import pytest
from django.conf import LazySettings
from django.core.mail import send_mail


def test_mail_without_a_server_prints_receiver_subject_and_each_link_once(
    settings: LazySettings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "config.mail.TerminalBackend"
    body = "Join here:\nhttp://127.0.0.1:8000/join/abc/\nhttp://127.0.0.1:8000/join/abc/\nGoodbye."
    sent = send_mail("Welcome", body, "mandates@localhost", ["nora@example.org"], html_message="<p>Welcome</p>")
    assert sent == 1
    assert capsys.readouterr().out.splitlines() == [
        "Mail to nora@example.org: Welcome",
        "    http://127.0.0.1:8000/join/abc/",
    ]
