"""Starts the web server: Granian, one worker, uvloop."""

from __future__ import annotations

import gc
import os
from typing import TYPE_CHECKING, Any

from granian import Granian
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from service.observability import LOGGING
from service.security import is_loopback
from service.settings import Settings, SettingsError

if TYPE_CHECKING:
    from granian.server.common import AbstractServer

_BACKLOG = 1024
_HEADER_READ_MILLISECONDS = 10_000
_MOST_BUFFERED = 64 * 1024


def run(settings: Settings) -> None:
    """Serve until told to stop. Ends the process with exit code 1 when the service fails to start, or later.

    Raises:
        SettingsError: the address is not this machine's own.
    """
    require_loopback(settings)
    os.environ.update(settings.to_env())  # how the worker, a process of its own, gets to know them
    server = web_server("service.asgi:app", settings.host, settings.port)
    gc.disable()  # until the application has loaded and settles it: a start makes little garbage
    server.serve()


def web_server(target: str, host: str, port: int, *, workers: int = 1) -> AbstractServer[Any]:
    """Return the web server for `target`, an ASGI application as `module:name`; ADR 0005 has why it is set up so."""
    return Granian(
        target,
        address="127.0.0.1" if host == "localhost" else host,
        port=port,
        interface=Interfaces.ASGI,
        workers=workers,
        loop=Loops.uvloop,
        backlog=_BACKLOG,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=_HEADER_READ_MILLISECONDS, max_buffer_size=_MOST_BUFFERED),
        log_level=LogLevels.warning,
        log_dictconfig=LOGGING,
        log_access=False,
    )


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
