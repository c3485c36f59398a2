"""common-expression-language (CEL in Rust): one program that gives an array of truths."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress

from cel import Context
from cel import compile as compile_program

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from tests.benchmarks.peers.asking import Asked, Writer


class _Cel(Writer):
    """Lists are short, so that a look through one is faster than a map; every name is always there."""

    def both(self, operands: Iterable[str]) -> str:
        return f"({' && '.join(operands)})"

    def either(self, operands: Iterable[str]) -> str:
        return f"({' || '.join(operands)})"

    def present(self, test: ir.Has) -> str:
        return f"'{test.term}' in {test.fact}"

    def absent(self, test: ir.Has) -> str:
        unmentioned = f"({test.fact}_rest && !('{test.term}' in {test.fact}_mentioned))"
        return f"('{test.term}' in {test.fact}_absent || {unmentioned})"

    def choice(self, test: ir.Choice) -> str:
        if not test.negated:
            return self.either(f"{test.fact} == '{value}'" for value in test.values)
        return self.both(f"{test.fact} != '{value}'" for value in ("", *test.values))

    def bound(self, end: str, fact: str, operator: str, value: int) -> str:
        return f"{fact}_{end} {operator} {value}"


class Program:
    """One compiled program `[guard, guard, ...]` and a context that is made beforehand."""

    package = "common-expression-language"
    form = "array expression"

    def __init__(self, artifact: Artifact) -> None:
        """Compile all guards into one program."""
        self._ids = [rule.id for rule in artifact.rules]
        self._asked = Asked(artifact.rules)
        guards = (_Cel().write(rule.guard) for rule in artifact.rules)
        self._execute = compile_program(f"[{', '.join(guards)}]").execute

    def prepare(self, facts: Facts) -> Context:
        """Return the context as the engine's own object."""
        known = self._asked.known(facts)
        variables: dict[str, object] = {name: known.choices.get(name, "") for name in self._asked.choices}
        for name in self._asked.numbers:
            variables |= {f"{name}_low": known.low(name), f"{name}_high": known.high(name)}
        for name, listed in known.lists.items():
            variables |= {
                name: [term for term, state in listed.mentioned.items() if state],
                f"{name}_absent": [term for term, state in listed.mentioned.items() if state is False],
                f"{name}_mentioned": list(listed.mentioned),
                f"{name}_rest": listed.rest,
            }
        return Context(variables)

    def fired(self, asked: Context) -> Sequence[str]:
        """Return the ids where the array says true."""
        return list(compress(self._ids, self._execute(asked)))
