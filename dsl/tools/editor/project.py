"""All rule files of an author as they are at one moment, with the shipped vocabulary: what every service reads."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import TypeVar

from dsl.analysis.proofs import decide
from dsl.analysis.remembered import Memory
from dsl.analysis.suspicions import suspicions
from dsl.evaluation.examples import run_examples
from dsl.semantics.compiler import UNCHECKED, Compilation, compile_sources
from dsl.semantics.reading import read_paths, shipped_rules
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic, errors
from dsl.syntax.limits import Limits
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile
from dsl.tools.editor.declaring import Declared, Declaring, declare, pack_of
from dsl.tools.editor.symbols import Occurrence, Symbol
from dsl.tools.editor.using import occurrences

_AT_ONCE = 16
"""How many examples are run, or proofs decided, before somebody may say that the answer is no longer wanted."""

_Part = TypeVar("_Part")


@dataclass(frozen=True, slots=True)
class Parsed:
    """One file as the parser reads it."""

    file: ast.File
    diagnostics: tuple[Diagnostic, ...]

    @property
    def sound(self) -> bool:
        """Return whether every statement could be read."""
        return not errors(self.diagnostics)


@lru_cache(maxsize=1_024)
def parsed(source: SourceFile) -> Parsed:
    """Return the tree of one file and what is wrong with its syntax; the same text is read once."""
    file, found = parse(source)
    return Parsed(file, tuple(found))


def _read(source: SourceFile, _: Limits) -> tuple[ast.File, list[Diagnostic]]:
    """Return what the compiler reads; its limits are the usual ones here."""
    found = parsed(source)
    return found.file, list(found.diagnostics)


@cache
def shipped_vocabulary() -> tuple[SourceFile, ...]:
    """Return the files of the prelude, each named as messages name it."""
    folder = shipped_rules()
    sources, _ = read_paths([folder / "prelude"])
    return tuple(SourceFile(Path(one.name).relative_to(folder).as_posix(), one.text) for one in sources)


def shipped_path(name: str) -> Path:
    """Return where the prelude's file `name` lies on disk."""
    return shipped_rules() / name.removeprefix(_SHIPPED)


_SHIPPED = "shipped "


class Project:
    """The rule files of an author, by name, and what can be known of them. Immutable; what is asked is found once."""

    def __init__(self, texts: Mapping[str, str], works: Iterable[SourceFile] = ()) -> None:
        """Take the text of each file by the name that messages are to call it, and the `works` that rules cite."""
        self._works = tuple(works)
        self.own = {name: SourceFile(name, text) for name, text in sorted(texts.items())}
        self.shipped = {one.name: one for one in _beside(self.own)}

    @cached_property
    def sources(self) -> Mapping[str, SourceFile]:
        """Return every file, those of the prelude among them."""
        return {**self.shipped, **self.own}

    @cached_property
    def declared(self) -> Declared:
        """Return everything that the files declare."""
        return declare(parsed(source).file for source in self.sources.values())

    @cached_property
    def occurrences(self) -> Mapping[str, tuple[Occurrence, ...]]:
        """Return the names in each file, in the order of its text."""
        return {
            name: tuple(sorted(occurrences(parsed(source).file, self.declared), key=lambda one: one.span.start))
            for name, source in self.sources.items()
        }

    @cached_property
    def _places(self) -> Mapping[Symbol, list[Occurrence]]:
        places: dict[Symbol, list[Occurrence]] = defaultdict(list)
        for found in self.occurrences.values():
            for one in found:
                places[one.symbol].append(one)
        return places

    def places(self, symbol: Symbol) -> list[Occurrence]:
        """Return every place where `symbol` stands, by file and place."""
        return self._places.get(symbol, [])

    def nodes(self, symbol: Symbol) -> list[Declaring]:
        """Return the parts of the trees that declare `symbol`."""
        return self.declared.nodes.get(symbol, [])

    def at(self, name: str, offset: int) -> Occurrence | None:
        """Return the name that stands at `offset` of a file, or ends there; None where none does."""
        found = self.occurrences.get(name, ())
        until = bisect_right(found, offset, key=lambda one: one.span.start)
        return next((one for one in found[max(0, until - 1) : until] if offset <= one.span.end), None)

    def pack(self, name: str) -> str:
        """Return the pack that a file belongs to."""
        return pack_of(self._file(name))

    def _file(self, name: str) -> ast.File:
        return parsed(self.sources[name]).file if name in self.sources else ast.File(())

    def statement(self, name: str, offset: int) -> ast.Statement | None:
        """Return the statement of a file that `offset` lies in, if one could be read there."""
        statements = self._file(name).statements
        return next((one for one in statements if one.span.start <= offset <= one.span.end), None)

    # --- what is wrong ----------------------------------------------------------------------------

    @cached_property
    def compilation(self) -> Compilation:
        """Return what the files compile to, their examples not yet run."""
        return compile_sources(self.sources.values(), with_prelude=False, texts=self._works, read=_read)

    def findings(self, proved: Memory) -> Iterator[tuple[Diagnostic, ...]]:
        """Yield what is wrong, a part at a time: what the compiler says, then a few examples each, a few proofs each.

        Last comes what looks wrong though nobody asked, of some rules each. Whoever no longer wants the answer stops
        asking. `proved` holds what is known of earlier releases.
        """
        compiled = self.compilation
        if compiled.release is None:
            yield compiled.diagnostics
            return
        yield tuple(found for found in compiled.diagnostics if found.code != UNCHECKED)
        for examples in _parts(compiled.examples):
            yield tuple(run_examples(compiled.release.artifact, examples))
        for claims in _parts(compiled.claims):
            yield decide(compiled.release.artifact, claims, memory=proved).diagnostics
        yield from suspicions(compiled, memory=proved)


def _parts(whole: Sequence[_Part]) -> Iterator[Sequence[_Part]]:
    return (whole[start : start + _AT_ONCE] for start in range(0, len(whole), _AT_ONCE))


def _beside(own: Mapping[str, SourceFile]) -> Iterable[SourceFile]:
    """Yield the files of the prelude that the author's own do not hold already, their names unlike all of those."""
    texts = {source.text for source in own.values()}
    for source in shipped_vocabulary():
        if source.text not in texts:
            yield source if source.name not in own else SourceFile(f"{_SHIPPED}{source.name}", source.text)
