"""The fingerprint of a text: what the journal keeps of words that can be erased."""

import hashlib


def sha256(text: str) -> str:
    """Return a text's SHA-256, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
