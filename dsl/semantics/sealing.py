"""The last pass: checked declarations become the artifact, every list in its canonical order."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeVar, assert_never

import msgspec

from dsl.semantics import ir, vocabulary
from dsl.semantics.catalogue import Catalogue
from dsl.semantics.coding import canonical_code
from dsl.semantics.declarations import Declarations, DeclaredFact, PackContents
from dsl.semantics.intervals import intervals
from dsl.semantics.lowering import GuardLowering
from dsl.semantics.quantities import canonical, in_unit, plain, range_of
from dsl.semantics.release import FORMAT, Artifact
from dsl.syntax import ast
from dsl.syntax.ast import ActionKind
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.formatter import format_guard, format_statement

_EFFECTS = {
    ActionKind.AVOID: ir.Effect.AVOID,
    ActionKind.CAUTION: ir.Effect.CAUTION,
    ActionKind.MODIFY: ir.Effect.MODIFY,
    ActionKind.ALLOW: ir.Effect.ALLOW,
    ActionKind.RECOMMEND: ir.Effect.RECOMMEND,
    ActionKind.REQUIRE_CLEARANCE: ir.Effect.CLEARANCE,
    ActionKind.STOP_SESSION: ir.Effect.STOP,
    ActionKind.PROGRESS: ir.Effect.PROGRESS,
    ActionKind.HOLD: ir.Effect.HOLD,
    ActionKind.REDUCE: ir.Effect.REDUCE,
    ActionKind.ADVISE: ir.Effect.ADVISE,
}
_REFERRALS = {
    ast.Urgency.ROUTINE: ir.Effect.ROUTINE,
    ast.Urgency.URGENT: ir.Effect.URGENT,
    ast.Urgency.EMERGENCY: ir.Effect.EMERGENCY,
}
_HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class SealedRule:
    """A rule in the form that is evaluated, with what its author wrote."""

    rule: ir.Rule
    node: ast.Rule


@dataclass(frozen=True)
class Sealing:
    """What sealing reads: checked declarations, what targets mean, how guards are lowered."""

    declared: Declarations
    catalogue: Catalogue
    guards: GuardLowering

    def rules(self) -> tuple[list[SealedRule], list[Diagnostic]]:
        """Return every rule once, by id, and the diagnostics of ids that two rules would share."""
        sealed: dict[str, SealedRule] = {}
        found: list[Diagnostic] = []
        for pack in self.declared.packs.values():
            for node in pack.rules:
                one = SealedRule(self._rule(node, pack), node)
                known = sealed.setdefault(one.rule.id, one)
                if known.rule != one.rule:
                    message = f"the id of this rule, `{one.rule.id}`, is that of another rule as well"
                    found.append(Diagnostic("E221", node.span, message, "give the rule a name"))
        return [sealed[name] for name in sorted(sealed)], found

    def artifact(self, rules: Iterable[SealedRule]) -> Artifact:
        """Return the artifact that holds `rules`."""
        packs = sorted(self.declared.packs.values(), key=lambda pack: pack.name)
        return Artifact(
            format=FORMAT,
            packs=tuple(self._pack(pack) for pack in packs if _has_rules(pack)),
            vocabulary=self._vocabulary(),
            rules=tuple(sealed.rule for sealed in rules),
            overrides=tuple(_canonical(self._override(node, pack) for pack in packs for node in pack.overrides)),
            contradictions=tuple(
                _canonical(self._contradiction(node, pack) for pack in packs for node in pack.impossible)
            ),
        )

    # --- rules --------------------------------------------------------------------------------

    def _rule(self, node: ast.Rule, pack: PackContents) -> ir.Rule:
        action = node.action
        return ir.Rule(
            id=rule_id(node, pack.name),
            pack=pack.name,
            effect=effect(action),
            guard=self.guards.lower(node.guard, pack.name),
            exercises=tuple(sorted(touched(action, self.catalogue))),
            grants=tuple(sorted(granted(action, self.catalogue))),
            exceptions=tuple(
                ir.Exception_(self.guards.lower(one.guard, pack.name), _words(one.because) or "")
                for one in node.exceptions
            ),
            absolute=node.absolute,
            limits=intervals(node.limits, pack, self.declared),
            offers=tuple(dict.fromkeys(name.text for name in (*node.to, *node.instead))),
            step=_step(action),
            topic=action.topic.text if action.topic else None,
            text=_words(action.text),
            because=_words(node.because),
            say=_words(node.say),
            citations=tuple(
                ir.Citation(one.source.text, _words(one.section), _words(one.quote)) for one in node.citations
            ),
            evidence=node.evidence.text if node.evidence else None,
            author=_words(node.author),
        )

    def _override(self, node: ast.Override, pack: PackContents) -> ir.Override:
        rule = f"{node.pack.text}/{node.rule.text}"
        return ir.Override(rule, pack.name, self.guards.lower(node.guard, pack.name), _words(node.because) or "")

    def _contradiction(self, node: ast.Impossible, pack: PackContents) -> ir.Contradiction:
        return ir.Contradiction(self.guards.lower(node.guard, pack.name), format_guard(node.guard))

    def _pack(self, pack: PackContents) -> ir.Pack:
        header = pack.header
        sources = tuple(
            ir.Source(name, source.title.value, _words(source.url)) for name, source in sorted(pack.sources.items())
        )
        if header is None:
            return ir.Pack(pack.name, sources=sources)
        covers = self.guards.lower(header.covers, pack.name) if header.covers is not None else None
        return ir.Pack(pack.name, _words(header.title), covers, header.review_by, _words(header.author), sources)

    # --- vocabulary ---------------------------------------------------------------------------

    def _vocabulary(self) -> vocabulary.Vocabulary:
        declared = self.declared
        return vocabulary.Vocabulary(
            facts=tuple(self._fact(declared.facts[name]) for name in sorted(declared.facts)),
            exercises=tuple(self._exercise(declared.exercises[name]) for name in sorted(declared.exercises)),
            classes=tuple(_class(declared.classes[name]) for name in sorted(declared.classes)),
            measures=tuple(_measure(declared.measures[name]) for name in sorted(declared.measures)),
        )

    def _fact(self, fact: DeclaredFact) -> vocabulary.Fact:
        node = fact.node
        name = node.name.text
        number = fact.range
        return vocabulary.Fact(
            name=name,
            kind=_kind(node.kind),
            label=_words(node.label),
            ask=_words(node.ask),
            terms=tuple(_term(term) for term in fact.terms),
            low=number.low if number else None,
            high=number.high if number else None,
            unit=number.unit if number else None,
            whole=number.whole if number else False,
            synonyms=_synonyms(node.synonyms),
            codes=_codings(node.codes),
            red_flag=node.red_flag,
            optional=node.optional,
            context=node.context,
            default=_default(node),
            asked_when=self.guards.asked_when(name) if node.asked_when is not None else None,
        )

    def _exercise(self, node: ast.Exercise) -> vocabulary.Exercise:
        name = node.name.text
        return vocabulary.Exercise(
            name=name,
            label=_words(node.label),
            synonyms=_synonyms(node.synonyms),
            classes=tuple(sorted(self.catalogue.own[name])),
            kind_of=tuple(sorted(self.catalogue.ancestors[name])),
            needs=tuple(sorted({need.text for need in node.needs})),
        )


# --- rules ------------------------------------------------------------------------------------


def rule_id(node: ast.Rule, pack: str) -> str:
    """Return the id of a rule: its pack and name, or its action, first target and canonical text."""
    if node.name is not None:
        return f"{pack}/{node.name.text}"
    digest = hashlib.sha256(format_statement(node).encode()).hexdigest()[:8]
    return f"{pack}/{'-'.join((*_summary(node.action), digest))}"


def _summary(action: ast.Action) -> Iterator[str]:
    yield action.kind.value.replace(" ", "-")
    if action.urgency is not None:
        yield action.urgency.value
    if action.topic is not None:
        yield action.topic.text
    elif action.targets:
        first = action.targets[0]
        yield first.names[0].text if first.names else "any"


def effect(action: ast.Action) -> ir.Effect:
    """Return what an action does to the answer."""
    return _REFERRALS[action.urgency] if action.urgency is not None else _EFFECTS[action.kind]


def touched(action: ast.Action, catalogue: Catalogue) -> frozenset[str]:
    """Return the exercises that an action is about: with their kinds, unless it permits."""
    if effect(action) not in ir.PERMISSIVE:
        return frozenset().union(*(catalogue.wide(target) for target in action.targets))
    return _permitted(action, catalogue, action.targets)


def granted(action: ast.Action, catalogue: Catalogue) -> frozenset[str]:
    """Return the exercises to which an action can grant a GO: never through `any`."""
    if effect(action) not in ir.GRANTING:
        return frozenset()
    return _permitted(action, catalogue, (target for target in action.targets if not target.any))


def _permitted(action: ast.Action, catalogue: Catalogue, targets: Iterable[ast.Target]) -> frozenset[str]:
    reach = catalogue.narrow_with_variants if action.variants else catalogue.narrow
    return frozenset().union(*(reach(target) for target in targets))


def _step(action: ast.Action) -> Decimal | None:
    match action.percent, action.kind:
        case ast.Quantity() as share, ActionKind.PROGRESS:
            return canonical(1 + share.value / _HUNDRED)
        case ast.Quantity() as share, ActionKind.REDUCE:
            return canonical(1 - share.value / _HUNDRED)
        case _:
            return None


def _has_rules(pack: PackContents) -> bool:
    return bool(pack.header or pack.sources or pack.rules or pack.overrides)


_Sorted = TypeVar("_Sorted", ir.Override, ir.Contradiction)


def _canonical(items: Iterable[_Sorted]) -> list[_Sorted]:
    return sorted(dict.fromkeys(items), key=msgspec.json.encode)


# --- vocabulary -------------------------------------------------------------------------------


def _words(text: ast.Text | None) -> str | None:
    return text.value if text is not None else None


def _synonyms(texts: Iterable[ast.Text]) -> tuple[str, ...]:
    return tuple(sorted({text.value for text in texts}))


def _codings(codes: Iterable[ast.Code]) -> tuple[vocabulary.Coding, ...]:
    flat = {
        (code.system.text, canonical_code(code.system.text, value.value), code.suggests)
        for code in codes
        for value in code.values
    }
    return tuple(vocabulary.Coding(*coding) for coding in sorted(flat))


def _term(term: ast.Term) -> vocabulary.Term:
    return vocabulary.Term(
        term.name.text, _words(term.label), _synonyms(term.synonyms), _codings(term.codes), term.red_flag
    )


def _kind(kind: ast.FactKind) -> vocabulary.Kind:
    match kind:
        case ast.OneOf():
            return vocabulary.Kind.ONE_OF
        case ast.ManyOf():
            return vocabulary.Kind.MANY_OF
        case ast.YesNo():
            return vocabulary.Kind.YES_NO
        case ast.Number():
            return vocabulary.Kind.NUMBER
        case _:
            assert_never(kind)


def _default(node: ast.Fact) -> str | None:
    match node.default, node.kind:
        case ast.Name() as name, _:
            return name.text
        case ast.Quantity() as quantity, ast.Number() as number:
            value = in_unit(quantity, range_of(node.name.text, number))
            return plain(value) if isinstance(value, Decimal) else None
        case _:
            return None


def _class(node: ast.Class) -> vocabulary.ExerciseClass:
    union = tuple(sorted({part.text for part in node.union}))
    return vocabulary.ExerciseClass(node.name.text, _words(node.label), union)


def _measure(node: ast.Measure) -> vocabulary.Measure:
    name, label = node.name.text, _words(node.label)
    match node.kind:
        case ast.Number():
            wanted = range_of(name, node.kind)
            return vocabulary.Measure(name, label, wanted.low, wanted.high, wanted.unit, wanted.whole)
        case ast.Scale():
            return vocabulary.Measure(name, label, steps=tuple(step.text for step in node.kind.steps))
        case _:
            assert_never(node.kind)
