"""Keep one secret key in a file that only its owner can read."""

import os
import secrets
from pathlib import Path


def kept_in(path: Path) -> str:
    """Return the key kept in `path`, making it (mode 0600) when there is none.

    Two processes that start at once agree: the file appears whole, and the first one wins.
    """
    if not path.exists():
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(64))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # another process was first: its key counts
        finally:
            draft.unlink()
    return path.read_text().strip()
