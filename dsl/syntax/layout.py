"""Divides a statement into the lines it is written in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import assert_never

from dsl.syntax import ast, phrases
from dsl.syntax.phrases import Phrases, after, listed
from dsl.syntax.source import Span
from dsl.syntax.spelling import meant_among_terms

WIDTH = 100
CONTINUED = 4


@dataclass(frozen=True, slots=True)
class Line:
    """A clause: its phrases, and the place that they come from, None where the tree does not say it.

    `comma` stands behind it when the next clause joins its line, `must_comma` even when it does not.
    """

    phrases: tuple[str, ...]
    place: Span | None
    comma: bool = False
    must_comma: bool = False

    @property
    def text(self) -> str:
        """Return the whole clause on one line."""
        return " ".join(self.phrases)

    def wrapped(self, indent: int) -> list[str]:
        """Return the clause as lines no wider than `WIDTH`, where phrases allow it, broken before `when` first."""
        when = next((i for i, phrase in enumerate(self.phrases) if i and phrase.startswith("when ")), None)
        fits = indent + len(self.text) <= WIDTH
        if fits or when is None:
            rows = _filled(self.phrases, indent)
        else:
            rows = [*_filled(self.phrases[:when], indent), *_filled(self.phrases[when:], CONTINUED)]
        return [*rows[:-1], rows[-1] + "," if self.must_comma else rows[-1]]


def _filled(written: Sequence[str], indent: int) -> list[str]:
    """Return phrases in rows, each as full as `WIDTH` allows."""
    rows = [" " * indent + written[0]]
    for phrase in written[1:]:
        if len(rows[-1]) + 1 + len(phrase) > WIDTH:
            rows.append(" " * CONTINUED + phrase)
        else:
            rows[-1] = f"{rows[-1]} {phrase}"
    return rows


@dataclass(frozen=True, slots=True)
class Layout:
    """The clauses of a statement, the first of them its head; `compact` when they may share one line."""

    lines: tuple[Line, ...]
    compact: bool

    @property
    def text(self) -> str:
        """Return the statement on one line."""
        return " ".join(line.text + ("," if line.comma else "") for line in self.lines)


def lay_out(node: ast.Statement, *, spread: bool = False) -> Layout:
    """Return the clauses of a statement in their canonical order; `spread` keeps each term on a line of its own."""
    match node:
        case ast.Pack():
            return Layout(tuple(_pack(node)), compact=False)
        case ast.Fact():
            return _fact(node, spread)
        case ast.Rule():
            return Layout(tuple(_rule(node)), compact=False)
        case ast.Example():
            return Layout(tuple(_example(node)), compact=False)
        case _:
            return Layout(tuple(_one_line(node)), compact=True)


def _up_to(node: ast.Statement, last: Span) -> Span:
    """Return the place from the start of a statement to the end of `last`: that of its head."""
    return Span(node.span.source, node.span.start, last.end)


def _line(written: Iterable[str], first: Span, last: Span | None = None) -> Line:
    return Line(tuple(written), first if last is None else first.to(last))


def _clause(word: str, text: ast.Text | None) -> list[Line]:
    return [] if text is None else [_line([f"{word} {phrases.text(text)}"], text.span)]


def _listed_clause(word: str, names: Sequence[ast.Name]) -> list[Line]:
    return [_line(after(word, phrases.names(names)), names[0].span, names[-1].span)] if names else []


# --- one clause each --------------------------------------------------------------------------


def _one_line(
    node: ast.Source
    | ast.Impossible
    | ast.Class
    | ast.Exercise
    | ast.Measure
    | ast.Parameter
    | ast.Definition
    | ast.Override
    | ast.Proof,
) -> list[Line]:
    match node:
        case ast.Source():
            head = [f"source {node.name.text} {phrases.text(node.title)}"]
            return [_line(head, _up_to(node, node.title.span)), *_clause("url", node.url)]
        case ast.Exercise():
            return _exercise(node)
        case ast.Override():
            head = after(f"override {node.rule.text} of {node.pack.text} when", phrases.guard(node.guard))
            return [_line(head, _up_to(node, node.guard.span)), *_clause("because", node.because)]
        case _:
            return [_line(_single(node), node.span)]


def _single(
    node: ast.Impossible | ast.Class | ast.Measure | ast.Parameter | ast.Definition | ast.Proof,
) -> Phrases:
    match node:
        case ast.Impossible():
            return after("impossible when", phrases.guard(node.guard))
        case ast.Class():
            union = after("=", phrases.names(node.union)) if node.union else []
            return [_named("class", node.name, node.label), *union]
        case ast.Measure():
            return [_named("measure", node.name, node.label), *_measured(node.kind)]
        case ast.Parameter():
            low, high = phrases.quantity(node.low), phrases.quantity(node.high)
            return [f"parameter {node.name.text} = {phrases.quantity(node.value)} in {low} to {high}"]
        case ast.Definition():
            return after(f"define {node.name.text} when", phrases.guard(node.guard))
        case ast.Proof():
            claim = after(f"prove {phrases.text(node.title)}:", phrases.expectation(node.claim))
            return [*claim, *after("when", phrases.guard(node.guard))]
        case _:
            assert_never(node)


def _named(word: str, name: ast.Name, label: ast.Text | None) -> str:
    return f"{word} {name.text}" if label is None else f"{word} {name.text} {phrases.text(label)}"


def _exercise(node: ast.Exercise) -> list[Line]:
    head = _line([_named("exercise", node.name, node.label)], _up_to(node, (node.label or node.name).span))
    also: list[Line] = []
    if node.synonyms:
        also.append(_line(after("also", phrases.texts(node.synonyms)), node.synonyms[0].span, node.synonyms[-1].span))
    return [head, *also, *_listed_clause("is", node.parents), *_listed_clause("needs", node.needs)]


def _measured(kind: ast.Number | ast.Scale) -> Phrases:
    if isinstance(kind, ast.Number):
        return [phrases.number(kind)]
    first, *others = kind.steps
    return [f"scale {first.text}", *(f"< {step.text}" for step in others)]


# --- several clauses --------------------------------------------------------------------------


def _pack(node: ast.Pack) -> list[Line]:
    lines = [_line([f"pack {node.name.text}"], _up_to(node, node.name.span)), *_clause("title", node.title)]
    if node.covers is not None:
        lines.append(_line(after("covers", phrases.guard(node.covers)), node.covers.span))
    if node.review_by is not None:
        lines.append(_line([f"review by {node.review_by.isoformat()}"], node.review_place))
    return [*lines, *_clause("author", node.author)]


def _rule(node: ast.Rule) -> list[Line]:
    head = [*phrases.action(node.action), *after("when", phrases.guard(node.guard))]
    if node.name is not None:
        head = after(f"rule {node.name.text}:", head)
    if node.absolute:
        head.append("absolute")
    limits = listed([phrases.limit(limit)] for limit in node.limits) if node.limits else []
    return [
        _line(head, _up_to(node, node.guard.span)),
        *(_line(_unless(unless), unless.span) for unless in node.exceptions),
        *_clause("because", node.because),
        *_clause("say", node.say),
        *([_line(after("limit", limits), node.limits[0].span, node.limits[-1].span)] if limits else []),
        *_listed_clause("to", node.to),
        *_listed_clause("instead", node.instead),
        *_cited(node),
        *_clause("author", node.author),
    ]


def _unless(node: ast.Unless) -> Phrases:
    because = [] if node.because is None else [f"because {phrases.text(node.because)}"]
    return [*after("except when", phrases.guard(node.guard)), *because]


def _cited(node: ast.Rule) -> list[Line]:
    """Return sources and the level of evidence, which share a line."""
    written = [phrase for citation in node.citations for phrase in _citation(citation)]
    places = [citation.span for citation in node.citations]
    if node.evidence is not None:
        written.append(f"evidence {node.evidence.text}")
        places.append(node.evidence.span)
    if not places:
        return []
    start, end = min(one.start for one in places), max(one.end for one in places)
    return [Line(tuple(written), Span(node.span.source, start, end))]


def _citation(node: ast.Citation) -> Phrases:
    section = [] if node.section is None else [f"section {phrases.text(node.section)}"]
    quote = [] if node.quote is None else [f"quote {phrases.text(node.quote)}"]
    return [f"from {node.source.text}", *section, *quote]


def _example(node: ast.Example) -> list[Line]:
    given = [phrases.given(one) for one in node.given] or [["nothing"]]
    if node.at is not None:
        given = [*given, [f"at {node.at.isoformat()}"]] if node.given else [[f"at {node.at.isoformat()}"]]
    expect = [phrases.expectation(one) for one in node.expect]
    known = node.given[0].span.to(node.given[-1].span) if node.given else node.title.span
    return [
        _line([f"example {phrases.text(node.title)}"], _up_to(node, node.title.span)),
        _line(after("given", listed(given)), known),
        _line(after("expect", listed(expect)), node.expect[0].span, node.expect[-1].span),
    ]


# --- facts ------------------------------------------------------------------------------------


def _fact(node: ast.Fact, spread: bool) -> Layout:
    described = _described(node)
    match node.kind:
        case ast.OneOf() | ast.ManyOf():
            word = "one of" if isinstance(node.kind, ast.OneOf) else "many of"
            return _listing(node, [_named("fact", node.name, node.label), *described, word], node.kind.terms, spread)
        case ast.YesNo():
            kind = "yes or no"
        case ast.Number():
            kind = phrases.number(node.kind)
        case _:
            assert_never(node.kind)
    head = [_named("fact", node.name, node.label), kind, *described]
    return Layout((_line(head, _up_to(node, described_until(node))), *_about_fact(node)), compact=True)


def _listing(node: ast.Fact, head: Phrases, terms: Sequence[ast.Term], spread: bool) -> Layout:
    """Return a fact with terms: each on its own line, unless they are mere names."""
    until = described_until(node)
    if not spread and all(_is_bare(term) for term in terms):
        inline = [*head[:-1], *after(head[-1], phrases.names([term.name for term in terms]))]
        return Layout((_line(inline, _up_to(node, terms[-1].span)), *_about_fact(node)), compact=True)
    width = max((len(term.name.text) for term in terms if term.label), default=0)
    rows = [_term(term, following, width) for term, following in pairwise([*terms, None]) if term is not None]
    return Layout((_line(head, _up_to(node, until)), *rows, *_about_fact(node)), compact=False)


def _is_bare(term: ast.Term) -> bool:
    return not (term.label or term.synonyms or term.codes or term.red_flag)


def _term(term: ast.Term, following: ast.Term | None, width: int) -> Line:
    """Return the line of a term, its label below those of the others."""
    name = term.name.text
    head = name if term.label is None else f"{name:<{width}} {phrases.text(term.label)}"
    flag = ["red flag"] if term.red_flag else []
    written = (head, *_synonyms(term.synonyms), *_codes(term.codes), *flag)
    # What looks like a word of the language is a term only after a comma.
    confusable = following is not None and meant_among_terms(following.name.text) is not None
    return Line(written, term.span, comma=following is not None, must_comma=confusable)


def _synonyms(synonyms: Sequence[ast.Text]) -> Phrases:
    return after("also", phrases.texts(synonyms)) if synonyms else []


def _codes(codes: Sequence[ast.Code]) -> Phrases:
    return [phrase for code in codes for phrase in phrases.code(code)]


def _described(node: ast.Fact) -> Phrases:
    return [*_synonyms(node.synonyms), *_codes(node.codes), *(["red flag"] if node.red_flag else [])]


def described_until(node: ast.Fact) -> Span:
    """Return the place of the last word about the fact itself that has one."""
    places = [node.name.span, *(part.span for part in (node.label, *node.synonyms, *node.codes) if part is not None)]
    if isinstance(node.kind, ast.Number):
        places.append(node.kind.high.span)
    return max(places, key=lambda one: one.end)


def _about_fact(node: ast.Fact) -> list[Line]:
    """Return what stands after the kind: the question, the flags, the condition to be asked at all."""
    flags = [word for word, said in (("optional", node.optional), ("context", node.context)) if said]
    if node.default is not None:
        flags.append(f"default {phrases.value(node.default)}")
    lines = _clause("ask", node.ask)
    if flags:
        lines.append(Line(tuple(flags), None if node.default is None else node.default.span))
    if node.asked_when is not None:
        lines.append(_line(after("asked when", phrases.guard(node.asked_when)), node.asked_when.span))
    return lines
