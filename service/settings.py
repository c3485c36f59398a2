"""What an operator can set, read from the environment once and then frozen."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path


class SettingsError(ValueError):
    """A setting cannot be used; the message says which and why, in one line for the operator."""


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of one service process. Each is `SPOTTER_` and the name in capitals.

    `host` must be a loopback address as long as no keys can be configured. `allowed_hosts` are names
    accepted in the Host header besides the loopback ones. Sizes are in bytes, times in seconds.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    data_dir: Path = Path(".spotter")
    allowed_hosts: tuple[str, ...] = ()
    body_limit: int = 256 * 1024
    upload_limit: int = 2 * 1024 * 1024
    header_limit: int = 16 * 1024
    body_timeout: float = 10.0
    compile_timeout: float = 20.0
    compile_memory: int = 1024 * 1024 * 1024
    mutation_timeout: float = 30.0

    @property
    def database(self) -> Path:
        """Return the path of the SQLite file."""
        return self.data_dir / "spotter.sqlite3"

    @property
    def address(self) -> str:
        """Return the address that a client on this machine opens."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Return the settings that `environ` states; what it leaves out has its default.

        Raises:
            SettingsError: a value that cannot be read, or a `SPOTTER_` name that is no setting.
        """
        given = {name.removeprefix(_PREFIX).lower(): value for name, value in environ.items() if _is_setting(name)}
        unknown = sorted(given.keys() - _READERS.keys())
        if unknown:
            raise SettingsError(f"{_PREFIX}{unknown[0].upper()} is not a setting; known are {', '.join(_names())}")
        return cls(**{name: _read(name, value) for name, value in given.items()})  # type: ignore[arg-type]  # `_read` checks the type of each by name

    def to_env(self) -> dict[str, str]:
        """Return these settings as environment variables that `from_env` reads back."""
        return {_PREFIX + field.name.upper(): _written(getattr(self, field.name)) for field in fields(self)}


_PREFIX = "SPOTTER_"
_LONGEST = 3600


def _is_setting(name: str) -> bool:
    return name.startswith(_PREFIX)


def _names() -> list[str]:
    return [_PREFIX + name.upper() for name in _READERS]


def _read(name: str, value: str) -> object:
    try:
        return _READERS[name](value.strip())
    except ValueError as error:
        raise SettingsError(f"{_PREFIX}{name.upper()} cannot be read: {error}") from error


def _written(value: object) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def _text(value: str) -> str:
    if not value:
        raise ValueError("it is empty")
    return value


def _path(value: str) -> Path:
    return Path(_text(value)).expanduser()


def _hosts(value: str) -> tuple[str, ...]:
    return tuple(host.strip().lower() for host in value.split(",") if host.strip())


def _between(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        if not (value.isascii() and value.isdigit() and low <= int(value) <= high):
            raise ValueError(f"a whole number from {low} to {high} is wanted")
        return int(value)

    return read


def _seconds(value: str) -> float:
    seconds = float(value)
    if not 0 < seconds <= _LONGEST:
        raise ValueError("a number of seconds above 0, at most 3600, is wanted")
    return seconds


_READERS: dict[str, Callable[[str], object]] = {
    "host": _text,
    "port": _between(1, 65535),
    "data_dir": _path,
    "allowed_hosts": _hosts,
    "body_limit": _between(1024, 64 * 1024 * 1024),
    "upload_limit": _between(1024, 64 * 1024 * 1024),
    "header_limit": _between(1024, 48 * 1024),
    "body_timeout": _seconds,
    "compile_timeout": _seconds,
    "compile_memory": _between(256 * 1024 * 1024, 64 * 1024 * 1024 * 1024),
    "mutation_timeout": _seconds,
}
