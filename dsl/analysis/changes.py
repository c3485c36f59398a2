"""What a comparison of two releases finds: plain values, readable without the solver that found them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

import msgspec

Direction = Literal["less", "more"]
"""Less restrictive than before, or more."""

Part = Literal["disposition", "routine_referral", "verdict", "recommended", "load", "limit"]
"""A part of an answer: the first two are of the session, all others of an exercise."""


class IncomparableError(ValueError):
    """The two releases take a fact of the same name in different ways; `facts` names them."""

    def __init__(self, facts: Iterable[str]) -> None:
        """Carry the names, at least one."""
        self.facts = tuple(facts)
        super().__init__(", ".join(self.facts))


class Sample(msgspec.Struct, frozen=True):
    """A member, as an example that holds of the new release and can be pasted into its rules.

    `facts` are the member's as the facts door of the new release reads them, `facts_before` as that of the old one
    does: each leaves out what its release does not know. What a list of terms denies is spelt out where a term is a
    red flag, so that it does not matter whose questionnaire was asked.
    """

    example: str
    facts: Mapping[str, object]
    facts_before: Mapping[str, object]


class Change(msgspec.Struct, frozen=True):
    """Somebody's answer that changes: on `exercise`, or where that is null on the session, from `was` to `becomes`.

    `part`: what of it, and of a limit the `measure`. A disposition and a verdict are told by their names, all else in
    words: "load at most 50 %", "80 % of the planned load". Limits, loads and whether an exercise is recommended are
    told for those to whom both releases give a GO, and whose verdict does not move in the same direction.
    `sample`: a member to whom that happens. `told_by_example`: its example says so, and fails of the old release; no
    example can say that there is no limit. `alike` are further exercises on which the same happens to that member.
    """

    direction: Direction
    part: Part
    exercise: str | None
    was: str
    becomes: str
    sample: Sample
    alike: tuple[str, ...] = ()
    measure: str | None = None
    told_by_example: bool = True

    @property
    def example(self) -> str:
        """Return the sample member as an example."""
        return self.sample.example


class Reworked(msgspec.Struct, frozen=True):
    """`rules` that only one of the releases has, or that differ, and the `exercises` they are about; none: the session.

    They are not what makes a `Change` of these. Reasons, sources, substitutes, advice and what members are told may
    differ with them: those have no direction. `sample`: a member to whom one of the rules applies; null where nobody
    was found to whom it makes a difference.
    """

    exercises: tuple[str, ...]
    rules: tuple[str, ...]
    sample: Sample | None


class Meaning(msgspec.Struct, frozen=True):
    """What the same request means to the new release and did not mean to the old one, in words.

    It is not looked for in members: `direction` says which way their answers can move by it; null: either way.
    """

    text: str
    direction: Direction | None


class Difference(msgspec.Struct, frozen=True):
    """What one release changes against another.

    Where none of `changes`, `meanings`, `undecided` and `faults` has anything, it is proved that nobody's disposition,
    routine referral, verdict, endorsement, limit or load changes. What is left to read are reasons, substitutes, advice
    and texts: the rules that could change them are in `reworked`, declarations that differ in `redeclared`. `rules` are
    all that only one of the two has, or that differ, those behind `changes` among them.
    `reasons`: exercises on which all that stays, while the rules about them differ; `reworked` has those rules.
    `undecided`: what could not be decided in bounds. `gone`, `new`: facts, values and exercises that only one of the
    two knows. Such a value is not known to the other; such an exercise is there what its name stands for, or
    `unreviewed`. `faults`: what the solver and the reference do not agree about, a fault of this program, and so not
    decided either. `identical`: the two are the same release, to the byte.
    """

    changes: tuple[Change, ...]
    reasons: tuple[str, ...]
    undecided: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
    reworked: tuple[Reworked, ...] = ()
    faults: tuple[str, ...] = ()
    meanings: tuple[Meaning, ...] = ()
    redeclared: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    identical: bool = False

    @property
    def open(self) -> tuple[str, ...]:
        """Return all that is not decided, whatever for."""
        return (*self.undecided, *self.faults)

    @property
    def unchanged(self) -> bool:
        """Return whether it is proved that nobody's answer changes in what is compared."""
        return not (self.changes or self.meanings or self.open)

    def moves(self, direction: Direction) -> bool | None:
        """Return whether somebody's answer moves in `direction`; None: it may, as far as is known."""
        if any(change.direction == direction for change in self.changes):
            return True
        doubtful = any(meaning.direction in (direction, None) for meaning in self.meanings)
        return None if doubtful or self.open else False

    def laxer(self) -> bool:
        """Return whether somebody's answer becomes less restrictive, or could, as far as is known."""
        return self.moves("less") is not False
