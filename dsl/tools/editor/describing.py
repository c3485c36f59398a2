"""What is known of a named thing, in words: the text that appears when somebody points at a name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import assert_never

from dsl.syntax import ast, phrases
from dsl.syntax.formatter import format_guard
from dsl.tools.editor.declaring import Declaring
from dsl.tools.editor.project import Project
from dsl.tools.editor.symbols import Occurrence, Sort, Symbol

_MANY = 12


def describe(project: Project, symbol: Symbol) -> str:
    """Return what is known of `symbol`, as Markdown: what it is, its label, its definition, codes and sources."""
    head = f"**{symbol.name}** · {_what(symbol)}"
    said = dict.fromkeys(line for node in project.nodes(symbol) for line in _said(node, symbol, project) if line)
    return "\n\n".join([head, *said, *_around(symbol, project)])


def describe_rule(project: Project, rule: ast.Rule, pack: str) -> str:
    """Return what is known of a rule, whether it has a name or not."""
    name = f"**{rule.name.text}** · " if rule.name else ""
    return "\n\n".join([f"{name}rule of pack {pack}", *_rule(rule, pack, project)])


def label_of(nodes: Sequence[Declaring]) -> str | None:
    """Return how people call a thing; None where no declaration says so."""
    labels = (_label(node) for node in nodes)
    return next((label.value for label in labels if label is not None), None)


def _label(node: Declaring) -> ast.Text | None:
    match node:
        case ast.Fact() | ast.Term() | ast.Class() | ast.Exercise() | ast.Measure():
            return node.label
        case ast.Source() | ast.Pack():
            return node.title
        case ast.Parameter() | ast.Definition() | ast.Rule():
            return None
        case _:
            assert_never(node)


def synonyms_of(nodes: Sequence[Declaring]) -> Iterator[str]:
    """Yield what else people call a thing."""
    for node in nodes:
        if isinstance(node, ast.Fact | ast.Term | ast.Exercise):
            yield from (text.value for text in node.synonyms)


def _what(symbol: Symbol) -> str:
    match symbol.sort:
        case Sort.VALUE | Sort.STEP:
            return f"{symbol.sort.value} of {symbol.owner}"
        case Sort.PARAMETER | Sort.DEFINITION | Sort.SOURCE | Sort.RULE:
            return f"{symbol.sort.value} of pack {symbol.owner}"
        case Sort.PACK | Sort.FACT | Sort.CLASS | Sort.EXERCISE | Sort.MEASURE:
            return f"{symbol.sort.value}"
        case _:
            assert_never(symbol.sort)


def _said(node: Declaring, symbol: Symbol, project: Project) -> Iterator[str]:
    """Yield what one declaration says."""
    match node:
        case ast.Fact():
            yield from _fact(node)
        case ast.Term():
            yield from _named(node.label, node.synonyms)
            yield _codes(node.codes)
            yield "red flag" if node.red_flag else ""
        case ast.Exercise():
            yield from _named(node.label, node.synonyms)
            yield _list("is", node.parents)
            yield _list("needs", node.needs)
        case ast.Class():
            yield from _named(node.label)
            yield _list("everything that is", node.union)
        case ast.Measure():
            yield from _named(node.label)
            yield _measured(node.kind)
        case ast.Rule():
            yield from _rule(node, symbol.owner, project)
        case _:
            yield from _small(node)


def _small(node: ast.Parameter | ast.Definition | ast.Source | ast.Pack) -> Iterator[str]:
    match node:
        case ast.Parameter():
            low, high = phrases.quantity(node.low), phrases.quantity(node.high)
            yield f"{phrases.quantity(node.value)}, may be moved from {low} to {high}"
        case ast.Definition():
            yield _code(f"when {format_guard(node.guard)}")
        case ast.Source():
            yield f"“{node.title.value}”"
            yield f"<{node.url.value}>" if node.url else ""
        case ast.Pack():
            yield from _pack(node)
        case _:
            assert_never(node)


def _fact(node: ast.Fact) -> Iterator[str]:
    yield from _named(node.label, node.synonyms)
    yield f"asked as: {node.ask.value}" if node.ask else ""
    yield _kind(node.kind)
    flags = (("red flag", node.red_flag), ("optional", node.optional), ("context", node.context))
    yield ", ".join(word for word, said in flags if said)
    yield f"default {phrases.value(node.default)}" if node.default is not None else ""
    yield _code(f"asked when {format_guard(node.asked_when)}") if node.asked_when is not None else ""
    yield _codes(node.codes)


def _kind(kind: ast.FactKind) -> str:
    match kind:
        case ast.OneOf() | ast.ManyOf():
            return _list("one of" if isinstance(kind, ast.OneOf) else "many of", [term.name for term in kind.terms])
        case ast.YesNo():
            return "yes or no"
        case ast.Number():
            return phrases.number(kind)
        case _:
            assert_never(kind)


def _measured(kind: ast.Number | ast.Scale) -> str:
    if isinstance(kind, ast.Number):
        return phrases.number(kind)
    return "scale " + " < ".join(step.text for step in kind.steps)


def _pack(node: ast.Pack) -> Iterator[str]:
    yield f"“{node.title.value}”" if node.title else ""
    yield _code(f"covers {format_guard(node.covers)}") if node.covers is not None else ""
    yield f"review by {node.review_by.isoformat()}" if node.review_by else ""
    yield f"author {node.author.value}" if node.author else ""


def _rule(rule: ast.Rule, pack: str, project: Project) -> Iterator[str]:
    """Yield what a rule does and why: its sentence, its reason, its sources."""
    action = " ".join(phrases.action(rule.action))
    absolute = " absolute" if rule.absolute else ""
    yield _code(f"{action}\n  when {format_guard(rule.guard)}{absolute}")
    yield f"because {rule.because.value}" if rule.because else ""
    yield f"say {rule.say.value}" if rule.say else ""
    for citation in rule.citations:
        yield _citation(citation, pack, project)
    yield f"evidence: {rule.evidence.text.replace('_', ' ')}" if rule.evidence else ""


def _citation(citation: ast.Citation, pack: str, project: Project) -> str:
    title = label_of(project.nodes(Symbol(Sort.SOURCE, citation.source.text, pack))) or citation.source.text
    section = f", section “{citation.section.value}”" if citation.section else ""
    quote = f": “{citation.quote.value}”" if citation.quote else ""
    return f"from “{title}”{section}{quote}"


def _named(label: ast.Text | None, synonyms: Sequence[ast.Text] = ()) -> Iterator[str]:
    yield f"“{label.value}”" if label else ""
    yield f"also {', '.join(f'“{text.value}”' for text in synonyms)}" if synonyms else ""


def _codes(codes: Sequence[ast.Code]) -> str:
    return "; ".join(_code_group(code) for code in codes)


def _code_group(code: ast.Code) -> str:
    suggests = " (suggests)" if code.suggests else ""
    return f"code {code.system.text} {', '.join(text.value for text in code.values)}{suggests}"


def _list(word: str, names: Sequence[ast.Name]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - _MANY} more" if len(names) > _MANY else ""
    return f"{word} {', '.join(f'`{name.text}`' for name in names[:_MANY])}{more}"


def _code(text: str) -> str:
    return f"```rules\n{text}\n```"


def _around(symbol: Symbol, project: Project) -> Iterator[str]:
    """Yield what other statements say of a class: which exercises are of it."""
    if symbol.sort is Sort.CLASS:
        names = [
            ast.Name(one.name)
            for one in sorted(project.declared.of(Sort.EXERCISE), key=lambda one: one.name)
            for node in project.nodes(one)
            if isinstance(node, ast.Exercise) and symbol.name in {parent.text for parent in node.parents}
        ]
        yield from filter(None, [_list("exercises:", names)])


def hover(project: Project, name: str, offset: int) -> tuple[str, Occurrence | None] | None:
    """Return what is known of what stands at a place, and the name there; None where there is nothing to say."""
    found = project.at(name, offset)
    if found is not None:
        return describe(project, found.symbol), found
    rule = project.statement(name, offset)
    if isinstance(rule, ast.Rule) and offset <= rule.action.span.start + len(rule.action.kind.value):
        return describe_rule(project, rule, project.pack(name)), None
    return None
