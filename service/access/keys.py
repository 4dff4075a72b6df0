"""Keys with a name and rights, of which only hashes are kept.

A key that `onrecord keys make` has made has 256 random bits, so one round of SHA-256 hides it: nobody can try them all.
"""

import hashlib
import secrets
from dataclasses import dataclass

from onrecord.service.access.caller import ALL_RIGHTS, Right


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key that the service takes, by its hash."""

    name: str
    sha256: str
    """SHA-256 of the key in hexadecimal."""
    rights: frozenset[Right] = ALL_RIGHTS


def make_secret() -> str:
    """Return a new key; its beginning lets programs that look for secrets in files find it."""
    return f"onrecord_{secrets.token_urlsafe(32)}"


def hash_key(key: bytes) -> str:
    """Return the SHA-256 of a key in hexadecimal."""
    return hashlib.sha256(key).hexdigest()
