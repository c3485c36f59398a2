"""The shipped proofs, counted off: for every red flag, for the unscreened, for every "avoid" of the article."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import NamedTuple

import pytest
from msgspec.structs import replace

from dsl.analysis.answers import Answers
from dsl.analysis.claims import anybody
from dsl.analysis.formulas import Budget, Formula
from dsl.analysis.proofs import decide
from dsl.evaluation import remembered
from dsl.evaluation.reference import SESSION
from dsl.semantics import ir
from dsl.semantics.checked import CheckedProof, SessionExpected, VerdictExpected
from dsl.semantics.compiler import compile_sources
from dsl.semantics.reading import read_paths
from dsl.semantics.release import Artifact
from dsl.semantics.verdict import Disposition, Verdict
from dsl.syntax.ast import Bound
from dsl.syntax.limits import Limits
from tests.rules.shipped import ARTICLE, PACK, RULES, rule_names

# --- red flags ----------------------------------------------------------------------------------

EMERGENCIES = (
    "symptom=saddle_numbness",
    "symptom=bladder_control",
    "symptom=bowel_control",
    "symptom=sexual_dysfunction",
    "symptom=both_legs_pain",
    "symptom=spreading_leg_pain",
    "symptom=severe_leg_weakness",
    "symptom=unsteady_gait",
    "symptom=chest_pain",
    "symptom=fainting",
)
URGENT = (
    "symptom=leg_numbness",
    "symptom=leg_tingling",
    "symptom=leg_weakness",
    "symptom=foot_drop",
    "symptom=night_pain",
    "symptom=weight_loss",
    "symptom=fever",
    "symptom=trauma",
)
IN_COMPANY = {
    "new_back_pain": ("risk=cancer", "risk=immunosuppression", "risk=injected_drugs"),
    "minor_trauma": ("risk=osteoporosis", "risk=steroids"),
}
"""Red flags that are urgent together with one of these, and a routine referral alone."""

CASES = [
    *((Disposition.EMERGENCY, (flag,)) for flag in EMERGENCIES),
    *((Disposition.URGENT, (flag,)) for flag in URGENT),
    *((Disposition.URGENT, (flag, risk)) for flag, risks in IN_COMPANY.items() for risk in risks),
]


class Shipped(NamedTuple):
    """The shipped pack, its proofs, and its answers as formulas."""

    artifact: Artifact
    proofs: Sequence[CheckedProof]
    answers: Answers


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    sources, _ = read_paths([RULES / "back_pain"], Limits())
    compilation = compile_sources(sources)
    assert compilation.release is not None
    artifact = compilation.release.artifact
    return Shipped(artifact, compilation.claims, Answers(artifact, [proof.guard for proof in compilation.claims]))


def red_flags(artifact: Artifact) -> Iterator[str]:
    """Yield each red flag as a guard would say it: a fact, or one term of a fact."""
    for fact in artifact.vocabulary.facts:
        if fact.red_flag:
            yield fact.name
        yield from (f"{fact.name}={term.name}" for term in fact.terms if term.red_flag)


def guard_of(flag: str) -> ir.Guard:
    """Return the guard that says that `flag` is there."""
    fact, _, term = flag.partition("=")
    return ir.Has(fact, term) if term else ir.Choice(fact, ("yes",))


def asked(shipped: Shipped, flag: str) -> Formula:
    """Return of whom a fact is asked at all: elsewhere nothing that is said of it counts."""
    fact = next(fact for fact in shipped.artifact.vocabulary.facts if fact.name == flag.partition("=")[0])
    return True if fact.asked_when is None else shipped.answers.guard(fact.asked_when).surely


def nobody(shipped: Shipped, *wanted: Formula) -> bool:
    return not anybody(wanted, shipped.answers, Budget())


def test_every_red_flag_of_the_release_is_counted() -> None:
    sources, _ = read_paths([RULES / "back_pain"], Limits())
    release = compile_sources(sources).release
    assert release is not None
    flags = sorted(red_flags(release.artifact))
    assert flags == sorted([*EMERGENCIES, *URGENT, *IN_COMPANY])
    assert len(flags) == 20


@pytest.mark.parametrize(("least", "flags"), CASES, ids=[" and ".join(flags) for _, flags in CASES])
def test_a_proof_covers_everybody_with_the_red_flag(
    least: Disposition, flags: tuple[str, ...], shipped: Shipped
) -> None:
    answers = shipped.answers
    there = [formula for flag in flags for formula in (answers.guard(guard_of(flag)).surely, asked(shipped, flag))]
    assert not nobody(shipped, *there)
    claims = [(proof, proof.claim) for proof in shipped.proofs if isinstance(proof.claim, SessionExpected)]
    covering = [
        proof.title
        for proof, claim in claims
        if claim.bound is not Bound.AT_MOST
        and claim.disposition.severity >= least.severity
        and nobody(shipped, *there, answers.formulas.opposite(answers.guard(proof.guard).surely))
    ]
    assert covering


@pytest.mark.parametrize("flag", [*EMERGENCIES, *URGENT, *IN_COMPANY])
def test_nobody_of_whom_a_red_flag_is_unknown_gets_a_go(flag: str, shipped: Shipped) -> None:
    """A flag that ends the session in company only is open where that company is there or unknown."""
    answers, formulas = shipped.answers, shipped.answers.formulas
    truth = answers.guard(guard_of(flag))
    rules = [rule for rule in shipped.artifact.rules if rule.effect in SESSION and _tests(rule, flag)]
    assert rules
    unknown = formulas.both((truth.could, formulas.opposite(truth.surely)))
    could_end = formulas.either(answers.standing(rule).restricts.could for rule in rules)
    goes = formulas.either(
        formulas.opposite(answers.verdict_at_least(exercise, Verdict.ASK)) for exercise in answers.touching
    )
    assert not nobody(shipped, unknown, could_end)
    assert nobody(shipped, unknown, could_end, goes)
    if flag not in IN_COMPANY:
        assert nobody(shipped, unknown, formulas.opposite(could_end))


def _tests(rule: ir.Rule, flag: str) -> bool:
    fact, _, term = flag.partition("=")
    return any(
        test.fact == fact and getattr(test, "term", "") in ("", term) for test in remembered.tests_of(rule.guard)
    )


@pytest.mark.parametrize("fact", ["symptom", *IN_COMPANY])
def test_a_proof_says_that_nobody_unscreened_gets_a_go(fact: str, shipped: Shipped) -> None:
    exercises = {exercise.name for exercise in shipped.artifact.vocabulary.exercises}
    covering = [
        proof
        for proof in shipped.proofs
        if isinstance(proof.claim, VerdictExpected)
        and (proof.claim.bound, proof.claim.verdict) == (Bound.AT_LEAST, Verdict.ASK)
        and set(proof.claim.exercises) == exercises
        and any(isinstance(test, ir.Unknown) and test.fact == fact for test in _parts(proof.guard))
    ]
    assert covering
    if fact == "symptom":
        assert any(isinstance(proof.guard, ir.Unknown) for proof in covering)


def _parts(guard: ir.Guard) -> Iterator[ir.Guard]:
    if isinstance(guard, ir.AllOf):
        yield from chain.from_iterable(_parts(operand) for operand in guard.operands)
    else:
        yield guard


# --- what the article says to avoid ---------------------------------------------------------------


class Avoid(NamedTuple):
    """One row of the table in `rules/README.md`."""

    said: str
    rules: tuple[str, ...]
    proofs: tuple[str, ...]


def avoids() -> list[Avoid]:
    """Return the rows of the table of what the article says to avoid."""
    text = (RULES / "README.md").read_text(encoding="utf-8")
    _, _, table = text.partition("| The article says | Rules | Proofs |\n|---|---|---|\n")
    rows = []
    for line in table.split("\n\n")[0].splitlines():
        said, rules, proofs = (cell.strip() for cell in line.strip("|").split("|"))
        rows.append(Avoid(said, tuple(re.findall(r"`([^`]+)`", rules)), tuple(re.findall(r'"([^"]+)"', proofs))))
    return rows


AVOIDS = avoids()


@pytest.mark.parametrize("row", AVOIDS, ids=[row.said for row in AVOIDS])
def test_every_avoid_names_proofs_that_fail_without_its_rules(row: Avoid, shipped: Shipped) -> None:
    assert row.rules
    assert row.proofs
    assert set(row.rules) <= rule_names()
    by_title = {proof.title: proof for proof in shipped.proofs}
    proofs = [by_title[title] for title in row.proofs]
    assert decide(shipped.artifact, proofs).held == len(proofs)
    left_out = {f"{PACK}/{name}" for name in row.rules}
    without = replace(shipped.artifact, rules=tuple(one for one in shipped.artifact.rules if one.id not in left_out))
    held = [title for title, proof in zip(row.proofs, proofs, strict=True) if decide(without, [proof]).failed == 0]
    assert held == []


_SAYS_AVOID = re.compile(
    r"\b(avoid\w*|do not|don't|never|stop\w*|not performed|imperative|non-negotiable|contraindications"
    r"|before a\w+|active injury|exacerbates?)\b",
    re.IGNORECASE,
)


@pytest.mark.skipif(not ARTICLE.exists(), reason="the article lies beside a checkout of the project only")
def test_every_sentence_of_the_article_that_says_avoid_is_in_the_table() -> None:
    quotes = [quoted.casefold() for row in AVOIDS for quoted in re.findall(r'"([^"]+)"', row.said)]
    text = ARTICLE.read_text(encoding="utf-8")
    sentences = [part for line in text.splitlines() for part in re.split(r"(?<=[.?!])\s+", line.strip())]
    saying = [part for part in sentences if part.endswith((".", ":")) and _SAYS_AVOID.search(part)]
    assert len(saying) >= 15
    for sentence in saying:
        assert any(quoted in sentence.casefold() for quoted in quotes), sentence
    for quoted in quotes:
        assert quoted in " ".join(text.split()).casefold()
        assert len(quoted.split()) <= 8, quoted
