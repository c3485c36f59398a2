"""What is found without being asked: each finding by example, and over generated packs never untrue."""

from __future__ import annotations

from itertools import chain

import msgspec
import pytest
from hypothesis import event, given

from dsl.analysis import seeking
from dsl.analysis.build import build, proved
from dsl.analysis.formulas import Bounds
from dsl.analysis.remembered import Verdict
from dsl.analysis.showing import Showing
from dsl.analysis.suspicions import suspicions
from dsl.evaluation.build import build as build_to_examples
from dsl.evaluation.build import examined
from dsl.evaluation.outcome import Outcome
from dsl.evaluation.reference import Reference
from dsl.semantics import ir
from dsl.semantics.compiler import Compilation, compile_sources
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from dsl.semantics.sealing import SealedRule
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import SourceFile
from tests.dsl.analysis.test_proofs import DAY
from tests.dsl.evaluation.generated import Member, Pack, crowds, packs
from tests.dsl.evaluation.test_guarantee import read

VOCABULARY = """
fact phase one of none, acute, chronic
fact pain number 0 to 10 ask "How strong is it?"
fact disc yes or no
fact flare yes or no asked when phase=chronic
fact tired yes or no optional
fact moment one of before, during context default before
class squats
exercise squat is squats
exercise front_squat is squat
exercise bridge
exercise walk
measure load number 0 to 100 %
measure depth number 0 to 140 deg
rule base: allow squats, bridge, walk with variants when phase=none
"""


def compiled(text: str, *others: str) -> Compilation:
    files = [SourceFile("a.rules", VOCABULARY + text)]
    files += [SourceFile(f"b{place}.rules", other) for place, other in enumerate(others)]
    compilation = compile_sources(files, with_prelude=False)
    assert compilation.release is not None, [f"{found.code} {found.message}" for found in compilation.diagnostics]
    return compilation


def found(text: str, *others: str, **options: object) -> list[Diagnostic]:
    """Return what a whole build finds in `text`, after the vocabulary above, and in `others`."""
    compilation = compiled(text, *others)
    return list(proved(compilation, examined(compilation), **options).diagnostics)  # type: ignore[arg-type]  # passed on


def said(text: str, *others: str) -> list[str]:
    return [f"{one.code} {one.message}" for one in found(text, *others)]


def codes(text: str, *others: str) -> list[str]:
    return [one.code for one in found(text, *others)]


# --- guards -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "guard",
    [
        "phase=acute and phase=chronic",
        "flare=yes and phase=acute",
        "pain > 3 and not (pain > 2 or phase=none)  and pain < 2",
        "(phase=acute or pain > 9) and phase=none and pain < 5",
    ],
)
def test_a_guard_that_nobody_can_fulfil(guard: str) -> None:
    assert codes(f"avoid bridge when {guard}\n") == ["W505"]


def test_what_is_impossible_makes_a_guard_that_nobody_can_fulfil() -> None:
    rule = "avoid bridge when phase=none and pain > 7\n"
    assert codes(rule) == []
    assert codes(rule + "impossible when phase=none and pain > 5\n") == ["W505"]


def test_a_guard_that_the_compiler_has_complained_of_is_not_told_again() -> None:
    built = build([SourceFile("a.rules", VOCABULARY + "avoid bridge when pain > 8 and pain < 3\n")], with_prelude=False)
    assert [one.code for one in built.diagnostics] == ["W505"]


def test_a_rule_that_is_always_taken_back() -> None:
    rule = 'rule r: avoid bridge when phase=acute and disc=yes except when {} because "so"\n'
    assert codes(rule.format("phase=acute and pain > 3")) == []
    (one,) = found(rule.format("phase=acute or pain > 3"))
    assert one.code == "W508"
    assert one.example == ('example "taken back: r"\n  given disc=yes, phase=acute\n  expect bridge unreviewed')


def test_a_permission_is_always_taken_back_where_its_exception_is_never_surely_false() -> None:
    rule = 'allow bridge when disc=yes except when {} because "so"\n'
    assert codes(rule.format("phase=acute")) == []
    assert codes(rule.format("pain >= 0")) == ["W508"]


def test_an_exception_that_never_takes_its_rule_back() -> None:
    rule = 'rule r: avoid bridge when phase=acute except when {} because "so"\n'
    assert codes(rule.format("disc=no")) == []
    assert codes(rule.format("phase=chronic and disc=no")) == ["W509"]
    assert codes(rule.format("phase=chronic and phase=acute and disc=no")) == ["W505"]


def test_a_guard_that_leaves_nobody_out() -> None:
    assert codes("exercise lunge\navoid lunge when pain > 3 or pain <= 4\n") == ["W510"]
    assert codes("exercise lunge\navoid lunge when pain > 4 or pain < 3\n") == []
    assert codes("exercise lunge\navoid lunge when always\n") == []
    assert codes("exercise lunge\ncaution lunge when moment in (before, during)\n") == ["W510"]


def test_a_permission_may_ask_that_something_is_known() -> None:
    assert codes("allow bridge when pain >= 0\n") == []
    assert codes("modify squat when phase in (none, acute, chronic) limit load <= 50 %\n") == []


def test_nobody_left() -> None:
    (one,) = found("impossible when pain > 3\nimpossible when moment in (before, during)\navoid bridge when pain > 4\n")
    assert one.code == "W515"


# --- rules that change nothing ------------------------------------------------------------------


def test_a_rule_beside_a_wider_one() -> None:
    (one,) = found("rule wide: avoid squats when phase=acute\nrule narrow: avoid squat when phase=acute and disc=yes\n")
    assert one.code == "W511"
    assert "wherever it applies, `main/wide` says as much or more" in one.message
    assert one.example == ('example "changes nothing: narrow"\n  given disc=yes, phase=acute\n  expect squat avoid')


def test_a_rule_that_two_others_make_idle_together() -> None:
    text = "avoid squats when phase=acute\navoid squats when phase=chronic\navoid squat when phase!=none and disc=yes\n"
    (one,) = found(text)
    assert one.code == "W511"
    assert "others, here `avoid squats` in line" in one.message


def test_of_two_rules_that_say_the_same_only_one_is_told_of() -> None:
    assert codes("rule a: avoid squats when phase=acute\nrule b: avoid squats when not phase in (none, chronic)\n") == [
        "W511"
    ]


def test_a_milder_rule_is_idle_where_a_stricter_one_applies_as_well() -> None:
    strict = "rule strict: avoid bridge when pain > 3\n"
    assert codes(strict + "caution bridge when pain > 5\n") == ["W511"]
    assert codes(strict + "caution bridge when pain > 2\n") == []
    assert codes(strict + "reduce load by 10 % for bridge when pain > 5\n") == ["W511"]


def test_what_else_a_rule_brings_is_part_of_an_answer() -> None:
    base = "rule wide: avoid squats when phase=none and pain > 3\n"
    narrow = "rule narrow: avoid squat when phase=none and pain > 5"
    assert codes(base + narrow + "\n") == ["W511"]
    assert codes(base + narrow + " instead walk\n") == []
    assert codes(base.replace("3\n", "3 instead walk\n") + narrow + " instead walk\n") == ["W511"]
    limited = "modify bridge when pain > 3 limit load <= 50 %\n"
    assert codes(limited + "modify bridge when pain > 5 limit load <= 60 %\n") == ["W511"]
    assert codes(limited + "modify bridge when pain > 5 limit load <= 40 %\n") == []
    assert codes(limited + "modify bridge when pain > 5 limit depth <= 90 deg\n") == []


def test_endorsing_is_part_of_an_answer_and_granting_twice_is_not() -> None:
    assert codes("recommend bridge when phase=none and pain < 3\n") == []
    assert codes("allow bridge when phase=none and pain < 3\n") == ["W511"]


def test_session_rules_say_their_own_words() -> None:
    stop = 'rule halt: stop session when pain > 5 say "Stop."\n'
    assert codes(stop + 'stop session when pain > 7 say "Rest."\n') == []
    assert codes(stop + 'stop session when pain > 7 say "Stop."\n') == ["W511"]
    assert codes(stop + 'refer urgent when pain > 7 say "Stop."\n') == []
    assert codes(stop + "avoid bridge when pain > 7\n") == ["W511"]
    assert codes(stop + 'refer routine when pain > 7 say "Ask."\n') == []  # it is shown while pain is not known


def test_advice_is_idle_only_beside_the_same_words() -> None:
    advice = 'rule a: advise posture "Sit up." when pain > 3\n'
    assert codes(advice + 'advise posture "Stand up." when pain > 5\n') == []
    assert codes(advice + 'advise posture "Sit up." when pain > 5\n') == ["W511"]


def test_steps_of_load() -> None:
    up = "rule up: progress load by 5 % for bridge when disc=no\n"
    assert codes(up + "progress load by 10 % for bridge when disc=no and pain < 3\n") == ["W511"]
    assert codes(up + "progress load by 2 % for bridge when disc=no and pain < 3\n") == []
    hold = "rule level: hold load for any when pain > 5\n"
    assert codes(up + hold) == []
    assert codes(up + hold + "hold load for bridge when pain > 7\n") == ["W511"]
    assert codes(hold) == []  # no other rule makes it idle: nothing goes up yet


def test_an_exercise_that_nothing_grants_is_not_one_of_these_findings() -> None:
    assert codes('exercise lunge\ncaution lunge when pain > 3 except when disc=no because "so"\n') == []
    assert codes("exercise lunge\nreduce load by 10 % for lunge when pain > 3\n") == []


def test_another_pack_is_allowed_to_be_stricter() -> None:
    own = "avoid bridge when phase=acute and disc=yes\nrecommend walk when phase=acute\n"
    assert codes(own, "pack other\navoid bridge, walk when phase=acute\n") == []


# --- permissions, substitutes, limits -----------------------------------------------------------


def test_a_permission_that_restrictions_always_overrule() -> None:
    text = "rule ban: avoid squats when phase=acute\nrule friendly: {} when phase=acute and pain < 5\n"
    (one,) = found(text.format("recommend squat"))
    assert one.code == "W512"
    assert (
        one.message
        == "to nobody does this rule ever recommend `squat`: restrictions keep all of them from it, here `main/ban`"
    )
    assert one.example == 'example "overruled: friendly"\n  given pain=0, phase=acute\n  expect squat avoid'
    assert codes(text.format("recommend squats")) == ["W512"]
    assert codes(text.format("recommend squat, bridge")) == ["W512"]
    assert codes(text.format("recommend bridge")) == []
    assert codes(text.replace("ban: avoid", "ban: require clearance for").format("allow squat")) == ["W512"]


def test_a_conflict_for_some_is_what_restrictions_are_for() -> None:
    assert codes("avoid squats when pain > 5\nrecommend squat when phase=none\n") == []
    several = "class holds\nexercise plank is holds\nexercise board is holds\nrecommend holds when phase=acute\n"
    assert codes(several + "avoid plank when phase=acute\n") == []
    assert codes(several + "avoid holds when phase=acute\n") == ["W512"]


def test_a_substitute_that_is_never_a_go() -> None:
    text = "rule ban: avoid walk when pain > 3\navoid bridge when pain > {} and phase=none instead walk\n"
    (one,) = found(text.format(5))
    assert one.code == "W513"
    assert one.message.startswith("`walk` is never a go for those to whom this rule offers it: restrictions keep all")
    assert one.message.endswith("here `main/ban`")
    assert one.example is not None
    assert "expect walk avoid" in one.example
    assert codes(text.format(2)) == []


def test_a_substitute_that_nothing_grants_is_an_error_however_it_is_hidden() -> None:
    text = """
exercise plank
allow plank when (phase=none and disc=yes) or (phase=chronic and disc=no)
avoid bridge when (phase=none and disc=no) or (phase=chronic and disc={}) instead plank
"""
    assert codes(text.format("no")) == []
    assert codes(text.format("yes")) == ["E402"]
    assert build([SourceFile("a.rules", VOCABULARY + text.format("yes"))], with_prelude=False).release is None


def test_limits_that_leave_no_room() -> None:
    text = "rule low: modify bridge when phase=none limit load <= 40 %\nmodify bridge when {} limit load >= 60 %\n"
    (one,) = found(text.format("disc=yes"))
    assert one.code == "W514"
    assert one.message == "for some members this limit and that of `main/low` leave no room on `load`"
    assert one.example == 'example "no room: bridge"\n  given disc=yes, phase=none\n  expect bridge avoid'
    assert codes(text.format("phase=chronic")) == []
    assert codes(text.format("disc=yes and pain > 5") + "avoid bridge when pain > 4\n") == ["W511"]


# --- bounds, memory, faults ---------------------------------------------------------------------

SOME = "rule one: avoid bridge when phase=acute and disc=yes\nrule two: avoid squats when pain > 3 and disc=no\n"


def test_what_is_not_decided_in_time_is_said_once() -> None:
    (one,) = found(SOME, bounds=Bounds(seconds_all=0))
    assert one.code == "W562"
    assert one.message.startswith("not decided in about 0 seconds: whether 3 rules")


def test_what_is_remembered_is_not_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    memory: dict[str, Verdict] = {}
    text = SOME + "caution bridge when phase=acute and disc=yes\n"
    first = found(text, memory=memory)
    assert [one.code for one in first] == ["W511"]
    monkeypatch.setattr(seeking, "Search", None)
    assert found(text, memory=memory) == first
    with pytest.raises(TypeError):
        found(text + "avoid walk when phase=acute and pain > 9\n", memory=memory)


def test_only_what_an_edit_made_say_something_else_is_searched(monkeypatch: pytest.MonkeyPatch) -> None:
    memory: dict[str, Verdict] = {}
    text = SOME + "caution bridge when phase=acute and disc=yes\n"
    assert [one.code for one in found(text, memory=memory)] == ["W511"]
    monkeypatch.setattr(seeking, "Search", None)
    assert [one.code for one in found(text.replace("pain > 3", "pain > 3.5"), memory=memory)] == ["W511"]
    with pytest.raises(TypeError):
        found(text.replace("avoid bridge when phase=acute", "avoid bridge when phase=chronic"), memory=memory)


def test_whoever_served_before_an_edit_serves_again(monkeypatch: pytest.MonkeyPatch) -> None:
    memory: dict[str, Verdict] = {}
    assert found(SOME, memory=memory) == []
    monkeypatch.setattr(seeking, "Search", None)
    assert found(SOME.replace("pain > 3", "pain > 3.5"), memory=memory) == []


def test_what_is_remembered_of_another_vocabulary_changes_nothing() -> None:
    memory: dict[str, Verdict] = {}
    text = SOME + "caution bridge when phase=acute and disc=yes\n"
    found(text, memory=memory)
    other = VOCABULARY.replace("0 to 10", "0 to 4").replace("tired yes or no", "tired number 0 to 3")
    other = other.replace("before, during", "before, during, later")
    compilation = compile_sources([SourceFile("a.rules", other + text)], with_prelude=False)
    assert compilation.release is not None
    assert [one.code for one in chain.from_iterable(suspicions(compilation, memory=memory))] == ["W511"]


def test_where_the_reference_says_otherwise_the_program_is_at_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Showing, "changes_nothing", lambda *_: False)
    (one,) = found(SOME + "caution bridge when phase=acute and disc=yes\n")
    assert one.code == "W563"
    assert "a fault of Spotter" in one.message


def test_findings_of_one_kind_end_after_some() -> None:
    text = "".join(f"rule r{place}: avoid bridge when pain > 3 and pain <= {9 - place / 10}\n" for place in range(22))
    shown = codes(text)
    assert shown.count("W511") == 20
    assert shown.count("N141") == 1


# --- over generated packs -------------------------------------------------------------------------


@given(packs(), crowds())
def test_what_is_found_in_generated_packs_is_so(generated: tuple[Pack, ...], crowd: list[Member]) -> None:
    files = [SourceFile(f"{pack.name}.rules", pack.text()) for pack in generated]
    compilation = compile_sources(files, with_prelude=False)
    assert compilation.release is not None
    artifact = compilation.release.artifact
    diagnostics = list(chain.from_iterable(suspicions(compilation)))
    assert {one.code for one in diagnostics} <= {"E402", "W505", "W508", "W509", "W510", "W511", "W512", "W513", "W514"}
    _check_examples(files, [f"{one.example}" for one in diagnostics if one.example])
    facts = [read(artifact, raw) for member in crowd for raw in (member.complete, member.partial, member.fuller())]
    idle: set[str] = set()
    for one in diagnostics:
        event(one.code)
        sealed = next(sealed for sealed in compilation.rules if _within(one, sealed))
        _check(one, sealed, artifact, facts)
        idle |= {sealed.rule.id} if one.code == "W511" else set()
    _check_idle(artifact, idle, facts)


def _within(one: Diagnostic, sealed: SealedRule) -> bool:
    span = sealed.node.span
    return one.span.source == span.source and span.start <= one.span.start and one.span.end <= span.end


def _check_examples(files: list[SourceFile], examples: list[str]) -> None:
    """Every member that is shown is answered as it is said, when pasted into the rules."""
    pasted = [SourceFile("one.rules", "\n".join((files[0].text, *examples))), *files[1:]]
    assert [
        one.message for one in build_to_examples(pasted, with_prelude=False).diagnostics if one.code[0] == "E"
    ] == []


def _check(one: Diagnostic, sealed: SealedRule, artifact: Artifact, crowd: list[Facts]) -> None:
    """Nobody of a crowd is as a finding says that nobody is."""
    rule, reference = sealed.rule, Reference(artifact)
    for facts in crowd:
        outcome, standing = reference.evaluate(facts, DAY), reference.standings(facts, DAY)[rule.id]
        if outcome.contradictions:
            continue
        match one.code:
            case "W505" if one.span == sealed.node.guard.span:
                assert standing.certain is not True
            case "W508":
                assert (standing.grants if rule.effect in ir.PERMISSIVE else standing.restricts) is not True
            case "W509":
                (place,) = (place for place, node in enumerate(sealed.node.exceptions) if node.span == one.span)
                left = msgspec.structs.replace(rule, exceptions=_but(rule.exceptions, place))
                assert answer_of(artifact, facts, left) == answer_of(artifact, facts, rule)
            case "W510":
                assert standing.certain is not False
            case "W512":
                named = [name for name in rule.grants if f"`{name}`" in one.message]
                assert named
                assert standing.grants is not True or not any(_go(outcome, name) for name in named)
            case "W513" | "E402":
                offer = next(name for name in rule.offers if f"`{name}`" in one.message)
                assert standing.restricts is False or not _go(outcome, offer)
            case _:
                continue


def _but(exceptions: tuple[ir.Exception_, ...], place: int) -> tuple[ir.Exception_, ...]:
    return exceptions[:place] + exceptions[place + 1 :]


def answer_of(artifact: Artifact, facts: Facts, rule: ir.Rule) -> object:
    """Return what becomes of a member where `rule` stands in the place of the one with its id."""
    rules = tuple(rule if one.id == rule.id else one for one in artifact.rules)
    return _told(msgspec.structs.replace(artifact, rules=rules), facts)


def _check_idle(artifact: Artifact, idle: set[str], crowd: list[Facts]) -> None:
    """Without all rules that change nothing, every answer is what it was."""
    left = msgspec.structs.replace(artifact, rules=tuple(rule for rule in artifact.rules if rule.id not in idle))
    for facts in crowd if idle else []:
        if not Reference(artifact).evaluate(facts, DAY).contradictions:
            assert _told(left, facts) == _told(artifact, facts)


def _told(artifact: Artifact, facts: Facts) -> object:
    outcome = Reference(artifact).evaluate(facts, DAY)
    judged = {name: entry.judgement for name, entry in outcome.exercises.items()}
    offered = {
        name: {offer for rule, _ in entry.applied for offer in rule.offers if _go(outcome, offer) and offer != name}
        for name, entry in outcome.exercises.items()
    }
    words = {(rule.topic, rule.text, rule.effect is ir.Effect.ROUTINE and rule.say) for rule, _ in outcome.session}
    return outcome.disposition, judged, offered, words


def _go(outcome: Outcome, exercise: str) -> bool:
    return outcome.exercises[exercise].judgement.verdict.go
