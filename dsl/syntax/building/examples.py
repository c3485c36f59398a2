"""Builds examples and proofs: members that are made up, and what must come out for them."""

from __future__ import annotations

import datetime

from dsl.syntax import ast
from dsl.syntax.building.guards import guard_in
from dsl.syntax.building.rules import build_limit, build_target, percent_in
from dsl.syntax.building.vocabulary import once
from dsl.syntax.building.words import (
    Site,
    among,
    build_date,
    build_name,
    build_text,
    first,
    only,
    token_name,
    tokens,
    trees,
    values,
)
from dsl.syntax.source import Span
from dsl.syntax.tree import Node

CLAIMS = frozenset({"expect_verdict", "expect_recommended", "expect_session"})
EXPECTATIONS = CLAIMS | {"expect_limit", "expect_load", "expect_question"}


def build_example(site: Site, node: Node, span: Span) -> ast.Example:
    """Return a made-up member and the answer that is expected."""
    return ast.Example(
        build_text(site, tokens(node, "STRING")[0]),
        tuple(_given(site, child) for child in trees(node, "given")),
        tuple(build_expectation(site, child) for child in among(node, EXPECTATIONS)),
        _day(site, node),
        span,
    )


def _day(site: Site, node: Node) -> datetime.date | None:
    """Return the day that `at` names; `nothing` beside a given fact contradicts itself."""
    nothing, given = once(site, trees(node, "nothing")), first(node, "given")
    if nothing is not None and given is not None:
        site.report("E128", site.span(nothing), "`nothing` is given together with a fact", "leave `nothing` out")
    at = once(site, trees(node, "at"))
    return None if at is None else build_date(site, tokens(at, "DATE")[0])


def _given(site: Site, node: Node) -> ast.Given:
    how = ast.Completeness(str(tokens(node, "EQUAL", "HAS", "LACKS")[0]))
    return ast.Given(build_name(site, only(node, "name")), how, values(site, node), site.span(node))


def build_expectation(site: Site, node: Node) -> ast.Expectation:
    """Return one thing that the answer must say."""
    place = site.span(node)
    match node.kind:
        case "expect_question":
            return ast.ExpectQuestion(build_name(site, only(node, "name")), place)
        case "expect_limit":
            return ast.ExpectLimit(_target(site, node), build_limit(site, only(node, "limit")), place)
        case "expect_load":
            return ast.ExpectLoad(_target(site, node), percent_in(site, node), place)
        case _:
            return build_claim(site, node)


def build_claim(site: Site, node: Node) -> ast.ExpectVerdict | ast.ExpectRecommended | ast.ExpectSession:
    """Return one thing that can be expected of one answer, and proved of all."""
    place = site.span(node)
    match node.kind:
        case "expect_session":
            word = _word(site, only(node, "disposition"))
            return ast.ExpectSession(_bound(node), word, bool(tokens(node, "NOT")), place)
        case "expect_recommended":
            return ast.ExpectRecommended(_target(site, node), not tokens(node, "NOT"), place)
        case _:
            return ast.ExpectVerdict(_target(site, node), _bound(node), _word(site, only(node, "verdict")), place)


def _target(site: Site, node: Node) -> ast.Target:
    return build_target(site, only(node, "target"))


def _bound(node: Node) -> ast.Bound:
    bound = first(node, "bound")
    if bound is None:
        return ast.Bound.EXACTLY
    return ast.Bound.AT_LEAST if tokens(bound, "LEAST") else ast.Bound.AT_MOST


def _word(site: Site, node: Node) -> ast.Name:
    """Return the single token of a verdict or a disposition."""
    return token_name(site, node.word)


def build_proof(site: Site, node: Node, span: Span) -> ast.Proof:
    """Return a claim about every member for whom the guard is true."""
    claim = build_claim(site, among(node, CLAIMS)[0])
    return ast.Proof(build_text(site, tokens(node, "STRING")[0]), claim, guard_in(site, node), span)
