"""What the same request means to two releases: words and codes that stand for something else, lists that deny more.

Members are compared by what is known of them. What a caller's words come to know is settled before that, at the door,
and when permissions lapse is settled by the day; what differs there is told as it is, not looked for in members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TypeVar

import msgspec

from dsl.analysis.changes import Direction, Meaning
from dsl.semantics import ir
from dsl.semantics.fact_names import FactNames
from dsl.semantics.name_index import NameIndex
from dsl.semantics.release import Artifact
from dsl.semantics.vocabulary import Coding, Exercise, ExerciseClass, Fact, Kind, Measure, Term, Vocabulary


def meanings(old: Artifact, new: Artifact) -> Iterator[Meaning]:
    """Yield what a request means to `new` and did not mean to `old`; exercises apart, which are compared by name."""
    yield from _words(old.vocabulary, new.vocabulary)
    yield from _codes(old.vocabulary, new.vocabulary)
    for fact, now in _both(old.vocabulary.facts, new.vocabulary.facts):
        if fact.kind is Kind.MANY_OF:
            yield from _flags(fact, now)
    for pack, later in _both(old.packs, new.packs):
        yield from _reviews(pack, later)


def redeclared(old: Artifact, new: Artifact) -> Iterator[str]:
    """Yield the declarations of both that are not the same; what is new or gone in one, and is told as that, apart."""
    was, becomes = old.vocabulary, new.vocabulary
    yield from _differing("fact", was.facts, becomes.facts, _same_terms)
    yield from _differing("exercise", was.exercises, becomes.exercises)
    yield from _differing("class", was.classes, becomes.classes)
    yield from _differing("measure", was.measures, becomes.measures)
    yield from _differing("pack", old.packs, new.packs)
    if old.contradictions != new.contradictions:
        yield "what is impossible"


# --- words and codes --------------------------------------------------------------------------


def _words(old: Vocabulary, new: Vocabulary) -> Iterator[Meaning]:
    yield from _crossed("", old.facts, new.facts)
    for fact, now in _both(old.facts, new.facts):
        yield from _crossed(f" of {fact.name}", fact.terms, now.terms)


def _crossed(where: str, was: Sequence[Fact | Term], becomes: Sequence[Fact | Term]) -> Iterator[Meaning]:
    """Yield the words that stand for one thing in one release and for another in the other."""
    before, after = NameIndex.of(was), NameIndex.of(becomes)
    words = dict.fromkeys(word for one in (*was, *becomes) for word in (one.name, one.label, *one.synonyms) if word)
    for word in words:
        one, other = before.find(word), after.find(word)
        if one and other and one != other:
            yield Meaning(f"`{word}`{where} stood for {one} and stands for {other}", None)


def _codes(old: Vocabulary, new: Vocabulary) -> Iterator[Meaning]:
    before, after = FactNames(old), FactNames(new)
    for coding in _codings(chain(old.facts, new.facts)):
        one, other = before.fact(coding.code), after.fact(coding.code)
        if one and other and one.name != other.name:
            yield Meaning(f"the code {_code(coding)} stood for {one.name} and stands for {other.name}", None)
    for fact, now in _both(old.facts, new.facts):
        for coding in _codings(chain(fact.terms, now.terms)):
            told = [_told(names, fact.name, coding) for names in (before, after)]
            if all(told) and told[0] != told[1]:
                said = f"the code {_code(coding)} of {fact.name} meant {told[0]} and means {told[1]}"
                yield Meaning(said, None)


def _codings(coded: Iterable[Fact | Term]) -> Iterable[Coding]:
    return dict.fromkeys(coding for one in coded for coding in one.codes)


def _code(coding: Coding) -> str:
    return f"{coding.system} {coding.code}"


def _told(names: FactNames, fact: str, coding: Coding) -> str:
    meaning = names.code_meaning(fact, coding.system, coding.code)
    if meaning is None:
        return ""
    named = sorted({one.term for one in meaning.named})
    return " and ".join((*named, *(f"perhaps {term}" for term in sorted(meaning.suggested))))


# --- lists and reviews ------------------------------------------------------------------------


def _flags(was: Fact, becomes: Fact) -> Iterator[Meaning]:
    """Yield the red flags that come or go: a list that does not name one denies it, if it is none."""
    for term, now in _both(was.terms, becomes.terms):
        before, after = (of.red_flag or one.red_flag for of, one in ((was, term), (becomes, now)))
        if before and not after:
            said = f"{term.name} of {was.name} is no red flag any more: a list that leaves it out denies it"
            yield Meaning(said, "less")
        elif after and not before:
            said = f"{term.name} of {was.name} becomes a red flag: a list that leaves it out does not deny it any more"
            yield Meaning(said, "more")


def _reviews(was: ir.Pack, becomes: ir.Pack) -> Iterator[Meaning]:
    """Yield that permissions of a pack lapse on another day."""
    before, after = was.review_by, becomes.review_by
    if before == after:
        return
    longer: Direction = "less" if after is None or (before is not None and after > before) else "more"
    said = [f"until {day} is past" if day else "for ever" for day in (before, after)]
    yield Meaning(f"what {was.name} permits held {said[0]}, and holds {said[1]}", longer)


# --- declarations -----------------------------------------------------------------------------


def _both(was: Iterable[_Named], becomes: Iterable[_Named]) -> Iterator[tuple[_Named, _Named]]:
    known = {one.name: one for one in was}
    yield from ((known[other.name], other) for other in becomes if other.name in known)


_Named = TypeVar("_Named", Fact, Term, Exercise, ExerciseClass, Measure, ir.Pack)


def _differing(
    kind: str,
    was: Iterable[_Named],
    becomes: Iterable[_Named],
    same: Callable[[_Named, _Named], bool] = lambda one, other: one == other,
) -> Iterator[str]:
    yield from (f"{kind} {one.name}" for one, other in _both(was, becomes) if not same(one, other))


def _same_terms(one: Fact, other: Fact) -> bool:
    terms = [{term.name: term for term in fact.terms} for fact in (one, other)]
    shared = terms[0].keys() & terms[1].keys()
    alike = [msgspec.structs.replace(fact, terms=()) for fact in (one, other)]
    return alike[0] == alike[1] and all(terms[0][name] == terms[1][name] for name in shared)
