"""What is held against each other of two answers, one aspect at a time, and who sees it move.

Of the session its disposition and whether a routine referral is shown; of an exercise the verdict, whether it is
recommended, each side of each limit, and the load. Every aspect is a chain from less to more restrictive. How far a GO
goes is compared for those to whom both releases give one, and told only where the verdict does not move the same way:
who may do more of what was an `avoid` is told by the verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import NamedTuple

from dsl.analysis.answers import Answers
from dsl.analysis.changes import Direction, Part
from dsl.analysis.extent import factors, go, limited, load_at_most, sides
from dsl.analysis.formulas import Formula
from dsl.evaluation.explanation import bound_of, number
from dsl.evaluation.outcome import Outcome
from dsl.semantics import ir
from dsl.semantics.checked import (
    Claim,
    LimitExpected,
    LoadExpected,
    RecommendedExpected,
    RoutineReferralExpected,
    SessionExpected,
    VerdictExpected,
)
from dsl.semantics.verdict import Disposition, Verdict
from dsl.semantics.vocabulary import Measure
from dsl.syntax.ast import Bound
from dsl.syntax.source import NOWHERE

_Pairs = Iterable[tuple[Formula, Formula]]
"""Formulas of "at least so restrictive": of the old release, and of the new one."""


class Told(NamedTuple):
    """What one answer says of an aspect: the greater `severity`, the more restrictive.

    `value` is what it is: null where there is no such limit.
    """

    severity: Decimal
    words: str
    value: Disposition | Verdict | bool | Decimal | None


@dataclass(frozen=True, slots=True)
class Aspect:
    """One aspect of the answer on `exercise`, or where that is null on the session.

    `measure` and `least`: of a limit, on what, and whether from below. `moved`: by direction, for whom it moves.
    `furthest`: by direction, for whom it moves far, if for anybody: who is shown is rather one of the first of them.
    """

    part: Part
    exercise: str | None
    moved: Mapping[Direction, Formula]
    measure: Measure | None = None
    least: bool = False
    furthest: Mapping[Direction, tuple[Formula, ...]] = field(default_factory=dict)

    @property
    def key(self) -> object:
        """Return what it shares with the same aspect of exercises on which it moves for the very same members."""
        moved = tuple(_identity(formula) for formula in self.moved.values())
        return self.part, self.exercise is None, self.measure, self.least, moved

    def told(self, outcome: Outcome) -> Told | None:
        """Return what `outcome` says; None where it is a limit or a load of what is no GO."""
        if self.exercise is None:
            return _of_session(self.part, outcome)
        found = outcome.exercises[self.exercise].judgement
        match self.part:
            case "verdict":
                return Told(Decimal(found.verdict.severity), found.verdict.value, found.verdict)
            case "recommended":
                words = "recommended" if found.recommended else "not recommended"
                return Told(Decimal(not found.recommended), words, found.recommended)
            case "load" if found.load_factor is not None:
                words = f"{number(found.load_factor * _HUNDRED)} % of the planned load"
                return Told(-found.load_factor, words, found.load_factor)
            case "limit" if found.verdict.go and self.measure is not None:
                return _of_limits(found.limits, self.measure, least=self.least)
            case _:
                return None

    def expected(self, told: Told) -> Claim | LimitExpected | LoadExpected | None:
        """Return `told` as an example expects it; None: nothing can, as of a limit that is not there."""
        exercises = () if self.exercise is None else (self.exercise,)
        match told.value:
            case Disposition():
                return SessionExpected(Bound.EXACTLY, told.value, NOWHERE)
            case Verdict():
                return VerdictExpected(exercises, Bound.EXACTLY, told.value, NOWHERE)
            case bool() if self.exercise is None:
                return RoutineReferralExpected(told.value, NOWHERE)
            case bool():
                return RecommendedExpected(exercises, told.value, NOWHERE)
            case Decimal() if self.measure is not None:
                return LimitExpected(exercises, _side(told.value, self.measure.name, least=self.least), NOWHERE)
            case Decimal():
                return LoadExpected(exercises, told.value, NOWHERE)
            case None:
                return None


_HUNDRED = Decimal(100)


def _side(bound: Decimal, measure: str, *, least: bool) -> ir.Limit:
    return ir.Limit(measure, low=bound) if least else ir.Limit(measure, high=bound)


def _of_limits(limits: Iterable[ir.Limit], measure: Measure, *, least: bool) -> Told:
    name = measure.name.replace("_", " ")
    limit = next((limit for limit in limits if limit.measure == measure.name), ir.Limit(measure.name))
    bound = limit.low if least else limit.high
    if bound is None:
        return Told(Decimal("-Infinity"), f"no {'lower' if least else 'upper'} limit on {name}", None)
    words = f"{name} at {'least' if least else 'most'} {bound_of(measure, bound).replace('_', ' ')}"
    return Told(bound if least else -bound, words, bound)


def _of_session(part: Part, outcome: Outcome) -> Told:
    if part == "disposition":
        return Told(Decimal(outcome.disposition.severity), outcome.disposition.value, outcome.disposition)
    shown = any(rule.effect is ir.Effect.ROUTINE for rule, _ in outcome.session)
    return Told(Decimal(shown), "a routine referral" if shown else "no routine referral", shown)


# --- who sees them move -----------------------------------------------------------------------

DIRECTIONS: tuple[Direction, Direction] = ("less", "more")
"""Both of them."""

_EVERYBODY: Mapping[Direction, Formula] = dict.fromkeys(DIRECTIONS, True)


class Aspects:
    """The aspects of the answers of two releases to the same members."""

    def __init__(self, old: Answers, new: Answers, apart: Iterable[str] = ()) -> None:
        """Prepare to compare; limits on the measures `apart` are left out."""
        self._old, self._new = old, new
        self._formulas = old.formulas
        # What only the old release declares is held against no limit at all.
        measures = {measure.name: measure for one in (old, new) for measure in one.artifact.vocabulary.measures}
        self._measures = {name: measure for name, measure in measures.items() if name not in set(apart)}

    def of_session(self) -> Iterator[Aspect]:
        """Yield what moves of the session, for somebody or not."""
        bounds = list(Disposition)[1:]
        pairs = [(self._old.session_at_least(one), self._new.session_at_least(one)) for one in bounds]
        yield from self._aspect("disposition", None, pairs)
        trains = [self._not(one.session_at_least(Disposition.STOP)) for one in (self._old, self._new)]
        shown = [(self._old.routine_referral(), self._new.routine_referral())]
        yield from self._aspect("routine_referral", None, shown, among=dict.fromkeys(DIRECTIONS, self._both(*trains)))

    def of_exercise(self, name: str) -> Iterator[Aspect]:
        """Yield what moves of the exercise `name`, for somebody or not."""
        old, new = self._old, self._new
        verdicts = list(Verdict)[1:]
        pairs = [(old.verdict_at_least(name, verdict), new.verdict_at_least(name, verdict)) for verdict in verdicts]
        found = list(self._aspect("verdict", name, pairs))
        yield from (replace(one, furthest=self._far(name)) for one in found)
        moved = found[0].moved if found else dict.fromkeys(DIRECTIONS, False)
        can = self._both(go(name, old), go(name, new))
        among = {direction: self._both(can, self._not(moved[direction])) for direction in DIRECTIONS}
        endorsed = [(self._not(old.recommended(name)), self._not(new.recommended(name)))]
        yield from self._aspect("recommended", name, endorsed, among)
        rules = [*old.touching[name].rules, *new.touching[name].rules]
        loads = ((load_at_most(name, factor, old), load_at_most(name, factor, new)) for factor in factors(rules)[:-1])
        yield from self._aspect("load", name, loads, among)
        yield from self._limits(name, rules, among)

    def _far(self, name: str) -> Mapping[Direction, tuple[Formula, ...]]:
        """Return who may do an exercise that nobody like them might, with nothing said against it; and who may not."""
        could, can = go(name, self._old), go(name, self._new)
        plainly = self._not(self._new.verdict_at_least(name, Verdict.CAUTION))
        newly = self._both(self._not(could), can)
        kept = self._both(self._old.verdict_at_least(name, Verdict.CLEARANCE), can)
        return {
            "less": (self._both(kept, plainly), self._both(newly, plainly), kept, newly, plainly),
            "more": (self._both(could, self._not(can)),),
        }

    def _limits(self, name: str, rules: Iterable[ir.Rule], among: Mapping[Direction, Formula]) -> Iterator[Aspect]:
        known = list(rules)
        for measure in sorted({limit.measure for rule in known for limit in rule.limits} & self._measures.keys()):
            bounds = sides(known, measure)
            for least in (True, False):
                own = [side for side in bounds if (side.low is not None) is least]
                pairs = ((limited(name, side, self._old), limited(name, side, self._new)) for side in own)
                free = [
                    self._not(self._formulas.either(limited(name, side, answers) for side in own))
                    for answers in (self._old, self._new)
                ]
                for one in self._aspect("limit", name, pairs, among, self._measures[measure], least=least):
                    yield replace(one, furthest={"less": (free[1],), "more": (free[0],)})

    def _aspect(
        self,
        part: Part,
        exercise: str | None,
        pairs: _Pairs,
        among: Mapping[Direction, Formula] = _EVERYBODY,
        measure: Measure | None = None,
        *,
        least: bool = False,
    ) -> Iterator[Aspect]:
        """Yield the aspect, unless both releases say the very same of it."""
        stated = [pair for pair in pairs if _identity(pair[0]) != _identity(pair[1])]
        less = self._formulas.either(self._both(was, self._not(becomes)) for was, becomes in stated)
        more = self._formulas.either(self._both(becomes, self._not(was)) for was, becomes in stated)
        moved: dict[Direction, Formula] = {
            "less": self._both(among["less"], less),
            "more": self._both(among["more"], more),
        }
        if any(formula is not False for formula in moved.values()):
            yield Aspect(part, exercise, moved, measure, least)

    def _both(self, *formulas: Formula) -> Formula:
        return self._formulas.both(formulas)

    def _not(self, formula: Formula) -> Formula:
        return self._formulas.opposite(formula)


def _identity(formula: Formula) -> object:
    return formula if isinstance(formula, bool) else formula.get_id()
