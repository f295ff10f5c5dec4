"""The production settings of docs/operating.md stand up to Django's own deployment checks, and tell the browser so."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

ROOT = Path(settings.BASE_DIR)


def documented() -> dict[str, str]:
    """Return the block of production settings in docs/operating.md, with something in each place to fill in."""
    text = (ROOT / "docs" / "operating.md").read_text()
    found = re.search(r"^Production settings.*?```sh\n(.*?)```", text, re.MULTILINE | re.DOTALL)
    assert found
    pairs = (line.split("=", 1) for line in found[1].splitlines())
    return {name: re.sub(r"<.*?>", "f1lled-in" * 8, value) for name, value in pairs}


def test_check_deploy_with_the_documented_settings_finds_nothing() -> None:
    environment = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    environment |= {"ENV_FILE": os.devnull, "DJANGO_SETTINGS_MODULE": "config.settings", **documented()}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_variable_of_the_settings_is_documented() -> None:
    source = (ROOT / "config" / "settings.py").read_text()
    names = set(re.findall(r"env(?:\.\w+)?\(\s*\"([A-Z_]+)\"", source))
    assert len(names) > 15
    text = (ROOT / "docs" / "operating.md").read_text()
    assert sorted(name for name in names if f"`{name}`" not in text) == []


@pytest.mark.django_db
def test_page_carries_a_policy_without_exceptions(client: Client) -> None:
    answer = client.get("/accounts/login/")
    policy = answer["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_sign_up_is_closed(client: Client) -> None:
    answer = client.post(
        "/accounts/signup/",
        {"email": "new@example.org", "password1": "correct horse battery", "password2": "correct horse battery"},
    )
    assert "sessionid" not in answer.cookies
    assert answer.status_code in {200, 403, 404}
