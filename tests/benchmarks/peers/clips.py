"""clipspy (CLIPS, Rete in C): a rule for each alternative; the agenda says which are satisfied."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from clips import Environment, Symbol

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from tests.benchmarks.peers.asking import Asked, alternatives, hundredths, likeliest_to_fail_first

_Assertion = tuple[Callable[..., object], Mapping[str, object]]


def _pattern(guard: ir.Guard) -> str:
    """Return one pattern; each term has a template of its own, so that the network need not search."""
    match guard:
        case ir.Has():
            return f"({_template(guard.fact, guard.term, present=guard.present)})"
        case ir.Choice(negated=False):
            return f"({guard.fact} (value {'|'.join(guard.values)}))"
        case ir.Choice():
            return f"({guard.fact} (value {'&'.join(f'~{value}' for value in guard.values)}))"
        case ir.Compare():
            operator = "<>" if guard.operator == "!=" else guard.operator
            return f"({guard.fact} (value ?{guard.fact}&:({operator} ?{guard.fact} {hundredths(guard.value)})))"
        case _:
            raise ValueError("rule sets for benchmarks have no such test")


def _template(fact: str, term: str, *, present: bool) -> str:
    return f"{fact}-{term}{'' if present else '-absent'}"


class Network:
    """The network; rules whose facts have been asserted stand on the agenda.

    Facts of templates are asserted without being parsed, which is much faster than loading them as text.
    """

    package = "clipspy"
    form = "Rete network"

    def __init__(self, artifact: Artifact) -> None:
        """Build the network."""
        self._environment = Environment()
        self._asked = Asked(artifact.rules)
        for name in (*self._asked.numbers, *self._asked.choices):
            self._environment.build(f"(deftemplate {name} (slot value))")
        for fact, terms in self._asked.lists.items():
            for term in terms:
                self._environment.build(f"(deftemplate {_template(fact, term, present=True)})")
                self._environment.build(f"(deftemplate {_template(fact, term, present=False)})")
        self._ids: dict[str, str] = {}
        for place, rule in enumerate(artifact.rules):
            for alternative, tests in enumerate(alternatives(rule.guard)):
                name = f"rule-{place}-{alternative}"
                self._ids[name] = rule.id
                patterns = map(_pattern, likeliest_to_fail_first(tests))
                self._environment.build(f"(defrule {name} {' '.join(patterns)} =>)")

    def prepare(self, facts: Facts) -> list[_Assertion]:
        """Return what is known as templates and their slots."""
        known = self._asked.known(facts)
        values = {**known.numbers, **{name: Symbol(value) for name, value in known.choices.items()}}
        present = {name: (term for term, state in of.mentioned.items() if state) for name, of in known.lists.items()}
        names = [_template(fact, term, present=True) for fact, terms in present.items() for term in terms]
        names += [
            _template(fact, term, present=False) for fact, terms in self._asked.absent(facts).items() for term in terms
        ]
        return [
            *((self._environment.find_template(name).assert_fact, {}) for name in names),
            *((self._environment.find_template(name).assert_fact, {"value": value}) for name, value in values.items()),
        ]

    def fired(self, asked: list[_Assertion]) -> Sequence[str]:
        """Return the ids of the rules on the agenda."""
        self._environment.reset()
        for assert_fact, slots in asked:
            assert_fact(**slots)
        return list({self._ids[activation.name] for activation in self._environment.activations()})
