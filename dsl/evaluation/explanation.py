"""An outcome put into words: reasons, sources, limits and questions of what is returned, and of nothing else."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import assert_never

from dsl.evaluation.decision import (
    Advice,
    Applied,
    ContradictionAnswer,
    ExerciseAnswer,
    LimitAnswer,
    Match,
    Option,
    QuestionAnswer,
    Referral,
    RuleAnswer,
    SourceAnswer,
    Span,
)
from dsl.evaluation.outcome import ExerciseOutcome, Outcome
from dsl.evaluation.questions import Question, open_tests
from dsl.evaluation.reference import SESSION, holds
from dsl.evaluation.substitutes import Offer
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict, join_verdicts
from dsl.semantics.vocabulary import Fact, Kind, Measure

MOMENT, DURING = "moment", "during"
"""The fact of the shipped vocabulary that says where in a session the request is made, and its value mid-set."""

PAUSE = "Pause here. One answer is missing that decides whether it is safe to go on."

_REFERRALS = {ir.Effect.ROUTINE, ir.Effect.URGENT, ir.Effect.EMERGENCY}


class Explainer:
    """Decodes reasons for one release."""

    def __init__(self, artifact: Artifact) -> None:
        """Index what answers refer to."""
        self._facts = {fact.name: fact for fact in artifact.vocabulary.facts}
        self._optional = frozenset(name for name, fact in self._facts.items() if fact.optional)
        self._labels = {exercise.name: exercise.label for exercise in artifact.vocabulary.exercises}
        self._measures = {measure.name: measure for measure in artifact.vocabulary.measures}
        self._packs = {pack.name: pack for pack in artifact.packs}
        self._sources = {(pack.name, source.id): source for pack in artifact.packs for source in pack.sources}

    # --- one exercise -------------------------------------------------------------------------

    def exercise(
        self, asked: str, name: str, entry: ExerciseOutcome, reasons: Reasons, offers: Sequence[Offer]
    ) -> ExerciseAnswer:
        """Return the answer on the exercise `name`, for which the caller wrote `asked`."""
        judgement = entry.judgement
        advised = [(rule, certain) for rule, certain in entry.applied if rule.effect is ir.Effect.ADVISE]
        return ExerciseAnswer(
            asked=asked,
            exercise=name,
            label=self._labels[name] or spelled(name),
            verdict=judgement.verdict.value,
            go=judgement.verdict.go,
            recommended=judgement.recommended,
            load_factor=None if judgement.load_factor is None else number(judgement.load_factor),
            limits=tuple(self.limit(limit) for limit in judgement.limits),
            advice=tuple(advice(rule, certain) for rule, certain in advised),
            applied=tuple(reasons.applied(rule, certain) for rule, certain in entry.applied),
            could_grant=tuple(rule.id for rule in entry.could_grant),
            possible=Span(entry.best.verdict.value, entry.worst.verdict.value),
            instead=tuple(offer.exercise for offer in offers),
            equipment_unknown=tuple(offer.exercise for offer in offers if not offer.equipment_known),
            did_you_mean=(),
        )

    def unresolved(self, asked: str, session: Disposition, near: tuple[str, ...]) -> ExerciseAnswer:
        """Return the answer on a name that stands for no exercise: never a GO."""
        verdict = join_verdicts([Verdict.UNREVIEWED, floor(session)])
        return ExerciseAnswer(
            asked=asked,
            exercise=None,
            label=None,
            verdict=verdict.value,
            go=False,
            recommended=False,
            load_factor=None,
            limits=(),
            advice=(),
            applied=(),
            could_grant=(),
            possible=Span(verdict.value, verdict.value),
            instead=(),
            equipment_unknown=(),
            did_you_mean=near,
        )

    def limit(self, limit: ir.Limit) -> LimitAnswer:
        """Return `limit` in the unit of its measure, or as steps of a scale."""
        measure = self._measures[limit.measure]

        def shown(bound: Decimal | None) -> int | float | str | None:
            if bound is None:
                return None
            return measure.steps[int(bound)] if measure.steps else number(bound)

        return LimitAnswer(
            limit.measure, measure.label or spelled(limit.measure), shown(limit.low), shown(limit.high), measure.unit
        )

    def applied(self, rule: ir.Rule, certain: bool, facts: Facts) -> Applied:
        """Return `rule` with what is known of the member that it goes by."""
        unknown = dict.fromkeys(fact for fact, _ in open_tests(rule.guard, facts, self._optional))
        return Applied(rule.id, rule.effect.value, certain, self.matched(rule.guard, facts), tuple(unknown))

    def matched(self, guard: ir.Guard, facts: Facts) -> tuple[Match, ...]:
        """Return what is known of the member that makes parts of `guard` true, in the order of the guard."""
        tests = list(dict.fromkeys(self._true_tests(guard, facts)))
        absent = {(test.fact, test.term) for test in tests if isinstance(test, ir.Has) and not test.present}
        cleared = {fact for fact, _ in absent if all((fact, term.name) in absent for term in self._facts[fact].terms)}
        return tuple(dict.fromkeys(self._match(test, facts, cleared) for test in tests))

    def _true_tests(self, guard: ir.Guard, facts: Facts) -> Iterator[ir.Test]:
        match guard:
            case ir.AllOf() | ir.AnyOf() | ir.AtLeast():
                for operand in guard.operands:
                    if holds(operand, facts, self._optional) is not False:
                        yield from self._true_tests(operand, facts)
            case ir.Choice() | ir.Has() | ir.Compare():
                if holds(guard, facts, self._optional):
                    yield guard
            case ir.Always() | ir.Never() | ir.Unknown():
                return
            case _:
                assert_never(guard)

    def _match(self, test: ir.Test, facts: Facts, cleared: set[str]) -> Match:
        match test:
            case ir.Has():
                if test.present:
                    return Match(test.fact, test.term)
                return Match(test.fact, "none") if test.fact in cleared else Match(test.fact, test.term, absent=True)
            case ir.Choice():
                value = facts.choices[test.fact]
                return Match(test.fact, value == "yes" if self._facts[test.fact].kind is Kind.YES_NO else value)
            case ir.Compare():
                return Match(test.fact, number(facts.numbers[test.fact]))
            case ir.Unknown():
                return Match(test.fact, "unknown")
            case _:
                assert_never(test)

    # --- the session --------------------------------------------------------------------------

    def session(self, outcome: Outcome, facts: Facts) -> tuple[Applied, ...]:
        """Return the session rules that apply, or may."""
        return tuple(
            self.applied(rule, certain, facts) for rule, certain in outcome.session if rule.effect in ir.SESSION
        )

    def referrals(self, outcome: Outcome) -> tuple[Referral, ...]:
        """Return whom to refer the member to."""
        referred = (referral(rule, certain) for rule, certain in outcome.session)
        return tuple(found for found in referred if found is not None)

    def session_advice(self, outcome: Outcome, facts: Facts) -> tuple[Advice, ...]:
        """Return the advice that is not about one exercise; from `stop` upward only the deciding rules' `say`."""
        if outcome.disposition.ends_session:
            return tuple(ending(rule, certain) for rule, certain in outcome.session)
        waiting = [rule for rule, _ in outcome.session if rule.effect in SESSION]
        given = [advice(rule, certain) for rule, certain in outcome.session if rule.effect is ir.Effect.ADVISE]
        return (*self.paused(outcome.disposition, facts, waiting), *given)

    def paused(self, disposition: Disposition, facts: Facts, waiting: Sequence[ir.Rule]) -> tuple[Advice, ...]:
        """Return the advice to pause: mid-set, that is what session rules that are `waiting` for an answer mean."""
        if disposition is not Disposition.SCREEN or facts.choices.get(MOMENT) != DURING:
            return ()
        return tuple(Advice("pause", PAUSE, rule.id, certain=False) for rule in waiting[:1])

    def contradictions(self, found: Sequence[ir.Contradiction], facts: Facts) -> tuple[ContradictionAnswer, ...]:
        """Return what was given that cannot all be so."""
        return tuple(ContradictionAnswer(one.text, self.matched(one.guard, facts)) for one in found)

    # --- rules and questions ------------------------------------------------------------------

    def rule(self, rule: ir.Rule, *, overdue: bool) -> RuleAnswer:
        """Return what stands behind `rule`, whose pack is `overdue` for review or not."""
        sources = [self._source(rule.pack, citation) for citation in rule.citations]
        return RuleAnswer(
            because=rule.because,
            say=rule.say,
            evidence=rule.evidence,
            author=rule.author or self._packs[rule.pack].author,
            source=sources[0] if sources else None,
            further_sources=tuple(sources[1:]),
            review_by=self._packs[rule.pack].review_by,
            review_overdue=overdue,
        )

    def overdue(self, rule: ir.Rule, at: datetime.date) -> bool:
        """Return whether the pack of `rule` is past its review on the day `at`."""
        review_by = self._packs[rule.pack].review_by
        return review_by is not None and at > review_by

    def _source(self, pack: str, citation: ir.Citation) -> SourceAnswer:
        source = self._sources[pack, citation.source]
        return SourceAnswer(source.id, source.title, citation.section, citation.quote, source.url)

    def question(self, question: Question) -> QuestionAnswer:
        """Return `question` as it is put to the member, or to whoever holds the record."""
        fact = question.fact
        return QuestionAnswer(
            fact=fact.name,
            ask=fact.ask or fact.label or spelled(fact.name),
            type="whole_number" if fact.whole else fact.kind.value,
            options=_options(fact, question.terms),
            unit=fact.unit,
            min=None if fact.low is None else number(fact.low),
            max=None if fact.high is None else number(fact.high),
            red_flag=question.red_flag,
            why=why(question.rules),
            settles=len(question.settles),
        )


class Reasons:
    """The applied rules of one answer, each decoded once however many exercises it applies to."""

    def __init__(self, explainer: Explainer, facts: Facts) -> None:
        """Decode for a member of whom `facts` are known."""
        self._explainer = explainer
        self._facts = facts
        self._decoded: dict[str, Applied] = {}

    def applied(self, rule: ir.Rule, certain: bool) -> Applied:
        """Return `rule` with what is known of the member that it goes by."""
        if rule.id not in self._decoded:
            self._decoded[rule.id] = self._explainer.applied(rule, certain, self._facts)
        return self._decoded[rule.id]


def advice(rule: ir.Rule, certain: bool) -> Advice:
    """Return what an `advise` rule says."""
    return Advice(rule.topic or "", rule.text or "", rule.id, certain)


def ending(rule: ir.Rule, certain: bool) -> Advice:
    """Return what a rule that ends the session has to say."""
    return Advice(rule.effect.value, rule.say or "", rule.id, certain)


def referral(rule: ir.Rule, certain: bool) -> Referral | None:
    """Return whom `rule` refers the member to: what is due at once only when it is certain, routine unless false."""
    if rule.effect not in _REFERRALS or not (certain or rule.effect is ir.Effect.ROUTINE):
        return None
    return Referral(rule.effect.value, rule.say or "", rule.id, certain)


def bound_of(measure: Measure, bound: Decimal) -> str:
    """Return a bound of a limit on `measure` as an author writes it: `50 %`, or a step of a scale."""
    if measure.steps:
        return measure.steps[int(bound)]
    return f"{number(bound)} {measure.unit}" if measure.unit else f"{number(bound)}"


def floor(session: Disposition) -> Verdict:
    """Return the least restrictive verdict that a session's disposition leaves to any exercise."""
    if session.ends_session:
        return Verdict.AVOID
    return Verdict.ASK if session is Disposition.SCREEN else Verdict.ALLOWED


def number(value: Decimal) -> int | float:
    """Return `value` as a JSON number, whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def spelled(name: str) -> str:
    """Return a declared name as words, for what has no label."""
    return name.replace("_", " ").capitalize()


def _options(fact: Fact, open_terms: Sequence[str]) -> tuple[Option, ...] | None:
    if not fact.terms:
        return None
    asked = [term for term in fact.terms if not open_terms or term.name in open_terms]
    ordered = sorted(asked, key=lambda term: not term.red_flag)
    return tuple(Option(term.name, term.label or spelled(term.name), term.red_flag) for term in ordered)


def why(rules: Sequence[ir.Rule]) -> str:
    """Return why a question is asked that `rules` wait for, the worst first."""
    because = next((rule.because for rule in rules if rule.because), None)
    if because:
        return because
    if rules:
        return f"It decides whether the rule {rules[0].id} applies."
    return "It decides which rules cover this member."
