"""Who may reach the service: without configured keys, this machine only."""

from __future__ import annotations

import ipaddress

from service.settings import Settings, SettingsError

_LOCAL_NAMES = frozenset({"localhost", "localhost."})


def require_loopback(settings: Settings) -> None:
    """Check that the service would listen on this machine only.

    Raises:
        SettingsError: any other address; keys, which would allow one, cannot be configured yet.
    """
    if not is_loopback(settings.host):
        raise SettingsError(
            f"without configured keys Spotter listens on a loopback address only, not on {settings.host}; "
            "set SPOTTER_HOST to 127.0.0.1, ::1 or localhost"
        )


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
