"""From text to a release and from its bytes to an evaluator: seconds beside bare lark's, and the memory at the peak."""

from __future__ import annotations

import datetime
import gc
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple, TypeVar

import lark_cython
import msgspec
from lark import Lark

from dsl.evaluation.compiled import WIDE
from dsl.evaluation.evaluator import Evaluator
from dsl.semantics import ir
from dsl.semantics.compiler import compile_sources
from dsl.semantics.release import Release
from dsl.syntax.grammar import grammar_text
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile
from tests.benchmarks.rows import Row, interleaved
from tests.benchmarks.rule_text import LIMITS, sources

SIZES = (1_000, 10_000)
MOST_FOR_COMPILING = 2.0
"""How many times the seconds of bare lark a whole compilation takes at most."""
MOST_FOR_LOADING = 0.5
"""Seconds."""

_AT = datetime.datetime(2026, 1, 1, 9, tzinfo=datetime.UTC)
_ROUNDS = 7
_SECONDS = 5

_Made = TypeVar("_Made")
_Sources = Sequence[SourceFile]


class UnequalError(AssertionError):
    """Two of the compared read different things in the same text."""


def run() -> list[Row]:
    """Return the rows of compiling, loading and memory."""
    return measured(SIZES)


def measured(sizes: Sequence[int]) -> list[Row]:
    """Return what each of `sizes` takes."""
    return [row for size in sizes for row in _of_size(size)]


def _of_size(size: int) -> Iterator[Row]:
    text = sources(size)
    yield from _compiling(size, text)
    data, digest = _sealed(text)
    yield from _loading(size, data, digest)
    yield _peak("compile", size, lambda: _sealed(text))
    yield _peak("load", size, partial(_loaded, data, digest))


# --- compiling --------------------------------------------------------------------------------


class _Bare(NamedTuple):
    """Lark as it comes: the grammar of a whole file, its own lexer, its own tree, without positions."""

    plain: Lark
    cython: Lark


def _compiling(size: int, text: _Sources) -> Iterator[Row]:
    """Yield our parse and our compilation beside bare lark, and lark beside its plugin, all in turns.

    The collector of cycles rests for all of them, as it does in our own parser; how lark does with the collector at
    work is a row of its own.
    """
    bare = _Bare(_whole_files(), _whole_files(lark_cython.plugins))
    _check_equal(bare, text)
    taken = interleaved(
        {
            "lark": lambda: _trees(bare.plain, text),
            "lark-cython": lambda: _trees(bare.cython, text),
            "lark, collecting": lambda: _collecting(lambda: _trees(bare.plain, text)),
            "parse": lambda: [parse(source, LIMITS) for source in text],
            "compile": lambda: _sealed(text),
        },
        _ROUNDS,
        _SECONDS,
    )
    yield _beside_lark("compile", size, taken).at_most(MOST_FOR_COMPILING)
    yield from (_beside_lark(subject, size, taken) for subject in ("parse", "lark, collecting", "lark-cython"))


def _whole_files(plugins: Mapping[str, object] | None = None) -> Lark:
    text = f"file: statement+\n{grammar_text()}\n%ignore COMMENT\n"
    return Lark(text, parser="lalr", lexer="basic", start="file", _plugins=dict(plugins or {}))


def _trees(lark: Lark, text: _Sources) -> list[object]:
    return [lark.parse(source.text) for source in text]


def _sealed(text: _Sources) -> tuple[bytes, str]:
    """Return the bytes of the release that `text` compiles to, and their digest."""
    release = compile_sources(text, limits=LIMITS, with_prelude=False).release
    if release is None:
        raise UnequalError("the text does not compile")
    return release.canonical_bytes, release.digest


def _check_equal(bare: _Bare, text: _Sources) -> None:
    """Make sure that lark, lark with its plugin and our parser read the same statements.

    Raises:
        UnequalError: they do not.
    """
    for source in text:
        plain, cython = bare.plain.parse(source.text), bare.cython.parse(source.text)
        file, found = parse(source, LIMITS)
        if found or plain != cython or len(plain.children) != len(file.statements):
            raise UnequalError(source.name)


def _beside_lark(subject: str, size: int, taken: Mapping[str, float]) -> Row:
    return Row("load", subject, "lark", size, "seconds", taken[subject], taken[subject] / taken["lark"])


# --- loading ----------------------------------------------------------------------------------


def _loading(size: int, data: bytes, digest: str) -> Iterator[Row]:
    """Yield what it takes until a release answers, the collector at work as it is when the service starts."""
    if _loaded(data, digest).release.artifact != Release.from_bytes(data, digest).artifact:
        raise UnequalError(digest)
    taken = interleaved(
        {
            "load": lambda: _collecting(lambda: _loaded(data, digest)),
            "decode": lambda: _collecting(lambda: Release.from_bytes(data, digest)),
        },
        _ROUNDS,
        _SECONDS,
    )
    yield Row("load", "load", "", size, "seconds", taken["load"]).at_most(MOST_FOR_LOADING)
    yield Row("load", "decode", "", size, "seconds", taken["decode"])
    if size >= WIDE:  # fewer rules are one partition, and compiled anew
        yield from _changing(size, _loaded(data, digest))
    yield Row("load", "artifact", "", size, "megabytes", len(data) / 1e6)


def _changing(size: int, loaded: Evaluator) -> Iterator[Row]:
    """Yield what it takes to compile the same release with another rule, anew and from what is compiled already."""
    edited = _edited(loaded.release)
    _check_taken_over(edited, loaded)
    taken = interleaved(
        {
            "anew": lambda: _collecting(lambda: Evaluator(edited)),
            "taken over": lambda: _collecting(lambda: Evaluator(edited, loaded)),
        },
        _ROUNDS,
        _SECONDS,
    )
    changed, anew = "one rule changed", taken["anew"]
    yield Row("load", "evaluator", "", size, f"seconds, {changed}, all compiled anew", anew)
    yield Row("load", "evaluator", "anew", size, f"seconds, {changed}", taken["taken over"], taken["taken over"] / anew)


def _loaded(data: bytes, digest: str) -> Evaluator:
    """Return an evaluator that has answered in both ways, as the service prepares it before anybody asks."""
    evaluator = Evaluator(Release.from_bytes(data, digest))
    for texts in (True, False):
        evaluator.answer({}, exercises=(), texts=texts)
    return evaluator


def _edited(release: Release) -> Release:
    """Return `release`, from its bytes, with another guard for one of its rules."""
    artifact = Release.from_bytes(release.canonical_bytes, release.digest).artifact
    place = next(place for place, rule in enumerate(artifact.rules) if rule.effect is ir.Effect.AVOID)
    rules = [*artifact.rules]
    rules[place] = msgspec.structs.replace(rules[place], guard=rules[place - 1].guard)
    return Release(msgspec.structs.replace(artifact, rules=tuple(rules)))


def _check_taken_over(edited: Release, before: Evaluator) -> None:
    """Compare what an evaluator that took over from `before` answers with what one compiled anew does.

    Raises:
        UnequalError: they differ.
    """
    anew, taken_over = Evaluator(edited), Evaluator(edited, before)
    for facts in ({}, {"pain": "acute"}):
        if anew.answer(facts, at=_AT) != taken_over.answer(facts, at=_AT):
            raise UnequalError("what was taken over answers otherwise")


def _collecting(call: Callable[[], _Made]) -> _Made:
    """Return what `call` returns, called with the collector of cycles at work."""
    gc.enable()
    try:
        return call()
    finally:
        gc.disable()


# --- memory -----------------------------------------------------------------------------------


def _peak(subject: str, size: int, call: Callable[[], object]) -> Row:
    """Return the most memory that Python held for `call` at any one time, as tracemalloc counts it."""
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        call()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return Row("load", f"{subject}, peak", "", size, "megabytes", (most - before) / 1e6)
