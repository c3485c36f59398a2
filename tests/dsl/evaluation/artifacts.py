"""Releases of any rules over one small vocabulary, and members: made of `ir` directly, thousands in seconds."""

from __future__ import annotations

import datetime
from decimal import Decimal

from hypothesis import strategies as st

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.known import terms_of
from dsl.semantics.release import FORMAT, Artifact
from dsl.semantics.vocabulary import Exercise, Fact, Kind, Measure, Term, Vocabulary

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

VALUES_OF_NUMBERS = st.sampled_from([Decimal(tenths) / 10 for tenths in (0, 5, 10, 15, 20, 25, 40, 70, 100)])
OPERATORS: st.SearchStrategy[ir.Operator] = st.sampled_from(["<", "<=", ">", ">=", "=", "!="])
HAS = st.sampled_from([(fact.name, term.name) for fact in MANY.values() for term in fact.terms])


@st.composite
def tests_of_values(draw: st.DrawFn) -> ir.Choice:
    fact = draw(st.sampled_from(sorted(VALUES)))
    values = draw(st.sets(st.sampled_from(VALUES[fact]), min_size=1))
    return ir.Choice(fact, tuple(sorted(values)), draw(st.booleans()))


@st.composite
def tests_for_unknown(draw: st.DrawFn) -> ir.Unknown:
    fact = draw(st.sampled_from(FACTS))
    terms = [term.name for term in fact.terms] if fact.kind is Kind.MANY_OF else []
    asked = draw(st.sets(st.sampled_from(terms), min_size=1)) if terms else ()
    return ir.Unknown(fact.name, tuple(sorted(asked)), draw(st.booleans()))


TESTS = st.one_of(
    st.builds(lambda has, present: ir.Has(has[0], has[1], present), HAS, st.booleans()),
    st.builds(ir.Compare, st.sampled_from(NUMBERS), OPERATORS, VALUES_OF_NUMBERS),
    tests_of_values(),
)


def guards(leaves: st.SearchStrategy[ir.Guard]) -> st.SearchStrategy[ir.Guard]:
    """Return guards of any shape, some with so many terms that they stay as they are."""

    def larger(parts: st.SearchStrategy[ir.Guard]) -> st.SearchStrategy[ir.Guard]:
        several = st.lists(parts, min_size=1, max_size=5).map(tuple)
        counted = st.builds(ir.AtLeast, st.integers(0, 4), st.lists(parts, min_size=1, max_size=6).map(tuple))
        return st.one_of(st.builds(ir.AllOf, several), st.builds(ir.AnyOf, several), counted)

    return st.recursive(leaves, larger, max_leaves=9)


GUARDS = guards(st.one_of(TESTS, TESTS, TESTS, TESTS, tests_for_unknown(), st.just(ir.Always()), st.just(ir.Never())))

# --- releases ---------------------------------------------------------------------------------

EXCEPTIONS = st.lists(st.builds(ir.Exception_, GUARDS, st.just("excepted")), max_size=2).map(tuple)


@st.composite
def limits(draw: st.DrawFn) -> tuple[ir.Limit, ...]:
    bounds = draw(st.lists(st.tuples(st.sampled_from(["load", "sets"]), st.booleans(), st.integers(1, 9)), max_size=2))
    found = {measure: (is_low, Decimal(value)) for measure, is_low, value in bounds}
    return tuple(
        ir.Limit(measure, low=value) if is_low else ir.Limit(measure, high=value)
        for measure, (is_low, value) in sorted(found.items())
    )


@st.composite
def rules(draw: st.DrawFn, name: str) -> ir.Rule:
    pack = draw(st.sampled_from(PACKS))
    effect = draw(st.sampled_from(sorted(ir.Effect)))
    about = effect not in ir.SESSION and effect not in (ir.Effect.ROUTINE, ir.Effect.ADVISE)
    exercises = tuple(sorted(draw(st.sets(st.sampled_from(EXERCISES), min_size=1)))) if about else ()
    steps = {ir.Effect.PROGRESS: ["1.05", "1.1"], ir.Effect.REDUCE: ["0.8", "0.5"]}
    return ir.Rule(
        id=f"{pack}/{name}",
        pack=pack,
        effect=effect,
        guard=draw(GUARDS),
        exercises=exercises,
        grants=tuple(draw(st.sets(st.sampled_from(exercises)))) if effect in ir.GRANTING and about else (),
        exceptions=draw(EXCEPTIONS),
        limits=draw(limits()) if effect in (ir.Effect.MODIFY, ir.Effect.CAUTION) else (),
        step=Decimal(draw(st.sampled_from(steps[effect]))) if effect in steps else None,
    )


@st.composite
def bodies(draw: st.DrawFn, most: int = 12) -> tuple[ir.Rule, ...]:
    count = draw(st.integers(0, most))
    found = [draw(rules(f"rule_{place:02}")) for place in range(count)]
    return tuple(sorted(found, key=lambda rule: rule.id))


@st.composite
def artifacts(draw: st.DrawFn, most: int = 12) -> Artifact:
    """Return a release: rules with exceptions, overrides, contradictions, packs that cover and that are overdue."""
    body = draw(bodies(most))
    overrides = [
        ir.Override(draw(st.sampled_from(body)).id, draw(st.sampled_from(PACKS)), draw(GUARDS), "overridden")
        for _ in range(draw(st.integers(0, 3)) if body else 0)
    ]
    packs = [
        ir.Pack(
            name,
            covers=draw(st.one_of(st.none(), guards(TESTS))),
            review_by=draw(st.sampled_from([None, None, DAY, DAY - datetime.timedelta(1)])),
        )
        for name in PACKS
    ]
    contradictions = [ir.Contradiction(guard, "impossible") for guard in draw(st.lists(GUARDS, max_size=2))]
    return Artifact(FORMAT, tuple(packs), VOCABULARY, body, tuple(overrides), tuple(contradictions))


# --- members ----------------------------------------------------------------------------------


@st.composite
def members(draw: st.DrawFn) -> Facts:
    """Return what is known of a member: of each fact nothing, something or everything; as the door has it or plain."""
    terms = {}
    for name, fact in MANY.items():
        states = st.dictionaries(st.sampled_from([term.name for term in fact.terms]), st.booleans())
        complete = st.fixed_dictionaries({term.name: st.booleans() for term in fact.terms})
        if (known := draw(st.one_of(st.none(), states, complete))) is not None:
            terms[name] = terms_of(fact, known) if draw(st.booleans()) else known
    choices = {name: st.one_of(st.none(), st.sampled_from(values)) for name, values in VALUES.items()}
    numbers = {name: st.one_of(st.none(), VALUES_OF_NUMBERS, st.just(Decimal("1.2"))) for name in NUMBERS}
    return Facts(
        choices={name: found for name, values in choices.items() if (found := draw(values)) is not None},
        terms=terms,
        numbers={name: number for name, values in numbers.items() if (number := draw(values)) is not None},
    )
