"""Two releases side by side: what both say of members, exercises and measures, put on common ground."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

import msgspec

from dsl.analysis.changes import IncomparableError
from dsl.analysis.members import Known, within
from dsl.semantics import ir
from dsl.semantics.name_index import NameIndex, folded
from dsl.semantics.release import Artifact
from dsl.semantics.vocabulary import Exercise, Fact, Kind, Measure, Term, Vocabulary, red_flags

# --- facts ------------------------------------------------------------------------------------


def shared(old: Vocabulary, new: Vocabulary) -> Iterator[Fact]:
    """Yield the facts of either, each with the values of both; what one of them lacks is not known there.

    Raises:
        IncomparableError: the two take a fact of the same name in different ways.
    """
    was, becomes = ({fact.name: fact for fact in vocabulary.facts} for vocabulary in (old, new))
    both = sorted(was.keys() & becomes.keys())
    if differing := [name for name in both if _taken(was[name]) != _taken(becomes[name])]:
        raise IncomparableError(differing)
    for name in sorted(was.keys() | becomes.keys()):
        yield _joined(was[name], becomes[name]) if name in both else was.get(name) or becomes[name]


def _taken(fact: Fact) -> object:
    number = fact.kind is Kind.NUMBER and fact.default is not None
    return fact.kind, fact.unit, fact.whole, Decimal(fact.default or 0) if number else fact.default


def _joined(one: Fact, other: Fact) -> Fact:
    known = {term.name for term in one.terms}
    terms = (*_flagged(one), *(term for term in _flagged(other) if term.name not in known))
    low = min((bound for bound in (one.low, other.low) if bound is not None), default=None)
    high = max((bound for bound in (one.high, other.high) if bound is not None), default=None)
    return msgspec.structs.replace(one, terms=terms, low=low, high=high, red_flag=False)


def _flagged(fact: Fact) -> Iterator[Term]:
    """Yield the terms of `fact`, each with a flag of its own where the fact has one for all."""
    flags = red_flags(fact)
    yield from (msgspec.structs.replace(term, red_flag=term.name in flags) for term in fact.terms)


def flags_that_differ(old: Vocabulary, new: Vocabulary) -> frozenset[tuple[str, str]]:
    """Return the terms of both, with their facts, that are red flags in one of the two."""
    was = {fact.name: fact for fact in old.facts if fact.kind is Kind.MANY_OF}
    return frozenset(
        (fact.name, term.name)
        for fact in new.facts
        if fact.name in was
        for term in fact.terms
        if term.name in {one.name for one in was[fact.name].terms}
        and (term.name in red_flags(fact)) is not (term.name in red_flags(was[fact.name]))
    )


def ends(vocabulary: Vocabulary) -> Iterator[ir.Guard]:
    """Yield the ends of every range as tests, so that members on either side of one are told apart."""
    for fact in vocabulary.facts:
        for bound in (fact.low, fact.high):
            if bound is not None:
                yield ir.Compare(fact.name, "<=", bound)


def known_to(vocabulary: Vocabulary, member: Known) -> Known:
    """Return what `vocabulary` has words for of `member`, and the defaults of what it has none for."""
    choices, terms, numbers = dict[str, str](), dict[str, Mapping[str, bool]](), dict[str, Decimal]()
    for fact in vocabulary.facts:
        name, values = fact.name, {term.name for term in fact.terms}
        left_out = {term for of, term in member.left_out if of == name}
        if name in member.choices:
            choice = member.choices[name]
            if known := choice if not values or choice in values else fact.default:
                choices[name] = known
        elif name in member.terms or left_out:
            states = {term: state for term, state in member.terms.get(name, {}).items() if term in values}
            flags = red_flags(fact)
            states |= {term: False for term in left_out if term in values and term not in flags}
            default = fact.default if not states else None
            terms[name] = states if default is None else {term: term == default for term in values}
        elif name in member.numbers:
            if within(fact, member.numbers[name]):
                numbers[name] = member.numbers[name]
            elif fact.default is not None:
                numbers[name] = Decimal(fact.default)
    return Known(choices, terms, numbers)


def only_in(one: Vocabulary, other: Vocabulary) -> Iterator[str]:
    """Yield what callers can name with `one` and not with `other`; further words for what both have, as such."""
    exercises = {exercise.name for exercise in other.exercises}
    facts = {fact.name: fact for fact in other.facts}
    for fact in one.facts:
        if fact.name not in facts:
            yield fact.name
            continue
        yield from _further(fact.name, fact, facts[fact.name])
        terms = {term.name: term for term in facts[fact.name].terms}
        for term in fact.terms:
            if term.name in terms:
                yield from _further(f"{fact.name}={term.name}", term, terms[term.name])
            else:
                yield f"{fact.name}={term.name}"
    yield from (exercise.name for exercise in one.exercises if exercise.name not in exercises)


def _further(called: str, one: Fact | Term, other: Fact | Term) -> Iterator[str]:
    """Yield the words and codes of `one` that `other` has not."""
    known = {folded(word) for word in (other.name, other.label, *other.synonyms) if word}
    yield from (f"“{word}” for {called}" for word in (one.label, *one.synonyms) if word and folded(word) not in known)
    codes = {(coding.system, coding.code) for coding in other.codes}
    yield from (
        f"{coding.system} {coding.code} for {called}"
        for coding in one.codes
        if (coding.system, coding.code) not in codes
    )


# --- measures ---------------------------------------------------------------------------------


def rescaled(old: Artifact, new: Artifact) -> tuple[Artifact, Artifact]:
    """Return both with the steps of both in every scale to which one of them has added steps."""
    scales = dict(_scales(old.vocabulary, new.vocabulary))
    return _on(scales, old), _on(scales, new)


def apart(old: Vocabulary, new: Vocabulary) -> list[str]:
    """Return the measures that the two, rescaled, declare so that limits on them cannot be held against each other."""
    was = {measure.name: measure for measure in old.measures}
    both = ((was[measure.name], measure) for measure in new.measures if measure.name in was)
    return [one.name for one, other in both if (one.unit, one.steps) != (other.unit, other.steps)]


def _scales(old: Vocabulary, new: Vocabulary) -> Iterator[tuple[str, tuple[str, ...]]]:
    was = {measure.name: measure.steps for measure in old.measures}
    for measure in new.measures:
        fewer, more = sorted((was.get(measure.name, ()), measure.steps), key=len)
        if fewer and fewer != more and _in_order(fewer, more):
            yield measure.name, more


def _in_order(steps: Iterable[str], among: Iterable[str]) -> bool:
    left = iter(among)
    return all(step in left for step in steps)


def _on(scales: Mapping[str, tuple[str, ...]], artifact: Artifact) -> Artifact:
    steps = {measure.name: measure.steps for measure in artifact.vocabulary.measures if measure.name in scales}
    places = {name: [Decimal(scales[name].index(step)) for step in own] for name, own in steps.items()}
    measures = (_with_steps(measure, scales) for measure in artifact.vocabulary.measures)
    return msgspec.structs.replace(
        artifact,
        vocabulary=msgspec.structs.replace(artifact.vocabulary, measures=tuple(measures)),
        rules=tuple(_replaced(rule, places) for rule in artifact.rules) if places else artifact.rules,
    )


def _with_steps(measure: Measure, scales: Mapping[str, tuple[str, ...]]) -> Measure:
    return msgspec.structs.replace(measure, steps=scales.get(measure.name, measure.steps))


def _replaced(rule: ir.Rule, places: Mapping[str, Sequence[Decimal]]) -> ir.Rule:
    limits = tuple(_at(limit, places[limit.measure]) if limit.measure in places else limit for limit in rule.limits)
    return msgspec.structs.replace(rule, limits=limits)


def _at(limit: ir.Limit, places: Sequence[Decimal]) -> ir.Limit:
    low, high = (None if bound is None else places[int(bound)] for bound in (limit.low, limit.high))
    return ir.Limit(limit.measure, low, high)


# --- exercises --------------------------------------------------------------------------------


class Called(NamedTuple):
    """What a caller's word for an exercise stands for in the old release and in the new one; null: for nothing."""

    was: str | None
    becomes: str | None


def called(old: Vocabulary, new: Vocabulary) -> dict[str, Called]:
    """Return what each declared exercise stands for in both, and every other word that stands for another pair."""
    indices = [NameIndex.of(vocabulary.exercises) for vocabulary in (old, new)]
    exercises = (*old.exercises, *new.exercises)
    names = sorted({exercise.name for exercise in exercises})
    others = sorted({word for exercise in exercises for word in (exercise.label, *exercise.synonyms) if word})
    found: dict[Called, str] = {}
    for word in (*names, *others):
        stands_for = Called(*(index.find(word) for index in indices))
        if word in names or any(stands_for):
            found.setdefault(stands_for, word)
    return {word: stands_for for stands_for, word in found.items()}


def compared(old: Vocabulary, new: Vocabulary) -> dict[str, Called]:
    """Return what is compared of that: the declared exercises, and the words for which each release has another one."""
    names = {exercise.name for exercise in (*old.exercises, *new.exercises)}
    return {word: one for word, one in called(old, new).items() if word in names or all(one)}


def with_words(artifact: Artifact, words: Mapping[str, str | None]) -> Artifact:
    """Return `artifact` with exactly `words` for its exercises, each answered as what it stands for there.

    One that stands for nothing is an exercise that no rule is about: `unreviewed`, or what becomes of the session.
    """
    of: dict[str, list[str]] = {}
    for word, exercise in words.items():
        if exercise is not None:
            of.setdefault(exercise, []).append(word)
    exercises = tuple(Exercise(word) for word in sorted(words))
    return msgspec.structs.replace(
        artifact,
        vocabulary=msgspec.structs.replace(artifact.vocabulary, exercises=exercises),
        rules=tuple(_about(rule, of) for rule in artifact.rules),
    )


def _about(rule: ir.Rule, words: Mapping[str, Sequence[str]]) -> ir.Rule:
    exercises, grants = (
        tuple(word for exercise in names for word in words.get(exercise, ())) for names in (rule.exercises, rule.grants)
    )
    return msgspec.structs.replace(rule, exercises=exercises, grants=grants, offers=())
