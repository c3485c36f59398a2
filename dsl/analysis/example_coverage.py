"""What the examples beside the rules exercise: which rules fired, and which clauses of guards were seen both ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal, assert_never

import msgspec

from dsl.evaluation.compiled import Compiled
from dsl.evaluation.examples import within_review
from dsl.evaluation.reference import Truth, at_least, both, either, holds
from dsl.semantics.checked import CheckedExample
from dsl.semantics.declarations import PackContents
from dsl.semantics.facts import Door, Facts
from dsl.semantics.lowering import GuardLowering
from dsl.semantics.merging import merge
from dsl.semantics.release import Artifact
from dsl.semantics.sealing import rule_id
from dsl.syntax import ast
from dsl.syntax.formatter import format_guard
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile, Span

What = Literal["rule", "override", "definition", "covers", "impossible"]


class ClauseCoverage(msgspec.Struct, frozen=True):
    """One test in a guard, in its author's words, `file` and `line` (from 1) where it stands.

    `seen_true` and `seen_otherwise` (false, or not known): whether an example has it so where it mattered, that is,
    where the guard would not be what it is had the test come out the other way.
    """

    text: str
    file: str
    line: int
    seen_true: bool
    seen_otherwise: bool

    @property
    def missing(self) -> tuple[str, ...]:
        """Return which ways of the test no example shows."""
        ways = (("true", self.seen_true), ("false or not known", self.seen_otherwise))
        return tuple(way for way, seen in ways if not seen)


class StatementCoverage(msgspec.Struct, frozen=True):
    """One statement with a guard. `fired`: of a rule, whether some example surely has it in its answer."""

    what: What
    name: str
    file: str
    line: int
    fired: bool
    clauses: tuple[ClauseCoverage, ...] = ()

    @property
    def open_clauses(self) -> tuple[ClauseCoverage, ...]:
        """Return the clauses of which a way is missing."""
        return tuple(clause for clause in self.clauses if clause.missing)


class ExampleCoverage(msgspec.Struct, frozen=True):
    """What `examples` examples exercise of every rule and of every other statement with a guard."""

    examples: int
    statements: tuple[StatementCoverage, ...]

    @property
    def rules(self) -> tuple[StatementCoverage, ...]:
        """Return the rules."""
        return tuple(one for one in self.statements if one.what == "rule")

    @property
    def fired(self) -> int:
        """Return how many rules some example surely has in its answer."""
        return sum(rule.fired for rule in self.rules)

    @property
    def ways(self) -> int:
        """Return how many ways there are to see: two a clause."""
        return 2 * sum(len(one.clauses) for one in self.statements)

    @property
    def ways_seen(self) -> int:
        """Return how many of `ways` some example shows."""
        return self.ways - sum(len(clause.missing) for one in self.statements for clause in one.clauses)

    @property
    def rule_share(self) -> Decimal:
        """Return the share of rules that fired, in per cent, rounded down; of no rule, all."""
        return _share(self.fired, len(self.rules))

    @property
    def clause_share(self) -> Decimal:
        """Return the share of ways that were seen, in per cent, rounded down; of none, all."""
        return _share(self.ways_seen, self.ways)


def example_coverage(
    sources: Mapping[str, SourceFile], artifact: Artifact, examples: Sequence[CheckedExample]
) -> ExampleCoverage:
    """Return what `examples` exercise of the rules of `artifact`, which `sources` were compiled to."""
    declared = merge([parse(source)[0] for source in sources.values()], sources)[0]
    members = list(_members(artifact, examples))
    fired = {rule for _, told in members for rule in told}
    seeing = _Seeing(GuardLowering(declared), artifact, [facts for facts, _ in members], sources, fired)
    statements = [one for pack in declared.packs.values() for one in seeing.statements(pack)]
    return ExampleCoverage(len(examples), tuple(sorted(statements, key=lambda one: (one.file, one.line, one.name))))


def _share(part: int, whole: int) -> Decimal:
    return Decimal(1000 * part // whole) / 10 if whole else Decimal(100)


def _members(artifact: Artifact, examples: Sequence[CheckedExample]) -> Iterator[tuple[Facts, list[str]]]:
    """Yield the member of each example with the rules that are surely in its answer."""
    door, compiled, day = Door(artifact.vocabulary), Compiled(artifact), within_review(artifact)
    for example in examples:
        facts = door.read(example.facts, artifact.vocabulary)
        yield facts, compiled.evaluate(facts, example.at or day).surely_told()


# --- guards as written --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Leaf:
    """One test of a guard: its place among the guard's tests, what it is written as, and where."""

    place: int
    test: ast.Guard
    span: Span
    negated: bool


@dataclass(frozen=True, slots=True)
class _Count:
    """At least `count` of `parts` hold: all of them for `and`, one for `or`."""

    count: int
    parts: tuple[_Node, ...]


_Node = _Leaf | _Count


class _Tree:
    """A guard with negations at its tests; lists of values and ranges taken apart."""

    def __init__(self, guard: ast.Guard) -> None:
        self.leaves: list[_Leaf] = []
        self.root = self._node(guard, negated=False)

    def _node(self, guard: ast.Guard, *, negated: bool) -> _Node:
        match guard:
            case ast.Not():
                return self._node(guard.operand, negated=not negated)
            case ast.And():
                return self._count(len(guard.operands), guard.operands, negated=negated)
            case ast.Or():
                return self._count(1, guard.operands, negated=negated)
            case ast.AtLeast():
                return self._count(guard.count, guard.operands, negated=negated)
            case ast.Membership():
                alone = [_equal(guard.fact, value) for value in guard.values]
                return self._count(1, alone, negated=negated is not guard.negated)
            case ast.Between():
                low = ast.Comparison(guard.fact, ast.Comparator.AT_LEAST, guard.low, guard.low.span)
                high = ast.Comparison(guard.fact, ast.Comparator.AT_MOST, guard.high, guard.high.span)
                return self._count(2, (low, high), negated=negated)
            case ast.Comparison() | ast.Reference() | ast.Always() | ast.IsUnknown():
                self.leaves.append(_Leaf(len(self.leaves), guard, guard.span, negated))
                return self.leaves[-1]
            case _:
                assert_never(guard)

    def _count(self, count: int, operands: Sequence[ast.Guard], *, negated: bool) -> _Node:
        parts = tuple(self._node(operand, negated=negated) for operand in operands)
        return _Count(len(parts) - count + 1 if negated else count, parts)

    def truth(self, truths: Sequence[Truth]) -> Truth:
        """Return the truth of the guard, given that of each test."""
        return _truth(self.root, truths)


def _equal(fact: ast.Name, value: ast.Value) -> ast.Comparison:
    return ast.Comparison(fact, ast.Comparator.EQUAL, value, value.span)


def _truth(node: _Node, truths: Sequence[Truth]) -> Truth:
    if isinstance(node, _Leaf):
        return truths[node.place]
    parts = [_truth(part, truths) for part in node.parts]
    if node.count == len(parts):
        return both(parts)
    return either(parts) if node.count == 1 else at_least(node.count, parts)


# --- what is seen -------------------------------------------------------------------------------


class _Seeing:
    """Looks at guards with the eyes of every example."""

    def __init__(
        self,
        guards: GuardLowering,
        artifact: Artifact,
        members: Sequence[Facts],
        sources: Mapping[str, SourceFile],
        fired: set[str],
    ) -> None:
        self._guards = guards
        self._members = members
        self._sources = sources
        self._fired = fired
        self._optional = frozenset(fact.name for fact in artifact.vocabulary.facts if fact.optional)

    def statements(self, pack: PackContents) -> Iterator[StatementCoverage]:
        """Yield every statement of `pack` that has a guard; of two with one id, the first."""
        rules = {rule_id(node, pack.name): node for node in reversed(pack.rules)}
        for name, node in rules.items():
            clauses = [*self._clauses(node.guard, pack.name, self._members)]
            reached = [facts for facts in self._members if self._holds(node.guard, pack.name, facts) is not False]
            for exception in node.exceptions:
                clauses += self._clauses(exception.guard, pack.name, reached)
            yield self._statement("rule", name, node.span, name in self._fired, clauses)
        for override in pack.overrides:
            lifted = f"{override.pack.text}/{override.rule.text}"
            yield self._guarded("override", f"{pack.name} lifts {lifted}", override.guard, override.span, pack.name)
        for definition in pack.definitions.values():
            name = f"{pack.name}: {definition.name.text}"
            yield self._guarded("definition", name, definition.guard, definition.span, pack.name)
        for impossible in pack.impossible:
            name = format_guard(impossible.guard)
            yield self._guarded("impossible", name, impossible.guard, impossible.span, pack.name)
        if pack.header is not None and pack.header.covers is not None:
            yield self._guarded("covers", pack.name, pack.header.covers, pack.header.covers.span, pack.name)

    def _guarded(self, what: What, name: str, guard: ast.Guard, span: Span, pack: str) -> StatementCoverage:
        fired = any(self._holds(guard, pack, facts) is True for facts in self._members)
        return self._statement(what, name, span, fired, [*self._clauses(guard, pack, self._members)])

    def _statement(
        self, what: What, name: str, span: Span, fired: bool, clauses: Sequence[ClauseCoverage]
    ) -> StatementCoverage:
        return StatementCoverage(what, name, *self._place(span), fired, tuple(clauses))

    def _place(self, span: Span) -> tuple[str, int]:
        return span.source, self._sources[span.source].position(span.start)[0]

    def _clauses(self, guard: ast.Guard, pack: str, members: Sequence[Facts]) -> Iterator[ClauseCoverage]:
        """Yield the tests of `guard` with what `members` show of them."""
        tree = _Tree(guard)
        lowered = [self._guards.lower(leaf.test, pack, negated=leaf.negated) for leaf in tree.leaves]
        seen: set[tuple[int, bool]] = set()
        for facts in members:
            seen.update(_mattering(tree, [holds(test, facts, self._optional) for test in lowered]))
        for leaf in tree.leaves:
            if not isinstance(leaf.test, ast.Always):
                text = format_guard(ast.Not(leaf.test) if leaf.negated else leaf.test)
                ways = ((leaf.place, True) in seen, (leaf.place, False) in seen)
                yield ClauseCoverage(text, *self._place(leaf.span), *ways)

    def _holds(self, guard: ast.Guard, pack: str, facts: Facts) -> Truth:
        return holds(self._guards.lower(guard, pack), facts, self._optional)


def _mattering(tree: _Tree, truths: list[Truth]) -> Iterator[tuple[int, bool]]:
    """Yield each test that decides the guard as it is, with whether it is true."""
    whole = tree.truth(truths)
    for place, truth in enumerate(truths):
        other = [*truths[:place], truth is not True, *truths[place + 1 :]]
        if tree.truth(other) is not whole:
            yield place, truth is True
