"""The driver: rule files in; a sealed release out, or everything that is wrong with them, in reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path

from dsl.semantics.catalogue import Catalogue, TooManyError
from dsl.semantics.checked import CheckedExample, CheckedProof
from dsl.semantics.checker import check
from dsl.semantics.declarations import Declarations
from dsl.semantics.examples import resolved_examples, resolved_proofs
from dsl.semantics.expansion import check_expansion
from dsl.semantics.lints import lint, lint_examples
from dsl.semantics.lowering import GuardLowering
from dsl.semantics.merging import merge
from dsl.semantics.program import check_program, check_substitutes, check_touched
from dsl.semantics.provenance import Bundled, bundled, check_provenance
from dsl.semantics.reading import read_paths, shipped_rules
from dsl.semantics.release import Release
from dsl.semantics.resolver import resolve
from dsl.semantics.sealing import SealedRule, Sealing
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic, errors, in_reading_order
from dsl.syntax.limits import Limits
from dsl.syntax.parser import parse
from dsl.syntax.render import render, summary
from dsl.syntax.source import NOWHERE, SourceFile, Span
from dsl.syntax.uncollected import collection_paused

__all__ = ["UNCHECKED", "Compilation", "CompileError", "compile_sources", "read_paths", "shipped_rules"]

Reading = Callable[[SourceFile, Limits], tuple[ast.File, list[Diagnostic]]]

_DEFAULT_LIMITS = Limits()
_PRELUDE = "prelude"
_SHOWN = 3
UNCHECKED = "N601"
"""The note that there are proofs which nobody has looked at; who decides them takes it away."""


class CompileError(Exception):
    """Rule text with errors in it; `diagnostics` says which, `sources` holds the text."""

    def __init__(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, SourceFile]) -> None:
        """Carry `diagnostics`, at least one of them an error."""
        self.diagnostics = tuple(diagnostics)
        self.sources = dict(sources)
        super().__init__(self._told())

    def _told(self) -> str:
        """Return how many findings there are, and the first errors as they are shown to an author."""
        wrong = errors(self.diagnostics)
        shown = [render(found, self.sources) for found in wrong[:_SHOWN]]
        hidden = ["…"] if len(wrong) > _SHOWN else []
        return "\n".join([summary(self.diagnostics), *shown, *hidden])


@dataclass(frozen=True, slots=True)
class Compilation:
    """What became of rule text: the release, or None with at least one error among `diagnostics`.

    `examples`, `claims` (what is to be proved), `rules` (each with what its author wrote) and `impossible` (what nobody
    can be) are there where the release is; `proofs` counts the statements. `bundled` are the texts of the works that
    rules cite, as far as they are at hand. `prelude` are the names of those of the sources that came with Spotter.
    """

    release: Release | None
    diagnostics: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceFile]
    examples: tuple[CheckedExample, ...] = ()
    claims: tuple[CheckedProof, ...] = ()
    rules: tuple[SealedRule, ...] = ()
    impossible: tuple[ast.Impossible, ...] = ()
    proofs: int = 0
    bundled: Bundled = field(default_factory=Bundled)
    prelude: frozenset[str] = frozenset()


def compile_sources(
    sources: Iterable[SourceFile],
    *,
    limits: Limits = _DEFAULT_LIMITS,
    with_prelude: bool = True,
    texts: Iterable[SourceFile] = (),
    read: Reading | None = None,
) -> Compilation:
    """Return what `sources` compile to, the prelude with them unless `with_prelude` is false.

    `texts` are the works that rules cite, as `read_texts` gives them: quotes and sections are held against them.
    `read` is for a caller who has parsed some of the files before; it returns what `parse` does.
    Never raises for any text. Neither the order of the sources nor their names leave a trace in the release.
    """
    stated = list(sources)
    prelude, unread = _prelude(stated, limits) if with_prelude else ([], [])
    shipped = frozenset(source.name for source in prelude)
    given = _named_apart(stated, shipped)
    by_name = {source.name: source for source in (*prelude, *given)}
    if refused := unread or list(_too_much(list(by_name.values()), limits)):
        return Compilation(None, tuple(in_reading_order(refused)), by_name)
    with collection_paused():
        return replace(_compile(by_name, limits, texts, read or parse), prelude=shipped)


def _compile(
    sources: Mapping[str, SourceFile], limits: Limits, texts: Iterable[SourceFile], read: Reading
) -> Compilation:
    files, syntax = _parsed(sources, limits, read)
    declared, disagreements = merge(files, sources, {found.span.source for found in errors(syntax)})
    at_hand = bundled(declared, texts)
    named = chain(resolve(declared), check(declared), check_provenance(declared, at_hand))
    found = _without_echoes([*syntax, *disagreements, *_bounded(named, limits)])
    proofs = [proof for pack in declared.packs.values() for proof in pack.proofs]
    compiled = _Compiled(None)
    if not any(problem.code[:2] in ("E1", "E2") for problem in found):
        compiled = _whole(declared, limits, sound=not errors(found))
    found += [*compiled.found, *_unchecked(proofs)]
    release = None if errors(found) else compiled.release
    diagnostics = tuple(in_reading_order(found))
    if release is None:
        return Compilation(None, diagnostics, sources, proofs=len(proofs), bundled=at_hand)
    return Compilation(
        release,
        diagnostics,
        sources,
        examples=compiled.examples,
        claims=compiled.claims,
        rules=compiled.rules,
        impossible=tuple(node for pack in declared.packs.values() for node in pack.impossible),
        proofs=len(proofs),
        bundled=at_hand,
    )


def _without_echoes(found: list[Diagnostic]) -> list[Diagnostic]:
    """Return `found` without advice on how to write what is no code, no unit and no name however it is written."""
    none = {(_WRITTEN[one.code], one.span) for one in found if one.code in _WRITTEN}
    return [one for one in found if (one.code, one.span) not in none]


_WRITTEN = {"E227": "E137", **dict.fromkeys([f"E{number}" for number in range(201, 215)], "E118")}
"""What is wrong with a word itself, and with how it is written."""


# --- sources ----------------------------------------------------------------------------------


def _named_apart(sources: Iterable[SourceFile], taken: frozenset[str]) -> list[SourceFile]:
    """Return `sources` by name, a number behind a name that is `taken` or that another is called by as well."""
    named: dict[str, SourceFile] = {}
    for source in sources:
        name, count = source.name, 1
        while name in taken or (name in named and named[name].text != source.text):
            count += 1
            name = f"{source.name} ({count})"
        named[name] = source if name == source.name else SourceFile(name, source.text)
    return [named[name] for name in sorted(named)]


def _prelude(given: Sequence[SourceFile], limits: Limits) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Return the shipped prelude without those of its files that are given as well."""
    shipped = shipped_rules()
    sources, unread = read_paths([shipped / _PRELUDE], limits)
    texts = {source.text for source in given}
    named = (SourceFile(Path(source.name).relative_to(shipped).as_posix(), source.text) for source in sources)
    return [source for source in named if source.text not in texts], unread


def _too_much(sources: Sequence[SourceFile], limits: Limits) -> Iterable[Diagnostic]:
    total = sum(len(source.text.encode("utf-8", "surrogatepass")) for source in sources)
    last = Span(sources[-1].name, 0, 0) if sources else NOWHERE
    if len(sources) > limits.files:
        yield Diagnostic("E295", last, f"there are more than {limits.files} files", "compile fewer files at once")
    if total > limits.total_bytes:
        yield Diagnostic("E294", last, f"all files together have more than {limits.total_bytes} bytes", "split them")


def _parsed(
    sources: Mapping[str, SourceFile], limits: Limits, read: Reading
) -> tuple[list[ast.File], list[Diagnostic]]:
    files: list[ast.File] = []
    found: list[Diagnostic] = []
    for source in sources.values():
        file, problems = read(source, limits)
        files.append(file)
        found += problems
    return files, found


# --- the whole program ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Compiled:
    """What the passes over the whole program gave."""

    release: Release | None
    found: list[Diagnostic] = field(default_factory=list)
    examples: tuple[CheckedExample, ...] = ()
    claims: tuple[CheckedProof, ...] = ()
    rules: tuple[SealedRule, ...] = ()


def _whole(declared: Declarations, limits: Limits, *, sound: bool) -> _Compiled:
    """Return the release of a program whose names all resolve; none unless it is `sound` in every other way."""
    try:
        catalogue = Catalogue.of(declared, MOST_RELATED)
    except TooManyError:
        message = f"classes and kinds of exercises have more than {MOST_RELATED} members together"
        return _Compiled(None, [Diagnostic("E404", _anywhere(declared), message, "simplify them")])
    checks = chain(check_program(declared), check_expansion(declared, limits), check_touched(declared, catalogue))
    found = list(_bounded(checks, limits))
    if not sound or errors(found):
        return _Compiled(None, found)
    return _sealed(declared, catalogue, limits, found)


def _sealed(declared: Declarations, catalogue: Catalogue, limits: Limits, found: list[Diagnostic]) -> _Compiled:
    guards = GuardLowering(declared)
    sealing = Sealing(declared, catalogue, guards)
    rules, shared = sealing.rules()
    artifact = sealing.artifact(rules)
    facts = {fact.name: fact for fact in artifact.vocabulary.facts}
    found += [*shared, *_bounded(check_substitutes(rules, facts), limits)]
    examples = resolved_examples(declared, catalogue)
    found += _bounded(chain(lint(declared, rules, facts), lint_examples(examples)), limits)
    claims = resolved_proofs(declared, catalogue, guards)
    return _Compiled(Release(artifact), found, examples, claims, tuple(rules))


MOST_RELATED = 1_000_000
"""Pairs of an exercise and a class or an exercise above it, in one release."""


def _anywhere(declared: Declarations) -> Span:
    """Return some place of the catalogue, for what no single line is to blame for."""
    exercises = (node.name.span for node in declared.exercises.values())
    return next(exercises, None) or next(node.name.span for node in declared.classes.values())


def _bounded(found: Iterable[Diagnostic], limits: Limits) -> Iterable[Diagnostic]:
    """Yield as many findings as are shown of one pass, and that there are more."""
    for count, problem in enumerate(found, start=1):
        yield problem
        if count == limits.diagnostics:
            yield Diagnostic("N141", problem.span, f"after {count} findings of one kind the rest is left out")
            return


def _unchecked(proofs: Sequence[ast.Proof]) -> Iterable[Diagnostic]:
    if proofs:
        number = f"{len(proofs)} proof{'' if len(proofs) == 1 else 's'}"
        yield Diagnostic(UNCHECKED, proofs[0].span, f"{number} not checked")
