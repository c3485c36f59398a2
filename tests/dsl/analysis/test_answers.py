"""The formulas about everybody say of each member what the reference says: over generated releases and members."""

from __future__ import annotations

import datetime

from hypothesis import event, given
from hypothesis import strategies as st

from dsl.analysis.answers import Answers, guards_of
from dsl.analysis.crowd import Crowd
from dsl.analysis.formulas import Budget, Formula, Search
from dsl.analysis.members import Members
from dsl.analysis.written import Anybody, Reading, Written
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import Reference, holds
from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict
from tests.dsl.evaluation.artifacts import DAY, GUARDS, artifacts, members
from tests.dsl.evaluation.generated import DATES, Member, Pack, crowds, packs
from tests.dsl.evaluation.test_guarantee import compiled, read


class Asked:
    """Named formulas held against one member at a time: variables are given the values that the member has."""

    def __init__(self, answers: Answers, formulas: dict[str, Formula]) -> None:
        self._answers = answers
        self._plain = frozenset(name for name, formula in formulas.items() if formula is True)
        named = [answers.formulas.variable(name) == one for name, one in formulas.items() if not isinstance(one, bool)]
        self._search = Search(answers.formulas, named, Budget())
        self._names = frozenset(formulas)

    def true(self, facts: Facts) -> frozenset[str]:
        """Return the names of the formulas that hold of a member."""
        found = self._search.found(self._answers.members.supposed(facts))
        assert found is not None
        return found & self._names | self._plain


def said(answers: Answers) -> dict[str, Formula]:
    """Return all that can be asked of a release, by name."""
    formulas: dict[str, Formula] = {"contradicted": answers.contradicted(), "routine": answers.routine_referral()}
    formulas |= {f"session {one.value}": answers.session_at_least(one) for one in Disposition}
    for exercise in answers.touching:
        formulas |= {f"{exercise} {one.value}": answers.verdict_at_least(exercise, one) for one in Verdict}
        formulas[f"{exercise} recommended"] = answers.recommended(exercise)
    return formulas


def so(outcome: Outcome) -> frozenset[str]:
    """Return what of that the reference says."""
    found = {f"session {one.value}" for one in Disposition if one.severity <= outcome.disposition.severity}
    found |= {"contradicted"} if outcome.contradictions else set()
    found |= {"routine"} if any(rule.effect is ir.Effect.ROUTINE for rule, _ in outcome.session) else set()
    for exercise, entry in outcome.exercises.items():
        judged = entry.judgement
        found |= {f"{exercise} {one.value}" for one in Verdict if one.severity <= judged.verdict.severity}
        found |= {f"{exercise} recommended"} if judged.recommended else set()
    return frozenset(found)


@given(artifacts(), st.lists(members(), min_size=2, max_size=6))
def test_formulas_agree_with_the_reference_on_any_release(artifact: Artifact, crowd: list[Facts]) -> None:
    answers = Answers(artifact, at=DAY)
    asked = Asked(answers, said(answers))
    reference = Reference(artifact)
    for facts in crowd:
        outcome = reference.evaluate(facts, DAY)
        event(f"session {outcome.disposition.value}")
        assert asked.true(facts) == so(outcome)


@given(packs(), crowds(), DATES)
def test_formulas_agree_with_the_reference_on_rule_text(
    generated: tuple[Pack, ...], crowd: list[Member], day: str
) -> None:
    artifact = compiled(generated)
    at = datetime.date.fromisoformat(day)
    answers = Answers(artifact, at=at)
    all_of_it = {"allowed": answers.members.possible, "possible": answers.possible()}
    asked, reference = Asked(answers, said(answers) | all_of_it), Reference(artifact)
    for facts in (read(artifact, raw) for member in crowd for raw in (member.complete, member.partial)):
        outcome = reference.evaluate(facts, at)
        possible = {"allowed"} if outcome.contradictions else {"allowed", "possible"}
        assert asked.true(facts) == so(outcome) | possible


@given(artifacts(most=0), st.lists(GUARDS, min_size=1, max_size=4), members())
def test_guards_agree_with_the_reference(artifact: Artifact, guards: list[ir.Guard], facts: Facts) -> None:
    answers = Answers(artifact, guards)
    optional = frozenset(fact.name for fact in artifact.vocabulary.facts if fact.optional)
    found = {
        (place, lenient): answers.guard(guard, lenient=lenient)
        for place, guard in enumerate(guards)
        for lenient in (True, False)
    }
    formulas = {f"surely {key}": truth.surely for key, truth in found.items()}
    formulas |= {f"could {key}": truth.could for key, truth in found.items()}
    truths = {key: holds(guards[key[0]], facts, optional if key[1] else frozenset()) for key in found}
    expected = {f"surely {key}" for key, truth in truths.items() if truth is True}
    expected |= {f"could {key}" for key, truth in truths.items() if truth is not False}
    assert Asked(answers, formulas).true(facts) == expected


@given(artifacts(), st.lists(members(), min_size=2, max_size=6))
def test_members_at_hand_are_answered_as_the_reference_says(artifact: Artifact, crowd: list[Facts]) -> None:
    names = Answers(artifact, at=DAY).members
    at_hand = Crowd([names.with_defaults(names.true_of(facts)) for facts in crowd])
    answers = Answers(artifact, at=DAY, members=Members(artifact.vocabulary, guards_of(artifact), at_hand))
    formulas = said(answers)
    reference = Reference(artifact)
    for place, facts in enumerate(crowd):
        true = {name for name, those in formulas.items() if at_hand.both((those, 1 << place))}
        assert true == so(reference.evaluate(facts, DAY))


@given(artifacts(), st.lists(members(), min_size=2, max_size=6))
def test_what_is_written_down_is_read_as_it_is_meant(artifact: Artifact, crowd: list[Facts]) -> None:
    names = Answers(artifact, at=DAY).members
    at_hand = Crowd([names.with_defaults(names.true_of(facts)) for facts in crowd])
    formulas = said(Answers(artifact, at=DAY, members=Anybody(artifact.vocabulary, Written())))
    reading, reference = Reading(names.among(at_hand)), Reference(artifact)
    for place, facts in enumerate(crowd):
        true = {name for name, formula in formulas.items() if at_hand.both((reading.of(formula), 1 << place))}
        assert true == so(reference.evaluate(facts, DAY))
