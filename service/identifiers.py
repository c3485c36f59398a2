"""Names that the service gives: decision ids that sort by time."""

from __future__ import annotations

import secrets
import time
import uuid

_VERSION, _VARIANT = 7, 0b10


def new_decision_id() -> str:
    """Return a fresh UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    random = secrets.randbits(74)
    value = (milliseconds & (1 << 48) - 1) << 80 | _VERSION << 76 | (random >> 62) << 64
    value |= _VARIANT << 62 | random & (1 << 62) - 1
    return str(uuid.UUID(int=value))
