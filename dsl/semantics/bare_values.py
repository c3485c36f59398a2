"""Names that stand where a condition must, and are values of facts: `condition=a or b`."""

from __future__ import annotations

from collections.abc import Iterator

from dsl.semantics.declarations import Declarations, PackContents
from dsl.semantics.naming import listed
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span

_SHOWN = 3


def repeated(
    operands: tuple[ast.Guard, ...], joined: str, pack: PackContents, declared: Declarations
) -> Iterator[tuple[tuple[ast.Name, ...], Diagnostic]]:
    """Yield the values that stand alone behind a comparison of their fact, with what is told of them together.

    `joined` is the word between the operands. Behind `or` they are one list, behind `and` each is a comparison; where
    the comparison is denied, none of them may hold.
    """
    compared: ast.Name | None = None
    denied = False
    values: list[ast.Name] = []
    for operand in (*operands, None):
        if (
            isinstance(operand, ast.Reference)
            and compared is not None
            and _is_value(operand.name, compared, pack, declared)
        ):
            values.append(operand.name)
            continue
        if compared is not None and len(values) > 1:
            yield tuple(values[1:]), _left_out(compared, values, joined, denied=denied)
        compared, values = None, []
        comparison = operand.operand if isinstance(operand, ast.Not) else operand
        if isinstance(comparison, ast.Comparison) and isinstance(comparison.value, ast.Name):
            compared, values = comparison.fact, [comparison.value]
            denied = comparison is not operand or comparison.comparator is ast.Comparator.NOT_EQUAL


def _is_value(name: ast.Name, fact: ast.Name, pack: PackContents, declared: Declarations) -> bool:
    known = declared.facts.get(fact.text)
    return name.text not in pack.definitions and known is not None and name.text in known.term_names


def _left_out(fact: ast.Name, values: list[ast.Name], joined: str, *, denied: bool) -> Diagnostic:
    _, *others = values
    alone, stand = listed(value.text for value in others), "stand" if others[1:] else "stands"
    if denied:
        help_ = f"write `{fact.text} not in ({', '.join(value.text for value in values)})` for none of them"
    elif joined == "or":
        help_ = f"write `{fact.text} in ({', '.join(value.text for value in values)})`"
    else:
        help_ = f"write `{' and '.join(f'{fact.text}={value.text}' for value in values)}`"
    place = Span(fact.span.source, others[0].span.start, others[-1].span.end)
    return Diagnostic("E208", place, f"{alone} {stand} alone behind `{joined}`, without a fact", help_)


def compare_instead(name: ast.Name, declared: Declarations) -> str | None:
    """Return the help that compares the facts of which `name` is a value; None when it is of none."""
    facts = sorted(text for text, fact in declared.facts.items() if name.text in fact.term_names)
    written = [f"`{fact}={name.text}`" for fact in facts[:_SHOWN]]
    return f"write {' or '.join(written)}" if written else None
