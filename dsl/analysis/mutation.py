"""Would the examples notice? Small faults, planted in a release one at a time, and whether some example then fails.

A fault is one that an author makes: an operator or a threshold that is a little off, a clause forgotten, `and` for
`or`, another action, a rule or an exception left out. What no example notices comes with somebody whose answer the
fault changes, as an example that would notice it; where there is nobody, the fault is none, and that is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Sequence

from msgspec.structs import replace

from dsl.analysis.diff import first_change
from dsl.analysis.faults import IMPOSSIBLE, Fault, Harmless, Mutation, Survivor, faults
from dsl.analysis.formulas import PATIENT_BOUNDS, Bounds, UndecidedError
from dsl.evaluation.examples import first_unmet, met
from dsl.evaluation.reference import holds
from dsl.semantics import ir
from dsl.semantics.checked import CheckedExample, QuestionExpected
from dsl.semantics.facts import Door
from dsl.semantics.release import Artifact, Release


def mutate(
    artifact: Artifact,
    examples: Sequence[CheckedExample],
    bounds: Bounds = PATIENT_BOUNDS,
    progress: Callable[[Sequence[Fault]], Iterable[Fault]] = iter,
    rules: Container[str] | None = None,
    impossible: Container[str] | None = None,
) -> Mutation:
    """Return what becomes of every fault planted in `artifact`.

    Examples that fail without any fault notice nothing.

    Args:
        artifact: the release.
        examples: what may notice.
        bounds: how long is searched for somebody whose answer a fault changes.
        progress: may watch as faults are tried, and end before the last.
        rules: where faults are planted, as `plantable` names the places; None: everywhere.
        impossible: the guards, as they are written, of the `impossible` that faults are planted in; None: of every one.
    """
    noticed, harmless, survivors, tried = 0, [], [], 0
    noticing = _Noticing(artifact, met(artifact, examples))
    planted = [fault for fault in faults(artifact, impossible) if rules is None or fault.rule in rules]
    for fault in progress(planted):
        tried += 1
        if noticing.notices(fault):
            noticed += 1
        elif (survivor := _survivor(artifact, fault, bounds)) is None:
            harmless.append(Harmless(fault.rule, fault.what))
        else:
            survivors.append(survivor)
    untried = dict.fromkeys(fault.rule for fault in planted[tried:])
    return Mutation(noticed, tuple(harmless), tuple(survivors), tuple(untried))


class _Noticing:
    """Finds the examples whose answer a fault can move at all, and holds them against it.

    A rule has its part in an answer by the truth of its guard, of its exceptions together and of each pack's overrides
    of it together; where that is unknown, what is unknown in it is asked. So where a fault in a guard leaves these as
    they are, and where any other fault is in a rule that does not apply, the answer is what it was, and the example
    holds as it did. The same is so of what a pack covers, and of all that is impossible, together.
    """

    def __init__(self, artifact: Artifact, examples: Sequence[CheckedExample]) -> None:
        door = Door(artifact.vocabulary)
        self._members = [(example, door.read(example.facts, artifact.vocabulary)) for example in examples]
        self._asking = {
            example.span for example in examples if any(isinstance(one, QuestionExpected) for one in example.expected)
        }
        self._optional = frozenset(fact.name for fact in artifact.vocabulary.facts if fact.optional)
        self._packs = frozenset(pack.name for pack in artifact.packs)
        self._artifact = artifact

    def notices(self, fault: Fault) -> bool:
        """Return whether some example fails."""
        movable = sorted(self._movable(fault), key=lambda moved: moved[0])
        return first_unmet(fault.artifact, (example for _, example in movable)) is not None

    def _movable(self, fault: Fault) -> Iterator[tuple[bool, CheckedExample]]:
        """Yield each with whether something about it is unknown: such an example seldom notices."""
        right, wrong = (_rule_of(artifact, fault.rule) for artifact in (self._artifact, fault.artifact))
        tested = right is None or (wrong is not None and _but_for_guards(wrong) == _but_for_guards(right))
        guards = list(_guards_at(self._artifact, fault.rule))
        changed = guards if right is not None and wrong is None else list(_guards_at(fault.artifact, fault.rule))
        optional = self._optional if fault.rule not in self._packs else frozenset[str]()
        for example, facts in self._members:
            was, becomes = (tuple(holds(guard, facts, optional) for guard in some) for some in (guards, changed))
            asked = example.span in self._asking and None in (*was, *becomes)
            applies = was[0] is not False or becomes[0] is not False
            if was != becomes or asked or (applies and not tested):
                yield None in (*was, *becomes), example


def _rule_of(artifact: Artifact, place: str) -> ir.Rule | None:
    return next((rule for rule in artifact.rules if rule.id == place), None)


def _guards_at(artifact: Artifact, place: str) -> Iterator[ir.Guard]:
    """Yield the guards by whose truth a place has its part in an answer, the same number of them for every fault."""
    rule = _rule_of(artifact, place)
    if rule is not None:
        yield rule.guard
        yield ir.AnyOf(tuple(exception.guard for exception in rule.exceptions))
        for pack in artifact.packs:
            taking_back = (one.guard for one in artifact.overrides if (one.rule, one.pack) == (place, pack.name))
            yield ir.AnyOf(tuple(taking_back))
    elif place == IMPOSSIBLE:
        yield ir.AnyOf(tuple(known.guard for known in artifact.contradictions))
    else:
        yield from (pack.covers or ir.Never() for pack in artifact.packs if pack.name == place)


def _but_for_guards(rule: ir.Rule) -> ir.Rule:
    return replace(rule, guard=ir.Always(), exceptions=())


def _survivor(artifact: Artifact, fault: Fault, bounds: Bounds) -> Survivor | None:
    """Return what is left to say of a fault that no example notices; None when it changes nothing."""
    try:
        change = first_change(Release(fault.artifact), Release(artifact), bounds)
    except UndecidedError:
        return Survivor(fault.rule, fault.what, None)
    if change is None:
        return None
    return Survivor(fault.rule, fault.what, change.example if change.told_by_example else None)
