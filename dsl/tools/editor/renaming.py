"""Another name for a thing, in every file that mentions it; refused where the files would then say something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsl.semantics.name_index import folded
from dsl.syntax.diagnostics import errors
from dsl.syntax.grammar import grammar
from dsl.syntax.limits import Limits
from dsl.syntax.source import Span
from dsl.tools.editor.project import Project, parsed
from dsl.tools.editor.symbols import DOTTED, Occurrence, Sort, Symbol

_SHARING = (frozenset({Sort.CLASS, Sort.EXERCISE}),)
"""Sorts of which no two things may have one name."""


class RefusedError(Exception):
    """A name cannot be changed so; the message says why, in the author's words."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of a file and what is to stand there instead."""

    span: Span
    text: str


def renameable(project: Project, name: str, offset: int) -> Occurrence:
    """Return the name at a place, if it can be changed.

    Raises:
        RefusedError: no name stands there, or it is not the author's to change.
    """
    found = project.at(name, offset)
    if found is None:
        raise RefusedError("no name stands here that could be changed")
    _require_own(project, found.symbol)
    return found


def rename(project: Project, name: str, offset: int, new: str) -> list[Edit]:
    """Return the edits that give the thing at a place the name `new` everywhere.

    Raises:
        RefusedError: the name is not the author's to change, is no name, is taken, or would change what the files say.
    """
    symbol = renameable(project, name, offset).symbol
    if new == symbol.name:
        return []
    _require_name(symbol.sort, new)
    _require_free(project, symbol, new)
    _require_readable(project, symbol.name)
    edits = [Edit(place.span, new) for place in project.places(symbol)]
    _require_same_meaning(project, symbol, edits, new)
    return edits


def applied(texts: Mapping[str, str], edits: Iterable[Edit]) -> dict[str, str]:
    """Return `texts` after `edits`, which do not overlap."""
    changed = dict(texts)
    for edit in sorted(edits, key=lambda one: one.span.start, reverse=True):
        text = changed[edit.span.source]
        changed[edit.span.source] = text[: edit.span.start] + edit.text + text[edit.span.end :]
    return changed


# --- what stands in the way -------------------------------------------------------------------


def _require_own(project: Project, symbol: Symbol) -> None:
    if any(place.span.source in project.shipped for place in project.places(symbol)):
        raise RefusedError(f"`{symbol.name}` belongs to the vocabulary that comes with Spotter, and keeps its name")


def _require_name(sort: Sort, new: str) -> None:
    """Check that `new` can be the name of a thing of that sort."""
    if len(new) > Limits().identifier:
        raise RefusedError(f"a name has {Limits().identifier} characters at most")
    kind = grammar().keywords.get(new)
    if kind is not None and kind not in grammar().soft:
        raise RefusedError(f"`{new}` is a word of the language")
    if [(str(token), token.kind) for token in grammar().tokens(new, 0, len(new))] != [(new, kind or "NAME")]:
        raise RefusedError(f"`{new}` cannot be a name: use small letters, digits and `_`, and begin with a letter")
    if "." in new and sort not in DOTTED:
        raise RefusedError("only packs and rules have dots in their names")


def _require_free(project: Project, symbol: Symbol, new: str) -> None:
    """Check that nothing else of the sort is called `new`, or spelt or labelled so."""
    sorts = next((group for group in _SHARING if symbol.sort in group), frozenset({symbol.sort}))
    for sort in sorts:
        for other in project.declared.of(sort, symbol.owner):
            if other != symbol and folded(other.name) == folded(new):
                raise RefusedError(f"`{new}` is taken: there is {_article(sort.value)} `{other.name}`")


def _article(word: str) -> str:
    return f"an {word}" if word[0] in "aeiou" else f"a {word}"


def _require_readable(project: Project, old: str) -> None:
    """Check that no statement that cannot be read may mention the name."""
    for source in project.own.values():
        if not parsed(source).sound and old in map(str, grammar().tokens(source.text, 0, len(source.text))):
            raise RefusedError(f"mend the errors in {source.name} first: what cannot be read there may mention `{old}`")


def _require_same_meaning(project: Project, symbol: Symbol, edits: list[Edit], new: str) -> None:
    """Check that after the edits the same places name the same things, and nothing is wrong that was not before."""
    after = Project(applied({name: source.text for name, source in project.own.items()}, edits))
    said = _new_error(project, after)
    if said is not None or _shape(after, None, "") != _shape(project, symbol, new):
        why = said or "another name would lead elsewhere"
        raise RefusedError(f"`{symbol.name}` cannot be called `{new}`: {why}")


def _new_error(before: Project, after: Project) -> str | None:
    """Return what is wrong after a change, of a kind of which there was less before."""
    left = Counter(found.code for found in errors(before.compilation.diagnostics))
    for found in errors(after.compilation.diagnostics):
        left[found.code] -= 1
        if left[found.code] < 0:
            return found.message
    return None


def _shape(project: Project, symbol: Symbol | None, new: str) -> list[tuple[str, list[tuple[Symbol, bool]]]]:
    """Return which things each file names, in order, as they would be called after the renaming."""
    return [
        (name, [(_called(one.symbol, symbol, new), one.declares) for one in project.occurrences[name]])
        for name in project.own
    ]


def _called(one: Symbol, symbol: Symbol | None, new: str) -> Symbol:
    """Return the symbol that `one` becomes when `symbol` is called `new`."""
    if symbol is None:
        return one
    if one == symbol:
        return Symbol(one.sort, new, one.owner)
    owns = {Sort.FACT: {Sort.VALUE}, Sort.MEASURE: {Sort.STEP}, Sort.PACK: _OF_PACK}.get(symbol.sort, set())
    return Symbol(one.sort, one.name, new) if one.sort in owns and one.owner == symbol.name else one


_OF_PACK = {Sort.SOURCE, Sort.PARAMETER, Sort.DEFINITION, Sort.RULE}
