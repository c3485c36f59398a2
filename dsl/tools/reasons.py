"""Why an exercise has its verdict, in the few lines that a reader needs to follow it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.text import Text

from dsl.evaluation.decision import Applied, Decision, ExerciseAnswer
from dsl.semantics.ir import Effect
from dsl.semantics.release import Release
from dsl.semantics.verdict import Disposition, Verdict
from dsl.tools.terminal import visible
from dsl.tools.wording import Words, counted, limit, listed

_MOST_REASONS = 3
_MOST_OFFERS = 5
_LOAD = frozenset({Effect.REDUCE, Effect.HOLD})
_DECIDING: dict[Verdict, frozenset[Effect]] = {
    Verdict.AVOID: frozenset({Effect.AVOID}),
    Verdict.CLEARANCE: frozenset({Effect.CLEARANCE}),
    Verdict.ASK: frozenset({Effect.AVOID, Effect.CLEARANCE}),
    Verdict.UNREVIEWED: frozenset(),
    Verdict.MODIFY: _LOAD | {Effect.MODIFY, Effect.CAUTION},
    Verdict.CAUTION: _LOAD | {Effect.CAUTION},
    Verdict.ALLOWED: _LOAD | {Effect.RECOMMEND, Effect.ALLOW, Effect.PROGRESS},
}
"""Of the rules that apply, those that make the verdict what it is."""


class Reasons:
    """Puts the reasons of one decision into words."""

    def __init__(self, decision: Decision, release: Release, words: Words, *, every: bool) -> None:
        """Prepare to speak about `decision`, which `release` has given; only the first reason unless `every`."""
        self._every = every
        self._decision = decision
        self._words = words
        self._disposition = Disposition(decision.disposition)
        self._one_pack = len({rule.pack for rule in release.artifact.rules}) <= 1

    def why(self, answer: ExerciseAnswer) -> Text:
        """Return the reasons, the limits and the substitutes of one exercise."""
        if answer.exercise is None:
            return Text("\n").join(self._unknown(answer))
        return Text("\n").join([*self._reasons(answer), *_bounds(answer), *self._offers(answer)])

    def reason(self, applied: Applied) -> Text:
        """Return what one rule says, what it goes by, and its name."""
        rule = self._decision.rules[applied.rule]
        facts = "; ".join(self._words.known(match) for match in applied.matched)
        said = visible(rule.because) if rule.because else facts or "Applies to everyone."
        if not applied.certain:
            said = f"Not known yet: {self.named(applied.unknown)}. {said}"
        behind = f"\n{facts}" if rule.because and facts else ""
        return Text.assemble(said, (f"{behind} [{self._name(applied.rule)}]", "dim"))

    def named(self, facts: Sequence[str]) -> str:
        """Return what these facts are called, as a list."""
        return "; ".join(self._words.fact(name) for name in facts)

    def _name(self, rule: str) -> str:
        return visible(rule.partition("/")[2] if self._one_pack else rule)

    def _unknown(self, answer: ExerciseAnswer) -> Iterator[Text]:
        yield Text("No exercise of this name is known, so nobody has judged it.")
        if answer.did_you_mean:
            yield Text(f"Did you mean {listed([self._words.exercise(name) for name in answer.did_you_mean])}?")

    def _reasons(self, answer: ExerciseAnswer) -> Iterator[Text]:
        verdict = Verdict(answer.verdict)
        deciding = [applied for applied in answer.applied if Effect(applied.effect) in _DECIDING[verdict]]
        if verdict is Verdict.ASK and deciding:
            yield Text(f"Depends on: {self.named(_open_facts(deciding))}.")
            return
        if not verdict.go:
            deciding = [applied for applied in deciding if applied.certain] or deciding
        most = _MOST_REASONS if self._every else 1
        for applied in deciding[:most]:
            yield self.reason(applied)
        if self._every and len(deciding) > most:
            yield Text(f"and {counted(len(deciding) - most, 'more rule')} of this weight", style="dim")
        if not deciding:
            yield Text(self._without_a_rule(verdict))

    def _without_a_rule(self, verdict: Verdict) -> str:
        match verdict:
            case Verdict.AVOID if self._disposition.ends_session:
                return "The session is over."
            case Verdict.AVOID:
                return "The limits of the rules that apply leave nothing over."
            case Verdict.ASK if self._disposition is Disposition.SCREEN:
                return "Waits for the questions below."
            case Verdict.ASK:
                return "May be permitted, once the questions below are answered."
            case Verdict.UNREVIEWED:
                return "No rule permits it for this member."
            case _:
                return "Permitted."

    def _offers(self, answer: ExerciseAnswer) -> Iterator[Text]:
        offers = [self._offer(answer, name) for name in answer.instead]
        if offers:
            yield Text.assemble(("Instead: ", "bold"), listed(offers, _MOST_OFFERS))

    def _offer(self, answer: ExerciseAnswer, name: str) -> str:
        return self._words.exercise(name) + (" (if the equipment is there)" if name in answer.equipment_unknown else "")


def _open_facts(rules: Sequence[Applied]) -> list[str]:
    return list(dict.fromkeys(name for applied in rules for name in applied.unknown))


def _bounds(answer: ExerciseAnswer) -> Iterator[Text]:
    for bound in answer.limits:
        yield Text(limit(bound), style="bold")
    if answer.load_factor not in (None, 1):
        yield Text(f"Load: {round(float(answer.load_factor or 0) * 100, 2):g} % of the planned", style="bold")
