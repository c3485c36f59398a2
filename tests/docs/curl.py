"""The few options of curl that the pages use, so that their commands run where curl is not installed."""

from __future__ import annotations

import http.client
import sys
from collections.abc import Sequence
from urllib.parse import urlsplit


def run(arguments: Sequence[str]) -> str:
    """Return what `curl ARGUMENTS` prints.

    Raises:
        ValueError: an option that this does not know; a page should not need it.
    """
    method, url, headers, body, show_head = None, "", {"Accept": "*/*"}, None, False
    waiting = list(arguments)
    while waiting:
        match waiting.pop(0):
            case "-s" | "-sS" | "--silent":
                pass
            case "-i" | "--include":
                show_head = True
            case "-X" | "--request":
                method = waiting.pop(0)
            case "-H" | "--header":
                name, _, value = waiting.pop(0).partition(":")
                headers[name.strip()] = value.strip()
            case "-d" | "--data":
                body = waiting.pop(0)
            case word if word.startswith("-"):
                raise ValueError(f"curl {word}: not known to tests/docs/curl.py")
            case word:
                url = word
    return _send(method or ("GET" if body is None else "POST"), url, headers, body, show_head=show_head)


def _send(method: str, url: str, headers: dict[str, str], body: str | None, *, show_head: bool) -> str:
    status, found, data = exchange(method, url, headers, body.encode() if body is not None else None)
    if not show_head:
        return data.decode()
    head = "".join(f"{name}: {value}\n" for name, value in found.items())
    return f"HTTP/1.1 {status} {http.client.responses[status]}\n{head}\n{data.decode()}"


def exchange(method: str, url: str, headers: dict[str, str], body: bytes | None) -> tuple[int, dict[str, str], bytes]:
    """Return status, headers (names in small letters) and body of the answer to one request."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port or 80, timeout=30)
    try:
        connection.request(method, parts.path + (f"?{parts.query}" if parts.query else ""), body, headers)
        response = connection.getresponse()
        return response.status, {name.lower(): value for name, value in response.getheaders()}, response.read()
    finally:
        connection.close()


if __name__ == "__main__":
    sys.stdout.write(run(sys.argv[1:]))
