"""Names that stand where a condition must, and are values of facts: `condition=a or b`."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.semantics.declarations import Declarations, DeclaredFact, PackContents
from dsl.semantics.naming import listed
from dsl.syntax import ast
from dsl.syntax.denials import none_of
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span

_SHOWN = 3


def repeated(
    operands: tuple[ast.Guard, ...], joined: str, pack: PackContents, declared: Declarations
) -> Iterator[tuple[tuple[ast.Name, ...], Diagnostic]]:
    """Yield the values that stand alone behind a comparison of their fact, with what is told of them together.

    `joined` is the word between the operands. Behind `or` they are one list, behind `and` each is a comparison.
    """
    compared: ast.Name | None = None
    values: list[ast.Name] = []
    denied: Span | None = None
    for operand in (*operands, None):
        if (
            isinstance(operand, ast.Reference)
            and compared is not None
            and _is_value(operand.name, compared, pack, declared)
        ):
            values.append(operand.name)
            continue
        if compared is not None and len(values) > 1:
            told = (
                _none_of(denied, declared.facts[compared.text], values, joined)
                if denied
                else _left_out(compared, values, joined)
            )
            yield tuple(values[1:]), told
        compared, values, denied = None, [], None
        comparison = operand.operand if isinstance(operand, ast.Not) else operand
        if isinstance(comparison, ast.Comparison) and isinstance(comparison.value, ast.Name):
            compared, values = comparison.fact, [comparison.value]
            denies = comparison is not operand or comparison.comparator is ast.Comparator.NOT_EQUAL
            denied = operand.span if operand is not None and denies else None


def _is_value(name: ast.Name, fact: ast.Name, pack: PackContents, declared: Declarations) -> bool:
    known = declared.facts.get(fact.text)
    return name.text not in pack.definitions and known is not None and name.text in known.term_names


def _left_out(fact: ast.Name, values: list[ast.Name], joined: str) -> Diagnostic:
    _, *others = values
    alone, stand = listed(value.text for value in others), "stand" if others[1:] else "stands"
    if joined == "or":
        help_ = f"write `{fact.text} in ({', '.join(value.text for value in values)})`"
    else:
        help_ = f"write `{' and '.join(f'{fact.text}={value.text}' for value in values)}`"
    place = Span(fact.span.source, others[0].span.start, others[-1].span.end)
    return Diagnostic("E208", place, f"{alone} {stand} alone behind `{joined}`, without a fact", help_)


def _none_of(first: Span, fact: DeclaredFact, values: list[ast.Name], joined: str) -> Diagnostic:
    """Return what is told of values behind a comparison that is denied: none of them is meant, or not all."""
    alone, stand = listed(value.text for value in values[1:]), "stand" if values[2:] else "stands"
    both = joined == "and" and isinstance(fact.node.kind, ast.ManyOf)
    help_ = none_of(fact.node.name.text, [value.text for value in values], both=both)
    place = Span(first.source, first.start, values[-1].span.end)
    return Diagnostic("E208", place, f"{alone} {stand} alone behind `{joined}`, without a fact", help_)


def denied_names(
    operands: tuple[ast.Guard, ...], joined: str, pack: PackContents, declared: Declarations
) -> tuple[tuple[ast.Name, ...], Diagnostic] | None:
    """Return the names of `not a or b` that compare nothing, with what is told of them; None for other guards.

    How far the `not` reaches is for the author to say: nobody can tell it from the words.
    """
    denied, *others = operands
    first = denied.operand if isinstance(denied, ast.Not) else None
    names = [one.name for one in (first, *others) if isinstance(one, ast.Reference)]
    asked = [_asked(name, pack, declared) for name in names]
    if len(names) <= len(others) or None in asked:
        return None
    one, *more = (text for text in asked if text is not None)
    none, rest = " or ".join((one, *more)), f" {joined} ".join(more)
    readings = [
        f"not ({none})",
        *([f"not ({one} and {rest})"] if joined == "and" else []),
        f"(not {one}) {joined} {rest}",
    ]
    place = Span(denied.span.source, denied.span.start, names[-1].span.end)
    message = f"{listed(name.text for name in names)} stand without a comparison, and `not` can deny one or all of them"
    return tuple(names), Diagnostic("E208", place, message, "write the one that you mean", "\n".join(readings))


def _asked(name: ast.Name, pack: PackContents, declared: Declarations) -> str | None:
    """Return the comparison that a bare name was meant for; None for a definition, and where it could be several."""
    if name.text in pack.definitions:
        return None
    if (fact := declared.facts.get(name.text)) is not None:
        return f"{name.text}={'yes' if isinstance(fact.node.kind, ast.YesNo) else '…'}"
    facts = [text for text, fact in declared.facts.items() if name.text in fact.term_names]
    return f"{facts[0]}={name.text}" if len(facts) == 1 else None


def compare_instead(name: ast.Name, declared: Declarations) -> str | None:
    """Return the help that compares the facts of which `name` is a value; None when it is of none."""
    facts = sorted(text for text, fact in declared.facts.items() if name.text in fact.term_names)
    written = [f"`{fact}={name.text}`" for fact in facts[:_SHOWN]]
    return f"write {' or '.join(written)}" if written else None
