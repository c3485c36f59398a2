"""Decides what is to be proved of a release: it holds for everybody, or here is somebody for whom it does not.

Nothing is passed over in silence. What the solver could not decide in its bounds is a warning; a member that it found
is held against the reference before anybody hears of it, and if the two disagree, this program is at fault and says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial

from dsl.analysis.answers import Answers
from dsl.analysis.claims import anybody, denied, single, somebody
from dsl.analysis.disagreement import DisagreementError, fault
from dsl.analysis.formulas import DEFAULT_BOUNDS, Bounds, Budget, UndecidedError
from dsl.analysis.members import Known
from dsl.analysis.remembered import Memory, Verdict, answered, digest
from dsl.analysis.views import Views
from dsl.analysis.witness import example_text, facts_of
from dsl.analysis.written import Anybody, Written, fingerprint
from dsl.evaluation.build import PROOF_OUTCOMES
from dsl.evaluation.examples import unmet
from dsl.evaluation.reference import holds
from dsl.semantics.checked import CheckedExample, CheckedProof, Claim, RecommendedExpected, VerdictExpected
from dsl.semantics.facts import Door, FactsError
from dsl.semantics.release import Artifact
from dsl.syntax.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of proofs: how many hold, how many do not, what to tell their authors, and what time is left."""

    held: int
    failed: int
    diagnostics: tuple[Diagnostic, ...]
    left: Bounds


def decide(
    artifact: Artifact, proofs: Sequence[CheckedProof], bounds: Bounds = DEFAULT_BOUNDS, memory: Memory | None = None
) -> Decided:
    """Return what comes of `proofs`; `memory` holds what is known from earlier releases, and takes what is found."""
    budget = Budget(bounds)
    deciding = _Deciding(artifact, proofs, budget, memory if memory is not None else {})
    found = [problem for proof in proofs for problem in deciding.problems(proof)]
    outcomes = {problem.span: PROOF_OUTCOMES[problem.code] for problem in found if problem.code in PROOF_OUTCOMES}
    failed = sum(outcome == "fails" for outcome in outcomes.values())
    return Decided(len(proofs) - len(outcomes), failed, tuple(found), budget.left())


class _Deciding:
    """Decides the proofs of one release."""

    def __init__(self, artifact: Artifact, proofs: Iterable[CheckedProof], budget: Budget, memory: Memory) -> None:
        self._artifact = artifact
        self._guards = [proof.guard for proof in proofs]
        self._budget = budget
        self._memory = memory
        self._written = Views(artifact, Anybody(artifact.vocabulary, Written())).whole
        self._facts = {fact.name: fact for fact in artifact.vocabulary.facts}
        self._optional = frozenset(name for name, fact in self._facts.items() if fact.optional)

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self._artifact, self._guards)

    @cached_property
    def _door(self) -> Door:
        return Door(self._artifact.vocabulary)

    def problems(self, proof: CheckedProof) -> Iterator[Diagnostic]:
        """Yield what is to be said of one proof; nothing where it holds."""
        try:
            yield from self._problems(proof)
        except DisagreementError as error:
            yield fault(proof.span, "this proof", error)

    def _problems(self, proof: CheckedProof) -> Iterator[Diagnostic]:
        if isinstance(proof.claim, VerdictExpected | RecommendedExpected) and not proof.claim.exercises:
            message = "this proof is about no exercise, so it always holds"
            yield Diagnostic("W561", proof.claim.span, message, "name an exercise, or a class that some declare")
            return
        try:
            verdict = self._verdict(proof)
        except UndecidedError as error:
            message = f"not decided in about {error.seconds:g} seconds: it may hold or not"
            yield Diagnostic("W560", proof.span, message, "split it: name fewer exercises, or ask for less at once")
            return
        if verdict.known is not None:
            yield self._disproved(proof, verdict.known)
        elif verdict.about_nobody:
            message = "nobody can ever be as this proof says after `when`, so it proves nothing"
            yield Diagnostic("W561", proof.span, message, "perhaps `or` is meant where `and` stands")

    def _verdict(self, proof: CheckedProof) -> Verdict:
        search = partial(self._searched, proof)
        return answered(self._memory, self._fingerprint(proof), self._facts, self._budget.bounds, search)

    def _fingerprint(self, proof: CheckedProof) -> str:
        """Return what stands for whom the claim would be untrue of, if anybody."""
        written = self._written
        guard = written.formulas.both((written.possible(), written.guard(proof.guard).surely))
        against = written.formulas.either(denied(claim, written) for claim in single(proof.claim))
        return digest(["proof", fingerprint(guard), fingerprint(against)])

    def _searched(self, proof: CheckedProof) -> Verdict:
        answers = self._answers
        guard = answers.guard(proof.guard).surely
        against = [denied(claim, answers) for claim in single(proof.claim)]
        if not anybody([guard, answers.formulas.either(against)], answers, self._budget):
            return Verdict(about_nobody=not anybody([guard], answers, self._budget))
        # Somebody is there; the plainest of them is the plainest for one of the exercises.
        for formula in against:
            known = somebody([guard, formula], answers, self._budget)
            if known is not None:
                return Verdict(known=known)
        raise DisagreementError("somebody is there, and nobody")

    def _disproved(self, proof: CheckedProof, known: Known) -> Diagnostic:
        claim, (message, reason) = self._held_against_reference(proof, known)
        example = example_text(proof.title, known, self._facts, claim)
        return Diagnostic("E460", proof.span, f"this does not hold for everybody: {message}", reason, example)

    def _held_against_reference(self, proof: CheckedProof, known: Known) -> tuple[Claim, tuple[str, str | None]]:
        """Return the part of the claim that the reference denies of a member, and in what words."""
        facts = facts_of(known, self._facts)
        whole = CheckedExample(proof.title, proof.pack, facts, None, (proof.claim,), proof.span)
        try:
            read = self._door.read(facts, self._artifact.vocabulary)
            if holds(proof.guard, read, self._optional) is not True:
                raise DisagreementError(f"the proof is not about {facts}")
            for claim in single(proof.claim):
                for problem in unmet(self._artifact, replace(whole, expected=(claim,))):
                    return claim, problem
        except FactsError as error:
            raise DisagreementError(f"no member can be so: {error}") from error
        raise DisagreementError(f"the reference finds nothing wrong with {facts}")
