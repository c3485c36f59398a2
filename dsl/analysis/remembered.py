"""What has been found out about one release, for the next: found again by all that it rests on, and by nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, MutableMapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from functools import cached_property

import msgspec

from dsl.analysis.claims import single
from dsl.analysis.members import Known
from dsl.evaluation.reference import SESSION, Touching
from dsl.semantics import ir
from dsl.semantics.checked import CheckedProof, RecommendedExpected, VerdictExpected
from dsl.semantics.release import Artifact
from dsl.semantics.vocabulary import Fact, Kind

MEANING = 1
"""Goes up whenever formulas come to mean something else, so that nothing remembered outlives its meaning."""


class Verdict(msgspec.Struct, frozen=True):
    """What was found: somebody of whom the claim is not true, or nobody; `about_nobody`: its guard holds for nobody."""

    known: Known | None = None
    about_nobody: bool = False


Memory = MutableMapping[str, Verdict]
"""What was found, by the fingerprint of what it rests on."""


def recalled(memory: Memory, key: str, facts: Mapping[str, Fact]) -> Verdict | None:
    """Return what `memory` has by `key`; None where it has nothing, or a member whom `facts` do not allow."""
    verdict = memory.get(key)
    return None if verdict is None or not (verdict.known is None or _is_member(verdict.known, facts)) else verdict


def _is_member(known: Known, facts: Mapping[str, Fact]) -> bool:
    return (
        all(name in facts and choice in _choices(facts[name]) for name, choice in known.choices.items())
        and all(name in facts and states.keys() <= _terms(facts[name]) for name, states in known.terms.items())
        and all(name in facts and _is_number(facts[name], number) for name, number in known.numbers.items())
    )


def _choices(fact: Fact) -> Collection[str]:
    if fact.kind is Kind.YES_NO:
        return ("yes", "no")
    return {term.name for term in fact.terms} if fact.kind is Kind.ONE_OF else ()


def _terms(fact: Fact) -> AbstractSet[str]:
    return {term.name for term in fact.terms} if fact.kind is Kind.MANY_OF else frozenset()


def _is_number(fact: Fact, number: Decimal) -> bool:
    if fact.kind is not Kind.NUMBER or not number.is_finite() or (fact.whole and number != number.to_integral_value()):
        return False
    return (fact.low is None or fact.low <= number) and (fact.high is None or number <= fact.high)


class Fingerprints:
    """Names what a proof rests on: its claim, the rules about its exercises, session rules, the facts."""

    def __init__(self, artifact: Artifact) -> None:
        """Prepare to name what rests on `artifact`."""
        self._artifact = artifact
        self._rules: dict[str, str] = {}
        self._exercises: dict[str, str] = {}
        self._overrides: dict[str, list[ir.Override]] = {}
        for override in artifact.overrides:
            self._overrides.setdefault(override.rule, []).append(override)

    def of(self, proof: CheckedProof) -> str:
        """Return the fingerprint of what decides `proof`."""
        claims = [(type(claim).__name__, *_words(claim)) for claim in single(proof.claim)]
        about = [self._exercise(name) for name in _exercises(proof)]
        return digest([self._common, claims, about, proof.guard])

    @cached_property
    def _common(self) -> str:
        """Return the fingerprint of what every proof rests on."""
        artifact = self._artifact
        session = [self._rule(rule) for rule in artifact.rules if not rule.exercises and rule.effect in _SPEAKING]
        impossible = [known.guard for known in artifact.contradictions]
        covering = [(pack.name, pack.covers) for pack in artifact.packs]
        return digest([MEANING, session, impossible, covering, [_plain(fact) for fact in artifact.vocabulary.facts]])

    @cached_property
    def _touching(self) -> dict[str, Touching]:
        found = {exercise.name: Touching() for exercise in self._artifact.vocabulary.exercises}
        for rule in self._artifact.rules:
            for name in rule.exercises:
                found[name].rules.append(rule)
            for name in rule.grants:
                found[name].granting.append(rule)
        return found

    def _exercise(self, name: str) -> str:
        if name not in self._exercises:
            about = self._touching[name]
            rules = [[self._rule(rule) for rule in rules] for rules in (about.rules, about.granting)]
            self._exercises[name] = digest(rules)
        return self._exercises[name]

    def _rule(self, rule: ir.Rule) -> str:
        if rule.id not in self._rules:
            exceptions = [exception.guard for exception in rule.exceptions]
            overrides = [(override.pack, override.guard) for override in self._overrides.get(rule.id, ())]
            self._rules[rule.id] = digest([rule.effect, rule.pack, rule.guard, exceptions, overrides, rule.limits])
        return self._rules[rule.id]


_SPEAKING = frozenset((*SESSION, ir.Effect.ROUTINE))


def _exercises(proof: CheckedProof) -> tuple[str, ...]:
    return proof.claim.exercises if isinstance(proof.claim, VerdictExpected | RecommendedExpected) else ()


def _words(claim: object) -> Iterable[str]:
    """Return what a claim says, its place and its exercises' names apart."""
    return (f"{getattr(claim, name)}" for name in _SAID if hasattr(claim, name))


_SAID = ("bound", "verdict", "recommended", "disposition", "shown")


def _plain(fact: Fact) -> object:
    """Return of a fact what an answer can rest on."""
    terms = [term.name for term in fact.terms]
    return [fact.name, fact.kind, terms, fact.low, fact.high, fact.whole, fact.optional, fact.default]


def everything(artifact: Artifact) -> str:
    """Return the fingerprint of all of a release that any answer can rest on: reasons and labels apart."""
    packs = [(pack.name, pack.covers) for pack in artifact.packs]
    impossible = [known.guard for known in artifact.contradictions]
    lifted = [(override.rule, override.pack, override.guard) for override in artifact.overrides]
    facts = [_plain(fact) for fact in artifact.vocabulary.facts]
    return digest([MEANING, packs, impossible, lifted, facts, [_decisive(rule) for rule in artifact.rules]])


def _decisive(rule: ir.Rule) -> object:
    """Return of a rule all that it decides and tells, its reasons apart."""
    about = (rule.id, rule.effect, rule.guard, [exception.guard for exception in rule.exceptions])
    reach = (rule.exercises, rule.grants, rule.offers, rule.limits, rule.step)
    return (*about, *reach, rule.topic, rule.text, rule.say)


def digest(parts: object) -> str:
    """Return the fingerprint of `parts`, plain values."""
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()
