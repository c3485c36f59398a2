"""What a line at the prompt says: facts to set, an exercise to ask about, a command."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import assert_never

from dsl.semantics.declarations import NONE
from dsl.semantics.name_index import Entry, NameIndex
from dsl.semantics.vocabulary import Fact, Kind, Vocabulary
from dsl.tools.wording import listed

COMMANDS = {
    "why": "EXERCISE: every rule behind its verdict, and what would change it",
    "all": "the whole answer: session, every exercise, advice, questions",
    "questions": "what to ask next, with the answers that may be given",
    "facts": "what has been said so far",
    "forget": "FACT, or all: take back what was said",
    "asked": "yes or no: whether the member was shown every question, warning signs included; yes if not said",
    "help": "this list",
    "quit": "leave; nothing is kept",
}
"""Every command, with what follows it and what it does."""

ALL = "all"
LONGEST = 2_000
"""Characters of a line that are read."""

_MOST_VALUES = 8
_YES_NO = ("yes", "no")

_NEXT_FACT = re.compile(r",\s*(?=[a-z][a-z0-9_]*\s*(?:=|has\b|lacks\b))")
_STATEMENT = re.compile(r"(?P<fact>[^=]+?)\s*(?P<how>=|\bhas\b|\blacks\b)\s*(?P<value>.*)", re.DOTALL)
_GAP = re.compile(r"[\s:]+")
_NUMBER = re.compile(r"(-?[0-9]{1,20}(?:\.[0-9]{1,20})?)\s*([a-z%]*)")


class LineError(Exception):
    """A line that cannot be followed; nothing has changed by it. `help` is what to type."""

    def __init__(self, message: str, help_: str | None = None) -> None:
        """Say what is wrong, and what to type."""
        super().__init__(message)
        self.message = message
        self.help = help_


@dataclass(frozen=True, slots=True)
class Said:
    """Facts to set, in the form that the door for facts reads; a fact with None is forgotten."""

    facts: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Command:
    """One of `COMMANDS`, and the words behind it."""

    name: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class AboutExercise:
    """An exercise to ask about."""

    name: str


@dataclass(frozen=True, slots=True)
class AboutFact:
    """A fact to be told about."""

    name: str


Line = Said | Command | AboutExercise | AboutFact


class Reader:
    """Reads lines for one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        """Index the names of `vocabulary`."""
        self.facts = {fact.name: fact for fact in vocabulary.facts}
        self.exercises = {exercise.name: exercise for exercise in vocabulary.exercises}
        self._facts = NameIndex.of(vocabulary.facts)
        self._exercises = NameIndex.of(vocabulary.exercises)

    def read(self, line: str, said: Mapping[str, object]) -> Line | None:
        """Return what `line` says to somebody who has `said` that before; None for an empty line.

        Raises:
            LineError: it says nothing that can be followed.
        """
        if len(line) > LONGEST:
            raise LineError(f"the line is longer than {LONGEST} characters", "say it in several lines")
        text = line.partition("#")[0].strip()
        if not text:
            return None
        word, _, words = text.partition(" ")
        if word in COMMANDS and "=" not in text:
            return Command(word, words.strip())
        if word in ("exit", "?"):
            return Command("quit" if word == "exit" else "help")
        if _STATEMENT.fullmatch(text):
            return Said(self._said(text, said))
        return self._named(text)

    # --- facts --------------------------------------------------------------------------------

    def _said(self, text: str, before: Mapping[str, object]) -> dict[str, object]:
        found: dict[str, object] = {}
        for part in _NEXT_FACT.split(text.removeprefix("given ")):
            statement = _STATEMENT.fullmatch(part.strip())
            if statement is None:
                raise LineError(f"`{part.strip()}` says nothing about a fact", "write it like `pain = acute`")
            fact = self.fact(statement["fact"].strip())
            known = found.get(fact.name, before.get(fact.name))
            found[fact.name] = _value(fact, statement["how"], statement["value"].strip(), known)
        return found

    def fact(self, text: str) -> Fact:
        """Return the fact that `text` names.

        Raises:
            LineError: it names none.
        """
        name = self._facts.find(text)
        if name is None:
            raise LineError(f"`{text}` is not a known fact", did_you_mean(self._facts.nearest(text)))
        return self.facts[name]

    def exercise(self, text: str) -> str:
        """Return the exercise that `text` names.

        Raises:
            LineError: it names none.
        """
        name = self._exercises.find(text)
        if name is None:
            raise LineError(f"`{text}` is not a known exercise", did_you_mean(self._exercises.nearest(text)))
        return name

    def _named(self, text: str) -> Line:
        if (exercise := self._exercises.find(text)) is not None:
            return AboutExercise(exercise)
        if (fact := self._facts.find(text)) is not None:
            return AboutFact(fact)
        near = [*self._exercises.nearest(text, 2), *self._facts.nearest(text, 2)] or _near_commands(text)
        help_ = self._statement(text) or did_you_mean(near) or "`help` lists what can be said"
        raise LineError(f"`{text}` is no exercise, no fact and no command", help_)

    def _statement(self, text: str) -> str | None:
        """Return what to type where `text` is a fact and a value with no `=` between them, or another word for it."""
        for gap in reversed([*_GAP.finditer(text)]):
            if (name := self._facts.find(text[: gap.start()])) is not None:
                return _assignment(self.facts[name], text[gap.end() :].removeprefix("is "))
        return None


def _near_commands(text: str) -> tuple[str, ...]:
    return NameIndex(Entry(name) for name in COMMANDS).nearest(text.partition(" ")[0], 1)


def _assignment(fact: Fact, value: str) -> str | None:
    match fact.kind:
        case Kind.NUMBER if _NUMBER.fullmatch(value):
            return f"write `{fact.name} = {value}`"
        case Kind.NUMBER:
            return f"write `{fact.name} = …`; {may_be_answered(fact)}"
        case Kind.YES_NO if value in _YES_NO:
            return f"write `{fact.name} = {value}`"
        case Kind.ONE_OF if NameIndex.of(fact.terms).find(value):
            return f"write `{fact.name} = {value}`"
        case Kind.MANY_OF if value == NONE:
            return f"write `{fact.name} = {value}`"
        case Kind.MANY_OF if NameIndex.of(fact.terms).find(value):
            return f"write `{fact.name} has {value}`, or `{fact.name} = {value}` if that is all"
        case _:
            return None


def did_you_mean(near: Sequence[str]) -> str | None:
    """Return the help line that offers the names that are `near`, or None."""
    return f"did you mean {listed([f'`{name}`' for name in near])}?" if near else None


def may_be_answered(fact: Fact) -> str:
    """Return the help line that says what may be typed about `fact`."""
    return f"what may be answered: {answers_of(fact)}"


def answers_of(fact: Fact) -> str:
    """Return what may be typed as an answer about `fact`."""
    match fact.kind:
        case Kind.YES_NO:
            return " or ".join(_YES_NO)
        case Kind.NUMBER:
            return f"{fact.low} to {fact.high}{f' {fact.unit}' if fact.unit else ''}"
        case Kind.ONE_OF:
            return listed([term.name for term in fact.terms], _MOST_VALUES)
        case Kind.MANY_OF:
            return f"none, or any of {listed([term.name for term in fact.terms], _MOST_VALUES)}"
        case _:
            assert_never(fact.kind)


# --- values -----------------------------------------------------------------------------------


def _value(fact: Fact, how: str, text: str, known: object) -> object:
    """Return what `text` says of `fact`, as the door reads it; what was `known` stays beside `has` and `lacks`."""
    if not text:
        raise LineError(f"no value of `{fact.name}` is given", f"to take it back, write `forget {fact.name}`")
    if how != "=" and fact.kind is not Kind.MANY_OF:
        raise LineError(f"`{how}` stands with facts that can have many values", f"write `{fact.name} = {text}`")
    match fact.kind:
        case Kind.MANY_OF:
            return _complete(text) if how == "=" else _partial(how, _names(text), known)
        case Kind.NUMBER:
            return _number(text)
        case Kind.ONE_OF | Kind.YES_NO:
            return _unquoted(text)


def _complete(text: str) -> list[str]:
    return [] if text == NONE else _names(text)


def _partial(how: str, terms: list[str], known: object) -> dict[str, list[str]]:
    """Return that `terms` are there, or are not, beside what was known before; of a term the last word counts."""
    before = known if isinstance(known, dict) else {"present": known} if isinstance(known, list) else {}
    states = dict.fromkeys(before.get("present", ()), True) | dict.fromkeys(before.get("absent", ()), False)
    states |= dict.fromkeys(terms, how == "has")
    return {
        "present": [term for term, state in states.items() if state],
        "absent": [term for term, state in states.items() if not state],
    }


def _names(text: str) -> list[str]:
    inside = text[1:-1] if text.startswith("(") and text.endswith(")") else text
    return [_unquoted(name.strip()) for name in inside.split(",") if name.strip()]


def _unquoted(text: str) -> str:
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text


def _number(text: str) -> object:
    found = _NUMBER.fullmatch(text)
    if found is None:
        return text
    number = Decimal(found[1])
    return {"value": number, "unit": found[2]} if found[2] else number
