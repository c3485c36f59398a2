"""Positions of an editor and offsets of the language are two ways to say one thing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsl.tools.editor.positions import Places, Position

_TEXTS = st.text(st.sampled_from("a é🦴\u2028\x0b\r\n\t\ud83e"), max_size=30)
_CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}


@given(_TEXTS, st.sampled_from(sorted(_CODECS)), st.data())
def test_there_and_back(text: str, encoding: str, data: st.DataObject) -> None:
    places = Places(text, encoding)
    offset = data.draw(st.integers(0, len(text)))
    back = places.offset(places.position(offset))
    within = text[offset - 1 : offset + 1] == "\r\n"
    assert back == (offset - 1 if within else offset)


@given(_TEXTS, st.sampled_from(sorted(_CODECS)), st.data())
def test_characters_are_counted_as_the_encoding_counts_them(text: str, encoding: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line = text[:offset].replace("\r\n", "\n").replace("\r", "\n").rpartition("\n")[2]
    codec, width = _CODECS[encoding]
    assert Places(text, encoding).position(offset).character == len(line.encode(codec, "surrogatepass")) // width


@pytest.mark.parametrize(
    ("position", "offset"),
    [((0, 99), 2), ((9, 0), 5), ((1, 1), 3), ((1, 2), 4), ((1, 99), 5), ((0, 2), 2)],
)
def test_what_lies_outside_is_brought_inside(position: tuple[int, int], offset: int) -> None:
    assert Places("ab\n🦴c").offset(Position(*position)) == offset


def test_offsets_outside_are_brought_inside() -> None:
    assert Places("ab\nc").position(99) == Position(1, 1)
    assert Places("ab\nc").position(-1) == Position(0, 0)
