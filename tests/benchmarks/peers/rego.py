"""gordon-to-regorus (Rego in Rust): a partial set with a body for each alternative of each rule."""

from __future__ import annotations

import json
from collections.abc import Sequence

from regorus import Program, Rvm

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from tests.benchmarks.peers.asking import Asked, alternatives, hundredths, likeliest_to_fail_first

_RULES_A_PROGRAM = 3_000
"""A program has at most 65,535 instructions."""
_QUERY = "data.rules.fired"


def _machine(rules: Sequence[ir.Rule], start: int) -> Rvm:
    machine = Rvm()
    machine.load_program(Program.compile_from_modules("{}", [("fired.rego", _module(rules, start))], [_QUERY]))
    return machine


def _module(rules: Sequence[ir.Rule], start: int) -> str:
    bodies = [
        f"fired contains {place} if {{ {'; '.join(map(_test, likeliest_to_fail_first(tests)))} }}"
        for place, rule in enumerate(rules, start)
        for tests in alternatives(rule.guard)
    ]
    return "\n".join(["package rules", *bodies])


def _test(guard: ir.Guard) -> str:
    """Return one line of a body; what is not known is undefined, and a body that meets it does not hold."""
    match guard:
        case ir.Has(present=True):
            return f"input.{guard.fact}.{guard.term}"
        case ir.Has():
            return f"input.{guard.fact}_absent.{guard.term}"
        case ir.Choice(negated=False) if len(guard.values) == 1:
            return f'input.{guard.fact} == "{guard.values[0]}"'
        case ir.Choice(negated=False):
            return f"input.{guard.fact} in {_set(guard.values)}"
        case ir.Choice():
            return f"not input.{guard.fact} in {_set(guard.values)}; input.{guard.fact}"
        case ir.Compare():
            operator = "==" if guard.operator == "=" else guard.operator
            return f"input.{guard.fact} {operator} {hundredths(guard.value)}"
        case _:
            raise ValueError("rule sets for benchmarks have no such test")


def _set(values: Sequence[str]) -> str:
    return f"{{{', '.join(map(json.dumps, values))}}}"


class Machine:
    """The virtual machine, programs compiled beforehand (the interpreter takes seven times as long)."""

    package = "gordon-to-regorus"
    form = "virtual machine"

    def __init__(self, artifact: Artifact) -> None:
        """Compile the rules, many to a program."""
        self._ids = [rule.id for rule in artifact.rules]
        self._asked = Asked(artifact.rules)
        starts = range(0, len(artifact.rules), _RULES_A_PROGRAM)
        self._machines = [_machine(artifact.rules[start : start + _RULES_A_PROGRAM], start) for start in starts]

    def prepare(self, facts: Facts) -> str:
        """Return the input as JSON, the only form that the machine takes."""
        known = self._asked.known(facts)
        present = {
            name: dict.fromkeys((term for term, state in listed.mentioned.items() if state), True)
            for name, listed in known.lists.items()
        }
        absent = {f"{name}_absent": dict.fromkeys(terms, True) for name, terms in self._asked.absent(facts).items()}
        return json.dumps({**known.numbers, **known.choices, **present, **absent})

    def fired(self, asked: str) -> Sequence[str]:
        """Return the ids of the places in the sets, which come as JSON."""
        places: list[int] = []
        for machine in self._machines:
            machine.set_input_json(asked)
            places += json.loads(machine.execute())
        return [self._ids[place] for place in places]
