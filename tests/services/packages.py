"""Install Debian packages where ./test runs as root: elsewhere the remedy is told instead."""

import os
import shutil
import subprocess

QUIET = {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "a"}


class MissingServiceError(Exception):
    """A service that the tests need is not there; the message tells the remedy."""


def may_install() -> bool:
    """Say whether this process can install packages."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(*names: str) -> bool:
    """Install packages and say whether that worked; does nothing for an ordinary user."""
    if not may_install():
        return False
    print(f"Installing {', '.join(names)} ...", flush=True)
    environment = {**os.environ, **QUIET}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", "--no-install-recommends", *names]):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            print(done.stderr.strip()[-500:], flush=True)
    return done.returncode == 0
