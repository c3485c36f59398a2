"""The second walk over the trees: where each declared name is used."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from dsl.semantics.declarations import EQUIPMENT
from dsl.semantics.guards import values_of, walk
from dsl.syntax import ast
from dsl.tools.editor.declaring import Declared, declarations, pack_of
from dsl.tools.editor.symbols import Occurrence, Sort, Symbol


def occurrences(file: ast.File, declared: Declared) -> Iterator[Occurrence]:
    """Yield every place in `file` where a declared name stands; names that lead nowhere are left out."""
    uses = _Uses(pack_of(file), declared)
    for statement in file.statements:
        yield from declarations(statement, uses.pack)
        yield from uses.in_statement(statement)


class _Uses:
    """The uses in the statements of one pack."""

    def __init__(self, pack: str, declared: Declared) -> None:
        self.pack = pack
        self._declared = declared

    def in_statement(self, statement: ast.Statement) -> Iterator[Occurrence]:
        """Yield each use of a name in a statement."""
        match statement:
            case ast.Pack() | ast.Impossible() | ast.Definition():
                yield from self._guard(_guard_of(statement))
            case ast.Fact():
                yield from self._fact(statement)
            case ast.Class() | ast.Exercise():
                yield from self._catalogue(statement)
            case ast.Rule():
                yield from self._rule(statement)
            case ast.Override():
                yield from self._override(statement)
            case ast.Example():
                yield from self._example(statement)
            case ast.Proof():
                yield from self._expectation(statement.claim)
                yield from self._guard(statement.guard)
            case ast.Source() | ast.Measure() | ast.Parameter():
                return
            case _:
                assert_never(statement)

    def _catalogue(self, statement: ast.Class | ast.Exercise) -> Iterator[Occurrence]:
        if isinstance(statement, ast.Class):
            yield from self._each(statement.union, Sort.CLASS)
        else:
            yield from self._each(statement.parents, Sort.CLASS, Sort.EXERCISE)
            yield from self._each(statement.needs, Sort.VALUE, owner=EQUIPMENT)

    def _override(self, override: ast.Override) -> Iterator[Occurrence]:
        yield from self._use(override.rule, Sort.RULE, owner=override.pack.text)
        yield from self._use(override.pack, Sort.PACK)
        yield from self._guard(override.guard)

    def _example(self, example: ast.Example) -> Iterator[Occurrence]:
        for given in example.given:
            yield from self._held(given.fact, given.values)
        for expectation in example.expect:
            yield from self._expectation(expectation)

    def _use(self, name: ast.Name, *sorts: Sort, owner: str = "") -> Iterator[Occurrence]:
        """Yield the use of `name` as the first of `sorts` that declares it."""
        for sort in sorts:
            if self._declared.has(sort, name.text, owner):
                yield Occurrence(Symbol(sort, name.text, owner), name.span)
                return

    def _each(self, names: Iterable[ast.Name], *sorts: Sort, owner: str = "") -> Iterator[Occurrence]:
        for name in names:
            yield from self._use(name, *sorts, owner=owner)

    def _fact(self, fact: ast.Fact) -> Iterator[Occurrence]:
        if fact.default is not None:
            yield from self._value(fact.name, fact.default)
        yield from self._guard(fact.asked_when)

    def _guard(self, guard: ast.Guard | None) -> Iterator[Occurrence]:
        for part in walk(guard) if guard is not None else ():
            match part:
                case ast.Comparison() | ast.Membership() | ast.Between():
                    yield from self._held(part.fact, values_of(part))
                case ast.IsUnknown():
                    yield from self._use(part.fact, Sort.FACT)
                case ast.Reference():
                    yield from self._use(part.name, Sort.DEFINITION, owner=self.pack)
                case ast.Always() | ast.Not() | ast.And() | ast.Or() | ast.AtLeast():
                    continue
                case _:
                    assert_never(part)

    def _held(self, fact: ast.Name, values: Iterable[ast.Value]) -> Iterator[Occurrence]:
        """Yield a fact and what it is held against."""
        yield from self._use(fact, Sort.FACT)
        for value in values:
            yield from self._value(fact, value)

    def _value(self, fact: ast.Name, value: ast.Value) -> Iterator[Occurrence]:
        if not isinstance(value, ast.Name):
            return
        if isinstance(self._declared.fact_kind(fact.text), ast.Number):
            yield from self._use(value, Sort.PARAMETER, owner=self.pack)
        else:
            yield from self._use(value, Sort.VALUE, owner=fact.text)

    def _rule(self, rule: ast.Rule) -> Iterator[Occurrence]:
        for target in rule.action.targets:
            yield from self._target(target)
        yield from self._guard(rule.guard)
        for exception in rule.exceptions:
            yield from self._guard(exception.guard)
        for limit in rule.limits:
            yield from self._limit(limit)
        yield from self._each((*rule.to, *rule.instead), Sort.EXERCISE)
        for citation in rule.citations:
            yield from self._use(citation.source, Sort.SOURCE, owner=self.pack)

    def _target(self, target: ast.Target) -> Iterator[Occurrence]:
        yield from self._each((*target.names, *target.exclude), Sort.CLASS, Sort.EXERCISE)

    def _limit(self, limit: ast.Limit) -> Iterator[Occurrence]:
        yield from self._use(limit.measure, Sort.MEASURE)
        if isinstance(limit.value, ast.Name):
            measure = limit.measure.text
            scaled = self._declared.has(Sort.STEP, limit.value.text, measure)
            sort, owner = (Sort.STEP, measure) if scaled else (Sort.PARAMETER, self.pack)
            yield from self._use(limit.value, sort, owner=owner)

    def _expectation(self, expectation: ast.Expectation) -> Iterator[Occurrence]:
        match expectation:
            case ast.ExpectVerdict() | ast.ExpectRecommended() | ast.ExpectLoad():
                yield from self._target(expectation.target)
            case ast.ExpectLimit():
                yield from self._target(expectation.target)
                yield from self._limit(expectation.limit)
            case ast.ExpectQuestion():
                yield from self._use(expectation.fact, Sort.FACT)
            case ast.ExpectSession():
                return
            case _:
                assert_never(expectation)


def _guard_of(statement: ast.Pack | ast.Impossible | ast.Definition) -> ast.Guard | None:
    return statement.covers if isinstance(statement, ast.Pack) else statement.guard
