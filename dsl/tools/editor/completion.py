"""What may be typed next: words of the language, and names with what people call them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from dsl.semantics.declarations import NONE
from dsl.syntax import ast
from dsl.syntax.grammar import grammar
from dsl.tools.editor.context import Context, context_at
from dsl.tools.editor.describing import label_of, synonyms_of
from dsl.tools.editor.project import Project
from dsl.tools.editor.symbols import Sort, Symbol
from dsl.tools.editor.wanted import Held, Wanted, Words, closed, wanted_at


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing to type. `detail` is what people call it, `searched` every spelling that finds it.

    `symbol` is None for words of the language.
    """

    text: str
    detail: str | None = None
    searched: str | None = None
    symbol: Symbol | None = None


@dataclass(frozen=True, slots=True)
class Completion:
    """What may stand in the place of the text from `start` to the cursor, the likeliest first."""

    start: int
    offers: tuple[Offer, ...]


def complete(project: Project, name: str, cursor: int) -> Completion:
    """Return what may be typed at `cursor` of a file; nothing within quotes and comments."""
    source = project.sources.get(name)
    context = context_at(source, cursor) if source else None
    if context is None:
        return Completion(cursor, ())
    wanted = wanted_at(context)
    named = [] if wanted is None else list(_named(wanted, project, project.pack(name)))
    offers = [*named, *(Offer(word) for word in _keywords(context, wanted))]
    first: dict[str, Offer] = {}
    for offer in offers:
        first.setdefault(offer.text, offer)
    return Completion(context.start, tuple(first.values()))


# --- words of the language --------------------------------------------------------------------


def _keywords(context: Context, wanted: Wanted | None) -> list[str]:
    """Return the words that the parser would take, without those that would be mere names or values here."""
    if wanted is Words.REFERRAL:
        return []
    kinds = set(context.accepted)
    if "NAME" in kinds:
        kinds -= {soft for soft in grammar().soft if not _means_more(context, soft, wanted)}
    if isinstance(wanted, Held):
        kinds -= {"YES", "NO"}
    openers = grammar().openers
    going_on = sorted(word for word, kind in grammar().keywords.items() if kind in kinds and word not in openers)
    if not (context.complete and context.opens_line):
        return sorted(word for word, kind in grammar().keywords.items() if kind in kinds)
    return [*going_on, *sorted(openers)] if context.indented else [*sorted(openers), *going_on]


_OWN_MEANING = frozenset(
    {
        ("AT", "LEAST"),
        ("AT", "MOST"),
        ("HOLD", "LOAD"),
        ("RED", "FLAG"),
    }
)
"""Words that can be names, and mean something else behind the first of each pair."""

_AMONG_TERMS = frozenset({"RED", "ASK"})
"""The same among the terms of a fact."""


def _means_more(context: Context, kind: str, wanted: Wanted | None) -> bool:
    if wanted is Words.VERDICT:
        return kind == "LOAD"
    among_terms = context.tokens[0].kind == "FACT" and wanted is None and kind in _AMONG_TERMS
    return among_terms or (context.kind(), kind) in _OWN_MEANING


# --- names ------------------------------------------------------------------------------------


def _named(wanted: Wanted, project: Project, pack: str) -> Iterable[Offer]:
    match wanted:
        case Words():
            return [Offer(word, wanted.value) for word in closed(wanted)]
        case Held():
            return _held(wanted.subject, project, pack)
        case _:
            return [offer for sort in wanted for offer in _of_sort(sort, project, pack)]


_OF_PACK = frozenset({Sort.SOURCE, Sort.DEFINITION, Sort.PARAMETER})


def _of_sort(sort: Sort, project: Project, pack: str) -> list[Offer]:
    owner = pack if sort in _OF_PACK else None
    return _offers(sorted(project.declared.of(sort, owner), key=lambda one: one.name), project)


def _held(subject: str, project: Project, pack: str) -> Iterator[Offer]:
    """Yield what a fact or a measure can be held against."""
    kind = project.declared.fact_kind(subject)
    if isinstance(kind, ast.YesNo):
        yield from (Offer("yes"), Offer("no"))
    elif isinstance(kind, ast.OneOf | ast.ManyOf):
        yield from _offers(project.declared.of(Sort.VALUE, subject), project)
        if isinstance(kind, ast.ManyOf):
            yield Offer(NONE, "none of them")
    else:
        yield from _offers(project.declared.of(Sort.STEP, subject), project)
        yield from _of_sort(Sort.PARAMETER, project, pack)


def _offers(symbols: Iterable[Symbol], project: Project) -> list[Offer]:
    return [_offer(symbol, project) for symbol in symbols]


def _offer(symbol: Symbol, project: Project) -> Offer:
    nodes = project.nodes(symbol)
    label = label_of(nodes)
    also = dict.fromkeys([*([label] if label else []), *synonyms_of(nodes)])
    return Offer(symbol.name, label or symbol.sort.value, " ".join([symbol.name, *also]), symbol)
