"""What the same request means to two releases: words and codes that stand for something else, later reviews.

Members are compared by what is known of them. What a caller's words come to know is settled before that, at the door,
so that what differs there is told as it is, not looked for in members.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import chain
from typing import TypeVar

import msgspec

from dsl.analysis.changes import Direction, Meaning
from dsl.analysis.vocabularies import called
from dsl.semantics import ir
from dsl.semantics.fact_names import FactNames
from dsl.semantics.fact_names import Meaning as _Read
from dsl.semantics.release import Artifact
from dsl.semantics.vocabulary import Exercise, ExerciseClass, Fact, Kind, Measure, Term, Vocabulary


def meanings(old: Artifact, new: Artifact) -> Iterator[Meaning]:
    """Yield what a request means to `new` and did not mean to `old`, whoever it is about."""
    yield from _words(old.vocabulary, new.vocabulary)
    yield from _called(old.vocabulary, new.vocabulary)
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
    """Yield every text that both doors take, and take for something else: names, synonyms, codes and labels."""
    before, after = FactNames(old), FactNames(new)
    for text in _texts(chain(old.facts, new.facts)):
        yield from _other(f"`{text}`", _fact(before, text), _fact(after, text))
    for fact, now in _both(old.facts, new.facts):
        if fact.kind is now.kind:
            for told, read in _readings(fact.name, [*fact.terms, *now.terms]):
                one, other = (_said(read(names), fact.kind) for names in (before, after))
                yield from _other(f"{told} of {fact.name}", one, other)


def _other(told: str, was: str | None, becomes: str | None) -> Iterator[Meaning]:
    if was is not None and becomes is not None and was != becomes:
        yield Meaning(f"{told} meant {was} and means {becomes}", None)


def _texts(declared: Iterable[Fact | Term]) -> Iterable[str]:
    """Return every text that some of what is declared may be called by."""
    return dict.fromkeys(
        text
        for one in declared
        for text in (one.name, one.label, *one.synonyms, *(code.code for code in one.codes))
        if text
    )


def _fact(names: FactNames, text: str) -> str | None:
    """Return which fact `text` is, or of which it raises the question; None: it would be refused."""
    fact = names.fact(text)
    return fact.name if fact else " and ".join(f"perhaps {one.name}" for one in names.suggested(text)) or None


def _readings(fact: str, terms: Sequence[Term]) -> Iterator[tuple[str, Callable[[FactNames], _Read | None]]]:
    """Yield everything that a value of `fact` may be given as, in words, and how a door reads it."""
    for text in _texts(terms):
        yield f"`{text}`", partial(FactNames.meaning, fact=fact, text=text)
    for coding in dict.fromkeys(coding for term in terms for coding in term.codes):
        for system in (coding.system, None):
            told = f"the code {system or 'of any system,'} {coding.code}"
            yield told, partial(FactNames.code_meaning, fact=fact, system=system, code=coding.code)


def _said(meaning: _Read | None, kind: Kind) -> str | None:
    """Return what a door makes of a value, in words; None: it is refused."""
    if meaning is None:
        return None
    named = meaning.named
    if kind is Kind.ONE_OF:
        longest = max((one.length for one in named), default=0)
        named = tuple(one for one in named if one.length == longest)
        if len(named) > 1:
            return None
        return " and ".join(one.term for one in named) or "nothing"
    terms = [one.term if one.exact else f"a part of {one.term}" for one in named]
    return " and ".join((*sorted(terms), *(f"perhaps {term}" for term in sorted(meaning.suggested)))) or "nothing"


# --- exercises --------------------------------------------------------------------------------


def _called(old: Vocabulary, new: Vocabulary) -> Iterator[Meaning]:
    """Yield the words that one release has for an exercise and the other has for none; declared names are compared."""
    names = {exercise.name for exercise in (*old.exercises, *new.exercises)}
    for word, (was, becomes) in called(old, new).items():
        if word not in names and None in (was, becomes):
            said = f"`{word}` stood for {was or 'nothing'} and stands for {becomes or 'nothing'}"
            yield Meaning(said, None)


# --- reviews ----------------------------------------------------------------------------------


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
