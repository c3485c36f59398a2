"""What all files together declare: global names merged, each pack's own statements beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from dsl.semantics.name_index import Entry
from dsl.semantics.quantities import Range, range_of
from dsl.syntax import ast

MAIN = "main"
"""The pack of a file that opens none."""

EQUIPMENT = "equipment"
"""The fact whose terms an exercise can need."""

NONE = "none"
"""A declared value of a `one of` fact; of a `many of` fact, that every term is absent."""


@dataclass(frozen=True)
class DeclaredFact:
    """A fact, merged from all its declarations; `pack` is where the names in its `asked when` belong.

    What every test of a fact looks up is made once.
    """

    node: ast.Fact
    pack: str

    @cached_property
    def terms(self) -> tuple[ast.Term, ...]:
        """Return the terms; none for `yes or no` and numbers."""
        kind = self.node.kind
        return kind.terms if isinstance(kind, ast.OneOf | ast.ManyOf) else ()

    @cached_property
    def term_names(self) -> frozenset[str]:
        """Return the names of the terms."""
        return frozenset(term.name.text for term in self.terms)

    @cached_property
    def range(self) -> Range | None:
        """Return the range of a number; None for every other kind."""
        kind = self.node.kind
        return range_of(self.node.name.text, kind) if isinstance(kind, ast.Number) else None


@dataclass(frozen=True, slots=True)
class PackContents:
    """What belongs to one pack. Identical statements stand here once, in reading order."""

    name: str
    header: ast.Pack | None = None
    sources: Mapping[str, ast.Source] = field(default_factory=dict)
    parameters: Mapping[str, ast.Parameter] = field(default_factory=dict)
    definitions: Mapping[str, ast.Definition] = field(default_factory=dict)
    rules: tuple[ast.Rule, ...] = ()
    overrides: tuple[ast.Override, ...] = ()
    impossible: tuple[ast.Impossible, ...] = ()
    examples: tuple[ast.Example, ...] = ()
    proofs: tuple[ast.Proof, ...] = ()

    @property
    def named_rules(self) -> dict[str, ast.Rule]:
        """Return the rules that their author named."""
        return {rule.name.text: rule for rule in self.rules if rule.name is not None}


@dataclass(frozen=True, slots=True)
class Declarations:
    """Everything that is declared.

    `unparsed` holds names that statements with a syntax error seem to declare: nobody is told that these
    are unknown, since repairing the statement is what helps.
    """

    facts: Mapping[str, DeclaredFact] = field(default_factory=dict)
    exercises: Mapping[str, ast.Exercise] = field(default_factory=dict)
    classes: Mapping[str, ast.Class] = field(default_factory=dict)
    measures: Mapping[str, ast.Measure] = field(default_factory=dict)
    packs: Mapping[str, PackContents] = field(default_factory=dict)
    unparsed: frozenset[str] = frozenset()

    def fact_entries(self) -> Iterator[Entry]:
        """Yield every fact with what it is also called."""
        return (entry(fact.node) for fact in self.facts.values())

    def exercise_entries(self) -> Iterator[Entry]:
        """Yield every exercise with what it is also called."""
        return (entry(exercise) for exercise in self.exercises.values())

    def class_entries(self) -> Iterator[Entry]:
        """Yield every class with its label."""
        return (Entry(node.name.text, _words(node.label)) for node in self.classes.values())

    def measure_entries(self) -> Iterator[Entry]:
        """Yield every measure with its label."""
        return (Entry(node.name.text, _words(node.label)) for node in self.measures.values())


def entry(node: ast.Fact | ast.Term | ast.Exercise) -> Entry:
    """Return the name of `node` with its label and synonyms."""
    return Entry(node.name.text, _words(node.label), tuple(text.value for text in node.synonyms))


def _words(label: ast.Text | None) -> str | None:
    return label.value if label else None
