"""Names that the service gives: decision ids that sort by time."""

from __future__ import annotations

import os
import time

_VERSION, _VARIANT = 0x70, 0x80
_RANDOM_BYTES = 10
_INSTANTS = (1 << 48) - 1


def new_decision_id() -> str:
    """Return a fresh UUID of version 7 (RFC 9562): 48 bits of Unix milliseconds, the rest random."""
    milliseconds = time.time_ns() // 1_000_000 & _INSTANTS
    octets = bytearray(milliseconds.to_bytes(6, "big") + os.urandom(_RANDOM_BYTES))
    octets[6] = _VERSION | octets[6] & 0x0F
    octets[8] = _VARIANT | octets[8] & 0x3F
    text = octets.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
