"""Warnings: what is allowed and hardly meant. Run on a program without an error."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import assert_never

from dsl.semantics import ir
from dsl.semantics.checked import (
    CheckedExample,
    LimitExpected,
    LoadExpected,
    QuestionExpected,
    RecommendedExpected,
    RoutineReferralExpected,
    SessionExpected,
    VerdictExpected,
)
from dsl.semantics.declarations import Declarations, PackContents
from dsl.semantics.guards import definitions_in, stated_guards, values_of, walk
from dsl.semantics.naming import listed
from dsl.semantics.regions import can_hold, for_nobody
from dsl.semantics.sealing import SealedRule
from dsl.semantics.vocabulary import Fact
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span

_ABOUT_SOME = "name an exercise, or a class that some declare; `and` between classes means what is in all of them"
_NO_GO = frozenset({ir.Effect.AVOID, ir.Effect.CLEARANCE})


def lint(declared: Declarations, rules: Sequence[SealedRule], facts: Mapping[str, Fact]) -> Iterator[Diagnostic]:
    """Yield what looks like a mistake in a program that is otherwise sound."""
    for sealed in rules:
        yield from _stops_everybody(sealed, facts)
        yield from _never_true(sealed, facts)
        yield from _touches_nothing(sealed)
    guards: dict[str, list[ast.Guard]] = defaultdict(list)
    for stated in stated_guards(declared):
        guards[stated.pack].append(stated.guard)
    for pack in declared.packs.values():
        yield from _unused(pack, guards[pack.name])


# --- rules ------------------------------------------------------------------------------------


def _stops_everybody(sealed: SealedRule, facts: Mapping[str, Fact]) -> Iterator[Diagnostic]:
    rule, action = sealed.rule, sealed.node.action
    about_all = rule.effect in ir.SESSION or (rule.effect in _NO_GO and any(target.any for target in action.targets))
    if not about_all or for_nobody(rule.guard, facts) is not None:
        return
    unasked = sorted({name for name in tested(rule.guard) if _unasked(facts[name])})
    if unasked:
        message = f"for everybody who has not said {listed(unasked)}, every exercise becomes `ask`"
        help_ = 'give the fact a question (`ask "…"`) or `red flag`, so that it is asked for'
        yield Diagnostic("W501", sealed.node.guard.span, message, help_)


def tested(guard: ir.Guard) -> Iterator[str]:
    """Yield the name of every fact that `guard` tests, once a test."""
    match guard:
        case ir.Choice() | ir.Has() | ir.Compare() | ir.Unknown():
            yield guard.fact
        case ir.AllOf() | ir.AnyOf() | ir.AtLeast():
            for operand in guard.operands:
                yield from tested(operand)
        case ir.Always() | ir.Never():
            return
        case _:
            assert_never(guard)


def _unasked(fact: Fact) -> bool:
    flagged = fact.red_flag or any(term.red_flag for term in fact.terms)
    return fact.ask is None and not flagged and fact.default is None and not fact.optional


def _never_true(sealed: SealedRule, facts: Mapping[str, Fact]) -> Iterator[Diagnostic]:
    pairs = [(sealed.rule.guard, sealed.node.guard)]
    pairs += [(one.guard, node.guard) for one, node in zip(sealed.rule.exceptions, sealed.node.exceptions, strict=True)]
    for guard, node in pairs:
        if not can_hold(guard, facts):
            message = "nobody can ever fulfil this guard"
            yield Diagnostic("W505", node.span, message, "perhaps `or` is meant where `and` stands")


def _touches_nothing(sealed: SealedRule) -> Iterator[Diagnostic]:
    if sealed.node.action.targets and not sealed.rule.exercises:
        span = sealed.node.action.targets[0].span
        joined = [target for target in sealed.node.action.targets if len(target.names) > 1 and not target.exclude]
        help_ = _in_none(joined[0]) if joined else "no declared exercise belongs to its targets"
        yield Diagnostic("W506", span, "this rule is about no exercise", help_)


def _in_none(target: ast.Target) -> str:
    """Return what to write where classes are joined by `and` that have no exercise in common."""
    names = ", ".join(name.text for name in target.names)
    return f"`and` means what is in all of these, and no exercise is; write `{names}` for the exercises of each"


def lint_examples(examples: Iterable[CheckedExample]) -> Iterator[Diagnostic]:
    """Yield every expectation that holds because there is nothing that it is about."""
    for expected in (one for example in examples for one in example.expected):
        match expected:
            case VerdictExpected() | RecommendedExpected() | LimitExpected() | LoadExpected():
                if not expected.exercises:
                    message = "this expectation is about no exercise, so it always holds"
                    yield Diagnostic("W506", expected.span, message, _ABOUT_SOME)
            case SessionExpected() | RoutineReferralExpected() | QuestionExpected():
                continue
            case _:
                assert_never(expected)


# --- declarations -----------------------------------------------------------------------------


def _unused(pack: PackContents, guards: Sequence[ast.Guard]) -> Iterator[Diagnostic]:
    definitions = {name.text for guard in guards for name in definitions_in(guard)}
    for name, definition in pack.definitions.items():
        if name not in definitions:
            yield _nobody_uses("W502", "definition", definition.name)
    parameters = {value.text for value in _values(pack, guards) if isinstance(value, ast.Name)}
    for name, parameter in pack.parameters.items():
        if name not in parameters:
            yield _nobody_uses("W503", "parameter", parameter.name)
    cited = {citation.source.text for rule in pack.rules for citation in rule.citations}
    for name, source in pack.sources.items():
        if name not in cited:
            yield _nobody_uses("W504", "source", source.name)


def _values(pack: PackContents, guards: Sequence[ast.Guard]) -> Iterator[ast.Value]:
    for part in (part for guard in guards for part in walk(guard)):
        if isinstance(part, ast.Comparison | ast.Membership | ast.Between):
            yield from values_of(part)
    for rule in pack.rules:
        yield from (limit.value for limit in rule.limits)
    for given in (given for example in pack.examples for given in example.given):
        yield from given.values


def _nobody_uses(code: str, what: str, name: ast.Name) -> Diagnostic:
    span: Span = name.span
    return Diagnostic(code, span, f"nothing uses the {what} `{name.text}`", "use it, or leave it out")
