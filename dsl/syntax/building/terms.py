"""Groups the flat list of a `fact` into terms, labels, synonyms, codes and flags.

A comma may continue the synonyms, the codes or the terms, so the grammar leaves all of them in one list.
Here a label, `also`, `code` and `red flag` join the term before them (the fact, where no term stands yet);
`ask`, `optional`, `context` and `default` always speak of the fact. A term begins after a comma or on its
own line, so that a misspelt keyword never becomes one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache

from dsl.syntax import ast
from dsl.syntax.broken import BrokenError
from dsl.syntax.building.words import Site, build_text, build_value, token_name
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.grammar import grammar
from dsl.syntax.source import Span
from dsl.syntax.spelling import FACT_WORDS, meant_among_terms, nearest
from dsl.syntax.tree import Child, Node, Token

_CODE_TYPES = frozenset({"STRING", "LOINC", "ICD", "DECIMAL"})


@dataclass
class Described:
    """What has been said so far of one term, or of the fact itself."""

    name: Token
    label: ast.Text | None = None
    synonyms: list[ast.Text] = field(default_factory=list)
    codes: list[ast.Code] = field(default_factory=list)
    red_flag: bool = False
    end: int = 0

    def term(self, site: Site) -> ast.Term:
        """Return the finished term."""
        name = token_name(site, self.name)
        place = Span(site.source, name.span.start, max(self.end, name.span.end))
        return ast.Term(name, self.label, tuple(self.synonyms), tuple(self.codes), self.red_flag, place)


class Gathering:
    """Reads the list of one fact from left to right."""

    def __init__(self, site: Site, name: Token) -> None:
        self.site = site
        self.fact = Described(name)
        self.terms: list[Described] = []
        self.ask: ast.Text | None = None
        self.default: ast.Value | None = None
        self.optional = False
        self.context = False
        self._items: Sequence[Child] = ()
        self._at = 0
        self._before = name

    def read(self, items: Sequence[Child], before: Token, *, terms: bool) -> None:
        """Take in `items`, which stand after the token `before`; names among them are terms if `terms`."""
        self._items, self._at, self._before = [_plain(item) for item in items], 0, before
        if terms and self._next("COMMA"):
            raise self._broken("E138", self._items[0], "the list of terms begins with a comma", "leave the comma out")
        while self._at < len(self._items):
            self._one(terms)

    # --- one item -----------------------------------------------------------------------------

    def _one(self, terms: bool) -> None:
        item = self._take()
        match item.kind:
            case "RED" | "ASK" if self._is_flag(item):
                self._flag(item)
            case kind if kind in _ABOUT:
                _ABOUT[kind](self, item)
            case "COMMA" if terms:
                self._comma(item)
            case kind if terms and kind in _names():
                self._term(item)
            case _:
                raise self._senseless(item)

    def _is_flag(self, item: Token) -> bool:
        """Return whether `red` or `ask` is half of `red flag` or `ask "…"`; after a comma it begins a term."""
        return not self._after_comma and self._next("FLAG" if item.kind == "RED" else "STRING")

    def _flag(self, item: Token) -> None:
        if item.kind == "RED":
            self._take()
            self._owner.red_flag = True
            self._reaches()
            return
        self._once(item, self.ask)
        self.ask = build_text(self.site, self._take())

    def _senseless(self, item: Token) -> BrokenError:
        """Return the finding about an item that says nothing where it stands."""
        alone = {"ASK": 'write `ask "…"`', "RED": "write `red flag`", "COMMA": "leave the comma out"}
        advice = alone.get(item.kind, "codes stand after `code SYSTEM`, and `suggests` after the codes")
        return self._broken("E138", item, f"`{item}` says nothing here", advice)

    def _also(self, item: Token) -> None:
        self._owner.synonyms.extend(self._strings(item))
        self._reaches()

    def _codes(self, item: Token) -> None:
        self._owner.codes.append(self._code(item))
        self._reaches()

    def _reaches(self) -> None:
        """Let the place of the term, or of the fact, reach up to the item taken last."""
        self._owner.end = self._last.end

    def _optional(self, item: Token) -> None:
        self._once(item, self.optional or None)
        self.optional = True

    def _context(self, item: Token) -> None:
        self._once(item, self.context or None)
        self.context = True

    def _default(self, item: Token) -> None:
        self._once(item, self.default)
        self.default = self._value()

    @property
    def _owner(self) -> Described:
        return self.terms[-1] if self.terms else self.fact

    def _label(self, item: Token) -> None:
        if self._previous is not self._owner.name:
            advice = f"a label follows its name at once; another word for it is written `also {item}`"
            if self._previous.kind in ("OF", "COMMA"):
                name = re.sub(r"\W+", "_", item.lower(), flags=re.ASCII).strip("_")
                advice = f"a name stands before the label: write `{name} {item}`"
            raise self._broken("E138", item, f"{item} stands alone here", advice)
        self._owner.label = build_text(self.site, item)
        self._reaches()

    def _comma(self, item: Token) -> None:
        following = self._items[self._at] if self._at < len(self._items) else None
        if not isinstance(following, Token) or following.kind not in _names():
            raise self._broken(
                "E138", item, "a term is missing after the comma", "write the next term, or leave the comma out"
            )

    def _term(self, item: Token) -> None:
        before = self._previous
        if self.terms and isinstance(before, Token) and before.kind != "COMMA" and item.line == before.line:
            raise self._stuck_to(before, item)
        if self.terms and isinstance(before, Token) and before.kind != "COMMA":
            self._refuse_misspelt(item)
        if "." in item:
            raise self._broken(
                "E125",
                item,
                f"`{item}` has a dot, which only names of packs and rules may have",
                f"write `{item.replace('.', '_')}`",
            )
        self.terms.append(Described(item, end=item.end))

    def _refuse_misspelt(self, item: Token) -> None:
        """Refuse a word that opens a line, without a comma before it, and looks like a word of the language.

        Taken for a term it would be lost as what it was meant to be: a red flag, most of all.
        """
        meant = meant_among_terms(str(item))
        if meant is not None:
            advice = f"write `{meant}`; if it is a term, write a comma before it"
            raise self._broken("E102", item, f"`{item}` can be read as a term or as `{meant}`", advice)

    def _stuck_to(self, before: Token, item: Token) -> BrokenError:
        """Return the finding about a word that no comma and no new line makes a term."""
        if self._reads_red_flag(item):
            return self._broken("E102", item, f"`{item}` is not how a red flag is marked", "write `red flag`")
        if item.kind == "FLAG" and before.kind == "RED":
            return self._broken("E138", before, "a comma stands before `red flag`", "leave the comma out")
        if (near := nearest(str(item), FACT_WORDS)) is not None:
            return self._broken("E102", item, f"`{item}` is not a word of the language", f"did you mean `{near}`?")
        opening = self.terms[-1].name
        near = nearest(str(opening), grammar().openers)
        if near is not None and before is opening and self._opens_line(opening):
            return self._broken(
                "E102", opening, f"`{opening}` is not a word of the language", f"did you mean `{near}`?"
            )
        if before is opening:
            advice = f"write `{before}_{item}` for one name, or write `{before}, {item}` for two terms"
            told = f"`{before} {item}` is neither one name nor a list"
        else:
            advice = f"write `{before}, {item}`, or put `{item}` on a line of its own"
            told = f"a comma is missing before `{item}`"
        return BrokenError(Diagnostic("E116", Span(self.site.source, before.start, item.end), told, advice))

    def _reads_red_flag(self, item: Token) -> bool:
        """Return whether a word is meant for `red flag`: `redflag`, or the two exchanged."""
        return meant_among_terms(str(item)) == "red flag" and not (item.kind == "FLAG" and not self._next("RED"))

    def _opens_line(self, item: Token) -> bool:
        at = next(i for i, other in enumerate(self._items) if other is item)
        before = self._items[at - 1] if at else self._before
        return isinstance(before, Token) and before.line != item.line

    # --- parts --------------------------------------------------------------------------------

    def _strings(self, word: Token) -> list[ast.Text]:
        if not self._next("STRING"):
            raise self._broken("E138", word, f"`{word}` needs a string after it", f'write `{word} "…"`')
        found = [build_text(self.site, self._take())]
        while self._next("COMMA") and self._next("STRING", ahead=1):
            self._take()
            found.append(build_text(self.site, self._take()))
        return found

    def _code(self, word: Token) -> ast.Code:
        system = self._take()
        codes: list[ast.Text] = []
        while self._next(*_CODE_TYPES) or (codes and self._next("COMMA") and self._next(*_CODE_TYPES, ahead=1)):
            item = self._take()
            codes.append(self._one_code(self._take() if item.kind == "COMMA" else item))
        if not codes and self._next("NAME") and self._take().line == system.line:
            raise self._broken("E137", self._last, f"the code `{self._last}` needs quotes", f'write `"{self._last}"`')
        if not codes:
            raise self._broken(
                "E137",
                system,
                f"no code follows `code {system}`",
                f'codes that are not plain numbers, LOINC or ICD codes are quoted: `code {system} "…"`',
            )
        suggests = self._next("SUGGESTS")
        if suggests:
            self._take()
        return ast.Code(token_name(self.site, system), tuple(codes), suggests, self.site.span(word, self._last))

    def _one_code(self, item: Token) -> ast.Text:
        if item.kind == "STRING":
            return build_text(self.site, item)
        if item.kind == "DECIMAL" and not item.isdigit():
            raise self._broken("E137", item, f"the code `{item}` needs quotes", f'write `"{item}"`')
        return ast.Text(str(item), self.site.span(item))

    def _value(self) -> ast.Value:
        item = self._items[self._at] if self._at < len(self._items) else None
        if isinstance(item, Node):
            self._at += 1
            return build_value(self.site, item)
        return token_name(self.site, self._take())

    # --- the cursor ---------------------------------------------------------------------------

    @property
    def _last(self) -> Child:
        return self._items[self._at - 1]

    @property
    def _previous(self) -> Child:
        """Return what stands before the token taken last."""
        return self._items[self._at - 2] if self._at > 1 else self._before

    @property
    def _after_comma(self) -> bool:
        """Return whether the token taken last stands after a comma, and so begins a term."""
        before = self._previous
        return isinstance(before, Token) and before.kind == "COMMA"

    def _next(self, *types: str, ahead: int = 0) -> bool:
        at = self._at + ahead
        item = self._items[at] if at < len(self._items) else None
        return isinstance(item, Token) and item.kind in types

    def _take(self) -> Token:
        item = self._items[self._at]
        self._at += 1
        return item if isinstance(item, Token) else item.word

    def _once(self, item: Token, given: object) -> None:
        if given is not None:
            raise self._broken("E127", item, f"`{item}` is given twice", "keep one of the two")

    def _broken(self, code: str, item: Child, message: str, help_: str | None = None) -> BrokenError:
        return BrokenError(Diagnostic(code, self.site.span(item), message, help_))


_ABOUT: dict[str, Callable[[Gathering, Token], None]] = {
    "ALSO": Gathering._also,  # noqa: SLF001  # the class's own table of what each word begins
    "CODE": Gathering._codes,  # noqa: SLF001
    "STRING": Gathering._label,  # noqa: SLF001
    "OPTIONAL": Gathering._optional,  # noqa: SLF001
    "CONTEXT": Gathering._context,  # noqa: SLF001
    "DEFAULT": Gathering._default,  # noqa: SLF001
}


@cache
def _names() -> frozenset[str]:
    """Return the token types that can be a term."""
    return grammar().soft | {"NAME"}


def _plain(item: Child) -> Child:
    """Return the token of a name; other items as they are."""
    return item.word if isinstance(item, Node) and item.kind == "name" else item
