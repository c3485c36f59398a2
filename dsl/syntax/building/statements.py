"""Builds one statement of whatever kind."""

from __future__ import annotations

from collections.abc import Callable

from dsl.syntax import ast
from dsl.syntax.building.examples import build_example, build_proof
from dsl.syntax.building.rules import build_override, build_rule
from dsl.syntax.building.vocabulary import (
    build_class,
    build_definition,
    build_exercise,
    build_fact,
    build_impossible,
    build_measure,
    build_pack,
    build_parameter,
    build_source,
)
from dsl.syntax.building.words import Site
from dsl.syntax.source import Span
from dsl.syntax.tree import Node

_BUILDERS: dict[str, Callable[[Site, Node, Span], ast.Statement]] = {
    "pack": build_pack,
    "source": build_source,
    "fact": build_fact,
    "impossible": build_impossible,
    "class": build_class,
    "exercise": build_exercise,
    "measure": build_measure,
    "parameter": build_parameter,
    "definition": build_definition,
    "rule": build_rule,
    "override": build_override,
    "example": build_example,
    "proof": build_proof,
}


def build_statement(site: Site, node: Node) -> ast.Statement:
    """Return the statement of a `statement` tree.

    Raises:
        BrokenError: the statement parses but cannot mean anything.
    """
    (inner,) = (child for child in node.children if isinstance(child, Node))
    return _BUILDERS[inner.kind](site, inner, site.span(inner))
