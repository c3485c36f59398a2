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
    """Somebody's answer that changes: the disposition of the session, or a verdict on each of `exercises`.

    For the sample member it changes from `was` to `becomes`, on the first of `exercises` where it is a verdict; on the
    others somebody's changes in the same direction for the same reasons.
    """

    about: Literal["session", "exercises"]
    direction: Literal["less_restrictive", "more_restrictive"]
    exercises: tuple[str, ...]
    was: str
    becomes: str
    sample: SampleV1


class ReworkedV1(Struct, frozen=True):
    """Rules that only one of the releases has, or that differ, and that are not what changes somebody's verdict.

    `exercises` is empty where they are about the session. Limits, loads, referrals, advice and texts may change with
    them, in either direction; `sample` is a member to whom one of them applies, null where nobody was found to whom it
    makes a difference.
    """

    exercises: tuple[str, ...]
    rules: tuple[str, ...]
    sample: SampleV1 | None


class DiffV1(Struct, frozen=True):
    """What `release` changes against the release `against`, for every member whom both vocabularies allow.

    `unchanged`: it is proved that no member's verdict and no member's disposition changes; limits, loads, referrals and
    advice are not compared, and the rules that could change them are in `other_reasons`. `less_restrictive` and
    `more_restrictive`: true, somebody's becomes so, and `changes` has a sample member for each; false, it is proved
    that nobody's does; null, that could not be decided, and `undecided` says of what. `gone` and `new` are facts, terms
    (`fact=term`) and exercises that only one of the two knows. No pack is past its review.
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
    other_reasons: tuple[ReworkedV1, ...]
    undecided: tuple[str, ...]
    gone: tuple[str, ...]
    new: tuple[str, ...]
