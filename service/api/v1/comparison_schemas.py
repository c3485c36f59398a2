"""Wire types of comparisons of releases, version 1."""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from service.api.v1.schemas import Digest, Name, ReleaseNumber


class SampleV1(Struct, frozen=True):
    """A member, ready to be asked about: `facts` are a question's for this release, `facts_before` for the other one.

    Each leaves out what its release does not know. `example` holds of this release and can be pasted into its rules.
    """

    facts: dict[str, Any]
    facts_before: dict[str, Any]
    example: str


class ChangeV1(Struct, frozen=True):
    """Somebody's answer that changes: of the session, or on each of `exercises`.

    `part` says what of it: of the session the `disposition`, or whether a `routine_referral` is shown; of an exercise
    the `verdict`, whether it is `recommended`, the `load`, or the `limit` on `measure`, which is null for the others.
    For the sample member it changes from `was` to `becomes`, on each of `exercises`. Dispositions and verdicts are told
    by name, all else in words for people: the sample's answers have the numbers. What is neither disposition nor
    verdict is told of members whom both releases let train, or give a go for the exercise, and whose verdict does not
    move in the same direction.
    """

    about: Literal["session", "exercises"]
    part: Literal["disposition", "routine_referral", "verdict", "recommended", "load", "limit"]
    measure: str | None
    direction: Literal["less_restrictive", "more_restrictive"]
    exercises: tuple[str, ...]
    was: str
    becomes: str
    sample: SampleV1


class ReworkedV1(Struct, frozen=True):
    """Rules that only one of the releases has, or that differ, and that are not what makes a change of the answer.

    `exercises` is empty where they are about the session. Reasons, sources, substitutes, advice and texts may differ
    with them: those have no direction. `sample` is a member to whom one of them applies, null where nobody was found to
    whom it makes a difference.
    """

    exercises: tuple[str, ...]
    rules: tuple[str, ...]
    sample: SampleV1 | None


class MeaningV1(Struct, frozen=True):
    """What the same request means to `release` and did not mean to the other: a word, a code, a list, a later review.

    `text` is for people. `direction` is the one in which answers can move by it; null, in either.
    """

    text: str
    direction: Literal["less_restrictive", "more_restrictive"] | None


class DiffV1(Struct, frozen=True):
    """What `release` changes against the release `against`, for every member whom either vocabulary allows.

    `unchanged`: it is proved that no member's disposition, routine referral, verdict, endorsement, limit or load
    changes; what is left to read are the rules in `other_reasons` and the declarations in `redeclared`. `rules` are all
    that only one of the two has, or that differ. A change is shown by a member for whom it goes far, if any.
    `less_restrictive` and `more_restrictive`: true, somebody's answer becomes so, and `changes` has a sample member for
    each; false, it is proved that nobody's does; null, that could not be decided (`undecided` says of what), or the
    same request means something else (`meanings`). `gone` and `new` are facts, values (`fact=value`) and exercises that
    only one of the two knows. Such a value is not known to the other; such an exercise is there what its name stands
    for, or `unreviewed`. No pack is past its review.
    """

    ruleset: Name
    release: ReleaseNumber
    digest: Digest
    against: ReleaseNumber
    against_digest: Digest
    unchanged: bool
    less_restrictive: bool | None
    more_restrictive: bool | None
    changes: tuple[ChangeV1, ...]
    meanings: tuple[MeaningV1, ...]
    other_reasons: tuple[ReworkedV1, ...]
    rules: tuple[str, ...]
    redeclared: tuple[str, ...]
    undecided: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
