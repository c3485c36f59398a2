"""An independent reading of three-valued guards, which every engine must agree with before it is timed.

False is 0, unknown 1, true 2: a conjunction is the least of its operands, a disjunction the greatest, and "at least
n" the nth greatest.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import assert_never

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact

FALSE, UNKNOWN, TRUE = range(3)

_COMPARISONS: Mapping[str, Callable[[Decimal, Decimal], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def fired(artifact: Artifact, facts: Facts) -> list[str]:
    """Return the ids of the rules whose guards are surely true, in the order of the rules."""
    return [rule.id for rule in artifact.rules if truth(rule.guard, facts) == TRUE]


def truth(guard: ir.Guard, facts: Facts) -> int:
    """Return how true `guard` is: 0, 1 or 2."""
    match guard:
        case ir.Always():
            return TRUE
        case ir.Never():
            return FALSE
        case ir.AllOf():
            return min(truth(operand, facts) for operand in guard.operands)
        case ir.AnyOf():
            return max(truth(operand, facts) for operand in guard.operands)
        case ir.AtLeast():
            return sorted(truth(operand, facts) for operand in guard.operands)[-guard.count]
        case ir.Choice() | ir.Has() | ir.Compare():
            return _tested(guard, facts)
        case ir.Unknown():
            raise ValueError("rule sets for benchmarks have no such guard")
        case _:
            assert_never(guard)


def _tested(test: ir.Choice | ir.Has | ir.Compare, facts: Facts) -> int:
    match test:
        case ir.Choice():
            known = test.fact in facts.choices
            true = known and (facts.choices[test.fact] in test.values) != test.negated
        case ir.Has():
            known = test.term in facts.terms.get(test.fact, ())
            true = known and facts.terms[test.fact][test.term] == test.present
        case ir.Compare():
            known = test.fact in facts.numbers
            true = known and _COMPARISONS[test.operator](facts.numbers[test.fact], test.value)
        case _:
            assert_never(test)
    return UNKNOWN if not known else TRUE if true else FALSE
