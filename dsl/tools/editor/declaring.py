"""The first walk over the trees: what is declared where, before anybody knows what the other names lead to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from dsl.semantics.declarations import MAIN
from dsl.syntax import ast
from dsl.tools.editor.symbols import Occurrence, Sort, Symbol

Declaring: TypeAlias = (
    ast.Pack
    | ast.Source
    | ast.Fact
    | ast.Term
    | ast.Class
    | ast.Exercise
    | ast.Measure
    | ast.Parameter
    | ast.Definition
    | ast.Rule
)
"""A part of the tree that declares a name."""


@dataclass(frozen=True, slots=True)
class Declared:
    """Everything that the files declare; each name with the parts that declare it, in reading order."""

    nodes: dict[Symbol, list[Declaring]] = field(default_factory=lambda: defaultdict(list))

    def has(self, sort: Sort, name: str, owner: str = "") -> bool:
        """Return whether a thing of that sort and name is declared."""
        return Symbol(sort, name, owner) in self.nodes

    def of(self, sort: Sort, owner: str | None = None) -> Iterator[Symbol]:
        """Yield every declared thing of a sort, those of `owner` only where it is given."""
        return (one for one in self.nodes if one.sort is sort and owner in (None, one.owner))

    def fact_kind(self, name: str) -> ast.FactKind | None:
        """Return the kind of the fact `name` as it is first declared; None where nothing declares it."""
        nodes = self.nodes.get(Symbol(Sort.FACT, name), [])
        return next((node.kind for node in nodes if isinstance(node, ast.Fact)), None)


def pack_of(file: ast.File) -> str:
    """Return the name of the pack that the statements of a file belong to."""
    return next((one.name.text for one in file.statements if isinstance(one, ast.Pack)), MAIN)


def declare(files: Iterable[ast.File]) -> Declared:
    """Return everything that `files` declare."""
    declared = Declared()
    for file in files:
        pack = pack_of(file)
        for statement in file.statements:
            for _, symbol, node in named_by(statement, pack):
                declared.nodes[symbol].append(node)
    return declared


def declarations(statement: ast.Statement, pack: str) -> Iterator[Occurrence]:
    """Yield each place where `statement` declares a name."""
    return (Occurrence(symbol, name.span, declares=True) for name, symbol, _ in named_by(statement, pack))


def named_by(statement: ast.Statement, pack: str) -> Iterator[tuple[ast.Name, Symbol, Declaring]]:
    """Yield each name that a statement of `pack` declares, what it stands for, and the part that says so."""
    match statement:
        case ast.Pack():
            yield _declared(Sort.PACK, statement)
        case ast.Class():
            yield _declared(Sort.CLASS, statement)
        case ast.Exercise():
            yield _declared(Sort.EXERCISE, statement)
        case ast.Fact():
            yield from _fact(statement)
        case ast.Measure():
            yield from _measure(statement)
        case _:
            yield from _of_pack(statement, pack)


def _fact(fact: ast.Fact) -> Iterator[tuple[ast.Name, Symbol, Declaring]]:
    yield _declared(Sort.FACT, fact)
    if isinstance(fact.kind, ast.OneOf | ast.ManyOf):
        yield from (_declared(Sort.VALUE, term, fact.name.text) for term in fact.kind.terms)


def _measure(measure: ast.Measure) -> Iterator[tuple[ast.Name, Symbol, Declaring]]:
    yield _declared(Sort.MEASURE, measure)
    if isinstance(measure.kind, ast.Scale):
        for step in measure.kind.steps:
            yield step, Symbol(Sort.STEP, step.text, measure.name.text), measure


def _of_pack(
    statement: ast.Source
    | ast.Parameter
    | ast.Definition
    | ast.Rule
    | ast.Impossible
    | ast.Override
    | ast.Example
    | ast.Proof,
    pack: str,
) -> Iterator[tuple[ast.Name, Symbol, Declaring]]:
    """Yield what a statement declares for its pack alone."""
    match statement:
        case ast.Source():
            yield _declared(Sort.SOURCE, statement, pack)
        case ast.Parameter():
            yield _declared(Sort.PARAMETER, statement, pack)
        case ast.Definition():
            yield _declared(Sort.DEFINITION, statement, pack)
        case ast.Rule():
            if statement.name is not None:
                yield statement.name, Symbol(Sort.RULE, statement.name.text, pack), statement
        case ast.Impossible() | ast.Override() | ast.Example() | ast.Proof():
            return
        case _:
            assert_never(statement)


_Named: TypeAlias = (
    ast.Pack
    | ast.Source
    | ast.Fact
    | ast.Term
    | ast.Class
    | ast.Exercise
    | ast.Measure
    | ast.Parameter
    | ast.Definition
)


def _declared(sort: Sort, node: _Named, owner: str = "") -> tuple[ast.Name, Symbol, Declaring]:
    return node.name, Symbol(sort, node.name.text, owner), node
