"""The pass over types and over the language's rules: what may stand where, and what must."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from dsl.semantics.declarations import Declarations, DeclaredFact, PackContents
from dsl.semantics.example_types import check_example, check_expectation
from dsl.semantics.guard_types import check_guard, kind_words, number_fits
from dsl.semantics.guards import stated_guards
from dsl.semantics.intervals import check_limits
from dsl.semantics.optional import check_optional
from dsl.semantics.quantities import Range, misfit, parameter_range, parameter_value, plain, range_of, shown, within
from dsl.syntax import ast
from dsl.syntax.ast import ActionKind
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span

_OFFERING = frozenset({ActionKind.AVOID, ActionKind.REQUIRE_CLEARANCE, ActionKind.CAUTION, ActionKind.MODIFY})
_LIMITING = frozenset({ActionKind.CAUTION, ActionKind.MODIFY})
_WHOLE_LOAD = 100


def check(declared: Declarations) -> Iterator[Diagnostic]:
    """Yield everything that does not fit or must not be; names that lead nowhere are passed over."""
    for fact in declared.facts.values():
        yield from _fact(fact, declared.packs[fact.pack])
    for measure in declared.measures.values():
        yield from _measure(measure)
    for stated in stated_guards(declared):
        yield from check_guard(stated, declared)
    yield from check_optional(declared)
    for pack in declared.packs.values():
        yield from _pack(pack, declared)


def _pack(pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    for parameter in pack.parameters.values():
        yield from _parameter(parameter)
    for rule in pack.rules:
        yield from _rule(rule, pack, declared)
    for override in pack.overrides:
        yield from _override(override, pack, declared)
    for example in pack.examples:
        yield from check_example(example, pack, declared)
    for proof in pack.proofs:
        yield from check_expectation(proof.claim, pack, declared)


# --- declarations -----------------------------------------------------------------------------


def _fact(fact: DeclaredFact, pack: PackContents) -> Iterator[Diagnostic]:
    node = fact.node
    name = node.name.text
    if isinstance(node.kind, ast.Number):
        yield from _range(node.kind.low, node.kind.high, range_of(name, node.kind))
    if node.optional and (node.red_flag or any(term.red_flag for term in fact.terms)):
        message = f"`{name}` is optional, so no session rule can use its red flag"
        yield Diagnostic("E310", node.name.span, message, "leave out `optional` or `red flag`")
    if node.optional and node.context:
        message = f"`{name}` is a context fact: its default already says what a request without it means"
        yield Diagnostic("E310", node.name.span, message, "leave out `optional`")
    if node.context and (node.red_flag or any(term.red_flag for term in fact.terms)):
        message = f"`{name}` is a context fact: its default would answer a red flag that nobody was asked about"
        yield Diagnostic("E310", node.name.span, message, "leave out `context` and its default, or `red flag`")
    yield from _default(fact, pack)


def _default(fact: DeclaredFact, pack: PackContents) -> Iterator[Diagnostic]:
    node, name = fact.node, fact.node.name.text
    match node.default:
        case None:
            if node.context:
                help_ = "add `default` and the value that a request without it means"
                yield Diagnostic("E310", node.name.span, f"`{name}` is a context fact and needs a default", help_)
        case _ if not node.context:
            message = (
                f"only a context fact has a default; left out, `{name}` is unknown, which is never the same as a value"
            )
            yield Diagnostic(
                "E310", node.default.span, message, "leave out the default, or write `context` before the kind"
            )
        case ast.Name() if isinstance(node.kind, ast.Number):
            yield Diagnostic(
                "E301", node.default.span, f"the default of `{name}` is a number", "write the number itself"
            )
        case ast.Quantity() if not isinstance(node.kind, ast.Number):
            yield Diagnostic("E301", node.default.span, f"`{name}` {kind_words(fact)}, not a number")
        case ast.Quantity() if isinstance(node.kind, ast.Number):
            yield from number_fits(node.default, range_of(name, node.kind), pack)


def _range(low: ast.Quantity, high: ast.Quantity, wanted: Range) -> Iterator[Diagnostic]:
    """Check that a range has ends in one unit, the lower one first."""
    misfits = [end for end in (misfit(low, wanted), misfit(high, wanted)) if end is not None]
    span = low.span.to(high.span)
    if misfits:
        yield from misfits
    elif wanted.low >= wanted.high:
        yield Diagnostic("E304", span, f"the range {wanted} holds no two numbers", "write the lower end first")
    elif wanted.whole and any(end != end.to_integral_value() for end in (wanted.low, wanted.high)):
        yield Diagnostic("E304", span, f"a whole number cannot go from {wanted}", "write whole numbers")


def _measure(measure: ast.Measure) -> Iterator[Diagnostic]:
    match measure.kind:
        case ast.Number():
            yield from _range(measure.kind.low, measure.kind.high, range_of(measure.name.text, measure.kind))
        case ast.Scale():
            seen: set[str] = set()
            for step in measure.kind.steps:
                if step.text in seen:
                    yield Diagnostic(
                        "E304", step.span, f"the scale `{measure.name.text}` lists `{step.text}` twice", "list it once"
                    )
                seen.add(step.text)
        case _:
            assert_never(measure.kind)


def _parameter(parameter: ast.Parameter) -> Iterator[Diagnostic]:
    allowed = parameter_range(parameter)
    faults = list(_range(parameter.low, parameter.high, allowed))
    yield from faults
    found = None if faults else within(parameter_value(parameter), allowed)
    if found is not None and found.code == "E302":
        message = f"`{parameter.name.text}` is {shown(parameter_value(parameter))}, outside of its own range"
        found = Diagnostic("E305", parameter.value.span, message, f"write a number from {allowed}")
    if found is not None:
        yield found


# --- rules ------------------------------------------------------------------------------------


def _rule(rule: ast.Rule, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    yield from _demanded(rule)
    yield from _misplaced(rule)
    yield from _action(rule.action)
    yield from _offers(rule)
    yield from check_limits(rule, pack, declared)


def _demanded(rule: ast.Rule) -> Iterator[Diagnostic]:
    kind, written = rule.action.kind, rule.action.kind.value
    if kind in (ActionKind.STOP_SESSION, ActionKind.REFER) and rule.say is None:
        message = f"`{written}` needs `say`: what the member is told to do"
        yield Diagnostic("E313", rule.action.span, message, 'add `say "…"`')
    if kind is ActionKind.MODIFY and not rule.limits:
        help_ = "add `limit MEASURE <= VALUE`, or write `caution` if there is none"
        yield Diagnostic("E312", rule.action.span, "`modify` needs a limit: what is modified, and how far", help_)
    if rule.absolute and rule.exceptions:
        message = "an absolute rule has no exceptions"
        yield Diagnostic("E314", rule.exceptions[0].span, message, "leave out `absolute` or the exception")


def _misplaced(rule: ast.Rule) -> Iterator[Diagnostic]:
    kind = rule.action.kind
    if rule.limits and kind not in _LIMITING:
        yield _no_place("limit", rule, rule.limits[0].span, "limits belong to `modify` and `caution`")
    if rule.to and kind is not ActionKind.MODIFY:
        help_ = "write `instead`" if kind in _OFFERING else "alternatives belong to rules that restrict an exercise"
        yield _no_place("to", rule, rule.to[0].span, help_)
    if rule.instead and kind not in _OFFERING:
        help_ = "alternatives belong to `avoid`, `require clearance`, `modify` and `caution`"
        yield _no_place("instead", rule, rule.instead[0].span, help_)


def _no_place(clause: str, rule: ast.Rule, span: Span, help_: str) -> Diagnostic:
    return Diagnostic("E317", span, f"`{clause}` has no place in a rule that says `{rule.action.kind.value}`", help_)


def _action(action: ast.Action) -> Iterator[Diagnostic]:
    if action.kind in (ActionKind.ALLOW, ActionKind.RECOMMEND):
        for target in action.targets:
            if target.any:
                message = f"`{action.kind.value} any` would permit exercises that nobody has looked at"
                yield Diagnostic("E315", target.span, message, "name the exercises, or a class of them")
    if action.percent is not None and action.percent.value <= 0:
        yield Diagnostic("E316", action.percent.span, "the load changes by more than 0 %", "write a share above 0 %")
    if action.percent is not None and action.kind is ActionKind.PROGRESS and action.percent.value > _WHOLE_LOAD:
        yield Diagnostic("E316", action.percent.span, "at most, a step doubles the load", "write 100 % or less")
    if action.percent is not None and action.kind is ActionKind.REDUCE and action.percent.value >= _WHOLE_LOAD:
        yield Diagnostic(
            "E316", action.percent.span, f"reducing by {plain(action.percent.value)} % leaves no load", "write `avoid`"
        )


def _offers(rule: ast.Rule) -> Iterator[Diagnostic]:
    targets = {target.names[0].text for target in rule.action.targets if len(target.names) == 1}
    for substitute in (*rule.to, *rule.instead):
        if substitute.text in targets:
            message = f"`{substitute.text}` is what the rule restricts; it cannot stand in for itself"
            yield Diagnostic("E403", substitute.span, message, "name another exercise")


def _override(override: ast.Override, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    other = declared.packs.get(override.pack.text)
    rule = other.named_rules.get(override.rule.text) if other else None
    if rule is None:
        return
    if override.pack.text == pack.name:
        message = f"`{override.rule.text}` is of this same pack"
        yield Diagnostic("E405", override.span, message, "write the exception into the rule: `except when … because …`")
    elif rule.absolute:
        message = f"`{override.rule.text}` of `{override.pack.text}` is absolute: nothing overrides it"
        yield Diagnostic(
            "E405", override.rule.span, message, "leave out the override, or change the rule in its own pack"
        )
