"""Writes the parts of a statement as phrases: short texts that a line may be broken between.

A phrase never has a redundant parenthesis or space, so that trees which say the same are written the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import TypeVar, assert_never

from dsl.syntax import ast

Phrases = list[str]

_Part = TypeVar("_Part")
_BARE_CODE = re.compile(r"[0-9]{1,20}|[0-9]{3,7}-[0-9]|[A-Z][0-9][0-9A-Z](?:\.[0-9A-Za-z]{1,4})?")


def after(words: str, phrases: Phrases) -> Phrases:
    """Return `phrases` with `words` before the first of them."""
    return [f"{words} {phrases[0]}", *phrases[1:]]


def listed(items: Iterable[Phrases]) -> Phrases:
    """Return items with commas between them."""
    separate = list(items)
    with_commas = [[*item[:-1], f"{item[-1]},"] for item in separate[:-1]]
    return [phrase for item in (*with_commas, separate[-1]) for phrase in item]


def enclosed(phrases: Phrases) -> Phrases:
    """Return `phrases` in parentheses."""
    opened = [f"({phrases[0]}", *phrases[1:]]
    return [*opened[:-1], f"{opened[-1]})"]


def names(items: Sequence[ast.Name]) -> Phrases:
    """Return a comma-separated list of names."""
    return listed([name.text] for name in items)


def text(node: ast.Text) -> str:
    """Return a string in quotes, escaped as far as it must be."""
    return _quoted(node.value)


def _quoted(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def texts(items: Sequence[ast.Text]) -> Phrases:
    """Return a comma-separated list of strings."""
    return listed([text(item)] for item in items)


def decimal(value: Decimal) -> str:
    """Return a number without exponent, needless zeros or a negative zero."""
    plain = format(value, "f")
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return "0" if plain in {"-0", ""} else plain


def quantity(node: ast.Quantity) -> str:
    """Return a number with its unit."""
    return decimal(node.value) if node.unit is None else f"{decimal(node.value)} {node.unit.text}"


def value(node: ast.Value) -> str:
    """Return what stands on the right of a comparison."""
    return node.text if isinstance(node, ast.Name) else quantity(node)


def values(items: Sequence[ast.Value]) -> Phrases:
    """Return values in parentheses."""
    return enclosed(listed([value(item)] for item in items))


def written_code(value: str) -> str:
    """Return a code, in quotes only where it must be."""
    return value if _BARE_CODE.fullmatch(value) else _quoted(value)


def code(node: ast.Code) -> Phrases:
    """Return one `code SYSTEM …`."""
    written = [[written_code(one.value)] for one in node.values]
    suggests = ["suggests"] if node.suggests else []
    return [*after(f"code {node.system.text}", listed(written)), *suggests]


# --- guards -----------------------------------------------------------------------------------


def guard(node: ast.Guard) -> Phrases:
    """Return a guard with no more parentheses than it needs."""
    match node:
        case ast.And():
            return _chain("and", node.operands)
        case ast.Or():
            return _chain("or", node.operands)
        case ast.Not():
            return after("not", _operand(node.operand))
        case ast.AtLeast():
            inner = listed(guard(operand) for operand in node.operands)
            return after(f"at least {node.count} of", enclosed(inner))
        case ast.Membership():
            return after(f"{node.fact.text} {'not in' if node.negated else 'in'}", values(node.values))
        case _:
            return [_simple(node)]


def _simple(node: ast.Comparison | ast.Between | ast.Reference | ast.IsUnknown | ast.Always) -> str:
    match node:
        case ast.Comparison():
            return comparison(node.fact, node.comparator, node.value)
        case ast.Between():
            return f"{node.fact.text} between {value(node.low)} and {value(node.high)}"
        case ast.Reference():
            return node.name.text
        case ast.IsUnknown():
            return f"unknown {node.fact.text}"
        case ast.Always():
            return "always"
        case _:
            assert_never(node)


def comparison(name: ast.Name, comparator: ast.Comparator, right: ast.Value) -> str:
    """Return a comparison; `=` stands close, the other comparators apart."""
    if comparator is ast.Comparator.EQUAL:
        return f"{name.text}={value(right)}"
    return f"{name.text} {comparator.value} {value(right)}"


def _chain(word: str, operands: Sequence[ast.Guard]) -> Phrases:
    first, *others = operands
    return [*_operand(first), *(phrase for other in others for phrase in after(word, _operand(other)))]


def _operand(node: ast.Guard) -> Phrases:
    return enclosed(guard(node)) if isinstance(node, ast.And | ast.Or) else guard(node)


# --- actions ----------------------------------------------------------------------------------


def targets(items: Sequence[ast.Target]) -> Phrases:
    """Return a list of targets; an exclusion that a comma follows is enclosed, for it could be read in two ways."""
    last = len(items) - 1
    return listed(target(item, enclose=i < last) for i, item in enumerate(items))


def target(node: ast.Target, *, enclose: bool = False) -> Phrases:
    """Return one target."""
    kept = "any" if node.any else " and ".join(name.text for name in node.names)
    if not node.exclude:
        return [kept]
    excluded = names(node.exclude)
    return after(f"{kept} but not", enclosed(excluded) if enclose or len(node.exclude) > 1 else excluded)


def action(node: ast.Action) -> Phrases:
    """Return what a rule does, to what."""
    about = targets(node.targets) if node.targets else []
    variants = ["with variants"] if node.variants else []
    match node.kind:
        case ast.ActionKind.STOP_SESSION:
            return ["stop session"]
        case ast.ActionKind.REFER:
            return [f"refer {needed(node.urgency).value}"]
        case ast.ActionKind.ADVISE:
            advice = f"advise {needed(node.topic).text} {text(needed(node.text))}"
            return [advice, *(after("for", about) if about else [])]
        case ast.ActionKind.PROGRESS | ast.ActionKind.REDUCE:
            return [f"{node.kind.value} load by {quantity(needed(node.percent))}", *after("for", about), *variants]
        case ast.ActionKind.HOLD:
            return [*after("hold load for", about), *variants]
        case ast.ActionKind.REQUIRE_CLEARANCE:
            return [*after("require clearance for", about), *variants]
        case _:
            return [*after(node.kind.value, about), *variants]


def needed(part: _Part | None) -> _Part:
    """Return a part that an action of its kind always has.

    Raises:
        TypeError: the tree was made by hand, and lacks it.
    """
    if part is None:
        raise TypeError("an action lacks what its kind needs")
    return part


def limit(node: ast.Limit) -> str:
    """Return one bound on a measure."""
    return f"{node.measure.text} {node.comparator.value} {value(node.value)}"


def number(node: ast.Number) -> str:
    """Return a range."""
    whole = "whole " if node.whole else ""
    unit = f" {node.unit.text}" if node.unit else ""
    return f"{whole}number {decimal(node.low.value)} to {decimal(node.high.value)}{unit}"


# --- examples ---------------------------------------------------------------------------------


def given(node: ast.Given) -> Phrases:
    """Return one given fact."""
    inner = [value(node.values[0])] if len(node.values) == 1 else values(node.values)
    if node.how is ast.Completeness.ALL:
        return [f"{node.fact.text}={inner[0]}", *inner[1:]]
    return after(f"{node.fact.text} {node.how.value}", inner)


def expectation(node: ast.Expectation) -> Phrases:
    """Return one thing that an answer must say."""
    match node:
        case ast.ExpectVerdict():
            return before(target(node.target), bounded(node.bound, node.verdict))
        case ast.ExpectRecommended():
            return before(target(node.target), "recommended" if node.recommended else "not recommended")
        case ast.ExpectSession():
            return [f"session {'not ' if node.negated else ''}{bounded(node.bound, node.disposition)}"]
        case ast.ExpectLimit():
            return before(target(node.target), f"limit {limit(node.limit)}")
        case ast.ExpectLoad():
            return before(target(node.target), f"load {quantity(node.percent)}")
        case ast.ExpectQuestion():
            return [f"asks {node.fact.text}"]
        case _:
            assert_never(node)


def before(phrases: Phrases, words: str) -> Phrases:
    """Return `phrases` with `words` after the last of them."""
    return [*phrases[:-1], f"{phrases[-1]} {words}"]


def bounded(bound: ast.Bound, word: ast.Name) -> str:
    """Return a verdict or disposition with its `at least` or `at most`."""
    return f"{bound.value} {word.text}".strip()
