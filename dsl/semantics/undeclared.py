"""Looking up one name of one sort: the diagnostic when it is undeclared, or declared as something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

from dsl.semantics.declarations import Declarations
from dsl.semantics.name_index import Entry
from dsl.semantics.naming import did_you_mean, listed
from dsl.semantics.quantities import Range
from dsl.semantics.units import UNITS, convertible
from dsl.syntax import ast
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.spelling import nearest


def undeclared(
    code: str, name: ast.Name, what: str, known: Iterable[Entry | str], declared: Declarations
) -> Iterator[Diagnostic]:
    """Yield that `name` is no declared `what`, or that it is something else, with the nearest of `known`.

    Nothing where a statement with a syntax error seems to declare it.
    """
    if name.text in declared.unparsed:
        return
    sort = _sort(name.text, declared)
    if sort is None:
        help_ = did_you_mean(name.text, known) or _declaring(name.text, what)
        yield Diagnostic(code, name.span, f"`{name.text}` is not a declared {what}", help_)
    else:
        message = f"`{name.text}` is {sort}, where {_article(what)} is needed"
        yield Diagnostic("E216", name.span, message, did_you_mean(name.text, known))


def unknown_fact(name: ast.Name, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield that `name` is no fact, if it is none."""
    if name.text not in declared.facts:
        yield from undeclared("E201", name, "fact", declared.fact_entries(), declared)


def unknown_exercise_or_class(name: ast.Name, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield that `name` is neither an exercise nor a class, if so."""
    if name.text not in declared.exercises and name.text not in declared.classes:
        if name.text in _EVERYTHING and name.text not in declared.unparsed:
            yield Diagnostic("E203", name.span, f"`{name.text}` is not a declared exercise or class", "write `any`")
            return
        known = chain(declared.exercise_entries(), declared.class_entries())
        yield from undeclared("E203", name, "exercise or class", known, declared)


_EVERYTHING = frozenset({"all", "anything", "every", "everything"})
"""How people also say `any`."""


def unknown_class(name: ast.Name, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield that `name` is no class, if it is none."""
    if name.text not in declared.classes:
        yield from undeclared("E204", name, "class", declared.class_entries(), declared)


def unknown_exercise(name: ast.Name, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield that `name` is no exercise, if it is none."""
    if name.text not in declared.exercises:
        yield from undeclared("E205", name, "exercise", declared.exercise_entries(), declared)


def unknown_measure(name: ast.Name, declared: Declarations) -> Iterator[Diagnostic]:
    """Yield that `name` is no measure, if it is none."""
    if name.text not in declared.measures:
        yield from undeclared("E206", name, "measure", declared.measure_entries(), declared)


_UNIT_WORDS = {
    "%": ("percent",),
    "ms": ("msec", "millisecond", "milliseconds"),
    "s": ("sec", "secs", "second", "seconds"),
    "min": ("mins", "minute", "minutes"),
    "h": ("hr", "hrs", "hour", "hours"),
    "day": ("d", "days"),
    "week": ("wk", "wks", "weeks"),
    "month": ("months",),
    "year": ("yr", "yrs", "years"),
    "g": ("gram", "grams"),
    "kg": ("kgs", "kilo", "kilos", "kilogram", "kilograms"),
    "lb": ("lbs", "pound", "pounds"),
    "cm": ("centimeter", "centimetre"),
    "in": ("inch", "inches"),
    "m": ("meter", "metre", "meters", "metres"),
    "deg": ("degree", "degrees"),
    "bpm": ("beats",),
    "steps": ("step",),
    "reps": ("rep", "repetition", "repetitions"),
    "sets": ("set",),
}
"""How people also write units."""


_OF_SCORES = frozenset({"point", "points", "pts", "score", "scale", "level", "levels"})
"""What people put behind the number of a score, which has no unit."""


def unknown_unit(unit: ast.Name | None, wanted: Range | None = None) -> Iterator[Diagnostic]:
    """Yield that `unit` is not in the closed list of units, if it is not.

    `wanted` is what the number is held against, where that is known: then only its own units are offered. Where it
    has no unit, or the same one, nothing: the first is said when the number is held against it, the second where it is
    declared.
    """
    if unit is None or unit.text in UNITS or (wanted is not None and wanted.unit in (None, unit.text)):
        return
    of_measured = convertible(wanted.unit) if wanted and wanted.unit and wanted.unit in UNITS else ()
    help_ = _nearest_unit(unit.text, of_measured) or _nearest_unit(unit.text, UNITS)
    if help_ is None and wanted is not None and of_measured:
        one_of = "one of " if len(of_measured) > 1 else ""
        help_ = f"`{wanted.name}` is in {wanted.unit}: write {one_of}{listed(of_measured)}"
    yield Diagnostic("E213", unit.span, f"`{unit.text}` is not a known unit", help_ or _any_unit(unit.text))


def _nearest_unit(written: str, units: Iterable[str]) -> str | None:
    spelt = {word: name for name in units for word in (name, *_UNIT_WORDS.get(name, ()))}
    near = written if written in spelt else nearest(written, spelt)
    return f"did you mean `{spelt[near]}`?" if near and written not in _OF_SCORES else None


def _any_unit(written: str) -> str:
    if written in _OF_SCORES:
        return f"leave `{written}` out: a score has no unit"
    return f"the units are {', '.join(UNITS)}"


def unknown_word(word: ast.Name, what: str, known: Iterable[str]) -> Iterator[Diagnostic]:
    """Yield that `word` is not in the closed list `known`, if it is not."""
    words = tuple(known)
    if word.text not in words:
        help_ = did_you_mean(word.text, words) or f"write one of {', '.join(words)}"
        yield Diagnostic("E215", word.span, f"`{word.text}` is not {what}", help_)


def _sort(name: str, declared: Declarations) -> str | None:
    if name in declared.facts:
        return "a fact"
    if name in declared.exercises:
        return "an exercise"
    if name in declared.classes:
        return "a class"
    return "a measure" if name in declared.measures else None


def _declaring(name: str, what: str) -> str:
    return f"declare it: {' or '.join(f'`{sort} {name}`' for sort in what.split(' or '))}"


def _article(what: str) -> str:
    return f"an {what}" if what[0] in "aeiou" else f"a {what}"
