"""rule-engine (Python): an expression for each rule, asked one after the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rule_engine import Context, Rule, resolve_item

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from tests.benchmarks.peers.asking import Asked, Writer


class _RuleEngine(Writer):
    """Each term is a name of its own, which is faster than a look into a list; what is not given is null."""

    def both(self, operands: Iterable[str]) -> str:
        return f"({' and '.join(operands)})"

    def either(self, operands: Iterable[str]) -> str:
        return f"({' or '.join(operands)})"

    def present(self, test: ir.Has) -> str:
        return f"{test.fact}_{test.term}"

    def absent(self, test: ir.Has) -> str:
        return f"{test.fact}_{test.term}_absent"

    def choice(self, test: ir.Choice) -> str:
        if not test.negated:
            return self.either(f'{test.fact} == "{value}"' for value in test.values)
        return self.both(f'{test.fact} != "{value}"' for value in ("", *test.values))

    def bound(self, end: str, fact: str, operator: str, value: int) -> str:
        return f"{fact}_{end} {operator} {value}"


class Rules:
    """A parsed expression for each rule."""

    package = "rule-engine"
    form = "an expression each"

    def __init__(self, artifact: Artifact) -> None:
        """Parse all expressions."""
        context = Context(resolver=resolve_item, default_value=None)
        self._rules = [(rule.id, Rule(_RuleEngine().write(rule.guard), context).matches) for rule in artifact.rules]
        self._asked = Asked(artifact.rules)

    def prepare(self, facts: Facts) -> dict[str, object]:
        """Return what is known by name."""
        known = self._asked.known(facts)
        names: dict[str, object] = {name: known.choices.get(name, "") for name in self._asked.choices}
        for name in self._asked.numbers:
            names |= {f"{name}_low": known.low(name), f"{name}_high": known.high(name)}
        for name, listed in known.lists.items():
            names |= {f"{name}_{term}": listed.mentioned.get(term) is True for term in self._asked.lists[name]}
        for name, terms in self._asked.absent(facts).items():
            names |= {f"{name}_{term}_absent": term in terms for term in self._asked.lists[name]}
        return names

    def fired(self, asked: dict[str, object]) -> Sequence[str]:
        """Return the ids of the expressions that match."""
        return [name for name, matches in self._rules if matches(asked)]
