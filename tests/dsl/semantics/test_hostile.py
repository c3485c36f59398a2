"""Whatever the text, the compiler answers: with a release or with diagnostics, never with an exception."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from dsl.semantics.compiler import compile_sources
from dsl.syntax.codes import CODES
from dsl.syntax.diagnostics import errors
from dsl.syntax.source import SourceFile
from tests.golden.harness import golden_files, read, without_expectations

TEXTS = [without_expectations(read(path)) for path in golden_files("semantics")]
WORDS = sorted({word for text in TEXTS for word in re.findall(r'"[^"\n]*"|\w+|[^\w\s]', text)})


@st.composite
def broken_texts(draw: st.DrawFn) -> str:
    """Draw a text that was sound or nearly so, a few of its words exchanged, dropped or doubled."""
    words = re.findall(r'"[^"\n]*"|\w+|\s+|[^\w\s]', draw(st.sampled_from(TEXTS)))
    for _ in range(draw(st.integers(1, 5))):
        place = draw(st.integers(0, len(words) - 1))
        words[place : place + draw(st.integers(0, 1))] = draw(st.lists(st.sampled_from(WORDS), max_size=2))
        words = words or [" "]
    return "".join(words)


def check(*texts: str) -> None:
    sources = [SourceFile(f"{place}.rules", text) for place, text in enumerate(texts)]
    compilation = compile_sources(sources, with_prelude=False)
    assert (compilation.release is None) is bool(errors(compilation.diagnostics))
    for found in compilation.diagnostics:
        assert found.code in CODES
        assert 0 <= found.span.start <= found.span.end <= len(compilation.sources[found.span.source].text)
        assert "\n" not in found.message


@given(broken_texts(), broken_texts())
@settings(max_examples=400)
def test_broken_rules_get_diagnostics(first: str, second: str) -> None:
    check(first)
    check(first, second)


@given(st.text(max_size=200))
def test_any_text_gets_diagnostics(text: str) -> None:
    check(text)


def test_what_doubles_with_every_definition_is_bounded() -> None:
    doubling = "".join(f"define a{place} when a{place - 1} and not a{place - 1}\n" for place in range(1, 500))
    check(f"fact pain one of none, acute\nexercise e\ndefine a0 when pain=acute\n{doubling}avoid e when a499\n")


def test_long_chains_are_bounded() -> None:
    many = range(1, 3_000)
    check("fact f0 yes or no\n" + "".join(f"fact f{place} yes or no asked when f{place - 1}=yes\n" for place in many))
    check("exercise e0\n" + "".join(f"exercise e{place} is e{place - 1}\n" for place in many))
    check("class c0\n" + "".join(f"class c{place} = c{place - 1}\n" for place in many))
