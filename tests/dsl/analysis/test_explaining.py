"""An explanation agrees with the answer that it explains, clause by clause, and what it says would change it does."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dsl.analysis.changing import Answer, Between, Change, NoneOf
from dsl.analysis.explaining import Explaining, Explanation, Ground, Part
from dsl.analysis.stated import Clause
from dsl.evaluation.build import Build, build
from dsl.evaluation.decision import Match
from dsl.evaluation.reference import Reference, applies, holds
from dsl.evaluation.reference import _standing as standing  # the oracle's own word on one rule
from dsl.semantics import ir
from dsl.semantics.facts import Door, Facts
from dsl.semantics.verdict import Verdict
from dsl.syntax.source import SourceFile

AT = datetime.date(2027, 1, 1)
PACK = """\
pack backs
  covers complaint=back
  review by 2027-06-01
fact complaint many of back, knee
fact pain "Pain phase" one of none, acute, chronic
fact level "Pain now" whole number 0 to 10
fact cleared "Cleared" yes or no
fact first yes or no
fact after "Pain after" number 0 to 10 asked when first=no
fact sleep number 0 to 24 h optional
fact symptom "Symptoms" many of
  numb "Numbness" red flag
  fever "Fever" red flag
  ache
measure load number 0 to 100 %
exercise squat "Squat"
exercise bridge "Bridge"
exercise plank
parameter high = 7 in 5 to 9
define flare when pain=acute or level >= high
rule numb: refer emergency when symptom=numb say "Go."
rule fever: refer urgent when symptom=fever say "See somebody."
rule no_flare: avoid squat when flare and not (cleared=yes and pain=chronic) because "It is irritated."
rule cleared: require clearance for squat when pain=chronic
  except when cleared=yes because "A clinician agrees."
rule less: modify squat when after > 3 limit load <= 50 %
rule tired: caution any when sleep < 5
rule fine: allow squat when pain in (none, chronic)
rule bridges: recommend bridge when at least 2 of (pain=none, level <= 3, cleared=yes)
impossible when pain=none and level > 0
"""
OTHER = """\
pack clinic
override no_flare of backs when first=no because "Our own plan."
rule planks: allow plank when always
"""


def _built(*texts: str) -> Build:
    made = build([SourceFile(f"{place}.rules", text) for place, text in enumerate(texts)], with_prelude=False)
    assert made.release is not None, [found.message for found in made.diagnostics]
    return made


MADE = _built(PACK, OTHER)
assert MADE.release is not None
ARTIFACT = MADE.release.artifact
EXPLAINING = Explaining(ARTIFACT, MADE.sources)
DOOR = Door(ARTIFACT.vocabulary)
REFERENCE = Reference(ARTIFACT)


def _explained(exercise: str, at: datetime.date = AT, /, **facts: object) -> Explanation:
    return EXPLAINING.explain(exercise, _read(facts), at)


def _read(facts: Mapping[str, object]) -> Facts:
    return DOOR.read(facts, ARTIFACT.vocabulary)


def _parts(found: Explanation) -> dict[str, Part]:
    return {rule.rule.partition("/")[2]: rule.part for rule in (*found.rules, *found.session)}


def _guard(found: Explanation, rule: str) -> Clause:
    return next(one.guard for one in (*found.rules, *found.session) if one.rule == f"backs/{rule}")


SAFE = {"complaint": ["back"], "symptom": [], "first": True}

some_facts = st.fixed_dictionaries(
    {},
    optional={
        "complaint": st.sampled_from([[], ["back"], ["knee"], {"present": ["knee"]}]),
        "pain": st.sampled_from(["none", "acute", "chronic"]),
        "level": st.integers(0, 10),
        "cleared": st.booleans(),
        "first": st.booleans(),
        "after": st.integers(0, 10),
        "sleep": st.integers(0, 24),
        "symptom": st.sampled_from([[], ["numb"], ["fever"], ["ache"], {"absent": ["numb"]}]),
    },
)
days = st.sampled_from([AT, datetime.date(2027, 12, 1)])
exercises = st.sampled_from(["squat", "bridge", "plank"])


@given(some_facts, exercises, days)
def test_the_verdict_is_that_of_the_whole_release(facts: dict[str, object], exercise: str, at: datetime.date) -> None:
    found = _explained(exercise, at, **facts)
    outcome = REFERENCE.evaluate(_read(facts), at)
    entry = outcome.exercises[exercise]
    assert found.verdict == entry.judgement.verdict.value
    assert (found.best, found.worst) == (entry.best.verdict.value, entry.worst.verdict.value)
    assert found.disposition == outcome.disposition.value


@given(some_facts, exercises, days)
def test_what_is_said_of_a_rule_is_how_it_stands(facts: dict[str, object], exercise: str, at: datetime.date) -> None:
    known = _read(facts)
    overdue = {pack.name for pack in ARTIFACT.packs if pack.review_by is not None and at > pack.review_by}
    rules = {rule.id: rule for rule in ARTIFACT.rules}
    optional = frozenset(fact.name for fact in ARTIFACT.vocabulary.facts if fact.optional)
    found = _explained(exercise, at, **facts)
    for told in (*found.rules, *found.session):
        rule = rules[told.rule]
        overrides = [override for override in ARTIFACT.overrides if override.rule == rule.id]
        stands = standing(rule, overrides, overdue, known, optional)
        assert told.guard.truth is holds(rule.guard, known, optional)
        doing = {Part.DECIDES, Part.APPLIES} | (set() if rule.effect in ir.PERMISSIVE else {Part.MAY_APPLY})
        assert (told.part in doing) is applies(rule, stands), told


@given(some_facts, exercises)
def test_what_is_said_to_change_the_verdict_does(facts: dict[str, object], exercise: str) -> None:
    known = _read(facts)
    found = _explained(exercise, **facts)
    now = Verdict(found.verdict)
    changes = [*found.changes.single, *([found.changes.together] if found.changes.together else [])]
    for change in changes:
        for answers in _ways(change):
            changed = known
            for answer in answers:
                changed = _with(changed, answer)
            verdict = REFERENCE.evaluate(changed, AT).exercises[exercise].judgement.verdict
            assert verdict.value == change.verdict
            assert (verdict.severity < now.severity) is change.better
            assert verdict is not now


@given(some_facts, exercises)
def test_what_can_be_better_is_made_better(facts: dict[str, object], exercise: str) -> None:
    assume(not facts.get("level"))  # with pain in numbers, what would be best may be impossible
    found = _explained(exercise, **facts)
    if Verdict(found.best).go and not Verdict(found.verdict).go:
        single = [change for change in found.changes.single if Verdict(change.verdict).go and not change.known]
        together = [found.changes.together] if found.changes.together else []
        assert any(Verdict(change.verdict).go for change in [*single, *together])


@given(some_facts, exercises)
def test_a_verdict_that_is_no_go_has_a_reason(facts: dict[str, object], exercise: str) -> None:
    found = _explained(exercise, **facts)
    if not Verdict(found.verdict).go:
        assert found.reasons or Part.DECIDES in {rule.part for rule in found.rules}


def _ways(change: Change) -> list[list[Answer]]:
    """Return each way to give the answers of `change`: one alternative exchanged at a time."""
    first = [answered.alternatives[0] for answered in change.answers]
    ways = [first]
    for place, answered in enumerate(change.answers):
        ways += [[*first[:place], other, *first[place + 1 :]] for other in answered.alternatives[1:]]
    return ways


def _with(facts: Facts, answer: Answer) -> Facts:
    choices, terms, numbers = dict(facts.choices), dict(facts.terms), dict(facts.numbers)
    match answer:
        case NoneOf():
            terms[answer.fact] = {**terms.get(answer.fact, {}), **dict.fromkeys(answer.terms, False)}
        case Between():
            within = [DOOR.read({answer.fact: value}).numbers[answer.fact] for value in _inside(answer)]
            numbers[answer.fact] = within[0]
        case Match(value=str() as value) if answer.fact in MANY:
            terms[answer.fact] = {**terms.get(answer.fact, {}), value: not answer.absent}
        case Match():
            choices[answer.fact] = ("no", "yes")[answer.value] if isinstance(answer.value, bool) else str(answer.value)
    return Facts(choices, terms, numbers, facts.suggested)


def _inside(answer: Between) -> list[int | float]:
    if not answer.low_open:
        return [answer.low]
    return [answer.high] if not answer.high_open else [int((answer.low + answer.high) / 2 + 0.5)]


MANY = {"complaint", "symptom"}


# --- one by one ---------------------------------------------------------------------------------


def test_clauses_stand_in_their_authors_words_with_what_is_known() -> None:
    guard = _guard(_explained("squat", **SAFE, pain="acute", cleared=False), "no_flare")
    assert (guard.text, guard.joins, guard.truth) == ("flare and not (cleared=yes and pain=chronic)", "and", True)
    flare, lifted = guard.parts
    assert (flare.text, flare.joins) == ("flare", "define")
    (either,) = flare.parts
    assert [(part.text, part.truth) for part in either.parts] == [("pain=acute", True), ("level >= high", None)]
    assert either.parts[0].known == (Match("pain", "acute"),)
    assert either.parts[1].where == ("high = 7",)
    assert (lifted.joins, lifted.truth) == ("not", True)


def test_a_place_is_the_line_of_the_rule() -> None:
    found = _explained("squat", **SAFE, pain="acute")
    told = next(rule for rule in found.rules if rule.rule == "backs/cleared")
    assert (told.place.file, told.place.line) == ("0.rules", 24)
    assert told.place.text == "rule cleared: require clearance for squat when pain=chronic"
    assert told.says == "require clearance for squat"


def test_parts_of_rules() -> None:
    parts = _parts(_explained("squat", **SAFE, pain="chronic", level=2, cleared=True))
    assert parts == {
        "numb": Part.NOT, "fever": Part.NOT, "no_flare": Part.NOT, "cleared": Part.LIFTED,
        "less": Part.NOT, "tired": Part.NOT, "fine": Part.DECIDES,
    }  # fmt: skip


def test_a_permission_lapses_with_its_pack() -> None:
    found = _explained("squat", datetime.date(2027, 12, 1), **SAFE, pain="none", level=0)
    assert _parts(found)["fine"] is Part.LAPSED
    assert found.verdict == "unreviewed"
    assert Ground.NOT_GRANTED in {reason.ground for reason in found.reasons}


def test_an_override_is_named_with_its_pack() -> None:
    found = _explained("squat", **{**SAFE, "first": False}, pain="acute", after=1)
    told = next(rule for rule in found.rules if rule.rule == "backs/no_flare")
    assert told.part is Part.LIFTED
    assert [(one.pack, one.because, one.clause.truth) for one in told.unless] == [("clinic", "Our own plan.", True)]


def test_a_fact_that_does_not_arise_is_said_to() -> None:
    guard = _guard(_explained("squat", **SAFE), "less")
    assert (guard.truth, guard.asked) == (False, False)


def test_none_of_a_fact_with_many_values_is_known_as_such() -> None:
    guard = _guard(_explained("squat", **SAFE), "numb")
    assert guard.known == (Match("symptom", "none"),)


@pytest.mark.parametrize(
    ("exercise", "facts", "ground"),
    [
        ("squat", {"symptom": ["numb"]}, Ground.SESSION_OVER),
        ("squat", {}, Ground.SCREEN),
        ("squat", {**SAFE, "pain": "none", "level": 3}, Ground.CONTRADICTION),
        ("squat", SAFE, Ground.MAY_BE_GRANTED),
        ("bridge", {**SAFE, "pain": "acute", "level": 9}, Ground.NOT_GRANTED),
        ("plank", SAFE, Ground.NOT_GRANTED_BY),
    ],
)
def test_grounds(exercise: str, facts: dict[str, object], ground: Ground) -> None:
    assert ground in {reason.ground for reason in _explained(exercise, **facts).reasons}


def test_limits_that_leave_no_room_are_a_ground() -> None:
    text = """\
fact a yes or no
fact b yes or no
measure load number 0 to 100 %
exercise squat
modify squat when a=yes limit load <= 20 %
modify squat when b=yes limit load >= 50 %
allow squat when always
"""
    made = _built(text)
    assert made.release is not None
    explaining, door = Explaining(made.release.artifact, made.sources), Door(made.release.artifact.vocabulary)
    surely = explaining.explain("squat", door.read({"a": True, "b": True}), AT)
    assert [reason.ground for reason in surely.reasons] == [Ground.NO_ROOM]
    perhaps = explaining.explain("squat", door.read({"a": True}), AT)
    assert [reason.ground for reason in perhaps.reasons] == [Ground.PERHAPS_NO_ROOM]


def test_a_pack_that_could_grant_once_more_is_known() -> None:
    found = _explained("bridge", complaint=["back"], symptom=[], first=True)
    assert {(reason.ground, reason.pack) for reason in found.reasons} >= {(Ground.MAY_BE_GRANTED_BY, "backs")}


def test_ranges_of_numbers_that_do_the_same_are_one() -> None:
    found = _explained("squat", **SAFE, pain="chronic", level=2, cleared=False)
    worse = [answered for change in found.changes.single if not change.better for answered in change.answers]
    assert [one.alternatives for one in worse if one.fact == "level"] == [(Between("level", 7, 10),)]


def test_alternatives_of_answers_given_together() -> None:
    found = _explained("squat", complaint=["back"], first=True)
    together = found.changes.together
    assert together is not None
    assert {answered.fact for answered in together.answers} == {"pain", "symptom", "level"}
    assert together.verdict == "allowed"
