"""Names in guards: facts, their values, definitions and parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import assert_never

from dsl.semantics.bare_values import compare_instead, denied_names, repeated
from dsl.semantics.declarations import NONE, Declarations, DeclaredFact, PackContents, entry
from dsl.semantics.guards import values_of, walk
from dsl.semantics.naming import did_you_mean, listed
from dsl.semantics.undeclared import unknown_fact, unknown_unit
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span


def resolve_guard(guard: ast.Guard, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield every name in `guard` that leads nowhere; `pack` is where its definitions and parameters belong."""
    told: set[Span] = set()
    for part in walk(guard):
        match part:
            case ast.Comparison() | ast.Membership() | ast.Between():
                yield from unknown_fact(part.fact, declared)
                for value in values_of(part):
                    yield from resolve_value(value, part.fact, pack, declared)
            case ast.IsUnknown():
                yield from unknown_fact(part.fact, declared)
            case ast.Reference():
                if part.name.span not in told:
                    yield from _definition(part.name, pack, declared)
            case ast.And() | ast.Or():
                for names, found in _joined_names(part, pack, declared):
                    told.update(name.span for name in names)
                    yield found
            case ast.Always() | ast.Not() | ast.AtLeast():
                continue
            case _:
                assert_never(part)


def _joined_names(
    part: ast.And | ast.Or, pack: PackContents, declared: Declarations
) -> Iterator[tuple[tuple[ast.Name, ...], Diagnostic]]:
    """Yield the names that stand alone between other conditions, with what is told of them together."""
    joined = "and" if isinstance(part, ast.And) else "or"
    yield from repeated(part.operands, joined, pack, declared)
    denied = denied_names(part.operands, joined, pack, declared)
    yield from () if denied is None else (denied,)


def resolve_value(value: ast.Value, fact: ast.Name, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield that `value` is nothing that `fact` can be held against; nothing where `fact` itself is unknown."""
    if isinstance(value, ast.Quantity):
        known = declared.facts.get(fact.text)
        if known is None or known.range is not None:  # else no number fits, whatever its unit
            yield from unknown_unit(value.unit, known.range if known else None)
    elif fact.text in declared.facts and fact.text not in declared.unparsed:
        yield from _named_value(value, declared.facts[fact.text], pack, declared)


def _named_value(
    value: ast.Name, fact: DeclaredFact, pack: PackContents, declared: Declarations
) -> Iterator[Diagnostic]:
    match fact.node.kind:
        case ast.OneOf():
            yield from _term(value, fact, declared)
        case ast.ManyOf():
            if value.text != NONE:
                yield from _term(value, fact, declared)
        case ast.YesNo():
            if value.text not in ("yes", "no"):
                message = f"`{value.text}` is not a value of `{fact.node.name.text}`, which is yes or no"
                yield Diagnostic("E202", value.span, message, "write yes or no")
        case ast.Number():
            yield from _parameter(value, pack, declared)
        case _:
            assert_never(fact.node.kind)


def _term(value: ast.Name, fact: DeclaredFact, declared: Declarations) -> Iterator[Diagnostic]:
    if value.text in fact.term_names:
        return
    terms = fact.terms
    more = " …" if len(terms) > _FEW else ""
    few = f"its values are {listed(term.name.text for term in terms[:_FEW])}{more}"
    near = did_you_mean(value.text, (entry(term) for term in terms))
    help_ = compare_instead(value, declared) or near or few
    yield Diagnostic("E202", value.span, f"`{value.text}` is not a known value of `{fact.node.name.text}`", help_)


_FEW = 8
"""How many values a help line names."""


def _parameter(name: ast.Name, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    if name.text in pack.parameters or name.text in declared.unparsed:
        return
    elsewhere = (other.name for other in declared.packs.values() if name.text in other.parameters)
    near = did_you_mean(name.text, pack.parameters) or _elsewhere(name.text, elsewhere)
    help_ = near or f"write a number, or declare it: `parameter {name.text} = … in … to …`"
    message = f"`{name.text}` is neither a number nor a parameter of pack `{pack.name}`"
    yield Diagnostic("E209", name.span, message, help_)


def _definition(name: ast.Name, pack: PackContents, declared: Declarations) -> Iterator[Diagnostic]:
    if name.text in pack.definitions or name.text in declared.unparsed:
        return
    if name.text in declared.facts:
        yield _bare_fact(name, declared.facts[name.text])
        return
    near = did_you_mean(name.text, pack.definitions)
    elsewhere = (other.name for other in declared.packs.values() if name.text in other.definitions)
    help_ = _elsewhere(name.text, elsewhere) or near
    if help_ is None and (compared := compare_instead(name, declared)) is not None:
        yield Diagnostic("E208", name.span, f"`{name.text}` is a value, and stands here without its fact", compared)
        return
    message = f"`{name.text}` is not defined in pack `{pack.name}`"
    help_ = help_ or f"write `define {name.text} when …`, or compare a fact: `fact=value`"
    yield Diagnostic("E208", name.span, message, help_)


def _bare_fact(name: ast.Name, fact: DeclaredFact) -> Diagnostic:
    value = "yes" if isinstance(fact.node.kind, ast.YesNo) else "…"
    return Diagnostic("E208", name.span, f"`{name.text}` is a fact, not a definition", f"write `{name.text}={value}`")


def _elsewhere(name: str, packs: Iterable[str]) -> str | None:
    pack = next(iter(packs), None)
    return f"`{name}` is of pack `{pack}`, and can be used only there" if pack else None
