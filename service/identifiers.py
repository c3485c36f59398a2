"""Names that the service gives: decision ids that sort by time."""

from __future__ import annotations

import os
import time

_VERSION, _VARIANT = 7, 0b10
_RANDOM_BYTES = 10
_LOW = (1 << 62) - 1
_INSTANTS = (1 << 48) - 1


def new_decision_id() -> str:
    """Return a fresh UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(_RANDOM_BYTES), "big") >> 6
    value = (milliseconds & _INSTANTS) << 80 | _VERSION << 76 | (random >> 62) << 64 | _VARIANT << 62 | random & _LOW
    text = f"{value:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
