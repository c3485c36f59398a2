"""Builds rules and overrides: an action, its guard and the clauses after it."""

from __future__ import annotations

from decimal import Decimal

from dsl.syntax import ast
from dsl.syntax.broken import BrokenError
from dsl.syntax.building.guards import comparator, guard_in
from dsl.syntax.building.vocabulary import once
from dsl.syntax.building.words import (
    Site,
    among,
    build_name,
    build_quantity,
    build_value,
    by_kind,
    first,
    label_of,
    names,
    only,
    optional_text,
    text_of,
    tokens,
    trees,
)
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.phrases import decimal
from dsl.syntax.shares import meant, written
from dsl.syntax.source import Span
from dsl.syntax.tree import Node

ACTIONS = {
    "avoid": ast.ActionKind.AVOID,
    "caution": ast.ActionKind.CAUTION,
    "modify": ast.ActionKind.MODIFY,
    "allow": ast.ActionKind.ALLOW,
    "recommend": ast.ActionKind.RECOMMEND,
    "require": ast.ActionKind.REQUIRE_CLEARANCE,
    "stop": ast.ActionKind.STOP_SESSION,
    "refer": ast.ActionKind.REFER,
    "progress": ast.ActionKind.PROGRESS,
    "hold": ast.ActionKind.HOLD,
    "reduce": ast.ActionKind.REDUCE,
    "advise": ast.ActionKind.ADVISE,
}
_MOST_FACTOR = 2
"""By how much the load is multiplied at most from one session to the next."""
_LIMIT_COMPARATORS = frozenset({ast.Comparator.AT_MOST, ast.Comparator.AT_LEAST, ast.Comparator.EQUAL})


def build_rule(site: Site, node: Node, span: Span) -> ast.Rule:
    """Return a rule with everything said after its guard."""
    said = by_kind(node)
    limits, to, instead, evidence = (once(site, said[kind]) for kind in ("limits", "to", "instead", "evidence"))
    return ast.Rule(
        action=build_action(site, among(node, ACTIONS)[0]),
        guard=guard_in(site, node),
        name=build_name(site, said["name"][0], dotted=True) if said["name"] else None,
        limits=() if limits is None else tuple(build_limit(site, child) for child in trees(limits, "limit")),
        to=() if to is None else names(site, only(to, "names")),
        instead=() if instead is None else names(site, only(instead, "names")),
        exceptions=tuple(_unless(site, child) for child in said["unless"]),
        absolute=once(site, said["absolute"]) is not None,
        because=optional_text(site, once(site, said["because"])),
        say=optional_text(site, once(site, said["say"])),
        citations=tuple(_citation(site, child) for child in said["citation"]),
        evidence=None if evidence is None else build_name(site, only(evidence, "name")),
        author=optional_text(site, once(site, said["author"])),
        span=span,
    )


def build_override(site: Site, node: Node, span: Span) -> ast.Override:
    """Return the statement that lifts a rule of another pack."""
    rule, pack = (build_name(site, child, dotted=True) for child in trees(node, "name"))
    return ast.Override(rule, pack, guard_in(site, node), text_of(site, only(node, "because")), span)


def build_action(site: Site, node: Node) -> ast.Action:
    """Return what a rule does, to what."""
    kind, place = ACTIONS[node.kind], site.span(node)
    targets = first(node, "targets")
    about = () if targets is None else build_targets(site, targets)
    variants = first(node, "variants") is not None
    match kind:
        case ast.ActionKind.REFER:
            return ast.Action(kind, urgency=ast.Urgency(str(node.children[1])), span=place)
        case ast.ActionKind.PROGRESS | ast.ActionKind.REDUCE:
            return ast.Action(kind, about, variants, percent=percent_in(site, node), span=place)
        case ast.ActionKind.ADVISE:
            topic = build_name(site, only(node, "name"))
            return ast.Action(kind, about, topic=topic, text=label_of(site, node), span=place)
        case _:
            return ast.Action(kind, about, variants, span=place)


def percent_in(site: Site, node: Node) -> ast.Quantity:
    """Return the share that stands directly in `node`; without `%` it is reported."""
    quantity = build_quantity(site, only(node, "quantity"))
    if quantity.unit is None or quantity.unit.text != "%":
        other = None if quantity.unit is None or quantity.unit.text in ("percent", "pct") else quantity.unit.text
        of_load = f" for {quantity.value} percent of the load; {other} is no share of it"
        help_ = f"write `{quantity.value} %`{of_load}" if other else _share(quantity.value, node.kind)
        site.report("E114", site.span(only(node, "quantity")), "load is changed by a share of itself", help_)
        return ast.Quantity(quantity.value, None, quantity.span)
    return quantity


def _share(value: Decimal, kind: str) -> str:
    """Return how a share without `%` is written; in an example a small one is a factor, as answers carry it."""
    if kind == "expect_load":
        return f"write `{decimal(value * 100 if value <= _MOST_FACTOR else value)} %`"
    return written(meant(str(value), raises=kind == "progress") or [str(value)])


def build_targets(site: Site, node: Node) -> tuple[ast.Target, ...]:
    """Return a list of targets; a comma after an unparenthesised `but not` has two readings and is reported."""
    listed = trees(node, "target")
    for i, child in enumerate(listed[:-1]):
        exclusion = first(child, "exclusion")
        if exclusion is not None and not tokens(exclusion, "LPAR"):
            raise BrokenError(_two_readings(site, listed, i))
    return tuple(build_target(site, child) for child in listed)


def build_target(site: Site, node: Node) -> ast.Target:
    """Return one target: names that must all hold, names that must not."""
    exclusion = first(node, "exclusion")
    listed = None if exclusion is None else first(exclusion, "names")
    if exclusion is None:
        exclude: tuple[ast.Name, ...] = ()
    else:
        exclude = names(site, exclusion if listed is None else listed)
    return ast.Target(names(site, node), exclude, bool(tokens(node, "ANY")), site.span(node))


def _two_readings(site: Site, listed: list[Node], at: int) -> Diagnostic:
    """Return the finding about `a but not x, y`, with both of its readings."""
    exclusion = only(listed[at], "exclusion")
    whole, rest = _words(listed[at]), [_words(child) for child in listed[at + 1 :]]
    kept = whole[: whole.index(" but not ")]
    excluded = ", ".join([_words(only(exclusion, "name")), *rest])
    apart = ", ".join([*rest, whole])
    return Diagnostic(
        "E120",
        site.span(listed[at], listed[at + 1]),
        "a comma after `but not` can be read in two ways",
        "say which of the two is meant",
        f"{kept} but not ({excluded})\n{apart}",
    )


def _words(node: Node) -> str:
    """Return what a tree says, its words one space apart."""
    text = " ".join(node.tokens())
    return text.replace("( ", "(").replace(" )", ")").replace(" ,", ",")


def build_limit(site: Site, node: Node) -> ast.Limit:
    """Return one bound on a measure."""
    how = comparator(node)
    if how not in _LIMIT_COMPARATORS:
        written = tokens(node, "LESSTHAN", "MORETHAN", "NOT_EQUAL")[0]
        wanted = {"<": "<=", ">": ">="}.get(str(written))
        site.report(
            "E110",
            site.span(written),
            f"a limit cannot be `{written}`, for it must name the last value that is allowed",
            f"write `{wanted}`" if wanted else "write `<=`, `>=` or `=`",
        )
    return ast.Limit(build_name(site, only(node, "name")), how, build_value(site, only(node, "value")), site.span(node))


def _unless(site: Site, node: Node) -> ast.Unless:
    return ast.Unless(guard_in(site, node), text_of(site, only(node, "because")), site.span(node))


def _citation(site: Site, node: Node) -> ast.Citation:
    section, quote = once(site, trees(node, "section")), once(site, trees(node, "quote"))
    return ast.Citation(
        build_name(site, only(node, "name")), optional_text(site, section), optional_text(site, quote), site.span(node)
    )
