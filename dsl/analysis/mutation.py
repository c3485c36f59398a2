"""Would the examples notice? Faults, planted in a release one at a time, and whether some example then fails.

What no example notices comes with somebody whose answer the fault changes, as an example that would notice it; where
there is nobody, the fault is none, and that is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence

from dsl.analysis.diff import first_change
from dsl.analysis.faults import Fault, Mutation, Survivor, faults
from dsl.analysis.formulas import DEFAULT_BOUNDS, Bounds, UndecidedError
from dsl.evaluation.examples import first_unmet
from dsl.semantics import ir
from dsl.semantics.checked import CheckedExample
from dsl.semantics.release import Artifact, Release


def mutate(
    artifact: Artifact,
    examples: Sequence[CheckedExample],
    bounds: Bounds = DEFAULT_BOUNDS,
    progress: Callable[[Sequence[Fault]], Iterable[Fault]] = iter,
    rules: Container[str] | None = None,
) -> Mutation:
    """Return what becomes of the faults planted in `rules` of `artifact`, in all of them where that is None.

    `progress` may watch as they are tried, and end before the last.
    """
    planted = [fault for fault in faults(artifact) if rules is None or fault.rule in rules]
    noticed, harmless, survivors, tried = 0, 0, [], 0
    likeliest = list(examples)
    for fault in progress(planted):
        tried += 1
        unmet = first_unmet(fault.artifact, likeliest)
        if unmet is not None:
            noticed += 1
            likeliest.remove(unmet)  # what noticed one fault of a rule notices most of the others too
            likeliest.insert(0, unmet)
        elif (survivor := _survivor(artifact, fault, bounds)) is None:
            harmless += 1
        else:
            survivors.append(survivor)
    untried = dict.fromkeys(fault.rule for fault in planted[tried:])
    return Mutation(noticed, harmless, tuple(survivors), tuple(untried))


def _survivor(artifact: Artifact, fault: Fault, bounds: Bounds) -> Survivor | None:
    """Return what is left to say of a fault that no example notices; None when it changes nothing."""
    try:
        change = first_change(Release(fault.artifact), Release(artifact), bounds)
    except UndecidedError:
        return Survivor(fault.rule, fault.what, None)
    if change is not None:
        return Survivor(fault.rule, fault.what, change.example)
    return Survivor(fault.rule, fault.what, None) if _beyond_verdicts(artifact, fault) else None


def _beyond_verdicts(artifact: Artifact, fault: Fault) -> bool:
    """Return whether the rule does more than a verdict tells: limits, loads, recommendations."""
    rule = next(rule for rule in artifact.rules if rule.id == fault.rule)
    telling = {ir.Effect.RECOMMEND, ir.Effect.ALLOW, ir.Effect.PROGRESS, ir.Effect.REDUCE, ir.Effect.HOLD}
    return bool(rule.limits) or rule.effect in telling
