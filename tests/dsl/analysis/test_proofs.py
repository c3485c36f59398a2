"""What is proved is so of everybody, what is disproved is not so of somebody: by example, as shipped, at random."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import assume, event, given
from hypothesis import strategies as st

from dsl.analysis import proofs as deciding
from dsl.analysis.build import build, build_paths, compile_paths, compile_text
from dsl.analysis.formulas import Bounds
from dsl.analysis.members import Known
from dsl.analysis.proofs import decide
from dsl.analysis.remembered import Verdict
from dsl.evaluation.examples import unmet
from dsl.evaluation.reference import Reference, holds
from dsl.semantics.checked import CheckedExample, CheckedProof
from dsl.semantics.compiler import CompileError, compile_sources, shipped_rules
from dsl.semantics.release import Artifact
from dsl.syntax.source import SourceFile
from dsl.tools.findings import summary
from tests.dsl.evaluation.generated import EXERCISES, Member, Pack, crowds, guards, packs
from tests.dsl.evaluation.test_guarantee import read

VOCABULARY = """
fact phase one of none, acute, chronic
fact pain number 0 to 10
exercise squat
allow squat when phase=none
avoid squat when pain > 7.5
"""
HOLDS = 'prove "p": squat at least unreviewed when phase=acute\n'
FAILS = 'prove "q": squat allowed when phase=none\n'


def codes(text: str, **options: Bounds | dict[str, Verdict]) -> list[str]:
    built = build([SourceFile("a.rules", VOCABULARY + text)], with_prelude=False, **options)  # type: ignore[arg-type]  # passed on
    return [found.code for found in built.diagnostics]


def test_a_proof_that_holds_is_counted_and_nothing_is_said() -> None:
    built = build([SourceFile("a.rules", VOCABULARY + HOLDS)], with_prelude=False)
    assert [found.code for found in built.diagnostics] == []
    assert (built.proofs, built.proofs_held, built.proofs_failed) == (1, 1, 0)


def test_a_proof_that_does_not_hold_keeps_the_rules_from_being_a_release() -> None:
    built = build([SourceFile("a.rules", VOCABULARY + FAILS)], with_prelude=False)
    assert built.release is None
    assert (built.proofs, built.proofs_held, built.proofs_failed) == (1, 0, 1)
    (found,) = built.diagnostics
    assert found.code == "E460"
    assert found.example is not None
    with pytest.raises(CompileError):
        compile_text('prove "no rule says so": deadlift avoid when pain=acute\n')


def test_the_example_of_a_failed_proof_can_be_pasted_and_fails() -> None:
    built = build([SourceFile("a.rules", VOCABULARY + FAILS)], with_prelude=False)
    assert codes(f"{built.diagnostics[0].example}\n") == ["E450"]


def test_what_is_not_decided_in_time_is_said() -> None:
    assert codes(HOLDS, bounds=Bounds(seconds_all=0)) == ["W562", "W560"]
    built = build([SourceFile("a.rules", VOCABULARY + FAILS)], with_prelude=False, bounds=Bounds(seconds_each=1e-6))
    assert [found.code for found in built.diagnostics] == ["W562", "W560"]
    assert (built.proofs, built.proofs_held, built.proofs_failed) == (1, 0, 0)


HARD = """
pack one
{facts}
fact answer yes or no
exercise squat
rule placed: avoid squat when {placed} and {apart}
allow squat when answer=yes
prove "more than there is room for": squat at most ask when answer=yes
"""


def hard(places: int) -> str:
    """Return rules with a proof of which the solver has to count: one thing more than there are places."""
    every, things = range(places), range(places + 1)
    facts = "\n".join(f"fact t{thing}p{place} yes or no" for thing in things for place in every)
    placed = " and ".join("(" + " or ".join(f"t{thing}p{place}=yes" for place in every) + ")" for thing in things)
    shared = (f"at least 2 of ({', '.join(f't{thing}p{place}=yes' for thing in things)})" for place in every)
    return HARD.format(facts=facts, placed=placed, apart=f"not ({' or '.join(shared)})")


def test_what_looks_wrong_is_looked_for_in_what_proofs_leave_of_the_time() -> None:
    compilation = compile_sources([SourceFile("a.rules", hard(10))], with_prelude=False)
    assert compilation.release is not None
    bounds = Bounds(0.5, 0.5)
    decided = decide(compilation.release.artifact, compilation.claims, bounds)
    assert [found.code for found in decided.diagnostics] == ["W560"]
    assert decided.left == Bounds(0.5, 0.0)
    built = build([SourceFile("a.rules", hard(10))], with_prelude=False, bounds=bounds)
    assert [found.code for found in built.diagnostics] == ["W562", "W560"]


def test_errors_elsewhere_leave_proofs_undecided_and_that_is_said() -> None:
    assert codes(HOLDS + "avoid squat when pain > 70\n") == ["N601", "E302"]


def test_what_is_remembered_is_not_searched_again(monkeypatch: pytest.MonkeyPatch) -> None:
    memory: dict[str, Verdict] = {}
    first = codes(HOLDS + FAILS, memory=memory)
    monkeypatch.setattr(deciding, "Answers", None)
    assert codes(HOLDS + FAILS, memory=memory) == first
    assert codes(HOLDS + FAILS + "exercise lunge\navoid lunge when pain > 3\n", memory=memory) == first
    with pytest.raises(TypeError):
        codes(HOLDS + FAILS + "avoid squat when pain > 3\n", memory=memory)


def test_a_claim_is_not_remembered_as_its_opposite() -> None:
    memory: dict[str, Verdict] = {}
    rules = 'refer routine when pain > 5 say "See someone."\n'
    shown = 'prove "r": session routine when pain > 6\n'
    assert codes(rules + shown, memory=memory) == []
    assert codes(rules + shown.replace("session", "session not"), memory=memory) == ["E460"]
    assert (
        codes(
            rules + shown.replace("session routine when pain > 6", "session not routine when pain < 5"), memory=memory
        )
        == []
    )


@pytest.mark.parametrize(("phase", "reason"), [("none", "the proof is not about"), ("acute", "finds nothing wrong")])
def test_a_member_of_whom_the_reference_says_otherwise_is_a_fault_of_the_program_and_the_proof_undecided(
    phase: str, reason: str
) -> None:
    memory: dict[str, Verdict] = {}
    compilation = compile_sources([SourceFile("a.rules", VOCABULARY + HOLDS)], with_prelude=False)
    assert compilation.release is not None
    decide(compilation.release.artifact, compilation.claims, memory=memory)
    memory[next(iter(memory))] = Verdict(known=Known({"phase": phase}, {}, {}))
    built = build([SourceFile("a.rules", VOCABULARY + HOLDS)], with_prelude=False, memory=memory)
    assert [found.code for found in built.diagnostics] == ["W563"]
    assert reason in built.diagnostics[0].message
    assert (built.proofs, built.proofs_held, built.proofs_failed) == (1, 0, 0)
    # Whoever reads what came of each proof is told the same.
    told = summary(built)
    assert [proof.outcome for proof in told.proofs] == ["undecided"]
    assert (told.proofs_held, told.proofs_not_checked) == (0, 1)


def test_all_proofs_of_the_shipped_pack_hold() -> None:
    built = build_paths([shipped_rules() / "back_pain"])
    assert built.release is not None
    assert built.proofs_held == built.proofs >= 75
    assert compile_paths([shipped_rules() / "back_pain"]).digest == built.release.digest


DAY = datetime.date(2026, 5, 1)
"""A day on which no generated pack is past review."""

CLAIMS = st.one_of(
    st.builds(
        "{} {}{}".format,
        st.sampled_from((*EXERCISES, "any", "heavy")),
        st.sampled_from(("", "at least ", "at most ")),
        st.sampled_from(("allowed", "caution", "modify", "unreviewed", "ask", "clearance", "avoid")),
    ),
    st.builds("{} {}recommended".format, st.sampled_from(EXERCISES), st.sampled_from(("", "not "))),
    st.builds(
        "session {}{}".format,
        st.sampled_from(("", "at least ", "at most ")),
        st.sampled_from(("proceed", "screen", "stop", "urgent", "emergency")),
    ),
    st.sampled_from(("session routine", "session not routine")),
)
GUARDS = st.one_of(guards(), st.sampled_from(("unknown symptom", "not unknown condition", "unknown after")))


@given(packs(), crowds(), st.lists(st.tuples(CLAIMS, GUARDS), min_size=1, max_size=4))
def test_proofs_of_generated_packs(
    generated: tuple[Pack, ...], crowd: list[Member], stated: list[tuple[str, str]]
) -> None:
    one, two = generated
    proofs = [f'prove "p{place}": {claim} when {guard}' for place, (claim, guard) in enumerate(stated)]
    files = [SourceFile("one.rules", "\n".join((one.text(), *proofs))), SourceFile("two.rules", two.text())]
    compilation = compile_sources(files, with_prelude=False)
    assume(compilation.release is not None)
    assert compilation.release is not None
    artifact = compilation.release.artifact
    decided = decide(artifact, compilation.claims)
    assert [found for found in decided.diagnostics if found.code == "W563"] == []
    assert decided.held + decided.failed == len(proofs)
    failed = [found for found in decided.diagnostics if found.code == "E460"]
    event(f"{len(failed)} of {len(proofs)} proofs do not hold")
    _check_examples(files, [f"{found.example}" for found in failed])
    spans = {found.span for found in failed}
    _check_members(artifact, [proof for proof in compilation.claims if proof.span not in spans], crowd)


def _check_examples(files: list[SourceFile], examples: list[str]) -> None:
    """Every example fails when it is pasted into the pack that made the claim."""
    if examples:
        pasted = [SourceFile("one.rules", "\n".join((files[0].text, *examples))), files[1]]
        found = [one.code for one in build(pasted, with_prelude=False).diagnostics]
        assert found.count("E450") + found.count("W550") == len(examples)
        assert found.count("E451") == 0


def _check_members(artifact: Artifact, held: list[CheckedProof], crowd: list[Member]) -> None:
    """No member whom the reference knows is one of whom a proof that holds is not true."""
    reference = Reference(artifact)
    for raw in (raw for member in crowd for raw in (member.partial, member.complete)):
        facts = read(artifact, raw)
        if reference.evaluate(facts, DAY).contradictions:
            continue
        for proof in held:
            if holds(proof.guard, facts):
                event("a proof that holds is about a member")
                member = CheckedExample(proof.title, proof.pack, raw, DAY, (proof.claim,), proof.span)
                assert unmet(artifact, member) == []
