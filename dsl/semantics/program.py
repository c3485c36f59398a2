"""Checks of the whole program: what no single statement is to blame for, once every name resolves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from dsl.semantics import ir
from dsl.semantics.catalogue import Catalogue
from dsl.semantics.declarations import NONE, Declarations, DeclaredFact
from dsl.semantics.graphs import components
from dsl.semantics.guards import definitions_in, values_of, walk
from dsl.semantics.lowering import all_of
from dsl.semantics.regions import can_hold
from dsl.semantics.sealing import SealedRule, effect, touched
from dsl.semantics.vocabulary import Fact
from dsl.semantics.vocabulary_names import GuardNode, guard_graph
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic

_MOST_TOUCHED = 2_000_000
"""Pairs of a rule and an exercise that it touches, in one release."""

_GRANTS_TRIED = 64
"""Grants of one substitute that are held against the guard that offers it; past these it counts as granted."""

_NO_GO = frozenset({ir.Effect.AVOID, ir.Effect.CLEARANCE})

_Mention = tuple[str, str]
"""A fact and one of its values; the value is empty for the fact itself."""


def check_touched(declared: Declarations, catalogue: Catalogue) -> Iterator[Diagnostic]:
    """Yield the rule with which all rules together touch more exercises than a release can hold."""
    total = 0
    for pack in declared.packs.values():
        for rule in pack.rules:
            total += len(touched(rule.action, catalogue))
            if total > _MOST_TOUCHED:
                message = f"all rules together touch more than {_MOST_TOUCHED} exercises"
                yield Diagnostic("E404", rule.span, message, "split the rules into releases of their own")
                return


# --- red flags --------------------------------------------------------------------------------


def check_program(declared: Declarations) -> Iterator[Diagnostic]:
    """Yield every red flag that no session rule uses."""
    used = _mentioned_by_session_rules(declared)
    for fact in declared.facts.values():
        name = fact.node.name
        if fact.node.red_flag and (name.text, "") not in used:
            value = "yes" if isinstance(fact.node.kind, ast.YesNo) else "…"
            yield _unused(name, f"`{name.text}`", f"{name.text}={value}")
        for term in fact.terms:
            if term.red_flag and (name.text, term.name.text) not in used:
                yield _unused(term.name, f"`{term.name.text}` of `{name.text}`", f"{name.text}={term.name.text}")


def _unused(name: ast.Name, what: str, test: str) -> Diagnostic:
    message = f"{what} is a red flag that no session rule uses"
    return Diagnostic("E401", name.span, message, f'write `refer urgent when {test} say "…"`, or leave out `red flag`')


def _mentioned_by_session_rules(declared: Declarations) -> frozenset[_Mention]:
    behind = _mentions_behind_definitions(declared)
    used: set[_Mention] = set()
    for pack in declared.packs.values():
        for rule in pack.rules:
            if effect(rule.action) in ir.SESSION:
                used |= _mentions(rule.guard, pack.name, declared, behind)
    return frozenset(used)


def _mentions_behind_definitions(declared: Declarations) -> dict[GuardNode, frozenset[_Mention]]:
    behind: dict[GuardNode, frozenset[_Mention]] = {}
    for node in (node for component in components(guard_graph(declared)) for node in component if node.pack):
        definition = declared.packs[node.pack].definitions[node.name]
        behind[node] = _mentions(definition.guard, node.pack, declared, behind)
    return behind


def _mentions(
    guard: ast.Guard, pack: str, declared: Declarations, behind: Mapping[GuardNode, frozenset[_Mention]]
) -> frozenset[_Mention]:
    nothing: frozenset[_Mention] = frozenset()
    found = {mention for part in walk(guard) for mention in _of_test(part, declared)}
    return frozenset(found).union(*(behind.get(GuardNode(pack, name.text), nothing) for name in definitions_in(guard)))


def _of_test(part: ast.Guard, declared: Declarations) -> Iterator[_Mention]:
    if isinstance(part, ast.Comparison | ast.Membership | ast.Between):
        yield part.fact.text, ""
        for value in values_of(part):
            if isinstance(value, ast.Name):
                yield from ((part.fact.text, term) for term in _meant(value.text, declared.facts[part.fact.text]))


def _meant(value: str, fact: DeclaredFact) -> Iterable[str]:
    """Return the terms that a value is about: `none` of a `many of` fact is about all of them."""
    return fact.term_names if value == NONE and isinstance(fact.node.kind, ast.ManyOf) else (value,)


# --- substitutes ------------------------------------------------------------------------------


def check_substitutes(rules: Sequence[SealedRule], facts: Mapping[str, Fact]) -> Iterator[Diagnostic]:
    """Yield every substitute that no rule can ever grant to those who are offered it."""
    grants: dict[str, list[ir.Rule]] = defaultdict(list)
    for sealed in rules:
        for exercise in sealed.rule.grants:
            grants[exercise].append(sealed.rule)
    for sealed in rules:
        for name in (*sealed.node.to, *sealed.node.instead):
            if sealed.rule.effect in _NO_GO and name.text in sealed.rule.exercises:
                message = f"this rule restricts `{name.text}` as well, so it is never offered"
                yield Diagnostic("E403", name.span, message, "name another exercise, or leave it out of the targets")
                continue
            yield from _ungranted(name, sealed.rule, grants.get(name.text, []), facts)


def _ungranted(
    name: ast.Name, rule: ir.Rule, grants: Sequence[ir.Rule], facts: Mapping[str, Fact]
) -> Iterator[Diagnostic]:
    if not grants:
        message = f"no rule ever grants `{name.text}`, so it is never offered"
        yield Diagnostic("E402", name.span, message, f"write `allow {name.text} when …`, or name another exercise")
    elif len(grants) <= _GRANTS_TRIED and not any(_together(rule.guard, grant.guard, facts) for grant in grants):
        names = ", ".join(f"`{grant.id}`" for grant in islice(grants, 3))
        message = f"what grants `{name.text}` ({names}) never holds for those to whom this rule offers it"
        yield Diagnostic("E402", name.span, message, "name an exercise that is granted to them")


def _together(one: ir.Guard, other: ir.Guard, facts: Mapping[str, Fact]) -> bool:
    return can_hold(all_of((one, other)), facts)
