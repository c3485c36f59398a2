"""What an operator can set."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.settings import Settings, SettingsError


def test_everything_has_a_default() -> None:
    assert Settings.from_env({"PATH": "/bin"}) == Settings()


def test_settings_survive_the_way_through_the_environment() -> None:
    settings = Settings(
        host="::1", port=9000, data_dir=Path("/var/lib/spotter"), allowed_hosts=("a.example", "b.example")
    )
    assert Settings.from_env(settings.to_env()) == settings


def test_no_allowed_hosts_survive_as_none() -> None:
    assert Settings.from_env(Settings().to_env()).allowed_hosts == ()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SPOTTER_PORT", "0"),
        ("SPOTTER_PORT", "65536"),
        ("SPOTTER_PORT", "8080.0"),
        ("SPOTTER_PORT", ""),
        ("SPOTTER_PORT", "٨٠"),
        ("SPOTTER_DATA_DIR", ""),
        ("SPOTTER_HOST", " "),
        ("SPOTTER_BODY_LIMIT", "-1"),
        ("SPOTTER_BODY_TIMEOUT", "nan"),
        ("SPOTTER_BODY_TIMEOUT", "0"),
        ("SPOTTER_BODY_TIMEOUT", "soon"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=name):
        Settings.from_env({name: value})


def test_a_misspelt_setting_is_refused_with_the_known_ones() -> None:
    with pytest.raises(SettingsError, match=r"SPOTTER_DATADIR is not a setting; known are .*SPOTTER_DATA_DIR"):
        Settings.from_env({"SPOTTER_DATADIR": "/data"})


@pytest.mark.parametrize(("host", "address"), [("127.0.0.1", "http://127.0.0.1:8080"), ("::1", "http://[::1]:8080")])
def test_the_address_is_what_a_client_opens(host: str, address: str) -> None:
    assert Settings(host=host).address == address
