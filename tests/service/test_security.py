"""Who may reach the service."""

from __future__ import annotations

import pytest

from service.security import host_is_allowed, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST", "localhost."])
def test_loopback(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    [
        "0.0.0.0",  # noqa: S104 - which is the point
        "::",
        "10.0.0.1",
        "example.com",
        "localhost.example.com",
        "",
        "127.0.0.1.nip.io",
        "127.1",
    ],
)
def test_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "header", ["localhost:8080", "127.0.0.1", "[::1]:8080", "spotter.internal:80", "Spotter.Internal"]
)
def test_a_host_header_of_this_service_is_allowed(header: str) -> None:
    assert host_is_allowed(header, ("spotter.internal",))


@pytest.mark.parametrize("header", ["", "evil.example", "evil.example:8080", "[::2]:8080", "[::1", "1:2:3"])
def test_any_other_host_header_is_not(header: str) -> None:
    assert not host_is_allowed(header, ("spotter.internal",))
