"""What looks wrong with the rules of a release though nobody asked: each finding certain, with somebody to show for it.

A pack is held against its own restrictions, and everybody's permissions: a stricter pack beside it is no fault of it.
What could not be decided within bounds is said; a member of whom the reference says otherwise is a fault of this
program, and is said to be one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice

from dsl.analysis import asked
from dsl.analysis.asked import Squeeze
from dsl.analysis.disagreement import DisagreementError, fault
from dsl.analysis.formulas import Bounds, Budget
from dsl.analysis.naming import Naming
from dsl.analysis.remembered import Memory
from dsl.analysis.seeking import Question, Seeking
from dsl.analysis.showing import Seen, Showing
from dsl.evaluation.reference import NO_GO, SESSION, applies
from dsl.semantics import ir
from dsl.semantics.compiler import Compilation
from dsl.semantics.facts import Door, Facts, FactsError
from dsl.semantics.release import Artifact
from dsl.semantics.sealing import SealedRule
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic

DEFAULT_BOUNDS = Bounds(seconds_each=1.0, seconds_all=20.0)
"""On usual rules, where a search has an easy time, all of it is some three seconds."""

_AT_ONCE = 40
"""Rules that are looked at together, and before somebody may say that the answer is no longer wanted."""
_MOST_SHOWN = 20
"""Findings of one kind; the rest is left out."""
_MOST_NAMED = 3
_MOST_PAIRS = 500
"""Pairs of limits that are held against each other."""
_MOST_TRIED = 12
"""Rules of which each is tried whether it alone makes another one idle."""


def suspicions(
    compilation: Compilation, bounds: Bounds = DEFAULT_BOUNDS, memory: Memory | None = None
) -> Iterator[tuple[Diagnostic, ...]]:
    """Yield what looks wrong with the rules of `compilation`, some rules at a time; nothing where there is no release.

    Whoever no longer wants the answer stops asking. `memory` holds what is known of earlier releases.
    """
    if compilation.release is not None:
        artifact = compilation.release.artifact
        members = _members_of_examples(compilation, artifact)
        seeking = Seeking(artifact, Budget(bounds), memory if memory is not None else {}, members)
        yield from _Suspecting(compilation, artifact, seeking).found()


def _members_of_examples(compilation: Compilation, artifact: Artifact) -> Iterator[Facts]:
    """Yield somebody of whom nothing is known, and the members of examples: most questions have one of them already."""
    door = Door(artifact.vocabulary)
    for facts in ({}, *(example.facts for example in compilation.examples)):
        with suppress(FactsError):
            yield door.read(facts, artifact.vocabulary)


@dataclass(frozen=True, slots=True)
class _Doubt:
    """A question about a rule, and what is told where nobody is an answer to it."""

    rule: ir.Rule
    question: Question
    told: Callable[[], Iterator[Diagnostic]]


class _Suspecting:
    """Looks at the rules of one release."""

    def __init__(self, compilation: Compilation, artifact: Artifact, seeking: Seeking) -> None:
        self._compilation = compilation
        self._artifact = artifact
        self._seeking = seeking
        self._stated = {sealed.rule.id: sealed for sealed in compilation.rules}
        self._naming = Naming(compilation)
        self._showing = Showing(artifact)
        self._count: dict[str, int] = {}
        self._known = {(found.code, found.span) for found in compilation.diagnostics}
        self._idle: frozenset[str] = frozenset()
        self._overruled: set[str] = set()

    def found(self) -> Iterator[tuple[Diagnostic, ...]]:
        """Yield findings, some rules at a time."""
        if self._seeking.nobody([asked.anybody()]):
            yield tuple(self._nobody_left())
            return
        rules = self._compilation.rules
        for start in range(0, len(rules), _AT_ONCE):
            yield tuple(self._bounded(self._of_rules(rules[start : start + _AT_ONCE])))
        yield tuple(self._bounded(self._of_limits()))
        yield tuple(self._undecided())

    def _nobody_left(self) -> Iterator[Diagnostic]:
        for node in self._compilation.impossible[-1:]:
            message = "nobody is left: what is called impossible is so of everybody"
            yield Diagnostic("W515", node.span, message, "say more closely what cannot be")

    def _bounded(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """Yield what is not known yet, and of each kind as much as is read."""
        for problem in found:
            if (problem.code, problem.span) in self._known:
                continue
            count = self._count[problem.code] = self._count.get(problem.code, 0) + 1
            if count <= _MOST_SHOWN:
                yield problem
            elif count == _MOST_SHOWN + 1:
                message = f"after {_MOST_SHOWN} findings of one kind the rest is left out"
                yield Diagnostic("N141", problem.span, message)

    def _enough(self, code: str) -> bool:
        """Return whether so many findings of a kind were shown that no further one needs to be worked out."""
        return self._count.get(code, 0) >= _MOST_SHOWN

    def _undecided(self) -> Iterator[Diagnostic]:
        rules = dict.fromkeys(about[1] for about in self._seeking.undecided if len(about) > 1)
        if not rules:
            return
        seconds = max(error.seconds for error in self._seeking.undecided.values())
        first = [self._naming.called(name) for name in list(rules)[:_MOST_NAMED]]
        number = f"{len(rules)} rule{'' if len(rules) == 1 else 's'}"
        message = f"not decided in about {seconds:g} seconds: whether {number} can apply and change an answer"
        help_ = f"among them {', '.join(first)}; check fewer files at once, or say their guards more simply"
        yield Diagnostic("W562", self._stated[next(iter(rules))].node.span, message, help_)

    # --- rules ----------------------------------------------------------------------------------

    def _of_rules(self, rules: Sequence[SealedRule]) -> Iterator[Diagnostic]:
        guards = self._confirmed([doubt for one in rules for doubt in self._of_guard(one)])
        idle = {doubt.rule.id for doubt in guards if doubt.question.about[0] in ("fires", "stays")}
        live = [one for one in rules if one.rule.id not in idle]
        for doubt in (*guards, *self._confirmed([doubt for one in live for doubt in self._of_effect(one)])):
            try:
                yield from doubt.told()
            except DisagreementError as error:
                yield fault(self._stated[doubt.rule.id].node.span, "what is found about this rule", error)

    def _confirmed(self, doubts: Sequence[_Doubt]) -> list[_Doubt]:
        nobody = {question.about for question in self._seeking.nobody([doubt.question for doubt in doubts])}
        return [doubt for doubt in doubts if doubt.question.about in nobody]

    def _is_true_of_nobody(self, question: Question) -> bool:
        return bool(self._seeking.nobody([question]))

    # --- guards ---------------------------------------------------------------------------------

    def _of_guard(self, one: SealedRule) -> Iterator[_Doubt]:
        rule = one.rule
        yield _Doubt(rule, asked.fires(rule), partial(self._never, one))
        if rule.guard != ir.Always():
            yield _Doubt(rule, asked.outside(rule), partial(self._always, one))
        if rule.exceptions:
            yield _Doubt(rule, asked.stays(rule), partial(self._taken_back, one))
        for place in range(len(rule.exceptions)):
            yield _Doubt(rule, asked.excepts(rule, place), partial(self._idle_exception, one, place))

    def _never(self, one: SealedRule) -> Iterator[Diagnostic]:
        help_ = "perhaps `or` is meant where `and` stands"
        yield Diagnostic("W505", one.node.guard.span, "nobody can ever fulfil this guard", help_)

    def _always(self, one: SealedRule) -> Iterator[Diagnostic]:
        message = "this guard leaves nobody out: whatever a member answers, it is not false"
        yield Diagnostic("W510", one.node.guard.span, message, "write `when always` if everybody is meant")

    def _taken_back(self, one: SealedRule) -> Iterator[Diagnostic]:
        if self._is_true_of_nobody(asked.fires(one.rule)):
            return
        message = "this rule is always taken back: whoever its guard is true of, an exception is for"
        if one.rule.effect in ir.PERMISSIVE:
            message += ", or may be"
        help_ = "narrow what stands after `except when`, or leave the rule out"
        member = self._shown(asked.fires(one.rule), _shown_on(one), lambda seen: self._is_lifted(one.rule, seen))
        example = self._example(f"taken back: {self._naming.title(one.rule.id)}", member, _first(one))
        yield Diagnostic("W508", one.node.exceptions[0].span, message, help_, example)

    def _is_lifted(self, rule: ir.Rule, seen: Seen) -> bool:
        standing = self._showing.standings([rule], seen)[rule.id]
        return self._showing.truth(rule.guard, seen) is True and not applies(rule, standing)

    def _idle_exception(self, one: SealedRule, place: int) -> Iterator[Diagnostic]:
        node = one.node.exceptions[place]
        if self._is_true_of_nobody(asked.excepted(one.rule, place)):
            yield Diagnostic("W505", node.guard.span, "nobody can ever fulfil this guard", "leave the exception out")
        elif not self._is_true_of_nobody(asked.fires(one.rule)):
            message = "this exception never takes the rule back: it is for nobody whom the rule is about"
            yield Diagnostic("W509", node.span, message, "leave it out, or see whether the rule says whom it means")

    # --- what a rule does -----------------------------------------------------------------------

    def _of_effect(self, one: SealedRule) -> Iterator[_Doubt]:
        rule = one.rule
        if rule.effect in (ir.Effect.ALLOW, ir.Effect.RECOMMEND):
            for exercises in self._named_apart(one):
                yield _Doubt(rule, asked.wins(rule, exercises), partial(self._overruled_for, one, exercises))
        for name in (*one.node.to, *one.node.instead):
            yield _Doubt(rule, asked.offered(rule, name.text), partial(self._never_offered, one, name))
        if self._count.get("W511", 0) <= _MOST_SHOWN and (rule.exercises or not one.node.action.targets):
            yield _Doubt(rule, asked.changes(rule), partial(self._changes_nothing, one))

    def _named_apart(self, one: SealedRule) -> Iterator[tuple[str, ...]]:
        """Yield each exercise that a rule names by itself, and together all that it reaches by classes."""
        names = {target.names[0].text for target in one.node.action.targets if len(target.names) == 1}
        yield from ((name,) for name in one.rule.grants if name in names)
        if reached := tuple(name for name in one.rule.grants if name not in names):
            yield reached

    def _overruled_for(self, one: SealedRule, exercises: tuple[str, ...]) -> Iterator[Diagnostic]:
        rule, exercise = one.rule, exercises[0]
        grants = asked.grants(rule)
        if self._is_true_of_nobody(grants):
            return
        self._overruled.add(rule.id)
        if self._enough("W512"):
            yield Diagnostic("W512", one.node.action.span, "left out")
            return
        member = self._shown(grants, exercises, lambda seen: _no_go(seen, exercises))
        word = one.node.action.kind.value
        keeping = self._keeping(member, exercise)
        message = f"to nobody does this rule ever {word} {self._naming.exercises(exercises)}: {keeping}"
        example = self._example(f"overruled: {self._naming.title(rule.id)}", member, exercise)
        help_ = "a restriction always wins: say for whom else this permission is meant, or leave it out"
        yield Diagnostic("W512", one.node.action.span, message, help_, example)

    def _never_offered(self, one: SealedRule, name: ast.Name) -> Iterator[Diagnostic]:
        rule, offer = one.rule, name.text
        if self._is_true_of_nobody(asked.granted(rule, offer)):
            message = f"no rule ever grants `{offer}` to those to whom this rule offers it"
            yield Diagnostic("E402", name.span, message, "name an exercise that is granted to them")
            return
        member = self._shown(asked.granted(rule, offer), (offer,), lambda seen: _no_go(seen, (offer,)))
        message = f"`{offer}` is never a go for those to whom this rule offers it: {self._keeping(member, offer)}"
        example = self._example(f"not a go: {offer}", member, offer)
        yield Diagnostic("W513", name.span, message, "name an exercise that they may do", example)

    def _keeping(self, member: Seen | None, exercise: str) -> str:
        """Return in words that all are kept from `exercise`, and what keeps `member`."""
        if member is None:
            return "restrictions keep all of them from it"
        entry = member.outcome.exercises[exercise]
        applied = [rule for rule, _ in (*member.outcome.session, *entry.applied)]
        deciding = [rule.id for rule in applied if rule.effect in NO_GO or rule.effect in SESSION]
        limiting = [rule.id for rule in applied if rule.limits]
        here = self._naming.several(dict.fromkeys(deciding or limiting))
        return f"restrictions keep all of them from it, here {here}"

    # --- rules that change nothing ----------------------------------------------------------------

    def _changes_nothing(self, one: SealedRule) -> Iterator[Diagnostic]:
        rule, gone = one.rule, self._idle
        if rule.id in self._overruled or self._is_true_of_nobody(asked.matters(rule)):
            return
        if gone and not self._is_true_of_nobody(asked.changes(rule, gone)):
            return
        if self._enough("W511"):
            yield Diagnostic("W511", one.node.span, "left out")
            return
        member = self._shown(
            asked.applies(rule), _shown_on(one), lambda seen: self._showing.changes_nothing(rule, gone, seen)
        )
        self._idle |= {rule.id}
        title = f"changes nothing: {self._naming.title(rule.id)}"
        example = self._example(title, member, _first(one))
        saying = self._saying(rule, member)
        message = f"this rule never changes an answer: wherever it applies, {saying} as much or more"
        yield Diagnostic("W511", one.node.span, message, "leave it out, or keep it for its reason alone", example)

    def _saying(self, rule: ir.Rule, member: Seen | None) -> str:
        """Return which rules make `rule` idle, and that they say something."""
        others = [] if member is None else list(self._beside(rule, member))
        asking = [asked.changes_beside(rule, other) for other in others[:_MOST_TRIED]]
        alone = [question.about[2] for question in self._seeking.nobody(asking)]
        if alone:
            return f"{self._naming.called(alone[0])} says"
        if others:
            return f"others, here {self._naming.several(other.id for other in others)}, say"
        return "others say"

    def _beside(self, rule: ir.Rule, member: Seen) -> Iterator[ir.Rule]:
        """Yield the rules of the same pack that apply to `member`, and to all that `rule` is about."""
        about, passed_by = {*rule.exercises}, {rule.id, *self._idle}
        near = [
            other
            for other in self._artifact.rules
            if other.pack == rule.pack
            and other.id not in passed_by
            and (other.effect in SESSION or about <= {*other.exercises})
        ]
        standings = self._showing.standings(near, member)
        yield from (other for other in near if applies(other, standings[other.id]))

    # --- limits ---------------------------------------------------------------------------------

    def _of_limits(self) -> Iterator[Diagnostic]:
        squeezes = list(islice(asked.squeezes(self._artifact.rules), _MOST_PAIRS + 1))
        if len(squeezes) > _MOST_PAIRS:
            message = f"there are more than {_MOST_PAIRS} pairs of limits that exclude each other; the rest is left out"
            yield Diagnostic("N141", self._stated[squeezes.pop().low.id].node.span, message)
        nobody = {question.about for question in self._seeking.nobody([one.question for one in squeezes])}
        for squeeze in squeezes:
            about = squeeze.question.about
            if about not in nobody and about not in self._seeking.undecided:
                yield from self._squeezed(squeeze)

    def _squeezed(self, squeeze: Squeeze) -> Iterator[Diagnostic]:
        pair = sorted((squeeze.low.id, squeeze.high.id), key=lambda name: _place(self._stated[name]))
        node = self._stated[pair[1]].node
        span = next(limit.span for limit in node.limits if limit.measure.text == squeeze.measure)
        try:
            member = self._shown(
                squeeze.question, squeeze.exercises, lambda seen: bool(_no_go(seen, squeeze.exercises))
            )
        except DisagreementError as error:
            yield fault(span, "what is found about this limit", error)
            return
        kept = (name for name in squeeze.exercises if member and _no_go(member, (name,)))
        exercise = next(kept, squeeze.exercises[0])
        other = self._naming.called(pair[0])
        message = f"for some members this limit and that of {other} leave no room on `{squeeze.measure}`"
        example = self._example(f"no room: {exercise}", member, exercise)
        help_ = "say more closely for whom each of the two limits is meant"
        yield Diagnostic("W514", span, message, help_, example)

    # --- members --------------------------------------------------------------------------------

    def _shown(self, question: Question, exercises: Collection[str], agrees: Callable[[Seen], bool]) -> Seen | None:
        known = self._seeking.sample(question)
        return None if known is None else self._showing.seen(known, exercises, agrees)

    def _example(self, title: str, member: Seen | None, exercise: str | None) -> str | None:
        return None if member is None else self._showing.example(title, member, exercise)


def _no_go(seen: Seen, exercises: Iterable[str]) -> bool:
    return not any(seen.outcome.exercises[name].judgement.verdict.go for name in exercises)


def _first(one: SealedRule) -> str | None:
    """Return the exercise that a rule is shown on: the first that it names, or is about; None where there is none."""
    named = (target.names[0].text for target in one.node.action.targets if len(target.names) == 1)
    return next((name for name in named if name in one.rule.exercises), next(iter(one.rule.exercises), None))


def _shown_on(one: SealedRule) -> tuple[str, ...]:
    first = _first(one)
    return () if first is None else (first,)


def _place(sealed: SealedRule) -> tuple[str, int]:
    return sealed.node.span.source, sealed.node.span.start
