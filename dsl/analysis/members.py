"""Everybody whom a vocabulary allows, as variables: each fact known or unknown, each known one with each of its values.

A number is only ever held against constants, so that which of them it lies between is all there is to know of it: its
range falls into cells, single numbers and the gaps between them, each with a number that stands for it. Nothing is
lost by that, and every question about members becomes one of plain propositional logic.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Context, Decimal
from itertools import pairwise
from typing import NamedTuple, assert_never

from dsl.analysis.formulas import Formula, Formulas
from dsl.evaluation.reference import compares
from dsl.semantics import ir
from dsl.semantics.known import MOST_DIGITS, Facts
from dsl.semantics.vocabulary import Fact, Kind, Vocabulary, red_flags

_EXACT = Context(prec=4 * MOST_DIGITS)
_Fits = Callable[[str], bool]


class Kleene(NamedTuple):
    """The truth of a guard: where it is `surely` true, and where it `could` be: is not surely false."""

    surely: Formula
    could: Formula


class _Range(NamedTuple):
    """What stands for each cell of a number's range, in order, and those that stand for themselves alone."""

    numbers: Mapping[str, Decimal]
    edges: frozenset[Decimal]


class Values(NamedTuple):
    """One fact that has one value at most: a variable for each value, by what stands for it; unknown: none is true.

    `numbers`: what those of a number stand for, in order. `edges` are those that stand for themselves alone.
    """

    variables: Mapping[str, Formula]
    numbers: Mapping[str, Decimal]
    edges: frozenset[Decimal]


@dataclass(frozen=True, slots=True)
class Known:
    """What variables say of one member; what is not there is unknown. Defaults are spelt out.

    `left_out` are terms, with their facts, that a complete list does not name: one that is no red flag is so denied.
    """

    choices: Mapping[str, str]
    terms: Mapping[str, Mapping[str, bool]]
    numbers: Mapping[str, Decimal]
    left_out: frozenset[tuple[str, str]] = frozenset()


class _Dropped(NamedTuple):
    """All variables of a fact, and those that are true where nothing is said of it."""

    names: frozenset[str]
    instead: frozenset[str]


def _better(now: frozenset[str], plainer: frozenset[str], fits: Callable[[frozenset[str]], bool]) -> frozenset[str]:
    return plainer if plainer != now and fits(plainer) else now


class Members:
    """The variables of one vocabulary."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        guards: Iterable[ir.Guard],
        formulas: Formulas,
        left_out: Container[tuple[str, str]] = (),
    ) -> None:
        """Make the variables; `guards` are all that will be asked about them.

        `left_out` are terms, with their facts, that can be in a third state: a complete list does not name them.
        """
        self._may_be_left_out = left_out
        self.facts = {fact.name: fact for fact in vocabulary.facts}
        thresholds = _thresholds(guards)
        self._ranges = {
            fact.name: _range(fact, thresholds.get(fact.name, set()))
            for fact in vocabulary.facts
            if fact.kind is Kind.NUMBER
        }
        self._make(formulas)

    def among(self, formulas: Formulas) -> Members:
        """Return the same members as variables of another builder, at a small part of the cost."""
        twin = copy(self)
        twin._make(formulas)
        return twin

    # --- variables ----------------------------------------------------------------------------

    def _make(self, formulas: Formulas) -> None:
        self.formulas = formulas
        self._values = {fact.name: self._valued(fact) for fact in self.facts.values() if fact.kind is not Kind.MANY_OF}
        self._terms = {
            fact.name: {term.name: self._term(fact.name, term.name) for term in fact.terms}
            for fact in self.facts.values()
            if fact.kind is Kind.MANY_OF
        }
        self._left_out = {
            fact: {
                term: self.formulas.variable(f"{fact} leaves out {term}")
                for term in terms
                if (fact, term) in self._may_be_left_out
            }
            for fact, terms in self._terms.items()
        }
        self._named = {name: (variable, formulas.opposite(variable)) for name, variable in self._all_variables()}
        self.possible = formulas.both(self._possible())

    def _valued(self, fact: Fact) -> Values:
        if fact.kind is Kind.NUMBER:
            numbers, edges = self._ranges[fact.name]
            return Values(self._variables(fact.name, numbers), numbers, edges)
        names = ("yes", "no") if fact.kind is Kind.YES_NO else tuple(term.name for term in fact.terms)
        return Values(self._variables(fact.name, names), {}, frozenset())

    def _variables(self, fact: str, names: Iterable[str]) -> dict[str, Formula]:
        return {name: self.formulas.variable(f"{fact}={name}") for name in names}

    def _term(self, fact: str, term: str) -> tuple[Formula, Formula]:
        """Return the variables "present" and "absent"; unknown: neither."""
        return self.formulas.variable(f"{fact} has {term}"), self.formulas.variable(f"{fact} lacks {term}")

    def _all_variables(self) -> Iterator[tuple[str, Formula]]:
        for fact, values in self._values.items():
            yield from ((f"{fact}={name}", variable) for name, variable in values.variables.items())
        for fact, terms in self._terms.items():
            for term, (present, absent) in terms.items():
                yield f"{fact} has {term}", present
                yield f"{fact} lacks {term}", absent
            yield from ((f"{fact} leaves out {term}", left) for term, left in self._left_out[fact].items())

    def _possible(self) -> Iterator[Formula]:
        """Yield what holds of every member."""
        for fact, values in self._values.items():
            yield self.formulas.at_most_one([*values.variables.values()])
            if self.facts[fact].default is not None:
                yield self.formulas.either(values.variables.values())
        for fact, terms in self._terms.items():
            left_out = self._left_out[fact]
            for term, states in terms.items():
                yield self.formulas.at_most_one([*states, left_out[term]] if term in left_out else states)
            yield from self._listed(fact)
            if self.facts[fact].default is not None:
                yield self.formulas.either(state for states in terms.values() for state in states)

    def _listed(self, fact: str) -> Iterator[Formula]:
        """Yield that a list which leaves out one term says of every other whether it is there, or leaves it out too."""
        left_out = self._left_out[fact]
        listed = self.formulas.opposite(self.formulas.either(left_out.values()))
        flags = red_flags(self.facts[fact])
        for term, states in self._terms[fact].items() if left_out else ():
            if term in left_out:
                yield self.formulas.either((listed, *states, left_out[term]))
            elif term not in flags:
                yield self.formulas.either((listed, *states))

    def as_known_to(self, vocabulary: Vocabulary) -> Members:
        """Return the same members as a release with `vocabulary` knows them: what it has no word for is not known.

        Where there is a default, that holds instead.
        """
        facts = {fact.name: fact for fact in vocabulary.facts}
        twin = copy(self)
        twin._values = {  # noqa: SLF001 - its own twin
            name: self._known_to(facts[name], values) if name in facts else values
            for name, values in self._values.items()
        }
        twin._terms = {  # noqa: SLF001 - its own twin
            name: self._own_of(facts[name], terms) if name in facts else terms for name, terms in self._terms.items()
        }
        return twin

    def _own_of(self, fact: Fact, terms: Mapping[str, tuple[Formula, Formula]]) -> dict[str, tuple[Formula, Formula]]:
        own = {term.name: terms[term.name] for term in fact.terms}
        for term in own.keys() & self._left_out[fact.name].keys() - red_flags(fact):
            present, absent = own[term]
            own[term] = present, self.formulas.either((absent, self._left_out[fact.name][term]))
        if fact.default is None or own.keys() == terms.keys():
            return own
        silent = self.formulas.opposite(self.formulas.either(state for states in own.values() for state in states))
        return {
            name: (self.formulas.either((present, silent)), absent)
            if name == fact.default
            else (present, self.formulas.either((absent, silent)))
            for name, (present, absent) in own.items()
        }

    def _known_to(self, fact: Fact, values: Values) -> Values:
        named = {term.name for term in fact.terms}
        variables, foreign = dict[str, Formula](), list[Formula]()
        for name, variable in values.variables.items():
            if within(fact, values.numbers[name]) if values.numbers else (not named or name in named):
                variables[name] = variable
            else:
                foreign.append(variable)
        if fact.default is not None:
            default = self._cell(fact.name, Decimal(fact.default)) if values.numbers else fact.default
            if default is not None:
                variables[default] = self.formulas.either((variables[default], *foreign))
        return values._replace(variables=variables)

    # --- tests --------------------------------------------------------------------------------

    def test(self, test: ir.Test) -> Kleene:
        """Return the truth of one test of a fact."""
        match test:
            case ir.Choice():
                return self._one_of(test.fact, lambda name: (name in test.values) is not test.negated)
            case ir.Compare():
                numbers = self._values[test.fact].numbers
                return self._one_of(test.fact, lambda name: compares(numbers[name], test.operator, test.value))
            case ir.Has():
                present, absent = self._terms[test.fact][test.term]
                is_so, is_not = (present, absent) if test.present else (absent, present)
                return Kleene(is_so, self.formulas.opposite(is_not))
            case ir.Unknown():
                unknown = self._unknown(test)
                truth = self.formulas.opposite(unknown) if test.negated else unknown
                return Kleene(truth, truth)
            case _:
                assert_never(test)

    def _one_of(self, fact: str, fits: _Fits) -> Kleene:
        variables = self._values[fact].variables
        fitting = self.formulas.either(variable for name, variable in variables.items() if fits(name))
        others = self.formulas.either(variable for name, variable in variables.items() if not fits(name))
        return Kleene(fitting, self.formulas.opposite(others))

    def _unknown(self, test: ir.Unknown) -> Formula:
        if test.terms:
            terms = self._terms[test.fact]
            return self.formulas.opposite(self.formulas.both(self.formulas.either(terms[name]) for name in test.terms))
        if test.fact in self._terms:
            return True
        return self.formulas.opposite(self.formulas.either(self._values[test.fact].variables.values()))

    # --- from variables to a member and back ----------------------------------------------------

    def known(self, true: frozenset[str]) -> Known:
        """Return the member of whom the variables named in `true` are true, and no others."""
        choices: dict[str, str] = {}
        numbers: dict[str, Decimal] = {}
        for fact, values in self._values.items():
            for name in values.variables:
                if f"{fact}={name}" in true:
                    if values.numbers:
                        numbers[fact] = values.numbers[name]
                    else:
                        choices[fact] = name
        terms = {
            fact: {
                name: f"{fact} has {name}" in true
                for name in names
                if f"{fact} has {name}" in true or f"{fact} lacks {name}" in true
            }
            for fact, names in self._terms.items()
        }
        left_out = frozenset(
            (fact, term)
            for fact, names in self._left_out.items()
            for term in names
            if f"{fact} leaves out {term}" in true
        )
        return Known(choices, {fact: states for fact, states in terms.items() if states}, numbers, left_out)

    def literals(self, true: frozenset[str]) -> list[Formula]:
        """Return every variable whose name is in `true`, and the opposite of every other."""
        return [variable if name in true else opposite for name, (variable, opposite) in self._named.items()]

    def supposed(self, facts: Facts) -> list[Formula]:
        """Return for every variable that it, or its opposite, holds of a member."""
        return self.literals(self.true_of(facts))

    def true_of(self, member: Facts | Known) -> frozenset[str]:
        """Return the names of the variables that are true of a member; what there is no variable for is left out."""
        true = {f"{fact}={choice}" for fact, choice in member.choices.items()}
        true |= {
            f"{fact}={self._cell(fact, number)}"
            for fact, number in member.numbers.items()
            if fact in self._values and self._values[fact].numbers
        }
        true |= {
            f"{fact} {'has' if state else 'lacks'} {term}"
            for fact, states in member.terms.items()
            for term, state in states.items()
        }
        return frozenset(true & self._named.keys())

    def plainest(self, true: frozenset[str], fits: Callable[[frozenset[str]], bool]) -> frozenset[str]:
        """Return a member near `true` that `fits` as well, of whom less is known, and that in plainer words."""
        known = self.known(true)
        now = true
        for candidate in (self._without(fact) for fact in sorted((*known.choices, *known.terms, *known.numbers))):
            now = _better(now, now - candidate.names | candidate.instead, fits)
        for fact, states in known.terms.items():
            for term in states:
                has, lacks = f"{fact} has {term}", f"{fact} lacks {term}"
                now = _better(now, now - {has, lacks}, fits)
                now = _better(now, now - {has} | {lacks} if has in now else now, fits)
            now = _better(now, now | self._rest(fact, now), fits)
        return now

    def _without(self, fact: str) -> _Dropped:
        return _Dropped(self._names_of(fact), self._by_default(fact))

    def _names_of(self, fact: str) -> frozenset[str]:
        if fact in self._terms:
            said = (f"{fact} {how} {term}" for term in self._terms[fact] for how in ("has", "lacks"))
            return frozenset((*said, *(f"{fact} leaves out {term}" for term in self._left_out[fact])))
        return frozenset(f"{fact}={name}" for name in self._values[fact].variables)

    def _by_default(self, fact: str) -> frozenset[str]:
        default = self.facts[fact].default
        if default is None:
            return frozenset()
        if fact in self._terms:
            return frozenset(f"{fact} {'has' if term == default else 'lacks'} {term}" for term in self._terms[fact])
        return frozenset((f"{fact}={self._cell(fact, Decimal(default)) if self._values[fact].numbers else default}",))

    def with_defaults(self, true: frozenset[str]) -> frozenset[str]:
        """Return `true` with what holds by default of facts of which it says nothing."""
        silent = [name for name, fact in self.facts.items() if fact.default is not None]
        return true.union(*(self._by_default(name) for name in silent if not true & self._names_of(name)))

    def _rest(self, fact: str, now: frozenset[str]) -> frozenset[str]:
        """Return that what a member is not known to have of `fact` is absent, if anything is known of it."""
        if not now & self._names_of(fact):
            return frozenset()
        return frozenset(f"{fact} lacks {term}" for term in self._terms[fact] if f"{fact} has {term}" not in now)

    def _cell(self, fact: str, number: Decimal) -> str | None:
        """Return which cell `number` is in: itself, or the gap between the same edges; None outside of the range."""
        values = self._values[fact]
        if number in values.edges:
            return next((name for name, known in values.numbers.items() if known == number), None)
        below = max((edge for edge in values.edges if edge < number), default=None)
        above = min((edge for edge in values.edges if edge > number), default=None)
        if below is None or above is None:
            return None
        return next((name for name, known in values.numbers.items() if below < known < above), None)


# --- cells of a range of numbers --------------------------------------------------------------


def within(fact: Fact, number: Decimal) -> bool:
    """Return whether `number` lies in the range of `fact`."""
    return (fact.low is None or fact.low <= number) and (fact.high is None or number <= fact.high)


def _thresholds(guards: Iterable[ir.Guard]) -> dict[str, set[Decimal]]:
    """Return the constants that each number is held against."""
    found: dict[str, set[Decimal]] = {}
    for test in (test for guard in guards for test in tests_in(guard)):
        if isinstance(test, ir.Compare):
            found.setdefault(test.fact, set()).add(test.value)
    return found


def tests_in(guard: ir.Guard) -> Iterator[ir.Test]:
    """Yield every test in `guard`."""
    match guard:
        case ir.Choice() | ir.Has() | ir.Compare() | ir.Unknown():
            yield guard
        case ir.AllOf() | ir.AnyOf() | ir.AtLeast():
            for operand in guard.operands:
                yield from tests_in(operand)
        case ir.Always() | ir.Never():
            return
        case _:
            assert_never(guard)


def _range(fact: Fact, thresholds: set[Decimal]) -> _Range:
    edges = _edges(fact, thresholds)
    return _Range({f"{number:f}": number for number in _cells(fact, edges)}, frozenset(edges))


def _edges(fact: Fact, thresholds: set[Decimal]) -> list[Decimal]:
    """Return where the range of a number is cut, in order: at its ends, its default, and at `thresholds`."""
    low, high = fact.low or Decimal(0), fact.high or Decimal(0)
    default = {Decimal(fact.default)} if fact.default is not None else set()
    return sorted({low, high} | default | {edge for edge in thresholds if low < edge < high})


def _cells(fact: Fact, edges: list[Decimal]) -> Iterator[Decimal]:
    """Yield, in order, one number of every cell that has any: the edges, and one between each two."""
    for edge, following in pairwise([*edges, edges[-1]]):
        if not fact.whole or edge == edge.to_integral_value():
            yield edge
        between = _between(edge, following, 0 if fact.whole else MOST_DIGITS)
        if between is not None:
            yield between


def _between(low: Decimal, high: Decimal, most_places: int) -> Decimal | None:
    """Return the plainest number between the two, neither of them; None if none has so few decimal places."""
    for places in range(most_places + 1):
        unit = Decimal(1).scaleb(-places)
        found = _EXACT.add(low.quantize(unit, ROUND_FLOOR, _EXACT), unit)
        if found < high:
            return found if len(found.as_tuple().digits) <= MOST_DIGITS else None
    return None
