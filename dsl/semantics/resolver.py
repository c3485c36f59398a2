"""The pass over names: every name that a statement uses must lead to one declared thing of the right sort."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import assert_never

from dsl.semantics.declarations import Declarations, PackContents
from dsl.semantics.guard_names import resolve_guard, resolve_value
from dsl.semantics.guards import stated_guards
from dsl.semantics.naming import did_you_mean, listed
from dsl.semantics.quantities import range_of
from dsl.semantics.undeclared import (
    undeclared,
    unknown_class,
    unknown_exercise,
    unknown_exercise_or_class,
    unknown_fact,
    unknown_measure,
    unknown_unit,
    unknown_word,
)
from dsl.semantics.verdict import Disposition, Verdict
from dsl.semantics.vocabulary_names import resolve_vocabulary
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span

EVIDENCE = ("guideline", "systematic_review", "trial", "cohort", "expert_opinion", "convention", "secondary")
"""How well a rule is backed, best first; `secondary`: known from an abstract or a secondary text."""

ROUTINE = ast.Urgency.ROUTINE.value
"""What `session routine` expects: a referral beside the disposition."""


def resolve(declared: Declarations) -> Iterator[Diagnostic]:
    """Yield every name that leads nowhere, to two things, or to something of another sort."""
    yield from resolve_vocabulary(declared)
    for stated in stated_guards(declared):
        yield from resolve_guard(stated.guard, declared.packs[stated.pack], declared)
    for fact in declared.facts.values():
        if fact.node.default is not None and not isinstance(fact.node.kind, ast.Number):
            yield from resolve_value(fact.node.default, fact.node.name, declared.packs[fact.pack], declared)
    for pack in declared.packs.values():
        yield from _pack(pack, declared)


def _pack(pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    for parameter in pack.parameters.values():
        for quantity in (parameter.value, parameter.low, parameter.high):
            yield from unknown_unit(quantity.unit)
    for rule in pack.rules:
        yield from _rule(rule, pack, declared)
    for override in pack.overrides:
        yield from _override(override, declared)
    for example in pack.examples:
        yield from _example(example, pack, declared)
    for proof in pack.proofs:
        yield from _expectation(proof.claim, pack, declared)


# --- rules ------------------------------------------------------------------------------------


def _rule(rule: ast.Rule, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    for target in rule.action.targets:
        yield from _held_load(rule.action, target, declared) or _target(target, declared)
    if rule.action.percent is not None:
        yield from unknown_unit(rule.action.percent.unit)
    for limit in rule.limits:
        yield from _limit(limit, pack, declared)
    for substitute in (*rule.to, *rule.instead):
        yield from unknown_exercise(substitute, declared)
    for citation in rule.citations:
        yield from _source(citation.source, pack, declared)
    if rule.evidence is not None:
        yield from unknown_word(rule.evidence, "a level of evidence", EVIDENCE)


def _held_load(action: ast.Action, target: ast.Target, declared: Declarations) -> list[Diagnostic]:
    """Return that `hold load` names no exercise, where `load` was taken for one."""
    if action.kind is not ast.ActionKind.HOLD or [name.text for name in target.names] != ["load"]:
        return []
    found = undeclared("E203", target.names[0], "exercise or class", (), declared)
    help_ = "write `hold load for any`, or the exercises in place of `any`"
    known = "load" in declared.exercises or "load" in declared.classes
    return [] if known else [replace(one, help=help_) for one in found]


def _target(target: ast.Target, declared: Declarations) -> Iterator[Diagnostic]:
    if len(target.names) > 1 and all(name.text in declared.exercises for name in target.names):
        yield _in_all_of(target)
        return
    look_up = unknown_class if len(target.names) > 1 else unknown_exercise_or_class
    for name in target.names:
        yield from look_up(name, declared)
    for name in target.exclude:
        yield from unknown_exercise_or_class(name, declared)


def _in_all_of(target: ast.Target) -> Diagnostic:
    """Return the finding about exercises that `and` joins, as if one thing were all of them."""
    names = [name.text for name in target.names]
    place = Span(target.names[0].span.source, target.names[0].span.start, target.names[-1].span.end)
    message = f"`{' and '.join(names)}` means what is in all of these, and they are exercises, not classes"
    return Diagnostic("E216", place, message, f"write `{', '.join(names)}`")


def _limit(limit: ast.Limit, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    yield from unknown_measure(limit.measure, declared)
    measure = declared.measures.get(limit.measure.text)
    kind = None if measure is None else measure.kind
    if isinstance(limit.value, ast.Quantity):
        wanted = range_of(limit.measure.text, kind) if isinstance(kind, ast.Number) else None
        yield from unknown_unit(limit.value.unit, wanted)
    elif kind is not None:
        yield from _named_bound(limit.value, limit.measure, _bounds(kind, pack))


def _bounds(kind: ast.Number | ast.Scale, pack: PackContents) -> tuple[str, ...]:
    return tuple(step.text for step in kind.steps) if isinstance(kind, ast.Scale) else tuple(pack.parameters)


def _named_bound(value: ast.Name, measure: ast.Name, known: tuple[str, ...]) -> Iterator[Diagnostic]:
    if value.text not in known:
        help_ = did_you_mean(value.text, known) or (f"write one of {listed(known)}" if known else "write a number")
        yield Diagnostic("E207", value.span, f"`{value.text}` is not a value of `{measure.text}`", help_)


def _source(name: ast.Name, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    if name.text not in pack.sources and name.text not in declared.unparsed:
        other = next((other.name for other in declared.packs.values() if name.text in other.sources), None)
        help_ = did_you_mean(name.text, pack.sources) or (
            f"pack `{other}` has it, but sources belong to their pack: declare it here too"
            if other
            else f'declare it: `source {name.text} "…"`'
        )
        message = f"`{name.text}` is not a source of pack `{pack.name}`"
        yield Diagnostic("E210", name.span, message, help_)


def _override(override: ast.Override, declared: Declarations) -> Iterator[Diagnostic]:
    pack = declared.packs.get(override.pack.text)
    if pack is None:
        yield from undeclared("E211", override.pack, "pack", declared.packs, declared)
    elif override.rule.text not in pack.named_rules and override.rule.text not in declared.unparsed:
        message = f"pack `{pack.name}` has no rule named `{override.rule.text}`"
        help_ = did_you_mean(override.rule.text, pack.named_rules) or "only a rule with a name can be overridden"
        yield Diagnostic("E211", override.rule.span, message, help_)


# --- examples and proofs ----------------------------------------------------------------------


def _example(example: ast.Example, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    for given in example.given:
        yield from unknown_fact(given.fact, declared)
        for value in given.values:
            yield from resolve_value(value, given.fact, pack, declared)
    for expectation in example.expect:
        yield from _expectation(expectation, pack, declared)


def _expectation(expectation: ast.Expectation, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    match expectation:
        case ast.ExpectVerdict():
            yield from _target(expectation.target, declared)
            yield from unknown_word(expectation.verdict, "a verdict", (verdict.value for verdict in Verdict))
        case ast.ExpectSession():
            words = (*(disposition.value for disposition in Disposition), ROUTINE)
            yield from unknown_word(expectation.disposition, "a disposition of the session", words)
        case ast.ExpectRecommended():
            yield from _target(expectation.target, declared)
        case ast.ExpectLimit():
            yield from _target(expectation.target, declared)
            yield from _limit(expectation.limit, pack, declared)
        case ast.ExpectLoad():
            yield from _target(expectation.target, declared)
            yield from unknown_unit(expectation.percent.unit)
        case ast.ExpectQuestion():
            yield from unknown_fact(expectation.fact, declared)
        case _:
            assert_never(expectation)
