"""Who may reach the service: without configured keys, this machine only."""

from __future__ import annotations

import ipaddress

_LOCAL_NAMES = frozenset({"localhost", "localhost."})


def is_loopback(host: str) -> bool:
    """Return whether `host` (a name or an address, without port) is this machine's loopback."""
    if host.lower() in _LOCAL_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.removeprefix("[").removesuffix("]")).is_loopback
    except ValueError:
        return False


def host_is_allowed(header: str, allowed: tuple[str, ...]) -> bool:
    """Return whether a Host header names this service.

    A page that a browser on this machine has open could otherwise point its own name at 127.0.0.1 and read
    answers (DNS rebinding).
    """
    host = _without_port(header).lower()
    return host in allowed or is_loopback(host)


def _without_port(header: str) -> str:
    if header.startswith("["):
        return header[: header.find("]") + 1]
    return header.rsplit(":", 1)[0] if header.count(":") == 1 else header
