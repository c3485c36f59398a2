"""cedarpy (Cedar in Rust): a policy for each rule; those that permit are named in the diagnostics."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from cedarpy import Entities, PolicySet, is_authorized

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from tests.benchmarks.peers.asking import Asked, Writer


class _Cedar(Writer):
    """A member is the principal, what is known are its attributes: sets, texts and whole numbers."""

    def both(self, operands: Iterable[str]) -> str:
        return f"({' && '.join(operands)})"

    def either(self, operands: Iterable[str]) -> str:
        return f"({' || '.join(operands)})"

    def present(self, test: ir.Has) -> str:
        return f'principal.{test.fact}.contains("{test.term}")'

    def absent(self, test: ir.Has) -> str:
        fact = f"principal.{test.fact}"
        unmentioned = f'({fact}_rest && !{fact}_mentioned.contains("{test.term}"))'
        return f'({fact}_absent.contains("{test.term}") || {unmentioned})'

    def choice(self, test: ir.Choice) -> str:
        if not test.negated:
            return self.either(f'principal.{test.fact} == "{value}"' for value in test.values)
        return self.both(f'principal.{test.fact} != "{value}"' for value in ("", *test.values))

    def bound(self, end: str, fact: str, operator: str, value: int) -> str:
        return f"principal.{fact}_{end} {operator} {value}"


_REQUEST = {"principal": 'Member::"m"', "action": 'Action::"ask"', "resource": 'Rules::"all"', "context": "{}"}


class Policies:
    """A parsed policy set, and the member as parsed entities: nothing but the evaluation is left to do."""

    package = "cedarpy"
    form = "a policy each"

    def __init__(self, artifact: Artifact) -> None:
        """Parse a policy for each rule; Cedar names them by their places."""
        guards = (_Cedar().write(rule.guard) for rule in artifact.rules)
        policies = (f"permit(principal, action, resource) when {{ {guard} }};" for guard in guards)
        self._policies = PolicySet.from_str("\n".join(policies))
        self._ids = {f"policy{place}": rule.id for place, rule in enumerate(artifact.rules)}
        self._asked = Asked(artifact.rules)

    def prepare(self, facts: Facts) -> Entities:
        """Return the member as an entity."""
        known = self._asked.known(facts)
        attributes: dict[str, object] = {name: known.choices.get(name, "") for name in self._asked.choices}
        for name in self._asked.numbers:
            attributes |= {f"{name}_low": known.low(name), f"{name}_high": known.high(name)}
        for name, listed in known.lists.items():
            attributes |= {
                name: [term for term, state in listed.mentioned.items() if state],
                f"{name}_absent": [term for term, state in listed.mentioned.items() if state is False],
                f"{name}_mentioned": list(listed.mentioned),
                f"{name}_rest": listed.rest,
            }
        member = {"uid": {"type": "Member", "id": "m"}, "attrs": attributes, "parents": []}
        return Entities.from_json_str(json.dumps([member]))

    def fired(self, asked: Entities) -> Sequence[str]:
        """Return the ids of the policies that permit."""
        reasons = is_authorized(_REQUEST, self._policies, asked).diagnostics.reasons
        return [self._ids[name] for name in reasons]
