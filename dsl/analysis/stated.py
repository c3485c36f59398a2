"""Rules as their authors wrote them, beside what evaluation has made of them: each clause, its place, its truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import assert_never

import msgspec

from dsl.evaluation.decision import Match
from dsl.evaluation.explanation import number
from dsl.evaluation.reference import Truth, holds
from dsl.semantics.declarations import NONE, Declarations
from dsl.semantics.facts import Facts
from dsl.semantics.guards import values_of
from dsl.semantics.lowering import GuardLowering
from dsl.semantics.merging import merge
from dsl.semantics.sealing import rule_id
from dsl.semantics.vocabulary import Fact, Kind, Vocabulary
from dsl.syntax import ast, phrases
from dsl.syntax.formatter import format_guard
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile, Span

_Test = ast.Comparison | ast.Membership | ast.Between


class Clause(msgspec.Struct, frozen=True):
    """One part of a guard in its author's words; `truth` is null where the facts do not say.

    `parts` are the clauses that it `joins` (`and`, `or`, `at least 2 of`, `not`), or of a definition (`define`) what
    that stands for. A clause without parts asks about `fact`, of which `known` is what is known there; `asked` is
    false where the fact is not asked of this member. `where` has the values of the parameters that it names.
    """

    text: str
    truth: Truth
    joins: str | None = None
    parts: tuple[Clause, ...] = ()
    fact: str | None = None
    known: tuple[Match, ...] = ()
    asked: bool = True
    where: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """Where a statement stands: the file, the line from 1, and that line's own text."""

    file: str
    line: int
    text: str


class Stated:
    """The statements of a release's sources, found by what evaluation calls them."""

    def __init__(self, sources: Mapping[str, SourceFile], vocabulary: Vocabulary) -> None:
        """Index `sources`, from which a release with `vocabulary` was compiled without an error."""
        self._sources = sources
        self._declared: Declarations = merge([parse(source)[0] for source in sources.values()], sources)[0]
        self._guards = GuardLowering(self._declared)
        self._facts = {fact.name: fact for fact in vocabulary.facts}
        self._optional = frozenset(fact.name for fact in vocabulary.facts if fact.optional)
        packs = self._declared.packs.values()
        self._rules = {rule_id(node, pack.name): node for pack in packs for node in reversed(pack.rules)}
        self._overrides: dict[str, list[tuple[str, ast.Override]]] = {}
        for pack in packs:
            for node in pack.overrides:
                self._overrides.setdefault(f"{node.pack.text}/{node.rule.text}", []).append((pack.name, node))

    def rule(self, rule: str) -> ast.Rule:
        """Return the rule with the id `rule`."""
        return self._rules[rule]

    def overrides(self, rule: str) -> Iterator[tuple[str, ast.Override]]:
        """Yield what lifts the rule with the id `rule`, each with the pack that does so."""
        yield from self._overrides.get(rule, ())

    def covers(self, pack: str) -> ast.Guard | None:
        """Return whom `pack` says that it covers."""
        header = self._declared.packs[pack].header
        return None if header is None else header.covers

    def action(self, rule: str) -> str:
        """Return what the rule with the id `rule` does, in its author's words."""
        return " ".join(phrases.action(self._rules[rule].action))

    def place(self, span: Span) -> Place:
        """Return where `span` begins."""
        source = self._sources[span.source]
        line, _ = source.position(span.start)
        return Place(source.name, line, source.line(line).strip())

    # --- clauses ------------------------------------------------------------------------------

    def clause(self, guard: ast.Guard, pack: str, facts: Facts) -> Clause:
        """Return `guard`, of `pack`, clause by clause, for a member of whom `facts` are known."""
        text, truth = format_guard(guard), self._truth(guard, pack, facts)
        match guard:
            case ast.And() | ast.Or() | ast.AtLeast():
                parts = tuple(self.clause(part, pack, facts) for part in guard.operands)
                return Clause(text, truth, _joining(guard), parts)
            case ast.Not():
                return _negated(text, truth, self.clause(guard.operand, pack, facts))
            case ast.Reference():
                definition = self._declared.packs[pack].definitions[guard.name.text].guard
                return Clause(text, truth, "define", (self.clause(definition, pack, facts),))
            case ast.Comparison() | ast.Membership() | ast.Between():
                clause = Clause(text, truth, where=tuple(self._parameters(guard, pack)))
                return self._tested(guard, clause, facts)
            case ast.Always() | ast.IsUnknown():
                return Clause(text, truth)
            case _:
                assert_never(guard)

    def _truth(self, guard: ast.Guard, pack: str, facts: Facts) -> Truth:
        return holds(self._guards.lower(guard, pack), facts, self._optional)

    def _parameters(self, test: _Test, pack: str) -> Iterator[str]:
        known = self._declared.packs[pack].parameters
        for value in values_of(test):
            if isinstance(value, ast.Name) and value.text in known:
                yield f"{value.text} = {phrases.quantity(known[value.text].value)}"

    def _tested(self, test: _Test, clause: Clause, facts: Facts) -> Clause:
        fact = self._facts[test.fact.text]
        asked = fact.asked_when is None or holds(fact.asked_when, facts, self._optional) is not False
        known = tuple(_known(fact, _terms(test), facts))
        return msgspec.structs.replace(clause, fact=fact.name, known=known, asked=asked)


def _joining(guard: ast.And | ast.Or | ast.AtLeast) -> str:
    match guard:
        case ast.And():
            return "and"
        case ast.Or():
            return "or"
        case ast.AtLeast():
            return f"at least {guard.count} of"
        case _:
            assert_never(guard)


def _negated(text: str, truth: Truth, inside: Clause) -> Clause:
    if inside.parts:
        return Clause(text, truth, "not", (inside,))
    return msgspec.structs.replace(inside, text=text, truth=truth)


def _terms(test: _Test) -> list[str]:
    return [value.text for value in values_of(test) if isinstance(value, ast.Name)]


def _known(fact: Fact, terms: list[str], facts: Facts) -> Iterator[Match]:
    """Yield what is known of `fact`; of a `many of` fact, of `terms`."""
    match fact.kind:
        case Kind.MANY_OF:
            yield from _known_terms(fact, terms, facts)
        case Kind.NUMBER:
            if fact.name in facts.numbers:
                yield Match(fact.name, number(facts.numbers[fact.name]))
        case Kind.ONE_OF | Kind.YES_NO:
            if fact.name in facts.choices:
                value = facts.choices[fact.name]
                yield Match(fact.name, value == "yes" if fact.kind is Kind.YES_NO else value)
        case _:
            assert_never(fact.kind)


def _known_terms(fact: Fact, terms: list[str], facts: Facts) -> Iterator[Match]:
    states = facts.terms.get(fact.name, {})
    every = [term.name for term in fact.terms]
    if every and all(states.get(term) is False for term in every):
        yield Match(fact.name, NONE)
        return
    for term in every if NONE in terms else terms:
        if states.get(term) or (term in terms and term in states):
            yield Match(fact.name, term, absent=not states[term])
