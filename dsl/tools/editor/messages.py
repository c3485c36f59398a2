"""What the services say, in the words of the protocol."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lsprotocol import types

from dsl.syntax.diagnostics import Diagnostic, Severity
from dsl.syntax.source import SourceFile, Span
from dsl.tools.editor.colouring import Colour, Coloured
from dsl.tools.editor.completion import Completion, Offer
from dsl.tools.editor.outline import Entry
from dsl.tools.editor.positions import Places, Position
from dsl.tools.editor.symbols import Sort

COLOURS = [colour.value for colour in Colour]
"""The kinds of words, in the order in which the protocol numbers them."""

DECLARATION = "declaration"

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.NOTE: types.DiagnosticSeverity.Information,
}
_OFFERED = {
    Sort.PACK: types.CompletionItemKind.Module,
    Sort.SOURCE: types.CompletionItemKind.Reference,
    Sort.FACT: types.CompletionItemKind.Variable,
    Sort.VALUE: types.CompletionItemKind.EnumMember,
    Sort.STEP: types.CompletionItemKind.EnumMember,
    Sort.CLASS: types.CompletionItemKind.Interface,
    Sort.EXERCISE: types.CompletionItemKind.Class,
    Sort.MEASURE: types.CompletionItemKind.Property,
    Sort.PARAMETER: types.CompletionItemKind.Constant,
    Sort.DEFINITION: types.CompletionItemKind.Function,
    Sort.RULE: types.CompletionItemKind.Event,
}
_OUTLINED = {
    Sort.PACK: types.SymbolKind.Package,
    Sort.SOURCE: types.SymbolKind.File,
    Sort.FACT: types.SymbolKind.Variable,
    Sort.VALUE: types.SymbolKind.EnumMember,
    Sort.STEP: types.SymbolKind.EnumMember,
    Sort.CLASS: types.SymbolKind.Interface,
    Sort.EXERCISE: types.SymbolKind.Class,
    Sort.MEASURE: types.SymbolKind.Property,
    Sort.PARAMETER: types.SymbolKind.Constant,
    Sort.DEFINITION: types.SymbolKind.Function,
    Sort.RULE: types.SymbolKind.Event,
}


def position(at: Position) -> types.Position:
    """Return a position as the protocol writes it."""
    return types.Position(at.line, at.character)


def place_of(at: types.Position) -> Position:
    """Return a position of the protocol."""
    return Position(at.line, at.character)


def stretch(places: Places, start: int, end: int) -> types.Range:
    """Return the range between two offsets."""
    return types.Range(position(places.position(start)), position(places.position(end)))


def span_range(places: Places, span: Span) -> types.Range:
    """Return the range of a span."""
    return stretch(places, span.start, span.end)


def diagnostic(found: Diagnostic, places: Places) -> types.Diagnostic:
    """Return a finding, its help below it."""
    help_ = f"help: {found.help}" if found.help else None
    shown = [said for said in (found.message, help_, found.example) if said]
    return types.Diagnostic(
        range=span_range(places, found.span),
        message="\n".join(shown),
        severity=_SEVERITIES[found.severity],
        code=found.code,
        source="spotter",
    )


def by_file(
    found: Iterable[Diagnostic], sources: Mapping[str, SourceFile], encoding: str
) -> dict[str, list[types.Diagnostic]]:
    """Return the findings about each of the files `sources`, an empty list where nothing is wrong."""
    places = {name: Places(source.text, encoding) for name, source in sources.items()}
    sorted_out: dict[str, list[types.Diagnostic]] = {name: [] for name in sources}
    for one in found:
        if one.span.source in sorted_out:
            sorted_out[one.span.source].append(diagnostic(one, places[one.span.source]))
    return sorted_out


def completion_list(done: Completion, places: Places, cursor: int) -> types.CompletionList:
    """Return offers, each with the stretch that it takes the place of."""
    replaced = stretch(places, done.start, cursor)
    width = len(str(len(done.offers)))
    items = [_item(offer, replaced, f"{number:0{width}}") for number, offer in enumerate(done.offers)]
    return types.CompletionList(is_incomplete=False, items=items)


def _item(offer: Offer, replaced: types.Range, order: str) -> types.CompletionItem:
    symbol = offer.symbol
    return types.CompletionItem(
        label=offer.text,
        detail=offer.detail,
        label_details=types.CompletionItemLabelDetails(description=offer.detail) if offer.detail else None,
        kind=_OFFERED[symbol.sort] if symbol else types.CompletionItemKind.Keyword,
        filter_text=offer.searched,
        sort_text=order,
        text_edit=types.TextEdit(replaced, offer.text),
        data=[symbol.sort.value, symbol.name, symbol.owner] if symbol else None,
    )


def outlined(entry: Entry, places: Places) -> types.DocumentSymbol:
    """Return one statement for the outline."""
    return types.DocumentSymbol(
        name=entry.name,
        detail=entry.detail,
        kind=_OUTLINED[entry.sort] if entry.sort else types.SymbolKind.Method,
        range=span_range(places, entry.span),
        selection_range=span_range(places, entry.place),
    )


def token_data(coloured: Iterable[Coloured], places: Places) -> list[int]:
    """Return coloured words as the protocol packs them: five numbers a word, places counted from the word before."""
    return [number for numbers in _packed(coloured, places) for number in numbers]


def _packed(coloured: Iterable[Coloured], places: Places) -> Iterator[tuple[int, int, int, int, int]]:
    before = Position(0, 0)
    numbers = {colour: number for number, colour in enumerate(Colour)}
    for one in coloured:
        at = places.position(one.start)
        further = at.character - before.character if at.line == before.line else at.character
        length = places.units(places.text[one.start : one.end])
        yield at.line - before.line, further, length, numbers[one.colour], int(one.declares)
        before = at
