"""Where optional facts may stand: in guards of caution, reduce, hold and advise, through definitions too.

Not where a limit hangs on them: learning the fact could then empty an intersection of limits and end a GO.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dsl.semantics.declarations import Declarations
from dsl.semantics.graphs import components
from dsl.semantics.guards import Place, StatedGuard, definitions_in, facts_in, stated_guards
from dsl.semantics.vocabulary_names import GuardNode, guard_graph
from dsl.syntax.ast import ActionKind
from dsl.syntax.diagnostics import Diagnostic

_ALLOWED = frozenset({ActionKind.CAUTION, ActionKind.REDUCE, ActionKind.HOLD, ActionKind.ADVISE})
_HELP = "left out, an optional fact counts as false: it may only make `caution`, `reduce`, `hold` and `advise` apply"


def check_optional(declared: Declarations) -> Iterator[Diagnostic]:
    """Yield every optional fact that stands where an answer left out could make somebody less safe."""
    through = _optional_behind(declared)
    for stated in stated_guards(declared):
        if not _may_use(stated):
            yield from _uses(stated, declared, through)


def _may_use(stated: StatedGuard) -> bool:
    return stated.place is Place.DEFINITION or (
        stated.place is Place.RULE and stated.action in _ALLOWED and not stated.limited
    )


def _uses(stated: StatedGuard, declared: Declarations, through: Mapping[GuardNode, str]) -> Iterator[Diagnostic]:
    where = _where(stated)
    for name in facts_in(stated.guard):
        if _is_optional(name.text, declared):
            yield Diagnostic("E308", name.span, f"`{name.text}` is optional and cannot stand in {where}", _HELP)
    for name in definitions_in(stated.guard):
        if fact := through.get(GuardNode(stated.pack, name.text)):
            message = f"`{name.text}` uses the optional fact `{fact}`, which cannot stand in {where}"
            yield Diagnostic("E308", name.span, message, _HELP)


def _where(stated: StatedGuard) -> str:
    if stated.place is not Place.RULE or stated.action is None:
        return f"the guard of `{stated.place.value}`"
    return f"a `{stated.action.value}` with limits" if stated.action in _ALLOWED else f"`{stated.action.value}`"


def _is_optional(name: str, declared: Declarations) -> bool:
    return name in declared.facts and declared.facts[name].node.optional


def _optional_behind(declared: Declarations) -> dict[GuardNode, str]:
    """Return an optional fact that each definition uses, itself or through others, where there is one."""
    graph = guard_graph(declared)
    found = {GuardNode("", name): name for name in declared.facts if _is_optional(name, declared)}
    for component in components(graph):
        for node in component:
            behind = next((found[other] for other in graph[node] if node.pack and other in found), None)
            if behind is not None:
                found.setdefault(node, behind)
    return found
