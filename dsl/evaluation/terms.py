"""Guards as alternatives of conjunctions: the normal form that bit rows are made from.

Strong Kleene truths are a distributive lattice, so this changes no truth, of partly known members either.
"""

from __future__ import annotations

from itertools import combinations, product
from typing import assert_never

from dsl.semantics import ir

MOST_TERMS = 24
"""Terms of one guard past which it stays as it is and is evaluated by itself."""

Term = tuple[ir.Test, ...]
"""Tests that all have to hold; without any it holds always."""


class _TooManyTermsError(Exception):
    """The normal form of a guard grows past what pays."""


def terms(guard: ir.Guard) -> tuple[Term, ...] | None:
    """Return the terms of which one has to hold; none of them where nothing can, None where there are too many."""
    try:
        return _terms(guard)
    except _TooManyTermsError:
        return None


def _terms(guard: ir.Guard) -> tuple[Term, ...]:
    match guard:
        case ir.Always():
            return ((),)
        case ir.Never():
            return ()
        case ir.Choice() | ir.Has() | ir.Compare() | ir.Unknown():
            return ((guard,),)
        case ir.AnyOf():
            return _bounded([term for operand in guard.operands for term in _terms(operand)])
        case ir.AllOf():
            return _conjunction([_terms(operand) for operand in guard.operands])
        case ir.AtLeast():
            return _at_least(guard)
        case _:
            assert_never(guard)


def _conjunction(operands: list[tuple[Term, ...]]) -> tuple[Term, ...]:
    size = 1
    for operand in operands:
        size *= len(operand)
    if size > MOST_TERMS:
        raise _TooManyTermsError
    return _bounded([tuple(test for term in chosen for test in term) for chosen in product(*operands)])


def _at_least(guard: ir.AtLeast) -> tuple[Term, ...]:
    """The truth of "at least k" is the k-th greatest of the operands' truths: of any k of them, the least."""
    if guard.count <= 0:
        return ((),)
    operands = [_terms(operand) for operand in guard.operands]
    found: list[Term] = []
    for chosen in combinations(operands, guard.count):
        found.extend(_conjunction(list(chosen)))
        if len(found) > MOST_TERMS:
            raise _TooManyTermsError
    return _bounded(found)


def _bounded(found: list[Term]) -> tuple[Term, ...]:
    unique = tuple(dict.fromkeys(tuple(dict.fromkeys(term)) for term in found))
    if len(unique) > MOST_TERMS:
        raise _TooManyTermsError
    return unique
