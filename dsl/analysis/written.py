"""Formulas that are only written down: what they say is known before anybody has worked out of whom it is true.

A question about a release is written once. What is written has a fingerprint, under which its answer is remembered; it
is read to the members at hand, and to the solver, only where nothing is. Its leaves are the tests of facts as rules
make them, and what facts there are: nothing else decides of whom it is true, so that what has the same fingerprint in
two releases has the same answer in both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, assert_never, cast

import msgspec

from dsl.analysis.formulas import Formula, Formulas
from dsl.analysis.members import Kleene, Members
from dsl.semantics import ir
from dsl.semantics.vocabulary import Fact, Vocabulary

_Join = Literal["not", "all", "some", "count"]


class Part:
    """One formula as it is written; `said` is all of it but its `parts`, as plain values."""

    __slots__ = ("_print", "parts", "said")

    def __init__(self, said: object, parts: tuple[Part, ...] = ()) -> None:
        """Write it down."""
        self.said = said
        self.parts = parts
        self._print: bytes | None = None

    @property
    def print(self) -> bytes:
        """Return its fingerprint; in which order parts are joined makes no difference."""
        if self._print is None:
            said = msgspec.json.encode(self.said)
            self._print = hashlib.sha256(b"\n".join((said, *sorted(part.print for part in self.parts)))).digest()
        return self._print


class Possible(Part):
    """What holds of every member, by what the vocabulary says of facts."""

    __slots__ = ()


class Tested(Part):
    """That a test of a fact is `surely` true, or could be."""

    __slots__ = ("surely", "test")

    def __init__(self, test: ir.Test, surely: bool) -> None:
        """Write it down."""
        super().__init__((surely, test))
        self.test = test
        self.surely = surely


class Joined(Part):
    """Other formulas joined; `count` is how many of them are to hold, where that is how."""

    __slots__ = ("count", "join")

    def __init__(self, join: _Join, parts: tuple[Part, ...], count: int) -> None:
        """Write it down."""
        super().__init__((join, count), parts)
        self.join = join
        self.count = count


def fingerprint(formula: Formula) -> str:
    """Return what stands for a formula that is written, or for a constant."""
    return f"{formula}" if isinstance(formula, bool) else formula.print.hex()


class Written(Formulas):
    """Writes formulas down; what is joined in the same way of the same parts is written once."""

    def __init__(self) -> None:
        """Begin with an empty page."""
        super().__init__()
        self._tests: dict[tuple[ir.Test, bool], Part] = {}
        self._wholes: dict[tuple[object, ...], Part] = {}

    def test(self, test: ir.Test, *, surely: bool) -> Part:
        """Return that a test of a fact is surely true, or could be."""
        key = (test, surely)
        if key not in self._tests:
            self._tests[key] = Tested(test, surely)
        return self._tests[key]

    def opposite(self, formula: Formula) -> Formula:
        """Return the negation."""
        return not formula if isinstance(formula, bool) else self._join("not", (formula,))

    def all_of(self, formulas: Sequence[Formula]) -> Formula:
        """Return the conjunction of two formulas or more, none of them a constant."""
        return self._join("all", formulas)

    def some_of(self, formulas: Sequence[Formula]) -> Formula:
        """Return the disjunction of two formulas or more, none of them a constant."""
        return self._join("some", formulas)

    def count_of(self, count: int, formulas: Sequence[Formula]) -> Formula:
        """Return that `count` of several formulas, more of them than that, none of them a constant, hold."""
        return self._join("count", formulas, count)

    def _join(self, join: _Join, formulas: Iterable[Formula], count: int = 0) -> Part:
        parts = cast("tuple[Part, ...]", tuple(formulas))
        key = (join, count, parts)
        if key not in self._wholes:
            self._wholes[key] = Joined(join, parts, count)
        return self._wholes[key]


class Anybody(Members):
    """The members of a vocabulary as formulas are written of them: a test is itself, whatever else is asked."""

    def __init__(self, vocabulary: Vocabulary, written: Written) -> None:
        """Take what `vocabulary` says of facts."""
        self.formulas = self._written = written
        self.facts = {fact.name: fact for fact in vocabulary.facts}
        self.possible = Possible([plain(fact) for fact in vocabulary.facts])

    def test(self, test: ir.Test) -> Kleene:
        """Return the truth of one test of a fact, as it is written."""
        return Kleene(self._written.test(test, surely=True), self._written.test(test, surely=False))


def plain(fact: Fact) -> object:
    """Return of a fact what an answer can rest on."""
    terms = [term.name for term in fact.terms]
    return [fact.name, fact.kind, terms, fact.low, fact.high, fact.whole, fact.optional, fact.default]


class Reading:
    """What is written, in the terms of another builder of formulas about members."""

    def __init__(self, members: Members) -> None:
        """Begin with nothing read; `members` are made for every test that is written."""
        self.members = members
        self.formulas = members.formulas
        self._read: dict[Part, Formula] = {}

    def of(self, formula: Formula) -> Formula:
        """Return what is written as `formula`."""
        if isinstance(formula, bool):
            return formula
        if formula not in self._read:
            self._read[formula] = self._reading(formula)
        return self._read[formula]

    def _reading(self, part: Part) -> Formula:
        match part:
            case Tested():
                truth = self.members.test(part.test)
                return truth.surely if part.surely else truth.could
            case Joined():
                return self._joined(part)
            case _:
                return self.members.possible

    def _joined(self, part: Joined) -> Formula:
        match part.join:
            case "not":
                return self.formulas.opposite(self.of(part.parts[0]))
            case "all":
                return self.formulas.both(self._each(part))
            case "some":
                return self.formulas.either(self._each(part))
            case "count":
                return self.formulas.at_least(part.count, [*self._each(part)])
            case _:
                assert_never(part.join)

    def _each(self, part: Part) -> Iterator[Formula]:
        return (self.of(one) for one in part.parts)
