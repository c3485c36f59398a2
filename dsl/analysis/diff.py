"""What a new release changes for somebody: whose answers become less restrictive, whose more, and which stay.

Both releases are asked about the same members: all whom either vocabulary allows. What only one of them has a word for
(a fact, a value, a number outside of its range) the other does not know. No pack is past its review; whether answers
move once some are is asked apart. Of whom something impossible is said is among them: a proof leaves such a one out,
the service answers. Exercises are asked for by every name that callers have for them; other words that came to mean
something else are told, see `meanings.py`.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

from dsl.analysis.answers import Answers, guards_of
from dsl.analysis.aspects import DIRECTIONS, Aspect, Aspects, Told
from dsl.analysis.changes import Change, Difference, Direction, Meaning, Part, Reworked, Sample
from dsl.analysis.claims import whoever
from dsl.analysis.days import day_of, day_of_request, past
from dsl.analysis.formulas import DEFAULT_BOUNDS, Bounds, Budget, Formula, Formulas, Search, UndecidedError
from dsl.analysis.meanings import meanings, redeclared
from dsl.analysis.members import Known, Members
from dsl.analysis.stating import Stating, sways
from dsl.analysis.vocabularies import (
    apart,
    compared,
    ends,
    flags_that_differ,
    known_to,
    only_in,
    rescaled,
    shared,
    with_words,
)
from dsl.analysis.witness import example_text, facts_of, plain_facts
from dsl.evaluation.explanation import spelled
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import Reference
from dsl.semantics.checked import Claim, LimitExpected, LoadExpected, SessionExpected, VerdictExpected
from dsl.semantics.facts import Facts
from dsl.semantics.known import terms_of
from dsl.semantics.release import Artifact, Release
from dsl.semantics.verdict import Verdict
from dsl.semantics.vocabulary import Vocabulary
from dsl.syntax.ast import Bound
from dsl.syntax.source import NOWHERE


def compare(old: Release, new: Release, bounds: Bounds = DEFAULT_BOUNDS) -> Difference:
    """Return what `new` changes against `old`.

    Raises:
        IncomparableError: a fact is of another kind in `new`, in another unit, or has another default.
    """
    return _Comparison(old, new, bounds).difference()


def first_change(old: Release, new: Release, bounds: Bounds = DEFAULT_BOUNDS) -> Change | None:
    """Return something that `new` changes for somebody, rather what its example tells; None: nobody's answer changes.

    Raises:
        IncomparableError: a fact is of another kind in `new`, in another unit, or has another default.
        UndecidedError: none was found, and it is not known whether there is none.
    """
    comparison = _Comparison(old, new, bounds)
    silent = None
    for change in comparison.changes():
        if change.told_by_example:
            return change
        silent = silent or change
    if silent is None and (comparison.undecided or comparison.faults):
        raise UndecidedError(bounds.seconds_each)
    return silent


class _Comparison:
    """Asks two releases about the same members."""

    def __init__(self, old: Release, new: Release, bounds: Bounds) -> None:
        self._releases = old, new
        was, becomes = old.artifact, new.artifact
        self._facts = tuple(shared(was.vocabulary, becomes.vocabulary))
        artifacts = rescaled(was, becomes)
        self._stated = Stating(artifacts[0]), Stating(artifacts[1])
        self._words = compared(was.vocabulary, becomes.vocabulary)
        asked = (
            with_words(artifacts[0], {word: one.was for word, one in self._words.items()}),
            with_words(artifacts[1], {word: one.becomes for word, one in self._words.items()}),
        )
        days = sorted({pack.review_by for one in asked for pack in one.packs if pack.review_by})
        guards = (guard for one in asked for guard in chain(guards_of(one), ends(one.vocabulary), past(days)))
        vocabulary = Vocabulary(facts=(*self._facts, *day_of_request(days)))
        flags = flags_that_differ(was.vocabulary, becomes.vocabulary)
        members = Members(vocabulary, guards, Formulas(), flags)
        are_past = {day: members.test(test).surely for day, test in zip(days, past(days), strict=True)}
        self._late = are_past[days[0]] if days else False
        self._old, self._new = (
            Answers(one, members=members.as_known_to(one.vocabulary), days=are_past) for one in asked
        )
        self._references = Reference(asked[0]), Reference(asked[1])
        self._measures = {measure.name: measure for measure in asked[1].vocabulary.measures}
        self._labels = labels(was.vocabulary) | labels(becomes.vocabulary)
        unlike = [name for name in apart(asked[0].vocabulary, asked[1].vocabulary) if _limits(asked, name)]
        self._aspects = Aspects(self._old, self._new, unlike)
        self._in_time = members.formulas.opposite(self._late)
        self._all: list[list[Aspect]] | None = None
        self._members = members
        self._formulas = members.formulas
        self._budget = Budget(bounds)
        self._moved: dict[str | None, set[Part]] = {}
        self.undecided = [f"whether limits on {name} move: the two declare it in different ways" for name in unlike]
        self.faults: list[str] = []

    def difference(self) -> Difference:
        """Return everything that differs."""
        changes = tuple(self.changes())
        reworked = tuple(self._reworked())
        later = tuple(self._once_overdue({change.direction for change in changes}))
        was, becomes = self._releases
        vocabularies = was.artifact.vocabulary, becomes.artifact.vocabulary
        return Difference(
            changes=changes,
            reasons=tuple(sorted(name for one in reworked for name in one.exercises if name not in self._moved)),
            undecided=tuple(self.undecided),
            faults=tuple(self.faults),
            gone=(*only_in(*vocabularies), *_packs_only_in(was, becomes)),
            new=(*only_in(*vocabularies[::-1]), *_packs_only_in(becomes, was)),
            reworked=reworked,
            rules=tuple(self._all_differing()),
            meanings=(*meanings(was.artifact, becomes.artifact), *later),
            redeclared=tuple(redeclared(was.artifact, becomes.artifact)),
            identical=was.digest == becomes.digest,
        )

    def changes(self) -> Iterator[Change]:
        """Yield what changes for somebody, the session first; what is not decided on the way is in `undecided`."""
        for aspects in self._everything():
            yield from self._changes(aspects)

    def _everything(self) -> list[list[Aspect]]:
        """Return every aspect that may move, with those of other exercises that move for the very same members."""
        if self._all is None:
            alike: dict[object, list[Aspect]] = {}
            for family in self._families():
                for aspect in self._aspects.of_exercise(family[0]):
                    alike.setdefault(aspect.key, []).extend(replace(aspect, exercise=name) for name in family)
            ordered = sorted(alike.values(), key=lambda aspects: _ORDER.index(aspects[0].part))
            of_exercises = (sorted(aspects, key=lambda aspect: str(aspect.exercise)) for aspects in ordered)
            self._all = [*([aspect] for aspect in self._aspects.of_session()), *of_exercises]
        return self._all

    def _once_overdue(self, told: Container[Direction]) -> Iterator[Meaning]:
        """Yield that answers move once packs are past their review, in each direction that is not `told` anyway."""
        for direction in DIRECTIONS:
            late = self._formulas.both((self._late, self._moved_at_all(direction)))
            try:
                member = None if direction in told else self._somebody(late)
            except UndecidedError as error:
                self.undecided.append(f"whether answers become {direction} restrictive once reviews are past: {error}")
                continue
            if member is not None:
                yield self._later(direction, member)

    def _moved_at_all(self, direction: Direction) -> Formula:
        """Return for whom anything moves, but between two ways in which an exercise is not permitted."""
        return self._formulas.either(
            self._formulas.both((aspects[0].moved[direction], self._formulas.opposite(self._unpermitted(aspects[0]))))
            for aspects in self._everything()
        )

    def _unpermitted(self, aspect: Aspect) -> Formula:
        """Return for whom an exercise is `unreviewed` or `ask` in both releases: nobody permits it, for sure or not."""
        if aspect.exercise is None or aspect.part != "verdict":
            return False
        return self._formulas.both(
            formula
            for answers in (self._old, self._new)
            for formula in (
                answers.verdict_at_least(aspect.exercise, Verdict.UNREVIEWED),
                self._formulas.opposite(answers.verdict_at_least(aspect.exercise, Verdict.CLEARANCE)),
            )
        )

    def _later(self, direction: Direction, member: Known) -> Meaning:
        was, becomes = self._outcomes(member)
        day = day_of(member)
        for aspect in chain.from_iterable(self._everything()):
            before, after = aspect.told(was), aspect.told(becomes)
            permitted = not before or not after or not {before.value, after.value} <= _UNPERMITTED
            if before and after and permitted and _moves(before.severity, after.severity, direction):
                told = f"{self._called(aspect.exercise)}: {before.words} becomes {after.words}"
                return Meaning(f"from {day} on, when reviews are past: {told}", direction)
        self.faults.append(f"from {day} on, the solver says that answers become {direction} restrictive")
        return Meaning(f"from {day} on, when reviews are past, answers move", direction)

    def _families(self) -> Iterable[list[str]]:
        """Return the exercises, those together that the very same rules are about, in both releases."""
        families: dict[tuple[int, int], list[str]] = {}
        for name in sorted(self._new.touching):
            families.setdefault((self._old.kin(name), self._new.kin(name)), []).append(name)
        return families.values()

    # --- what moves ---------------------------------------------------------------------------

    def _changes(self, aspects: Sequence[Aspect]) -> Iterator[Change]:
        """Yield what changes for somebody, by direction; `aspects` are one of several exercises, moved for the same."""
        for direction in DIRECTIONS:
            try:
                member = self._mover(aspects[0], direction)
            except UndecidedError as error:
                self.undecided.append(f"{_whether(aspects, direction)}: {error}")
                self._note(aspects)
                continue
            if member is not None:
                self._note(aspects)
                yield from self._told(aspects, direction, member)

    def _mover(self, aspect: Aspect, direction: Direction) -> Known | None:
        """Return somebody for whom it moves, and moves far, if it does so for anybody."""
        moved = self._formulas.both((aspect.moved[direction], self._in_time))
        for far in aspect.furthest.get(direction, ()) if self._anybody(moved) else ():
            try:
                member = self._somebody(self._formulas.both((far, moved)))
            except UndecidedError:
                member = None
            if member is not None:
                return member
        return self._somebody(moved)

    def _anybody(self, formula: Formula) -> bool:
        return Search(self._formulas, [self._members.possible, formula], self._budget).possible()

    def _note(self, aspects: Iterable[Aspect]) -> None:
        for aspect in aspects:
            self._moved.setdefault(aspect.exercise, set()).add(aspect.part)

    def _somebody(self, formula: Formula) -> Known | None:
        """Return somebody of whom `formula` is true, rather one of whom neither release finds anything impossible."""
        if formula is False:
            return None
        said = self._formulas.either((self._old.contradicted(), self._new.contradicted()))
        return whoever([formula], self._members, self._budget, self._formulas.opposite(said))

    def _told(self, aspects: Sequence[Aspect], direction: Direction, member: Known) -> Iterator[Change]:
        """Yield the changes for `member`, as the reference tells them; telling of none is a fault of this program."""
        was, becomes = self._outcomes(member)
        groups: dict[tuple[Told | None, ...], list[Aspect]] = {}
        for aspect in aspects:
            told = aspect.told(was), aspect.told(becomes)
            groups.setdefault(told, []).append(aspect)
        for (before, after), alike in groups.items():
            if before is None or after is None or not _moves(before.severity, after.severity, direction):
                facts = facts_of(member, {fact.name: fact for fact in self._facts})
                whether = _whether(alike, direction)
                self.faults.append(f"{whether}: the solver says so of {facts}, the reference does not")
            else:
                yield self._change(alike, direction, before, after, member)

    def _change(self, alike: Sequence[Aspect], direction: Direction, was: Told, becomes: Told, member: Known) -> Change:
        first = alike[0]
        expected = self._expected(first, becomes)
        title = f"{self._called(first.exercise)}: {was.words} becomes {becomes.words}"
        return Change(
            direction=direction,
            part=first.part,
            exercise=first.exercise,
            was=was.words,
            becomes=becomes.words,
            sample=self._sample(title, member, expected or self._stands(first.exercise, member)),
            alike=tuple(str(aspect.exercise) for aspect in alike[1:]),
            measure=first.measure.name if first.measure else None,
            told_by_example=expected is not None,
        )

    def _expected(self, aspect: Aspect, told: Told) -> Claim | LimitExpected | LoadExpected | None:
        """Return `told` as an example of the new rules expects it; None where they have no words for it."""
        if aspect.exercise is None:
            return aspect.expected(told)
        exercise = self._words[aspect.exercise].becomes
        return None if exercise is None else replace(aspect, exercise=exercise).expected(told)

    def _called(self, about: str | None) -> str:
        return "The session" if about is None else self._labels.get(about, f"“{about}”")

    def _sample(self, title: str, member: Known, claim: Claim | LimitExpected | LoadExpected) -> Sample:
        """Return `member` with what each of the two releases knows of the facts."""
        before, after = (known_to(answers.artifact.vocabulary, member) for answers in (self._old, self._new))
        facts = {fact.name: fact for fact in self._new.artifact.vocabulary.facts}
        facts_before = {fact.name: fact for fact in self._old.artifact.vocabulary.facts}
        example = example_text(title, after, facts, claim, self._measures)
        return Sample(example, plain_facts(after, facts), plain_facts(before, facts_before))

    def _stands(self, about: str | None, member: Known) -> Claim:
        """Return what the new release decides for `member`, as an example expects it."""
        _, outcome = self._outcomes(member)
        exercise = None if about is None else self._words[about].becomes
        if about is None or exercise is None:
            return SessionExpected(Bound.EXACTLY, outcome.disposition, NOWHERE)
        return VerdictExpected((exercise,), Bound.EXACTLY, outcome.exercises[about].judgement.verdict, NOWHERE)

    def _outcomes(self, member: Known) -> tuple[Outcome, Outcome]:
        """Return what the old release says to `member`, and what the new one does."""
        old, new = (
            reference.evaluate(_as_read(answers.artifact.vocabulary, member), day_of(member))
            for reference, answers in zip(self._references, (self._old, self._new), strict=True)
        )
        return old, new

    # --- what has no direction ----------------------------------------------------------------

    def _reworked(self) -> Iterator[Reworked]:
        """Yield rules that differ, of the session first; each set of them with the exercises that it is about in both.

        Those are left out that may be what moves something of what they are about.
        """
        if differing := self._differing(None):
            yield Reworked((), differing, self._sample_of(differing, None))
        groups: dict[tuple[str, ...], list[str]] = {}
        for name in sorted(name for name, one in self._words.items() if one.was == one.becomes == name):
            if differing := self._differing(name):
                groups.setdefault(differing, []).append(name)
        for rules, names in groups.items():
            yield Reworked(tuple(names), rules, self._sample_of(rules, names[0]))

    def _all_differing(self) -> list[str]:
        was, becomes = (stating.rules for stating in self._stated)
        return sorted(name for name in was | becomes if was.get(name) != becomes.get(name))

    def _differing(self, about: str | None) -> tuple[str, ...]:
        was, becomes = (stating.about(about) for stating in self._stated)
        differing = (name for name in was | becomes if was.get(name) != becomes.get(name))
        moved = self._moved.get(about, set())
        return tuple(sorted(name for name in differing if not moved & sways(was.get(name), becomes.get(name))))

    def _sample_of(self, rules: Sequence[str], about: str | None) -> Sample | None:
        """Return a member to whom one of `rules` applies in one release and not so in the other."""
        applying = (
            answers.guard(stated.rule.guard).surely
            for answers, stating in zip((self._old, self._new), self._stated, strict=True)
            for name, stated in stating.about(about).items()
            if name in rules
        )
        try:
            member = self._somebody(self._formulas.both((self._formulas.either(applying), self._in_time)))
        except UndecidedError:
            return None
        if member is None:
            return None
        before, after = self._outcomes(member)
        if self._applied(0, before, about) == self._applied(1, after, about):
            return None
        stands = after.disposition if about is None else after.exercises[about].judgement.verdict
        title = f"{self._called(about)}: {stands.value} for other reasons"
        return self._sample(title, member, self._stands(about, member))

    def _applied(self, which: int, outcome: Outcome, about: str | None) -> object:
        """Return the rules that apply, as their release has them."""
        stated = self._stated[which].rules
        applied = outcome.session if about is None else outcome.exercises[about].applied
        return [(stated.get(rule.id), certain) for rule, certain in applied]


def _packs_only_in(one: Release, other: Release) -> list[str]:
    known = {pack.name for pack in other.artifact.packs}
    return [f"pack {pack.name}" for pack in one.artifact.packs if pack.name not in known]


def labels(vocabulary: Vocabulary) -> dict[str, str]:
    """Return what exercises are called for people."""
    return {exercise.name: exercise.label or spelled(exercise.name) for exercise in vocabulary.exercises}


_UNPERMITTED = {Verdict.UNREVIEWED, Verdict.ASK}


def _as_read(vocabulary: Vocabulary, member: Known) -> Facts:
    """Return what the door of a release with `vocabulary` reads of `member`."""
    known, facts = known_to(vocabulary, member), {fact.name: fact for fact in vocabulary.facts}
    terms = {name: terms_of(facts[name], states) for name, states in known.terms.items()}
    return Facts(known.choices, terms, known.numbers)


_ORDER: tuple[Part, ...] = ("verdict", "recommended", "load", "limit")
"""What moves of exercises in the order in which it is told."""


def _moves(was: Decimal, becomes: Decimal, direction: Direction) -> bool:
    return becomes < was if direction == "less" else becomes > was


def _whether(aspects: Sequence[Aspect], direction: Direction) -> str:
    first = aspects[0]
    about = ", ".join(str(aspect.exercise) for aspect in aspects) if first.exercise else "the session"
    part = f"limit on {first.measure.name}" if first.measure else first.part.replace("_", " ")
    return f"whether {about} becomes {direction} restrictive ({part})"


def _limits(artifacts: Iterable[Artifact], measure: str) -> bool:
    limits = (limit for artifact in artifacts for rule in artifact.rules for limit in rule.limits)
    return any(limit.measure == measure for limit in limits)
