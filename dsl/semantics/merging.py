"""The first pass over all files: declarations of one name become one, and must agree."""

from __future__ import annotations

import heapq
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import chain, pairwise
from typing import TypeVar

from dsl.semantics.agreement import Agreement
from dsl.semantics.declarations import MAIN, Declarations, DeclaredFact, PackContents
from dsl.semantics.guards import values_of, walk
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import SourceFile
from dsl.syntax.spelling import nearest

_Named = TypeVar("_Named", ast.Fact, ast.Exercise, ast.Class, ast.Measure, ast.Source, ast.Parameter, ast.Definition)
_Owned = TypeVar("_Owned", ast.Source, ast.Parameter, ast.Definition)
_Stated = TypeVar("_Stated")
_Item = TypeVar("_Item")
_Flagged = TypeVar("_Flagged", ast.Fact, ast.Term)

_DECLARERS = ("pack", "fact", "exercise", "class", "measure", "parameter", "define", "source", "rule")
_OPENING = re.compile(
    r"^[ \t]*(?:[-*\u2022\u2013]+[ \t]*)?(?P<keyword>[a-z]+)[ \t]+[\"\u201c]?(?P<name>[\w.-]+(?:[ \t]+[\w.-]+){0,3})",
    re.MULTILINE | re.IGNORECASE,
)


def merge(
    files: Sequence[ast.File], sources: Mapping[str, SourceFile], unparsed: Iterable[str] = ()
) -> tuple[Declarations, list[Diagnostic]]:
    """Return what `files` declare together, and where their declarations disagree.

    Of declarations that disagree the first, in the order of `files`, counts. `unparsed` names the files
    with a syntax error in them.
    """
    agreement = Agreement(sources)
    unparsed_in = frozenset(unparsed)
    stated = list(chain.from_iterable(_stated(file) for file in files))
    declared = Declarations(
        facts=_merged(stated, ast.Fact, agreement, _fact),
        exercises=_merged(stated, ast.Exercise, agreement, _exercise),
        classes=_merged(stated, ast.Class, agreement, _class),
        measures=_merged(stated, ast.Measure, agreement, _measure),
        packs=_packs(stated, agreement),
        unparsed=frozenset(chain.from_iterable(_half_declared(file, sources, unparsed_in) for file in files)),
    )
    _check_two_sorts(declared, agreement)
    _check_narrowed(stated, declared.packs, agreement)
    return declared, agreement.found


def pack_of(file: ast.File) -> str:
    """Return the name of the pack that `file` belongs to."""
    return next((node.name.text for node in file.statements if isinstance(node, ast.Pack)), MAIN)


def _stated(file: ast.File) -> Iterator[tuple[str, ast.Statement]]:
    pack = pack_of(file)
    return ((pack, node) for node in file.statements)


def in_declared_order(lists: Iterable[Sequence[str]]) -> list[str]:
    """Return all names of `lists`, each once, in an order that every list agrees with where there is one.

    The order of `lists` themselves leaves no trace: what they do not order is in the order of the alphabet.
    """
    after: dict[str, set[str]] = {}
    for names in lists:
        after.update((name, set()) for name in names if name not in after)
        for earlier, later in pairwise(names):
            after[earlier].add(later)
    return _sorted_topologically(after)


def _sorted_topologically(after: Mapping[str, set[str]]) -> list[str]:
    waiting = dict.fromkeys(after, 0)
    for later in chain.from_iterable(after.values()):
        waiting[later] += 1
    ready = [name for name, count in waiting.items() if count == 0]
    heapq.heapify(ready)
    ordered: list[str] = []
    while ready:
        ordered.append(name := heapq.heappop(ready))
        for later in after[name]:
            waiting[later] -= 1
            if waiting[later] == 0:
                heapq.heappush(ready, later)
    return ordered + sorted(after.keys() - set(ordered))


def _half_declared(file: ast.File, sources: Mapping[str, SourceFile], unparsed: frozenset[str]) -> Iterator[str]:
    """Yield the names that statements of `file` seem to declare which are not in its tree."""
    if file.span.source in unparsed and file.span.source in sources:
        parsed = {node.span.start for node in file.statements}
        for opening in _OPENING.finditer(sources[file.span.source].text):
            if opening.start("keyword") not in parsed and _declares(opening["keyword"].lower()):
                yield from _as_names(opening["name"])


@lru_cache(maxsize=1 << 12)
def _declares(word: str) -> bool:
    """Return whether a word that opens a line declares something, misspelt as it may be."""
    return word in _DECLARERS or nearest(word, _DECLARERS) is not None


def _as_names(text: str) -> Iterator[str]:
    """Yield the names that words may be meant as: `trap bar` is `trap`, or `trap_bar`."""
    words = text.lower().replace("-", "_").split()
    return ("_".join(words[:count]) for count in range(1, len(words) + 1))


def _grouped(nodes: Iterable[tuple[str, _Item]]) -> dict[str, list[_Item]]:
    groups: dict[str, list[_Item]] = defaultdict(list)
    for key, node in nodes:
        groups[key].append(node)
    return groups


def _union(items: Iterable[Iterable[_Item]]) -> tuple[_Item, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(items)))


# --- global names -----------------------------------------------------------------------------

_Merged = TypeVar("_Merged")


def _merged(
    stated: Sequence[tuple[str, ast.Statement]],
    sort: type[_Named],
    agreement: Agreement,
    merge_one: Callable[[Sequence[tuple[str, _Named]], Agreement], _Merged],
) -> dict[str, _Merged]:
    groups = _grouped((node.name.text, (pack, node)) for pack, node in stated if isinstance(node, sort))
    return {name: merge_one(group, agreement) for name, group in groups.items()}


def _label(
    nodes: Sequence[ast.Fact | ast.Exercise | ast.Class | ast.Measure | ast.Term], agreement: Agreement
) -> ast.Text | None:
    return agreement.on(f"the label of `{nodes[0].name.text}`", (node.label for node in nodes))


def _fact(stated: Sequence[tuple[str, ast.Fact]], agreement: Agreement) -> DeclaredFact:
    nodes = [node for _, node in stated]
    name = nodes[0].name.text
    alike = [node for node in nodes if _kind_key(node.kind) == _kind_key(nodes[0].kind)]  # else it is told of the kind
    defaults = [(node.default, node.default.span) for node in nodes if node.default is not None]
    asked = [(node.asked_when, node.asked_when.span) for node in nodes if node.asked_when is not None]
    merged = replace(
        _flagged_first(nodes),
        kind=_fact_kind(nodes, agreement),
        label=_label(alike, agreement),
        ask=agreement.on(f"the question of `{name}`", (node.ask for node in alike)),
        synonyms=_union(node.synonyms for node in nodes),
        codes=_union(node.codes for node in nodes),
        red_flag=any(node.red_flag for node in nodes),
        optional=any(node.optional for node in nodes),
        context=any(node.context for node in nodes),
        default=agreement.on_values(f"the default of `{name}`", defaults),
        asked_when=agreement.on_values(f"`asked when` of `{name}`", asked),
    )
    return DeclaredFact(merged, next((pack for pack, node in stated if node.asked_when is not None), stated[0][0]))


def _fact_kind(nodes: Sequence[ast.Fact], agreement: Agreement) -> ast.FactKind:
    what = f"the kind of `{nodes[0].name.text}`"
    agreement.on_values(what, ((_kind_key(node.kind), node.name.span) for node in nodes))
    match nodes[0].kind:
        case ast.OneOf():
            return ast.OneOf(_terms([node.kind.terms for node in nodes if isinstance(node.kind, ast.OneOf)], agreement))
        case ast.ManyOf():
            return ast.ManyOf(
                _terms([node.kind.terms for node in nodes if isinstance(node.kind, ast.ManyOf)], agreement)
            )
        case ast.YesNo() | ast.Number() as kind:
            return kind


def _kind_key(kind: ast.FactKind | ast.Scale) -> object:
    """Return what two declarations of one thing must have in common."""
    match kind:
        case ast.Number():
            unit = kind.unit.text if kind.unit else None
            return "number", kind.low.value, kind.high.value, unit, kind.whole
        case ast.Scale():
            return "scale", tuple(step.text for step in kind.steps)
        case ast.OneOf() | ast.ManyOf() | ast.YesNo():
            return type(kind).__name__


def _terms(lists: Sequence[tuple[ast.Term, ...]], agreement: Agreement) -> tuple[ast.Term, ...]:
    groups = _grouped((term.name.text, term) for term in chain.from_iterable(lists))
    order = in_declared_order([tuple(dict.fromkeys(term.name.text for term in terms)) for terms in lists])
    return tuple(_term(groups[name], agreement) for name in order)


def _term(terms: Sequence[ast.Term], agreement: Agreement) -> ast.Term:
    return replace(
        _flagged_first(terms),
        label=_label(terms, agreement),
        synonyms=_union(term.synonyms for term in terms),
        codes=_union(term.codes for term in terms),
        red_flag=any(term.red_flag for term in terms),
    )


def _flagged_first(nodes: Sequence[_Flagged]) -> _Flagged:
    """Return the declaration that stands for all: one with the red flag, for it is what an author is told about."""
    return next((node for node in nodes if node.red_flag), nodes[0])


def _exercise(stated: Sequence[tuple[str, ast.Exercise]], agreement: Agreement) -> ast.Exercise:
    nodes = [node for _, node in stated]
    return replace(
        nodes[0],
        label=_label(nodes, agreement),
        synonyms=_union(node.synonyms for node in nodes),
        parents=_union(node.parents for node in nodes),
        needs=_union(node.needs for node in nodes),
    )


def _class(stated: Sequence[tuple[str, ast.Class]], agreement: Agreement) -> ast.Class:
    nodes = [node for _, node in stated]
    return replace(nodes[0], label=_label(nodes, agreement), union=_union(node.union for node in nodes))


def _measure(stated: Sequence[tuple[str, ast.Measure]], agreement: Agreement) -> ast.Measure:
    nodes = [node for _, node in stated]
    what = f"the range or scale of `{nodes[0].name.text}`"
    agreement.on_values(what, ((_kind_key(node.kind), node.name.span) for node in nodes))
    return replace(nodes[0], label=_label(nodes, agreement))


def _check_two_sorts(declared: Declarations, agreement: Agreement) -> None:
    for name in declared.exercises.keys() & declared.classes.keys():
        place = agreement.place(declared.classes[name].name.span)
        message = f"`{name}` is an exercise here and a class at {place}"
        agreement.report("E222", declared.exercises[name].name.span, message, "give one of the two another name")


# --- what only one pack says --------------------------------------------------------------------


def _check_narrowed(
    stated: Sequence[tuple[str, ast.Statement]], packs: Mapping[str, PackContents], agreement: Agreement
) -> None:
    """Report facts that not every pack takes for context, for optional, or asks under the same condition.

    What one pack adds there would answer for the rules of another, absolute ones too.
    """
    facts = _grouped((node.name.text, (pack, node)) for pack, node in stated if isinstance(node, ast.Fact))
    for name, group in facts.items():
        _check_flag("context", name, group, {pack for pack, node in group if node.context}, agreement)
        _check_flag("optional", name, group, {pack for pack, node in group if node.optional}, agreement)
        asking = {pack: node.asked_when for pack, node in group if node.asked_when is not None}
        silent = {pack: node.name for pack, node in group if pack not in asking}
        if asking and silent:
            _report_silent(name, asking, silent, agreement)
        for guard in list(asking.values())[1:]:
            if any(_is_of_a_pack(part, [packs[pack] for pack in asking]) for part in walk(guard)):
                message = f"`asked when` of `{name}` uses a definition or a parameter, and another pack states it too"
                agreement.report("E220", guard.span, message, "write it without, or declare the fact in one pack only")


def _check_flag(
    flag: str, name: str, group: Sequence[tuple[str, ast.Fact]], flagged: set[str], agreement: Agreement
) -> None:
    """Report a pack that declares the fact `name` without the `flag` that the packs `flagged` give it."""
    without = next((node.name for pack, node in group if pack not in flagged), None)
    if flagged and without is not None:
        place = agreement.place(next(node.name.span for pack, node in group if pack in flagged))
        message = f"`{name}` is `{flag}` at {place}, and is not here"
        agreement.report("E220", without.span, message, f"say `{flag}` in both packs, or in neither")


def _report_silent(
    name: str, asking: Mapping[str, ast.Guard], silent: Mapping[str, ast.Name], agreement: Agreement
) -> None:
    place = agreement.place(next(iter(asking.values())).span)
    message = f"`{name}` is asked of everybody here, and only under a condition at {place}"
    help_ = "state the same `asked when` in both packs, or in neither"
    agreement.report("E220", next(iter(silent.values())).span, message, help_)


def _is_of_a_pack(part: ast.Guard, packs: Sequence[PackContents]) -> bool:
    """Return whether `part` may mean something else in each of `packs`: a definition, or one of their parameters."""
    if not isinstance(part, ast.Comparison | ast.Membership | ast.Between):
        return isinstance(part, ast.Reference)
    names = {value.text for value in values_of(part) if isinstance(value, ast.Name)}
    return any(names & pack.parameters.keys() for pack in packs)


# --- packs ------------------------------------------------------------------------------------


def _packs(stated: Sequence[tuple[str, ast.Statement]], agreement: Agreement) -> dict[str, PackContents]:
    return {pack: _pack(pack, nodes, agreement) for pack, nodes in _grouped(stated).items()}


def _pack(pack: str, nodes: Sequence[ast.Statement], agreement: Agreement) -> PackContents:
    return PackContents(
        pack,
        header=_header(_of(nodes, ast.Pack), agreement),
        sources=_own(_of(nodes, ast.Source), "source", agreement),
        parameters=_own(_of(nodes, ast.Parameter), "parameter", agreement),
        definitions=_own(_of(nodes, ast.Definition), "definition", agreement),
        rules=_rules(pack, _of(nodes, ast.Rule), agreement),
        overrides=_of(nodes, ast.Override),
        impossible=_of(nodes, ast.Impossible),
        examples=_of(nodes, ast.Example),
        proofs=_of(nodes, ast.Proof),
    )


def _of(nodes: Sequence[ast.Statement], sort: type[_Stated]) -> tuple[_Stated, ...]:
    """Return the statements of one sort, identical ones once."""
    return tuple(dict.fromkeys(node for node in nodes if isinstance(node, sort)))


def _header(nodes: Sequence[ast.Pack], agreement: Agreement) -> ast.Pack | None:
    if not nodes:
        return None
    name = nodes[0].name.text
    covers = [(node.covers, node.covers.span) for node in nodes if node.covers is not None]
    dates = ((node.review_by, node.name.span) for node in nodes if node.review_by is not None)
    return replace(
        nodes[0],
        title=agreement.on(f"the title of `{name}`", (node.title for node in nodes)),
        covers=agreement.on_values(f"what `{name}` covers", covers),
        review_by=agreement.on_values(f"the review date of `{name}`", dates),
        author=agreement.on(f"the author of `{name}`", (node.author for node in nodes)),
    )


def _own(nodes: Sequence[_Owned], what: str, agreement: Agreement) -> dict[str, _Owned]:
    groups = _grouped((node.name.text, node) for node in nodes)
    for name, group in groups.items():
        agreement.on_values(f"the {what} `{name}`", ((node, node.name.span) for node in group))
    return {name: group[0] for name, group in groups.items()}


def _rules(pack: str, rules: tuple[ast.Rule, ...], agreement: Agreement) -> tuple[ast.Rule, ...]:
    first: dict[str, ast.Name] = {}
    for name in (rule.name for rule in rules if rule.name is not None):
        if first.setdefault(name.text, name) is not name:
            message = f"another rule of `{pack}` is named `{name.text}`, at {agreement.place(first[name.text].span)}"
            agreement.report("E221", name.span, message, "give one of the two another name")
    return rules
