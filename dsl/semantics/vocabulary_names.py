"""Names in declarations: parents, unions, equipment, synonyms, codes, units, and cycles among them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from dsl.semantics.coding import SYSTEMS, canonical_code, fault
from dsl.semantics.declarations import EQUIPMENT, NONE, Declarations, DeclaredFact, entry
from dsl.semantics.graphs import cycles
from dsl.semantics.guards import definitions_in, facts_in
from dsl.semantics.name_index import folded
from dsl.semantics.naming import did_you_mean
from dsl.semantics.undeclared import unknown_class, unknown_exercise_or_class, unknown_unit
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import Span


def resolve_vocabulary(declared: Declarations) -> Iterator[Diagnostic]:
    """Yield every name in a declaration that leads nowhere, to two things, or round in a circle."""
    for fact in declared.facts.values():
        yield from _fact(fact)
    for exercise in declared.exercises.values():
        yield from _exercise(exercise, declared)
    for node in declared.classes.values():
        for member in node.union:
            if member.text in declared.exercises:
                message = f"`{member.text}` is an exercise, where a class is needed"
                help_ = f"leave it out, and write `exercise {member.text} is {node.name.text}`"
                yield Diagnostic("E216", member.span, message, help_)
            else:
                yield from unknown_class(member, declared)
    for measure in declared.measures.values():
        if isinstance(measure.kind, ast.Number):
            yield from unknown_units(measure.kind)
    yield from _ambiguous_synonyms(declared)
    yield from _ambiguous_codes(declared)
    yield from _cycles(declared)


def unknown_units(number: ast.Number) -> Iterator[Diagnostic]:
    """Yield the units of a range that are in no list."""
    for unit in (number.unit, number.low.unit, number.high.unit):
        yield from unknown_unit(unit)


def _fact(fact: DeclaredFact) -> Iterator[Diagnostic]:
    if isinstance(fact.node.kind, ast.Number):
        yield from unknown_units(fact.node.kind)
    if isinstance(fact.node.kind, ast.ManyOf):
        for term in fact.terms:
            if term.name.text == NONE:
                message = (
                    f"`none` cannot be declared: `{fact.node.name.text}=none` already says that every value is absent"
                )
                yield Diagnostic("E226", term.name.span, message, "leave it out of the list")
    for codes in (fact.node.codes, *(term.codes for term in fact.terms)):
        yield from _codes(codes)


def _codes(codes: Iterable[ast.Code]) -> Iterator[Diagnostic]:
    for code in codes:
        if code.system.text not in SYSTEMS:
            help_ = did_you_mean(code.system.text, SYSTEMS) or f"the systems are {', '.join(SYSTEMS)}"
            yield Diagnostic("E212", code.system.span, f"`{code.system.text}` is not a known system of codes", help_)
            continue
        for value in code.values:
            if wrong := fault(code.system.text, value.value):
                yield Diagnostic("E227", value.span, wrong.message, wrong.help)


def _exercise(exercise: ast.Exercise, declared: Declarations) -> Iterator[Diagnostic]:
    for parent in exercise.parents:
        yield from unknown_exercise_or_class(parent, declared)
    equipment = declared.facts.get(EQUIPMENT)
    known = equipment.term_names if equipment else frozenset()
    for need in exercise.needs:
        if need.text not in known and EQUIPMENT not in declared.unparsed:
            terms = (entry(term) for term in equipment.terms) if equipment else ()
            message = f"`{need.text}` is not a known value of `{EQUIPMENT}`, which lists what can be needed"
            help_ = did_you_mean(need.text, terms) or f"add it: `fact {EQUIPMENT} many of {need.text}`"
            yield Diagnostic("E214", need.span, message, help_)


# --- one spelling, two things -----------------------------------------------------------------


class _Claim(NamedTuple):
    """Something that leads to a thing: how it is written, where, and to what."""

    key: Hashable
    written: str
    span: Span
    thing: str


def _ambiguous_synonyms(declared: Declarations) -> Iterator[Diagnostic]:
    facts = [fact.node for fact in declared.facts.values()]
    yield from _clashes("E223", _spellings(facts))
    yield from _clashes("E223", _spellings(declared.exercises.values()))
    for fact in declared.facts.values():
        yield from _clashes("E223", _spellings(fact.terms))


def _spellings(nodes: Iterable[ast.Fact | ast.Term | ast.Exercise]) -> Iterator[_Claim]:
    """Yield names before synonyms, so that it is the synonym that is reported."""
    listed = list(nodes)
    for node in listed:
        yield _Claim(folded(node.name.text), node.name.text, node.name.span, node.name.text)
    for node in listed:
        for text in node.synonyms:
            yield _Claim(folded(text.value), text.value, text.span, node.name.text)


def _ambiguous_codes(declared: Declarations) -> Iterator[Diagnostic]:
    return _clashes("E224", (claim for fact in declared.facts.values() for claim in _coded(fact)))


def _coded(fact: DeclaredFact) -> Iterator[_Claim]:
    name = fact.node.name.text
    things = [(name, fact.node.codes), *((f"{name}={term.name.text}", term.codes) for term in fact.terms)]
    for thing, codes in things:
        for code in codes:
            if not code.suggests:
                for value in code.values:
                    canonical = canonical_code(code.system.text, value.value)
                    yield _Claim((code.system.text, canonical), value.value, value.span, thing)


def _clashes(code: str, claims: Iterable[_Claim]) -> Iterator[Diagnostic]:
    first: dict[Hashable, _Claim] = {}
    for claim in claims:
        known = first.setdefault(claim.key, claim)
        if known.thing != claim.thing:
            message = f"`{claim.written}` leads to `{known.thing}` and to `{claim.thing}`"
            yield Diagnostic(code, claim.span, message, "it can mean only one of the two")


# --- cycles -----------------------------------------------------------------------------------


def _cycles(declared: Declarations) -> Iterator[Diagnostic]:
    unions = {name: [member.text for member in node.union] for name, node in declared.classes.items()}
    for cycle in cycles(unions):
        yield _cycle("class", cycle, declared.classes[cycle[0]].name.span)
    kinds = {name: [parent.text for parent in node.parents] for name, node in declared.exercises.items()}
    for cycle in cycles(kinds):
        yield _cycle("exercise", cycle, declared.exercises[cycle[0]].name.span)
    for circle in cycles(guard_graph(declared)):
        yield _cycle("guard", tuple(node.name for node in circle), span_of(circle[0], declared))


def _cycle(what: str, names: tuple[str, ...], span: Span) -> Diagnostic:
    way = " -> ".join(f"`{name}`" for name in (*names, names[0]))
    match what:
        case "class":
            message = f"a class cannot be part of itself: {way}"
        case "exercise":
            message = f"an exercise cannot be a kind of itself: {way}"
        case _:
            message = f"a definition or `asked when` cannot rest on itself: {way}"
    return Diagnostic("E225", span, message, "leave out one of these steps")


class GuardNode(NamedTuple):
    """A fact (no pack) or a definition of a pack, as something that a guard can rest on."""

    pack: str
    name: str


def guard_graph(declared: Declarations) -> dict[GuardNode, list[GuardNode]]:
    """Return on which facts and definitions each `asked when` and each definition rests."""
    graph: dict[GuardNode, list[GuardNode]] = {}
    for name, fact in declared.facts.items():
        asked = fact.node.asked_when
        graph[GuardNode("", name)] = rests_on(asked, fact.pack) if asked is not None else []
    for pack in declared.packs.values():
        for name, definition in pack.definitions.items():
            graph[GuardNode(pack.name, name)] = rests_on(definition.guard, pack.name)
    return graph


def rests_on(guard: ast.Guard, pack: str) -> list[GuardNode]:
    """Return the facts and the definitions that `guard` mentions."""
    facts = [GuardNode("", fact.text) for fact in facts_in(guard)]
    return facts + [GuardNode(pack, name.text) for name in definitions_in(guard)]


def span_of(node: GuardNode, declared: Declarations) -> Span:
    """Return where `node` is declared."""
    if node.pack:
        return declared.packs[node.pack].definitions[node.name].name.span
    return declared.facts[node.name].node.name.span
