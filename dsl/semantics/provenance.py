"""What rules claim of their sources, held against the texts of those works that lie beside the rule files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from dsl.semantics.declarations import Declarations
from dsl.semantics.naming import nearest
from dsl.semantics.work import Work, folded
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.source import SourceFile, Span

_MOST_NAMED = 5
_LONGEST_SHOWN = 60
_NO_WORKS = frozenset({"readme", "license", "licence"})
"""Names of files that may stand among the texts and are none."""


@dataclass(frozen=True, slots=True)
class Bundled:
    """The texts that are at hand, by pack and source; `strays` are texts beside sources, and of none of them."""

    works: Mapping[tuple[str, str], Work] = field(default_factory=dict)
    strays: tuple[SourceFile, ...] = ()


def bundled(declared: Declarations, texts: Iterable[SourceFile]) -> Bundled:
    """Return which of `texts` is that of which source.

    The text of a source lies in a folder `sources` beside the file that declares it, and is called by its name:
    `sources/article.md` or `sources/article.txt`.
    """
    by_place: dict[tuple[PurePath, str], list[tuple[str, str]]] = {}
    for pack in declared.packs.values():
        for name, source in pack.sources.items():
            by_place.setdefault((PurePath(source.name.span.source).parent, name), []).append((pack.name, name))
    works: dict[tuple[str, str], Work] = {}
    strays: list[SourceFile] = []
    folders = {folder for folder, _ in by_place}
    for text in sorted(texts, key=lambda text: text.name):
        path = PurePath(text.name)
        folder = path.parent.parent
        meant = by_place.get((folder, path.stem), [])
        if any(key in works for key in meant) or not meant:
            strays += [text] if folder in folders and path.stem.casefold() not in _NO_WORKS else []
        works = {key: Work(text) for key in meant} | works
    return Bundled(works, tuple(strays))


def check_provenance(declared: Declarations, at_hand: Bundled) -> Iterator[Diagnostic]:
    """Yield every quote and every section that is not in the text of its source, and every text of no source."""
    for pack in declared.packs.values():
        for citation in (citation for rule in pack.rules for citation in rule.citations):
            work = at_hand.works.get((pack.name, citation.source.text))
            if work is not None:
                yield from _citation(citation, work)
    for text in at_hand.strays:
        stem = PurePath(text.name).stem
        message = f"`{text.name}`: no source beside it is named `{stem}`, or another text is its text already"
        help_ = f'declare it (`source {stem} "…"`), or call the file like its source'
        yield Diagnostic("W507", Span(text.name, 0, 0), message, help_)


def _citation(citation: ast.Citation, work: Work) -> Iterator[Diagnostic]:
    name = citation.source.text
    sections = work.cited_as(citation.section.value) if citation.section else ()
    if citation.section and not sections:
        message = f"the text of `{name}` has no section “{_shown(citation.section.value)}”"
        yield Diagnostic("E408", citation.section.span, message, _other_sections(citation.section.value, work))
    if citation.quote is None:
        return
    if not work.says(citation.quote.value):
        message = f"these words are not in the text of `{name}`"
        help_ = "repeat words that stand there; `…` stands for words that you leave out"
        yield Diagnostic("E407", citation.quote.span, message, help_)
    elif sections and not any(section.says(citation.quote.value) for section in sections):
        elsewhere = next((s.title for s in reversed(work.sections) if s.says(citation.quote.value)), None)
        message = f"these words of `{name}` are not in its section “{_shown(sections[0].title)}”"
        help_ = f"they stand in “{_shown(elsewhere)}”" if elsewhere else "they stand in no one section"
        yield Diagnostic("E407", citation.quote.span, message, help_)


def _other_sections(title: str, work: Work) -> str:
    titles = list(dict.fromkeys(section.title for section in work.sections))
    if not titles:
        return "its text has no titles: in a file `.md` they begin with `#`"
    by_spelling = {spelling: section.title for section in reversed(work.sections) for spelling in section.spellings}
    near = nearest(folded(title), by_spelling)
    if near:
        return f"did you mean “{_shown(by_spelling[near])}”?"
    more = "" if len(titles) <= _MOST_NAMED else f" and {len(titles) - _MOST_NAMED} more"
    return f"it has {', '.join(f'“{_shown(one)}”' for one in titles[:_MOST_NAMED])}{more}"


def _shown(title: str) -> str:
    return title if len(title) <= _LONGEST_SHOWN else f"{title[:_LONGEST_SHOWN]}…"
