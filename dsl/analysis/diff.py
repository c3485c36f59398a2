"""What a new release changes for somebody: whose answers become less restrictive, whose more, and which stay.

Both releases are asked about the same members: those whom both vocabularies allow. What only one of them knows of (a
fact, a term) the other does not see; values of a `one of` fact, and numbers, are those that both take. No pack is past
its review. Of whom something impossible is said is among them: a proof leaves such a one out, the service answers.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain
from typing import NamedTuple

from dsl.analysis.answers import Answers, guards_of
from dsl.analysis.aspects import Aspect, Aspects, Told
from dsl.analysis.changes import Change, Difference, Direction, Part, Reworked, Sample
from dsl.analysis.claims import whoever
from dsl.analysis.formulas import DEFAULT_BOUNDS, Bounds, Budget, Formula, Formulas, UndecidedError
from dsl.analysis.members import Known, Members
from dsl.analysis.vocabularies import apart, known_to, levelled, only_in, shared
from dsl.analysis.witness import example_text, facts_of, plain_facts
from dsl.evaluation.explanation import spelled
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import MILD, NO_GO, SESSION, Reference
from dsl.semantics import ir
from dsl.semantics.checked import Claim, LimitExpected, LoadExpected, SessionExpected, VerdictExpected
from dsl.semantics.facts import Facts
from dsl.semantics.known import terms_of
from dsl.semantics.release import Artifact, Release
from dsl.semantics.vocabulary import Vocabulary
from dsl.syntax.ast import Bound
from dsl.syntax.source import NOWHERE

_Moved = Mapping[str | None, set[Part]]
"""What moves of each exercise, and of the session (null), or is not known to stay."""


def compare(old: Release, new: Release, bounds: Bounds = DEFAULT_BOUNDS) -> Difference:
    """Return what `new` changes against `old`.

    Raises:
        IncomparableError: a fact is of another kind in `new`.
    """
    return _Comparison(old.artifact, new.artifact, bounds).difference()


def first_change(old: Release, new: Release, bounds: Bounds = DEFAULT_BOUNDS) -> Change | None:
    """Return something that `new` changes for somebody, rather what its example tells; None: nobody's answer changes.

    Raises:
        IncomparableError: a fact is of another kind in `new`.
        UndecidedError: none was found, and it is not known whether there is none.
    """
    comparison = _Comparison(old.artifact, new.artifact, bounds)
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

    def __init__(self, old: Artifact, new: Artifact, bounds: Bounds) -> None:
        self._facts = tuple(shared(old.vocabulary, new.vocabulary))
        self._vocabularies = old.vocabulary, new.vocabulary
        old, new = levelled(old, new)
        members = Members(Vocabulary(facts=self._facts), chain(guards_of(old), guards_of(new)), Formulas())
        self._old = Answers(old, members=members)
        self._new = Answers(new, members=members)
        self._references = Reference(old), Reference(new)
        self._measures = {measure.name: measure for measure in new.vocabulary.measures}
        self._apart = [
            name for name in apart(old.vocabulary, new.vocabulary) if _limits(old, name) or _limits(new, name)
        ]
        self._aspects = Aspects(self._old, self._new, self._apart)
        self._members = members
        self._formulas = members.formulas
        self._budget = Budget(bounds)
        self._moved: dict[str | None, set[Part]] = {}
        self.undecided = [
            f"whether limits on {name} move: the two declare it in different ways" for name in self._apart
        ]
        self.faults: list[str] = []

    def difference(self) -> Difference:
        """Return everything that differs."""
        changes = tuple(self.changes())
        reworked = tuple(self._reworked())
        was, becomes = self._vocabularies
        return Difference(
            changes=changes,
            reasons=tuple(sorted(name for one in reworked for name in one.exercises if name not in self._moved)),
            undecided=tuple(self.undecided),
            faults=tuple(self.faults),
            gone=tuple(only_in(was, becomes)),
            new=tuple(only_in(becomes, was)),
            reworked=reworked,
        )

    def changes(self) -> Iterator[Change]:
        """Yield what changes for somebody, the session first; what is not decided on the way is in `undecided`."""
        for aspect in self._aspects.of_session():
            yield from self._changes([aspect])
        alike: dict[object, list[Aspect]] = {}
        for family in self._families():
            for aspect in self._aspects.of_exercise(family[0]):
                alike.setdefault(aspect.key, []).extend(replace(aspect, exercise=name) for name in family)
        for aspects in sorted(alike.values(), key=lambda aspects: _ORDER.index(aspects[0].part)):
            yield from self._changes(sorted(aspects, key=lambda aspect: str(aspect.exercise)))

    def _families(self) -> Iterable[list[str]]:
        """Return the exercises, those together that the very same rules are about, in both releases."""
        families: dict[tuple[int, int], list[str]] = {}
        for name in sorted(self._new.touching):
            families.setdefault((self._old.kin(name), self._new.kin(name)), []).append(name)
        return families.values()

    # --- what moves ---------------------------------------------------------------------------

    def _changes(self, aspects: Sequence[Aspect]) -> Iterator[Change]:
        """Yield what changes for somebody, by direction; `aspects` are one of several exercises, moved for the same."""
        for direction, formula in aspects[0].moved.items():
            try:
                member = self._somebody(formula)
            except UndecidedError as error:
                self.undecided.append(f"{_whether(aspects, direction)}: {error}")
                self._note(aspects)
                continue
            if member is not None:
                self._note(aspects)
                yield from self._told(aspects, direction, member)

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
        was, becomes = (self._outcome(reference, member) for reference in self._references)
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
        expected = first.expected(becomes) or self._stands(first.exercise, member)
        title = f"{_called(first.exercise)}: {was.words} becomes {becomes.words}"
        return Change(
            direction=direction,
            part=first.part,
            exercise=first.exercise,
            was=was.words,
            becomes=becomes.words,
            sample=self._sample(title, member, expected),
            alike=tuple(str(aspect.exercise) for aspect in alike[1:]),
            measure=first.measure.name if first.measure else None,
            told_by_example=first.expected(becomes) is not None,
        )

    def _sample(self, title: str, member: Known, claim: Claim | LimitExpected | LoadExpected) -> Sample:
        """Return `member` with what each of the two releases knows of the facts."""
        before, after = (known_to(answers.artifact.vocabulary, member) for answers in (self._old, self._new))
        facts = {fact.name: fact for fact in self._new.artifact.vocabulary.facts}
        facts_before = {fact.name: fact for fact in self._old.artifact.vocabulary.facts}
        example = example_text(title, after, facts, claim, self._measures)
        return Sample(example, plain_facts(after, facts), plain_facts(before, facts_before))

    def _stands(self, about: str | None, member: Known) -> Claim:
        """Return what the new release decides for `member`, as an example expects it."""
        outcome = self._outcome(self._references[1], member)
        if about is None:
            return SessionExpected(Bound.EXACTLY, outcome.disposition, NOWHERE)
        return VerdictExpected((about,), Bound.EXACTLY, outcome.exercises[about].judgement.verdict, NOWHERE)

    def _outcome(self, reference: Reference, member: Known) -> Outcome:
        terms = {fact.name: terms_of(fact, member.terms.get(fact.name, {})) for fact in self._facts if fact.terms}
        known = {name: states for name, states in terms.items() if name in member.terms}
        return reference.evaluate(Facts(member.choices, known, member.numbers), datetime.date.min)

    # --- what has no direction ----------------------------------------------------------------

    def _reworked(self) -> Iterator[Reworked]:
        """Yield rules that differ, of the session first; each set of them with the exercises that it is about in both.

        Those are left out that may be what moves something of what they are about.
        """
        if differing := self._differing(None):
            yield Reworked((), differing, self._sample_of(differing, None))
        groups: dict[tuple[str, ...], list[str]] = {}
        for name in sorted(self._old.touching):
            if differing := self._differing(name):
                groups.setdefault(differing, []).append(name)
        for rules, names in groups.items():
            yield Reworked(tuple(names), rules, self._sample_of(rules, names[0]))

    def _differing(self, about: str | None) -> tuple[str, ...]:
        was, becomes = (_rules(answers.artifact, about) for answers in (self._old, self._new))
        differing = (name for name in was | becomes if was.get(name) != becomes.get(name))
        moved = self._moved.get(about, set())
        return tuple(sorted(name for name in differing if not moved & _sways(was.get(name), becomes.get(name))))

    def _sample_of(self, rules: Sequence[str], about: str | None) -> Sample | None:
        """Return a member to whom one of `rules` applies in one release and not so in the other."""
        applying = (
            answers.guard(stated.rule.guard).surely
            for answers in (self._old, self._new)
            for name, stated in _rules(answers.artifact, about).items()
            if name in rules
        )
        try:
            member = self._somebody(self._formulas.either(applying))
        except UndecidedError:
            return None
        if member is None:
            return None
        before, after = (self._outcome(reference, member) for reference in self._references)
        if _applied(before, about) == _applied(after, about):
            return None
        stands = after.disposition if about is None else after.exercises[about].judgement.verdict
        return self._sample(f"{_called(about)}: {stands.value} for other reasons", member, self._stands(about, member))


_ORDER: tuple[Part, ...] = ("verdict", "recommended", "load", "limit")
"""What moves of exercises in the order in which it is told."""


def _moves(was: Decimal, becomes: Decimal, direction: Direction) -> bool:
    return becomes < was if direction == "less" else becomes > was


def _called(about: str | None) -> str:
    return "The session" if about is None else spelled(about)


def _whether(aspects: Sequence[Aspect], direction: Direction) -> str:
    first = aspects[0]
    about = ", ".join(str(aspect.exercise) for aspect in aspects) if first.exercise else "the session"
    part = f"limit on {first.measure.name}" if first.measure else first.part.replace("_", " ")
    return f"whether {about} becomes {direction} restrictive ({part})"


def _limits(artifact: Artifact, measure: str) -> bool:
    return any(limit.measure == measure for rule in artifact.rules for limit in rule.limits)


class _Stated(NamedTuple):
    """A rule with what lifts it."""

    rule: ir.Rule
    overrides: tuple[ir.Override, ...]


def _rules(artifact: Artifact, about: str | None) -> dict[str, _Stated]:
    """Return the rules about an exercise, or those about none."""
    rules = (
        rule
        for rule in artifact.rules
        if (not rule.exercises and not rule.grants if about is None else about in (*rule.exercises, *rule.grants))
    )
    return {rule.id: _Stated(rule, tuple(one for one in artifact.overrides if one.rule == rule.id)) for rule in rules}


def _sways(was: _Stated | None, becomes: _Stated | None) -> set[Part]:
    """Return what can move by that in which two states of a rule differ."""
    parts = {part for stated in (was, becomes) if stated for part in _SAY[stated.rule.effect]}
    return {part for part in parts if _bearing(part, was) != _bearing(part, becomes)}


def _bearing(part: Part, stated: _Stated | None) -> object:
    """Return of a rule all that decides `part`."""
    if stated is None or part not in _SAY[stated.rule.effect]:
        return None
    rule, overrides = stated
    exceptions = [exception.guard for exception in rule.exceptions]
    extent = rule.limits if part == "limit" else rule.step if part == "load" else None
    return rule.effect, rule.guard, exceptions, overrides, rule.exercises, rule.grants, extent


_SAY: Mapping[ir.Effect, tuple[Part, ...]] = {
    **dict.fromkeys(SESSION, ("disposition",)),
    **dict.fromkeys(NO_GO, ("verdict",)),
    **dict.fromkeys(ir.GRANTING, ("verdict", "recommended")),
    **dict.fromkeys(MILD, ("verdict", "recommended", "limit")),
    **dict.fromkeys((ir.Effect.REDUCE, ir.Effect.HOLD, ir.Effect.PROGRESS), ("load",)),
    ir.Effect.ROUTINE: ("routine_referral",),
    ir.Effect.ADVISE: (),
}
"""In what the rules of each effect have a say."""


def _applied(outcome: Outcome, about: str | None) -> object:
    return outcome.session if about is None else outcome.exercises[about].applied
