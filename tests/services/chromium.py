"""Find the Chromium in which the browser stories run."""

import shutil
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

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
