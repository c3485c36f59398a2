"""zen-engine (Rust): one expression that gives an array of truths, and a decision table that collects ids."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from itertools import compress

from zen import ZenDecisionContent, ZenEngine, compile_expression

from dsl.semantics import ir
from dsl.semantics.facts import Facts
from dsl.semantics.release import Artifact
from tests.benchmarks.peers.asking import Asked, Writer


class _Zen(Writer):
    """A missing number or choice is null; so is what a list does not mention."""

    def both(self, operands: Iterable[str]) -> str:
        return f"({' and '.join(operands)})"

    def either(self, operands: Iterable[str]) -> str:
        return f"({' or '.join(operands)})"

    def present(self, test: ir.Has) -> str:
        return f"{test.fact}.{test.term} == true"

    def absent(self, test: ir.Has) -> str:
        term = f"{test.fact}.{test.term}"
        return f"({term} == false or ({test.fact}_rest == true and {term} == null))"

    def choice(self, test: ir.Choice) -> str:
        if not test.negated:
            return self.either(f"{test.fact} == '{value}'" for value in test.values)
        return self.both(f"{test.fact} != {value}" for value in ("null", *map(repr, test.values)))

    def bound(self, end: str, fact: str, operator: str, value: int) -> str:  # noqa: ARG002 - null stands for missing
        return f"({fact} != null and {fact} {operator} {value})"


def _context(asked: Asked, facts: Facts) -> str:
    known = asked.known(facts)
    context: dict[str, object] = {**known.numbers, **known.choices}
    for fact, listed in known.lists.items():
        if listed.mentioned:
            context[fact] = {term: "?" if state is None else state for term, state in listed.mentioned.items()}
        if listed.rest:
            context[f"{fact}_rest"] = True
    return json.dumps(context)


class Expression:
    """One compiled expression `[guard, guard, ...]`; JSON text goes in faster than a dict."""

    package = "zen-engine"
    form = "array expression"

    def __init__(self, artifact: Artifact) -> None:
        """Compile all guards into one expression."""
        self._ids = [rule.id for rule in artifact.rules]
        self._asked = Asked(artifact.rules)
        guards = (_Zen().write(rule.guard) for rule in artifact.rules)
        self._evaluate = compile_expression(f"[{', '.join(guards)}]").evaluate

    def prepare(self, facts: Facts) -> str:
        """Return the context as JSON."""
        return _context(self._asked, facts)

    def fired(self, asked: str) -> Sequence[str]:
        """Return the ids where the array says true."""
        return list(compress(self._ids, self._evaluate(asked)))


class Table:
    """A decision table of the hit policy `collect`: a row a rule, its guard in one column."""

    package = "zen-engine"
    form = "decision table"

    def __init__(self, artifact: Artifact) -> None:
        """Build the decision."""
        self._asked = Asked(artifact.rules)
        self._decision = ZenEngine().create_decision(ZenDecisionContent(json.dumps(_decision(artifact.rules))))

    def prepare(self, facts: Facts) -> str:
        """Return the context as JSON."""
        return _context(self._asked, facts)

    def fired(self, asked: str) -> Sequence[str]:
        """Return the ids that the matching rows put out."""
        return [row["id"] for row in self._decision.evaluate(asked)["result"]]


def _decision(rules: Iterable[ir.Rule]) -> dict[str, object]:
    rows = [{"_id": rule.id, "guard": _Zen().write(rule.guard), "out": f"'{rule.id}'"} for rule in rules]
    table = {
        "hitPolicy": "collect",
        "inputs": [{"id": "guard", "name": "guard"}],
        "outputs": [{"id": "out", "name": "id", "field": "id"}],
        "rules": rows,
    }
    kinds = {"in": "inputNode", "table": "decisionTableNode", "out": "outputNode"}
    return {
        "nodes": [
            {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}}
            | ({"content": table} if name == "table" else {})
            for name, kind in kinds.items()
        ],
        "edges": [
            {"id": f"{source}-{target}", "sourceId": source, "targetId": target, "type": "edge"}
            for source, target in (("in", "table"), ("table", "out"))
        ],
    }
