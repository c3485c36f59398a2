"""The words that requests are made of: what names and codes mean, among facts and among their values."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import NamedTuple

from dsl.semantics.code_index import CodeIndex
from dsl.semantics.known import Defaults
from dsl.semantics.name_index import NameIndex
from dsl.semantics.vocabulary import Fact, Vocabulary, red_flags


class Named(NamedTuple):
    """A term that a caller named; by a code of `length` characters, which is `exact` unless it is a parent's."""

    term: str
    length: int = 0
    exact: bool = True


class Meaning(NamedTuple):
    """What a value of a fact says: the terms that it names, and those of which it only raises the question."""

    named: tuple[Named, ...]
    suggested: tuple[str, ...] = ()


class FactNames:
    """Resolves the names and codes of a vocabulary's facts and of their values."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the names and the codes of `vocabulary`."""
        self.facts = {fact.name: fact for fact in vocabulary.facts}
        self.names = NameIndex.of(vocabulary.facts)
        self.terms = {fact.name: NameIndex.of(fact.terms) for fact in vocabulary.facts}
        self.defaults = Defaults(self.facts.values())
        self._codes = CodeIndex((fact.name, fact.codes) for fact in self.facts.values())
        self._term_codes = {
            fact.name: CodeIndex((term.name, term.codes) for term in fact.terms) for fact in vocabulary.facts
        }

    def fact(self, name: str) -> Fact | None:
        """Return the fact that `name` names, by a code that answers it too."""
        found = self.names.find(name) or next(
            (fact for fact, coding in self._codes.find(None, name) if not coding.suggests), None
        )
        return self.facts[found] if found else None

    def suggested(self, name: str) -> tuple[Fact, ...]:
        """Return the facts whose question the code `name` raises without answering it."""
        return tuple(self.facts[fact] for fact, coding in self._codes.find(None, name) if coding.suggests)

    def meaning(self, fact: str, text: str) -> Meaning | None:
        """Return what the name or code `text` says of `fact`; None when it is neither."""
        found = self.terms[fact].find(text)
        return Meaning((Named(found),)) if found else self.code_meaning(fact, None, text)

    def code_meaning(self, fact: str, system: str | None, code: str) -> Meaning | None:
        """Return what `code`, of any system when that is None, says of `fact`; None when it covers no term."""
        matches = self._term_codes[fact].find(system, code)
        if not matches:
            return None
        given = code.strip().casefold()
        named = tuple(
            Named(term, len(coding.code), exact=coding.code.casefold() == given)
            for term, coding in matches
            if not coding.suggests
        )
        return Meaning(named, tuple(term for term, coding in matches if coding.suggests))


def shown_terms(asked: Vocabulary) -> frozenset[tuple[str, str]]:
    """Return the terms, each with its fact, that the questionnaire of `asked` shows."""
    return frozenset((fact.name, term.name) for fact in asked.facts for term in fact.terms)


def ruled_out(fact: Fact, asked: AbstractSet[tuple[str, str]]) -> dict[str, bool]:
    """Return the terms that an empty complete list denies: not a red flag unless it is among those `asked`."""
    flags = red_flags(fact)
    return {term.name: False for term in fact.terms if term.name not in flags or (fact.name, term.name) in asked}
