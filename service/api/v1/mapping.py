"""Turns what operations hand back into wire types of version 1."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, assert_never

import msgspec

from dsl.semantics import ir
from dsl.semantics.vocabulary import Coding, Exercise, Fact, Kind, Term
from dsl.tools.findings import Finding
from service.api.v1.schemas import (
    ChannelV1,
    CitationV1,
    CodeV1,
    DiagnosticV1,
    ExercisesV1,
    ExerciseV1,
    FactsV1,
    FactV1,
    PublishedReleaseV1,
    ReleaseV1,
    RulesetV1,
    RulesV1,
    RuleV1,
    SourceFileV1,
    SourceV1,
    TermV1,
)
from service.operations.compilation import RuleFile
from service.operations.library import Loaded
from service.records import STABLE, Channel, ReleaseHead, Ruleset

# --- rule sets and releases -------------------------------------------------------------------


def ruleset_v1(ruleset: Ruleset) -> RulesetV1:
    """Return `ruleset` on the wire."""
    return RulesetV1(ruleset.name, ruleset.title, ruleset.created_at, ruleset.latest, ruleset.stable)


def release_v1(head: ReleaseHead) -> ReleaseV1:
    """Return `head` on the wire."""
    return ReleaseV1(head.ruleset, head.number, head.digest, head.source_digest, head.published_at)


def published_v1(head: ReleaseHead, findings: Iterable[Finding]) -> PublishedReleaseV1:
    """Return the published release `head` with its `findings` on the wire."""
    return PublishedReleaseV1(
        head.ruleset, head.number, head.digest, head.source_digest, head.published_at, diagnostics_v1(findings)
    )


def diagnostics_v1(findings: Iterable[Finding]) -> tuple[DiagnosticV1, ...]:
    """Return `findings` on the wire."""
    return tuple(msgspec.convert(found, DiagnosticV1, from_attributes=True) for found in findings)


def source_v1(head: ReleaseHead, files: Iterable[RuleFile]) -> SourceV1:
    """Return the source of the release `head` on the wire."""
    texts = tuple(SourceFileV1(file.name, file.text, file.shipped) for file in files)
    return SourceV1(head.ruleset, head.number, head.digest, texts)


def channel_v1(ruleset: str, channel: Channel) -> ChannelV1:
    """Return where the stable channel of `ruleset` points, on the wire."""
    return ChannelV1(ruleset, STABLE, channel.release, channel.digest, channel.version, channel.moved_at)


# --- what a release contains ------------------------------------------------------------------


def facts_v1(loaded: Loaded) -> FactsV1:
    """Return the questionnaire of a release."""
    facts = loaded.release.artifact.vocabulary.facts
    return FactsV1(loaded.ruleset, loaded.number, loaded.release.digest, tuple(_fact(fact) for fact in facts))


def exercises_v1(loaded: Loaded) -> ExercisesV1:
    """Return the catalogue of a release."""
    exercises = tuple(_exercise(exercise) for exercise in loaded.release.artifact.vocabulary.exercises)
    return ExercisesV1(loaded.ruleset, loaded.number, loaded.release.digest, exercises)


def rules_v1(loaded: Loaded) -> RulesV1:
    """Return the rules of a release, by id."""
    packs = {pack.name: pack for pack in loaded.release.artifact.packs}
    rules = {rule.id: _rule(rule, packs[rule.pack]) for rule in loaded.release.artifact.rules}
    return RulesV1(loaded.ruleset, loaded.number, loaded.release.digest, rules)


def _fact(fact: Fact) -> FactV1:
    return FactV1(
        name=fact.name,
        label=fact.label,
        ask=fact.ask,
        type=_type(fact),
        terms=tuple(_term(term) for term in fact.terms),
        min=_number(fact.low),
        max=_number(fact.high),
        unit=fact.unit,
        synonyms=fact.synonyms,
        codes=_codes(fact.codes),
        red_flag=fact.red_flag,
        optional=fact.optional,
        context=fact.context,
        default=fact.default,
        asked_when=None if fact.asked_when is None else guard_text(fact.asked_when),
    )


def _type(fact: Fact) -> Literal["one_of", "many_of", "yes_no", "number", "whole_number"]:
    match fact.kind:
        case Kind.ONE_OF:
            return "one_of"
        case Kind.MANY_OF:
            return "many_of"
        case Kind.YES_NO:
            return "yes_no"
        case Kind.NUMBER:
            return "whole_number" if fact.whole else "number"
        case _:
            assert_never(fact.kind)


def _term(term: Term) -> TermV1:
    return TermV1(term.name, term.label, term.synonyms, _codes(term.codes), term.red_flag)


def _codes(codes: Iterable[Coding]) -> tuple[CodeV1, ...]:
    return tuple(CodeV1(coding.system, coding.code, coding.suggests) for coding in codes)


def _number(value: Decimal | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _exercise(exercise: Exercise) -> ExerciseV1:
    return msgspec.convert(exercise, ExerciseV1, from_attributes=True)


def _rule(rule: ir.Rule, pack: ir.Pack) -> RuleV1:
    sources = {source.id: source for source in pack.sources}
    return RuleV1(
        pack=rule.pack,
        effect=rule.effect.value,
        absolute=rule.absolute,
        exercises=rule.exercises,
        instead=rule.offers,
        topic=rule.topic,
        text=rule.text,
        because=rule.because,
        say=rule.say,
        evidence=rule.evidence,
        author=rule.author or pack.author,
        sources=tuple(_citation(citation, sources[citation.source]) for citation in rule.citations),
        review_by=pack.review_by,
    )


def _citation(citation: ir.Citation, source: ir.Source) -> CitationV1:
    return CitationV1(source.id, source.title, citation.section, citation.quote, source.url)


# --- guards in the language of the rules ------------------------------------------------------


def guard_text(guard: ir.Guard) -> str:
    """Return `guard` as an author would write it."""
    match guard:
        case ir.Always():
            return "always"
        case ir.Never():
            return "not always"
        case ir.Choice():
            return _choice_text(guard)
        case ir.Has():
            return f"{guard.fact}={guard.term}" if guard.present else f"not {guard.fact}={guard.term}"
        case ir.Compare():
            return f"{guard.fact} {guard.operator} {guard.value}"
        case ir.Unknown():
            return f"{'not ' if guard.negated else ''}unknown {guard.fact}"
        case ir.AllOf():
            return " and ".join(_operand_texts(guard.operands))
        case ir.AnyOf():
            return " or ".join(_operand_texts(guard.operands))
        case ir.AtLeast():
            return f"at least {guard.count} of ({', '.join(guard_text(operand) for operand in guard.operands)})"
        case _:
            assert_never(guard)


def _choice_text(guard: ir.Choice) -> str:
    if len(guard.values) == 1:
        return f"{guard.fact}{'!=' if guard.negated else '='}{guard.values[0]}"
    return f"{guard.fact} {'not in' if guard.negated else 'in'} ({', '.join(guard.values)})"


def _operand_texts(operands: Sequence[ir.Guard]) -> list[str]:
    compound = ir.AllOf | ir.AnyOf
    return [f"({guard_text(op)})" if isinstance(op, compound) else guard_text(op) for op in operands]


# --- the answer -------------------------------------------------------------------------------


def opening_json(decision: str, by: Loaded) -> bytes:
    """Return how an answer (`RecommendationV1`) begins: its id, and the release that gives it."""
    head = msgspec.json.encode({"decision": decision, "ruleset": by.ruleset, "release": by.number})
    return head[:-1] + b","
