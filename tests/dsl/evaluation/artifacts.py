"""Releases of any rules over one small vocabulary, and members: made of `ir` directly, thousands in seconds."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from random import Random

from hypothesis import strategies as st

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.known import terms_of
from dsl.semantics.release import FORMAT, Artifact
from dsl.semantics.vocabulary import Exercise, Fact, Kind, Measure, Term, Vocabulary
from tests.seeds import heads, seeded, shares, some

DAY = datetime.date(2026, 6, 1)
EXERCISES = ("bridge", "carry", "lunge", "press", "row")
PACKS = ("clinic", "coach", "home")


def _terms(names: str) -> tuple[Term, ...]:
    return tuple(map(Term, names.split()))


FACTS = (
    Fact("aid", Kind.MANY_OF, terms=_terms("band cane rail"), optional=True),
    Fact("condition", Kind.MANY_OF, terms=_terms("ankle back hip knee neck wrist")),
    Fact("mood", Kind.ONE_OF, terms=_terms("high low"), optional=True),
    Fact("pain", Kind.NUMBER, low=Decimal(0), high=Decimal(10)),
    Fact("phase", Kind.ONE_OF, terms=_terms("acute early late")),
    Fact("pregnant", Kind.YES_NO),
    Fact("steps", Kind.NUMBER, low=Decimal(0), high=Decimal(10), optional=True),
    Fact("symptom", Kind.MANY_OF, terms=_terms("ache fever numb")),
    Fact("tired", Kind.YES_NO, optional=True),
)
MANY = {fact.name: fact for fact in FACTS if fact.kind is Kind.MANY_OF}
VALUES = {
    fact.name: ("yes", "no") if fact.kind is Kind.YES_NO else tuple(term.name for term in fact.terms)
    for fact in FACTS
    if fact.kind in (Kind.ONE_OF, Kind.YES_NO)
}
NUMBERS = tuple(fact.name for fact in FACTS if fact.kind is Kind.NUMBER)
VOCABULARY = Vocabulary(
    facts=FACTS,
    exercises=tuple(map(Exercise, EXERCISES)),
    measures=(Measure("load", low=Decimal(0), high=Decimal(100)), Measure("sets", low=Decimal(1), high=Decimal(10))),
)

# --- guards -----------------------------------------------------------------------------------

VALUES_OF_NUMBERS = [Decimal(tenths) / 10 for tenths in (0, 5, 10, 15, 20, 25, 40, 70, 100)]
OPERATORS: tuple[ir.Operator, ...] = ("<", "<=", ">", ">=", "=", "!=")
HAS = [(fact.name, term.name) for fact in MANY.values() for term in fact.terms]

Leaf = Callable[[Random], ir.Guard]


def _has(chosen: Random) -> ir.Guard:
    return ir.Has(*chosen.choice(HAS), heads(chosen))


def _compared(chosen: Random) -> ir.Guard:
    return ir.Compare(chosen.choice(NUMBERS), chosen.choice(OPERATORS), chosen.choice(VALUES_OF_NUMBERS))


def _valued(chosen: Random) -> ir.Guard:
    fact = chosen.choice(sorted(VALUES))
    return ir.Choice(fact, tuple(sorted(some(chosen, VALUES[fact], least=1))), heads(chosen))


def _unknown(chosen: Random) -> ir.Guard:
    fact = chosen.choice(FACTS)
    asked = some(chosen, [term.name for term in fact.terms], least=1) if fact.kind is Kind.MANY_OF else ()
    return ir.Unknown(fact.name, tuple(sorted(asked)), heads(chosen))


def _plain_test(chosen: Random) -> ir.Guard:
    return chosen.choice((_has, _compared, _valued))(chosen)


_FIXED: tuple[Leaf, ...] = (lambda _: ir.Always(), lambda _: ir.Never())


def _any_test(chosen: Random) -> ir.Guard:
    return chosen.choice((_plain_test,) * 4 + (_unknown, *_FIXED))(chosen)


def _larger(leaf: Leaf, most: int, chosen: Random) -> ir.Guard:
    """Return a guard with up to `most` tests, an operator of one part among the possible."""
    if chosen.randrange(3) < (2 if most == 1 else 1):
        return leaf(chosen)
    parts = chosen.randint(1, min(6, most))
    operands = tuple(_larger(leaf, share, chosen) for share in shares(chosen, most, parts))
    counted = partial(ir.AtLeast, chosen.randint(0, 4))
    return chosen.choice((ir.AllOf, ir.AnyOf, counted))(operands)


def guard(chosen: Random, leaf: Leaf = _any_test) -> ir.Guard:
    """Return a guard of any shape, some with so many terms that they stay as they are."""
    return _larger(leaf, chosen.randint(1, 9), chosen)


GUARDS = seeded(guard)

# --- releases ---------------------------------------------------------------------------------

STEPS = {ir.Effect.PROGRESS: ("1.05", "1.1"), ir.Effect.REDUCE: ("0.8", "0.5")}
FEW = (0, 0, 0, 1, 2)
LIMITED = (ir.Effect.MODIFY, ir.Effect.CAUTION)
EFFECTS = sorted((*ir.Effect, *(*ir.GRANTING, *STEPS) * 3))
"""What leaves a GO is drawn more often than what does not."""


def _limit(measure: str, chosen: Random) -> ir.Limit:
    value = Decimal(chosen.randint(1, 9))
    return ir.Limit(measure, low=value) if heads(chosen) else ir.Limit(measure, high=value)


def rule(name: str, chosen: Random) -> ir.Rule:
    """Return a rule of some pack, called `name` there."""
    pack, effect = chosen.choice(PACKS), chosen.choice(EFFECTS)
    about = effect not in ir.SESSION and effect not in (ir.Effect.ROUTINE, ir.Effect.ADVISE)
    exercises = tuple(some(chosen, EXERCISES, least=1)) if about else ()
    return ir.Rule(
        id=f"{pack}/{name}",
        pack=pack,
        effect=effect,
        guard=guard(chosen),
        exercises=exercises,
        grants=tuple(some(chosen, exercises)) if effect in ir.GRANTING else (),
        exceptions=tuple(ir.Exception_(guard(chosen), "excepted") for _ in range(chosen.choice(FEW))),
        limits=tuple(_limit(measure, chosen) for measure in some(chosen, ("load", "sets")))
        if effect in LIMITED
        else (),
        step=Decimal(chosen.choice(STEPS[effect])) if effect in STEPS else None,
    )


def _override(rules: tuple[ir.Rule, ...], chosen: Random) -> ir.Override:
    return ir.Override(chosen.choice(rules).id, chosen.choice(PACKS), guard(chosen), "overridden")


def _pack(name: str, chosen: Random) -> ir.Pack:
    covers = None if chosen.randrange(3) else guard(chosen, _plain_test)
    return ir.Pack(name, covers=covers, review_by=chosen.choice([None, None, DAY, DAY - datetime.timedelta(1)]))


_RULES = [seeded(partial(rule, f"rule_{place:02}")) for place in range(12)]
_PACKS = st.tuples(*(seeded(partial(_pack, name)) for name in PACKS))
_CONTRADICTIONS = seeded(
    lambda chosen: tuple(ir.Contradiction(guard(chosen), "impossible") for _ in range(chosen.choice(FEW)))
)


@st.composite
def artifacts(draw: st.DrawFn, most: int = len(_RULES)) -> Artifact:
    """Return a release: rules with exceptions, overrides, contradictions, packs that cover and that are overdue."""
    drawn = [draw(rules) for rules in _RULES[: draw(st.integers(0, most))]]
    body = tuple(sorted(drawn, key=lambda one: one.id))
    overrides = draw(st.lists(seeded(partial(_override, body)), max_size=3)) if body else ()
    return Artifact(FORMAT, draw(_PACKS), VOCABULARY, body, tuple(overrides), draw(_CONTRADICTIONS))


# --- members ----------------------------------------------------------------------------------


def _terms_known(fact: Fact, chosen: Random) -> dict[str, bool]:
    names = [term.name for term in fact.terms]
    return {name: heads(chosen) for name in chosen.choice((names, some(chosen, names)))}


def member(chosen: Random) -> Facts:
    """Return what is known of a member: of each fact nothing, something or everything; as the door has it or plain."""
    terms = {}
    for name, fact in MANY.items():
        if chosen.randrange(3):
            known = _terms_known(fact, chosen)
            terms[name] = terms_of(fact, known) if heads(chosen) else known
    return Facts(
        choices={name: chosen.choice(values) for name, values in VALUES.items() if heads(chosen)},
        terms=terms,
        numbers={name: chosen.choice([*VALUES_OF_NUMBERS, Decimal("1.2")]) for name in NUMBERS if chosen.randrange(3)},
    )


def members() -> st.SearchStrategy[Facts]:
    """Return members, each of a seed."""
    return seeded(member)
