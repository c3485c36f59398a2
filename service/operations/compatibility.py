"""What a vocabulary accepts that another would refuse."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from dsl.semantics.facts import covers_code
from dsl.semantics.name_index import NameIndex
from dsl.semantics.units import UnitError, convert
from dsl.semantics.vocabulary import Coding, Exercise, Fact, Kind, Term, Vocabulary


def breaking_changes(now: Vocabulary, new: Vocabulary) -> list[str]:
    """Return, in words, every fact, value or exercise that `now` accepts by some name and `new` would refuse.

    Labels, synonyms and codes are names too; one that would mean something else counts as refused.
    """
    return [*_fact_changes(now, new), *_exercise_changes(now, new)]


def _fact_changes(now: Vocabulary, new: Vocabulary) -> Iterator[str]:
    facts = {fact.name: fact for fact in new.facts}
    before, index = NameIndex.of(now.facts), NameIndex.of(new.facts)
    for fact in now.facts:
        for name in _lost_names(fact, before, index):
            yield f"the fact `{name}` would not be known"
        kept = index.find(fact.name)
        if kept is not None:
            yield from _lost_codes(fact.name, fact.codes, facts[kept].codes)
            yield from _value_changes(fact, facts[kept])


def _exercise_changes(now: Vocabulary, new: Vocabulary) -> Iterator[str]:
    before, index = NameIndex.of(now.exercises), NameIndex.of(new.exercises)
    for exercise in now.exercises:
        for name in _lost_names(exercise, before, index):
            yield f"the exercise `{name}` would not be known"


def _value_changes(now: Fact, new: Fact) -> Iterator[str]:
    if now.kind is not new.kind:
        yield f"`{now.name}` would be {new.kind.value}, not {now.kind.value}"
    elif now.kind is Kind.NUMBER:
        yield from _number_changes(now, new)
    else:
        yield from _term_changes(now, new)


def _term_changes(now: Fact, new: Fact) -> Iterator[str]:
    terms = {term.name: term for term in new.terms}
    before, index = NameIndex.of(now.terms), NameIndex.of(new.terms)
    for term in now.terms:
        for name in _lost_names(term, before, index):
            yield f"the value `{name}` of `{now.name}` would not be known"
        kept = index.find(term.name)
        if kept is not None:
            yield from _lost_codes(f"{now.name}={term.name}", term.codes, terms[kept].codes)


def _number_changes(now: Fact, new: Fact) -> Iterator[str]:
    if new.whole and not now.whole:
        yield f"`{now.name}` would take whole numbers only"
    if not _same_dimension(now.unit, new.unit):
        yield f"`{now.name}` would be given in {new.unit or 'no unit'}, not in {now.unit or 'no unit'}"
    elif now.unit != new.unit:
        yield f"`{now.name}` given without a unit would mean {new.unit}, not {now.unit}"
    elif _narrower(now, new):
        yield f"`{now.name}` would lie between {new.low} and {new.high}, not {now.low} and {now.high}"


def _same_dimension(now: str | None, new: str | None) -> bool:
    if now is None or new is None:
        return now is new
    try:
        convert(Decimal(1), now, new)
    except UnitError:
        return False
    return True


def _narrower(now: Fact, new: Fact) -> bool:
    low_rises = new.low is not None and (now.low is None or new.low > now.low)
    high_falls = new.high is not None and (now.high is None or new.high < now.high)
    return low_rises or high_falls


def _lost_names(now: Fact | Term | Exercise, before: NameIndex, index: NameIndex) -> Iterator[str]:
    """Return the names that mean `now`, and nothing in `index`, or not what its declared name does there.

    That may have become another word for something new, but not for what meant something else `before`.
    """
    kept = index.find(now.name)
    lost = kept is None or (kept != now.name and before.find(kept) == kept)
    for name in (now.name, now.label, *now.synonyms):
        if name is not None and before.find(name) == now.name and (lost or index.find(name) != kept):
            yield name


def _lost_codes(owner: str, now: Sequence[Coding], new: Sequence[Coding]) -> Iterator[str]:
    for coding in now:
        if not any(_still_means(other, coding) for other in new):
            yield f"the code `{coding.system} {coding.code}` of `{owner}` would not be known"


def _still_means(new: Coding, now: Coding) -> bool:
    return new.system == now.system and new.suggests is now.suggests and covers_code(new, now.code)
