"""The checked form of rules that evaluation reads: names resolved, guards in negation normal form.

Everything here is plain, frozen and serialisable; a release's artifact is made of it. Frozen values can have no
cycles, so the collector of cycles is told not to look (`gc=False`): a large release loads in a third of the time.

Lowering has done four things to every guard: definitions and parameters are replaced by what they
stand for; negations are pushed into the comparisons; a comparison on a fact that is `asked when G`
has become "G and the comparison"; numbers are in the unit of their fact.
"""

from __future__ import annotations

import datetime
import enum
from decimal import Decimal
from typing import Literal

import msgspec

# --- guards -----------------------------------------------------------------------------------


class Always(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, tag="always"):
    """True of everybody."""


class Never(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, tag="never"):
    """True of nobody (`not always`)."""


class Choice(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, tag="choice"):
    """A `one of` or `yes or no` fact (values "yes", "no") is one of `values`, or none of them if negated."""

    fact: str
    values: tuple[str, ...]
    negated: bool = False


class Has(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, tag="has"):
    """A `many of` fact contains `term` (or, when `present` is false, does not)."""

    fact: str
    term: str
    present: bool = True


Operator = Literal["=", "!=", "<", "<=", ">", ">="]


class Compare(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, tag="compare"):
    """A number fact compares so with `value`, in the fact's own unit."""

    fact: str
    operator: Operator
    value: Decimal


class Unknown(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, tag="unknown"):
    """The fact is not known (of a `many of` fact: some of `terms`, all of them, is not). Only in proofs."""

    fact: str
    terms: tuple[str, ...] = ()
    negated: bool = False


class AllOf(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, tag="all"):
    """Every operand holds (strong Kleene)."""

    operands: tuple[Guard, ...]


class AnyOf(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, tag="any"):
    """Some operand holds (strong Kleene)."""

    operands: tuple[Guard, ...]


class AtLeast(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True, tag="at_least"):
    """At least `count` operands hold (strong Kleene)."""

    count: int
    operands: tuple[Guard, ...]


Test = Choice | Has | Compare | Unknown
Guard = Always | Never | Choice | Has | Compare | Unknown | AllOf | AnyOf | AtLeast


# --- rules ------------------------------------------------------------------------------------


class Effect(enum.StrEnum):
    """What an applied rule does to the answer."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    STOP = "stop"
    AVOID = "avoid"
    CLEARANCE = "clearance"
    MODIFY = "modify"
    CAUTION = "caution"
    REDUCE = "reduce"
    HOLD = "hold"
    RECOMMEND = "recommend"
    ALLOW = "allow"
    PROGRESS = "progress"
    ROUTINE = "routine"
    ADVISE = "advise"


SESSION = frozenset({Effect.EMERGENCY, Effect.URGENT, Effect.STOP})
"""Effects that decide the disposition."""

PERMISSIVE = frozenset({Effect.RECOMMEND, Effect.ALLOW, Effect.PROGRESS})
"""Effects that apply only when their guard is true."""

GRANTING = frozenset({Effect.RECOMMEND, Effect.ALLOW, Effect.MODIFY, Effect.CAUTION})
"""Effects that can grant a GO to the exercises in `Rule.grants`."""


class Limit(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A closed interval on a measure; for a scale, places in its steps (0 the lowest). None is unbounded."""

    measure: str
    low: Decimal | None = None
    high: Decimal | None = None


class Exception_(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """When a rule does not count, and why."""

    guard: Guard
    because: str


class Citation(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """Where a rule comes from: a source of its pack, a place in it, words claimed from it."""

    source: str
    section: str | None = None
    quote: str | None = None


class Rule(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One rule.

    `id` is `pack/name`. `exercises` are the ids that it touches when it restricts (targets and their
    kinds) or permits (targets only, unless `with variants`); empty for session rules and for advice
    that is not about exercises. `grants` are the ids to which it can grant a GO: never through `any`,
    never to kinds unless `with variants`; empty for effects that grant nothing. `offers` are the
    substitutes of `to` and `instead`, best first. `step` is the load factor of progress and reduce
    (1.05, 0.8). `unnamed` is false where the author named the rule.
    """

    id: str
    pack: str
    effect: Effect
    guard: Guard
    exercises: tuple[str, ...] = ()
    grants: tuple[str, ...] = ()
    exceptions: tuple[Exception_, ...] = ()
    absolute: bool = False
    limits: tuple[Limit, ...] = ()
    offers: tuple[str, ...] = ()
    step: Decimal | None = None
    topic: str | None = None
    text: str | None = None
    because: str | None = None
    say: str | None = None
    citations: tuple[Citation, ...] = ()
    evidence: str | None = None
    author: str | None = None


class Override(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """`pack` lifts the rule with id `rule` where `guard` holds."""

    rule: str
    pack: str
    guard: Guard
    because: str


class Contradiction(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What no member can be (`impossible when`); `text` is the guard as its author wrote it."""

    guard: Guard
    text: str


class Source(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """A work that rules cite; its id is unique in its pack."""

    id: str
    title: str
    url: str | None = None


class Pack(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """One author's body of rules. `review_by` holds through that day; `covers` demands grants of this pack."""

    name: str
    title: str | None = None
    covers: Guard | None = None
    review_by: datetime.date | None = None
    author: str | None = None
    sources: tuple[Source, ...] = ()
