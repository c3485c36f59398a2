"""Two releases side by side: what both say of members, exercises and measures, put on common ground."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from dsl.analysis.changes import IncomparableError
from dsl.analysis.members import Known
from dsl.semantics import ir
from dsl.semantics.release import Artifact
from dsl.semantics.vocabulary import Fact, Kind, Measure, Vocabulary

# --- facts ------------------------------------------------------------------------------------


def shared(old: Vocabulary, new: Vocabulary) -> Iterator[Fact]:
    """Yield the facts of both, each with what both take of it; of a `many of` fact, with the terms of either.

    Raises:
        IncomparableError: the two take a fact of the same name in different ways.
    """
    was, becomes = ({fact.name: fact for fact in vocabulary.facts} for vocabulary in (old, new))
    both = sorted(was.keys() & becomes.keys())
    if differing := [name for name in both if not _alike(was[name], becomes[name])]:
        raise IncomparableError(differing)
    for name in sorted(was.keys() | becomes.keys()):
        yield _joined(was[name], becomes[name]) if name in both else was.get(name) or becomes[name]


def _alike(one: Fact, other: Fact) -> bool:
    low, high = _range(one, other)
    meet = low is None or high is None or low <= high
    return meet and (one.kind, one.unit, one.whole, one.default) == (other.kind, other.unit, other.whole, other.default)


def _range(one: Fact, other: Fact) -> tuple[Decimal | None, Decimal | None]:
    low = max((bound for bound in (one.low, other.low) if bound is not None), default=None)
    high = min((bound for bound in (one.high, other.high) if bound is not None), default=None)
    return low, high


def _joined(one: Fact, other: Fact) -> Fact:
    names = {term.name for term in other.terms}
    terms = tuple(term for term in one.terms if term.name in names)
    if one.kind is Kind.MANY_OF:
        known = {term.name for term in terms}
        terms = (*one.terms, *(term for term in other.terms if term.name not in known | {t.name for t in one.terms}))
    low, high = _range(one, other)
    return msgspec.structs.replace(one, terms=terms, low=low, high=high)


def known_to(vocabulary: Vocabulary, member: Known) -> Known:
    """Return what `vocabulary` has words for of `member`."""
    terms = {fact.name: {term.name for term in fact.terms} for fact in vocabulary.facts}
    return Known(
        {name: value for name, value in member.choices.items() if name in terms},
        {
            name: {term: state for term, state in states.items() if term in terms[name]}
            for name, states in member.terms.items()
            if name in terms
        },
        {name: value for name, value in member.numbers.items() if name in terms},
    )


def only_in(one: Vocabulary, other: Vocabulary) -> Iterator[str]:
    """Yield what callers can name with `one` and not with `other`."""
    exercises = {exercise.name for exercise in other.exercises}
    facts = {fact.name: {term.name for term in fact.terms} for fact in other.facts}
    for fact in one.facts:
        if fact.name not in facts:
            yield fact.name
        else:
            yield from (f"{fact.name}={term.name}" for term in fact.terms if term.name not in facts[fact.name])
    yield from (exercise.name for exercise in one.exercises if exercise.name not in exercises)


# --- exercises and measures -------------------------------------------------------------------


def levelled(old: Artifact, new: Artifact) -> tuple[Artifact, Artifact]:
    """Return both with the exercises of either, and their scales, where one has further steps, with the steps of both.

    An exercise that a release does not know is one that none of its rules is about: it answers `unreviewed` to it, or
    what becomes of the session.
    """
    scales = dict(_scales(old.vocabulary, new.vocabulary))
    return _with(old, new.vocabulary, scales), _with(new, old.vocabulary, scales)


def apart(old: Vocabulary, new: Vocabulary) -> list[str]:
    """Return the measures that the two, levelled, declare so that limits on them cannot be held against each other."""
    was = {measure.name: measure for measure in old.measures}
    both = ((was[measure.name], measure) for measure in new.measures if measure.name in was)
    return [one.name for one, other in both if (one.unit, one.steps) != (other.unit, other.steps)]


def _scales(old: Vocabulary, new: Vocabulary) -> Iterator[tuple[str, tuple[str, ...]]]:
    was = {measure.name: measure.steps for measure in old.measures}
    for measure in new.measures:
        fewer, more = sorted((was.get(measure.name, ()), measure.steps), key=len)
        if fewer and _in_order(fewer, more):
            yield measure.name, more


def _in_order(steps: Iterable[str], among: Iterable[str]) -> bool:
    left = iter(among)
    return all(step in left for step in steps)


def _with(artifact: Artifact, other: Vocabulary, scales: Mapping[str, tuple[str, ...]]) -> Artifact:
    vocabulary = artifact.vocabulary
    known = {exercise.name for exercise in vocabulary.exercises}
    missing = [exercise for exercise in other.exercises if exercise.name not in known]
    exercises = sorted((*vocabulary.exercises, *missing), key=lambda exercise: exercise.name)
    steps = {measure.name: measure.steps for measure in vocabulary.measures}
    longer = {name: scale for name, scale in scales.items() if steps.get(name, scale) != scale}
    places = {name: [Decimal(scale.index(step)) for step in steps[name]] for name, scale in longer.items()}
    return msgspec.structs.replace(
        artifact,
        vocabulary=msgspec.structs.replace(
            vocabulary,
            exercises=tuple(exercises),
            measures=tuple(_rescaled(measure, longer) for measure in vocabulary.measures),
        ),
        rules=tuple(_replaced(rule, places) for rule in artifact.rules) if places else artifact.rules,
    )


def _rescaled(measure: Measure, scales: Mapping[str, tuple[str, ...]]) -> Measure:
    return msgspec.structs.replace(measure, steps=scales.get(measure.name, measure.steps))


def _replaced(rule: ir.Rule, places: Mapping[str, Sequence[Decimal]]) -> ir.Rule:
    limits = tuple(_at(limit, places[limit.measure]) if limit.measure in places else limit for limit in rule.limits)
    return msgspec.structs.replace(rule, limits=limits)


def _at(limit: ir.Limit, places: Sequence[Decimal]) -> ir.Limit:
    low, high = (None if bound is None else places[int(bound)] for bound in (limit.low, limit.high))
    return ir.Limit(limit.measure, low, high)
