"""Find the Chromium in which the browser stories run."""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.services import packages

REMEDY = "Chromium was not found: install it (on Debian: sudo apt install chromium) and run ./test again."
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def installed() -> str | None:
    """Return the path of the system's Chromium, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def fetched() -> str | None:
    """Return the path of the Chromium that Playwright fetched for itself, or None."""
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def launch_options() -> dict[str, Any]:
    """Return what Playwright needs in order to launch the browser: the system's own before its own."""
    options: dict[str, Any] = {"args": ARGUMENTS}
    if path := installed():
        options["executable_path"] = path
    return options


def ensure() -> None:
    """Make sure that there is a Chromium: the system's, installed where we may, else the one Playwright fetches."""
    if installed() or fetched():
        return
    if packages.install("chromium") and installed():
        return
    print("Fetching Chromium ...", flush=True)
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if not fetched():
        raise packages.MissingServiceError(REMEDY)
