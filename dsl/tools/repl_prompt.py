"""The prompt itself: editing, completion as you type, and a history that is gone with the process."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.history import InMemoryHistory

from dsl.semantics.vocabulary import Kind
from dsl.tools.repl_lines import ALL, COMMANDS, Reader
from dsl.tools.terminal import visible

if TYPE_CHECKING:
    from prompt_toolkit.document import Document

    from dsl.tools.repl_session import Session

_VALUE = re.compile(r"(?:.*,\s*)?(?P<fact>[a-z][a-z0-9_]*)\s*(?:=|has\b|lacks\b)[\s(]*(?:[^=]*,\s*)?(?P<word>[^,(=]*)")
_WORD = re.compile(r"[^\s,=(]*$")


class Suggestion(NamedTuple):
    """A word that may stand at the end of a line, and what it is called."""

    word: str
    label: str | None = None


def typed_lines(session: Session, prompt: str) -> Iterator[str]:
    """Yield each line that is typed, until the end of input. What was typed is kept in memory only."""
    asking: PromptSession[str] = PromptSession(history=InMemoryHistory(), completer=Completions(session))
    while True:
        try:
            yield asking.prompt(prompt)
        except KeyboardInterrupt:
            continue
        except EOFError:
            return


class Completions(Completer):
    """Completes commands, facts, values and exercises."""

    def __init__(self, session: Session) -> None:
        """Complete for `session`."""
        self._session = session

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - theirs
    ) -> Iterable[Completion]:
        """Yield what may stand where the cursor is."""
        text = document.text_before_cursor
        written = word_at_end(text)
        for one in suggestions(text, self._session.reader, self._session.facts):
            yield Completion(one.word, -len(written), display_meta=visible(one.label or ""))


def word_at_end(text: str) -> str:
    """Return the word that `text` ends with, perhaps an empty one."""
    found = _WORD.search(text)
    return found[0] if found else ""


def suggestions(text: str, reader: Reader, said: Iterable[str]) -> list[Suggestion]:
    """Return the words that may complete `text`, in the order in which they were declared, commands last."""
    written = word_at_end(text)
    return [one for one in _fitting(text, reader, said) if one.word.startswith(written) and one.word != written]


def _fitting(text: str, reader: Reader, said: Iterable[str]) -> Iterator[Suggestion]:
    first, space, _ = text.lstrip().partition(" ")
    if space and first == "why":
        yield from _exercises(reader)
    elif space and first == "forget":
        yield from (Suggestion(name, reader.facts[name].label) for name in said)
        yield Suggestion(ALL)
    elif space and first == "asked":
        yield from (Suggestion("yes"), Suggestion("no"))
    elif (value := _VALUE.fullmatch(text.lstrip())) is not None and value["fact"] in reader.facts:
        yield from _values(reader, value["fact"])
        if "," in text[value.start("fact") :]:
            yield from _facts(reader)
    else:
        yield from _facts(reader)
        yield from _exercises(reader)
        yield from (Suggestion(name, does) for name, does in COMMANDS.items())


def _facts(reader: Reader) -> Iterator[Suggestion]:
    return (Suggestion(name, fact.label) for name, fact in reader.facts.items())


def _exercises(reader: Reader) -> Iterator[Suggestion]:
    return (Suggestion(name, exercise.label) for name, exercise in reader.exercises.items())


def _values(reader: Reader, name: str) -> Iterator[Suggestion]:
    fact = reader.facts[name]
    if fact.kind is Kind.YES_NO:
        yield from (Suggestion("yes"), Suggestion("no"))
    if fact.kind is Kind.MANY_OF:
        yield Suggestion("none")
    yield from (Suggestion(term.name, term.label) for term in fact.terms)
