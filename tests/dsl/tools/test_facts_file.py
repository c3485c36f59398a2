"""Facts arrive as JSON, strictly: what cannot be read is one sentence, never a traceback."""

from __future__ import annotations

import io
import sys
from decimal import Decimal
from pathlib import Path

import pytest

from dsl.tools.exits import Exit
from dsl.tools.facts_file import LARGEST, Request, read_request
from dsl.tools.terminal import Failure


def _read(folder: Path, data: bytes) -> Request:
    path = folder / "member.json"
    path.write_bytes(data)
    return read_request(str(path))


def test_plain_facts(tmp_path: Path) -> None:
    request = _read(tmp_path, b'{"pain": "acute", "pain_level": 6.5, "condition": ["sciatica"], "clearance": null}')
    assert request.facts == {
        "pain": "acute",
        "pain_level": Decimal("6.5"),
        "condition": ["sciatica"],
        "clearance": None,
    }
    assert (request.exercises, request.asked_with, request.at) == (None, None, None)


def test_numbers_are_exact(tmp_path: Path) -> None:
    assert _read(tmp_path, b'{"a": 0.1, "b": -3, "c": 1e2}').facts == {"a": Decimal("0.1"), "b": -3, "c": Decimal(100)}


def test_a_whole_request_body(tmp_path: Path) -> None:
    request = _read(
        tmp_path,
        b'{"asked_with": 3, "facts": {"pain": "acute"}, "exercises": ["deadlift"], "subject": "p-17",'
        b' "at": "2026-11-22T09:00:00Z"}',
    )
    assert request == Request({"pain": "acute"}, ("deadlift",), 3, "2026-11-22T09:00:00Z")


def test_a_byte_order_mark_is_no_obstacle(tmp_path: Path) -> None:
    assert _read(tmp_path, b'\xef\xbb\xbf{"pain": "acute"}').facts == {"pain": "acute"}


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"pain": "acute"}')))
    assert read_request("-").facts == {"pain": "acute"}


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "not JSON: expecting value at line 1, column 1"),
        (b"\x00\xff\xfe\x01", "not UTF-8 text (byte 1)"),
        (b'{"pain": "acute"', "not JSON"),
        (b"[1]", "expected a JSON object of facts"),
        (b'"acute"', "expected a JSON object of facts"),
        (b'{"pain_level": NaN}', "NaN is not a number; leave a fact out when it is not known"),
        (b'{"pain_level": -Infinity}', "-Infinity is not a number"),
        (b'{"pain_level": 1e99999999999999999999}', "is not a number that any fact can have"),
        (b'{"pain_level": ' + b"1" * 5000 + b"}", "has more digits than any fact"),
        (b'{"pain": "\\ud800"}', "half of a character"),
        (b'{"\\udfff": 1}', "half of a character"),
        (b'{"pain": "acute", "pain": "none"}', "`pain` is given twice"),
        (b'{"a": ' + b"[" * 40 + b"]" * 40 + b"}", "nested deeper than 32 levels"),
        (b"[" * 200_000 + b"]" * 200_000, "nested deeper than 32 levels"),
        (b'{"facts": {}, "exercise": ["deadlift"]}', "`exercise` is not part of a request"),
        (b'{"facts": {}, "exercises": "deadlift"}', "`exercises` must be a list of names"),
        (b'{"facts": {}, "exercises": [1]}', "`exercises` must be a list of names"),
        (b'{"facts": {}, "at": 20261122}', "`at` must be a date and time in quotes, not a number"),
        (b'{"facts": {}, "asked_with": true}', "`asked_with` must be the number of a release, not true or false"),
        (b'{"facts": {}, "asked_with": "3"}', "`asked_with` must be the number of a release, not text"),
        (b" " * (LARGEST + 1), "longer than the 1024 KiB that facts may take"),
    ],
)
def test_what_cannot_be_read_is_one_sentence(tmp_path: Path, data: bytes, sentence: str) -> None:
    with pytest.raises(Failure) as refused:
        _read(tmp_path, data)
    assert sentence in refused.value.message
    assert "\n" not in refused.value.message
    assert refused.value.exit_code == Exit.UNUSABLE


def test_a_large_exponent_is_left_to_the_vocabulary(tmp_path: Path) -> None:
    assert _read(tmp_path, b'{"pain_level": 1e400}').facts == {"pain_level": Decimal("1e400")}


@pytest.mark.parametrize(
    ("path", "sentence"), [("missing.json", "no such file"), (".", "is a directory"), ("a\0b", "cannot be read")]
)
def test_a_place_without_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, sentence: str) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(Failure, match=sentence):
        read_request(path)
