"""The syntax tree: what an author wrote, each node with its place, nothing resolved yet.

Places never count in equality, so that two trees are equal when they say the same.
"""

from __future__ import annotations

import datetime
import enum
from dataclasses import dataclass, field
from decimal import Decimal

from dsl.syntax.source import NOWHERE, Span


def _place() -> Span:
    """Declare the field that holds a node's place."""
    return field(default=NOWHERE, compare=False, repr=False)


# --- words ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Name:
    """A name as written: of a fact, a value, an exercise, a class, a rule, a pack (dotted)."""

    text: str
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted string, its quotes and escapes removed."""

    value: str
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact decimal with the unit as written, if one was (`50 %`, `7 h`, `3`)."""

    value: Decimal
    unit: Name | None = None
    span: Span = _place()


Value = Name | Quantity
"""What stands on the right of a comparison: a value or parameter name, or a number."""


@dataclass(frozen=True, slots=True)
class Code:
    """One `code SYSTEM …` group: the codes as written; `suggests` when it only raises the question."""

    system: Name
    values: tuple[Text, ...]
    suggests: bool = False
    span: Span = _place()


# --- guards -----------------------------------------------------------------------------------


class Comparator(enum.Enum):
    """How a fact is held against one value."""

    EQUAL = "="
    NOT_EQUAL = "!="
    LESS = "<"
    AT_MOST = "<="
    GREATER = ">"
    AT_LEAST = ">="


@dataclass(frozen=True, slots=True)
class Always:
    """`always`: true of everybody."""

    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Comparison:
    """`fact = value`, `fact > 3 h`."""

    fact: Name
    comparator: Comparator
    value: Value
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Membership:
    """`fact in (a, b)`, `fact not in (a, b)`."""

    fact: Name
    values: tuple[Value, ...]
    negated: bool = False
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Between:
    """`fact between low and high`, both ends included."""

    fact: Name
    low: Value
    high: Value
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Reference:
    """The bare name of a definition (`flare`)."""

    name: Name
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class IsUnknown:
    """`unknown fact`; stands only in `prove`."""

    fact: Name
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Not:
    """`not guard`."""

    operand: Guard
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class And:
    """`a and b and c`, flat."""

    operands: tuple[Guard, ...]
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Or:
    """`a or b or c`, flat."""

    operands: tuple[Guard, ...]
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class AtLeast:
    """`at least 2 of (a, b, c)`."""

    count: int
    operands: tuple[Guard, ...]
    span: Span = _place()


Guard = Always | Comparison | Membership | Between | Reference | IsUnknown | Not | And | Or | AtLeast


# --- vocabulary -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a `one of` or `many of` fact."""

    name: Name
    label: Text | None = None
    synonyms: tuple[Text, ...] = ()
    codes: tuple[Code, ...] = ()
    red_flag: bool = False
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class OneOf:
    """`one of a, b, c`."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class ManyOf:
    """`many of a, b, c`."""

    terms: tuple[Term, ...]


@dataclass(frozen=True, slots=True)
class YesNo:
    """`yes or no`."""


@dataclass(frozen=True, slots=True)
class Number:
    """`number low to high unit`; `whole` for `whole number`."""

    low: Quantity
    high: Quantity
    unit: Name | None = None
    whole: bool = False


FactKind = OneOf | ManyOf | YesNo | Number


@dataclass(frozen=True, slots=True)
class Fact:
    """`fact name "label" kind …`: what may be known about a member or about the request."""

    name: Name
    kind: FactKind
    label: Text | None = None
    ask: Text | None = None
    synonyms: tuple[Text, ...] = ()
    codes: tuple[Code, ...] = ()
    red_flag: bool = False
    optional: bool = False
    context: bool = False
    default: Value | None = None
    asked_when: Guard | None = None
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Impossible:
    """`impossible when guard`: no member can be so."""

    guard: Guard
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Class:
    """`class name "label"`, or the union `class name = a, b`."""

    name: Name
    label: Text | None = None
    union: tuple[Name, ...] = ()
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Exercise:
    """`exercise name "label" also "…" is a, b needs x, y`; `parents` are classes or exercises."""

    name: Name
    label: Text | None = None
    synonyms: tuple[Text, ...] = ()
    parents: tuple[Name, ...] = ()
    needs: tuple[Name, ...] = ()
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Scale:
    """`scale a < b < c`, lowest first."""

    steps: tuple[Name, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """`measure name "label" number …` or `… scale …`: what a limit can bind."""

    name: Name
    kind: Number | Scale
    label: Text | None = None
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Parameter:
    """`parameter name = value in low to high`: a threshold that a clinician may move in that range."""

    name: Name
    value: Quantity
    low: Quantity
    high: Quantity
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Definition:
    """`define name when guard`."""

    name: Name
    guard: Guard
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Source:
    """`source name "title" url "…"`: what a rule can be cited `from`."""

    name: Name
    title: Text
    url: Text | None = None
    span: Span = _place()


# --- rules ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Target:
    """What a rule is about: every exercise, or those in all of `names` and in none of `exclude`.

    `any` has no names. `a and b but not (x, y)` has names (a, b) and exclude (x, y).
    """

    names: tuple[Name, ...] = ()
    exclude: tuple[Name, ...] = ()
    any: bool = False
    span: Span = _place()


class ActionKind(enum.Enum):
    """What a rule does; the value is how it is written."""

    AVOID = "avoid"
    CAUTION = "caution"
    MODIFY = "modify"
    ALLOW = "allow"
    RECOMMEND = "recommend"
    REQUIRE_CLEARANCE = "require clearance"
    STOP_SESSION = "stop session"
    REFER = "refer"
    PROGRESS = "progress"
    HOLD = "hold"
    REDUCE = "reduce"
    ADVISE = "advise"


class Urgency(enum.Enum):
    """How soon a referral is due."""

    ROUTINE = "routine"
    URGENT = "urgent"
    EMERGENCY = "emergency"


@dataclass(frozen=True, slots=True)
class Limit:
    """`measure <= value`, `measure >= value`, `measure = value`; for a scale the value is a step's name."""

    measure: Name
    comparator: Comparator
    value: Value
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Action:
    """What a rule does, to what. Fields that the kind does not use keep their defaults.

    `urgency`: refer. `percent`: progress and reduce. `topic`, `text`: advise. `variants`: `with variants`.
    """

    kind: ActionKind
    targets: tuple[Target, ...] = ()
    variants: bool = False
    urgency: Urgency | None = None
    percent: Quantity | None = None
    topic: Name | None = None
    text: Text | None = None
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Unless:
    """`except when guard because "…"`."""

    guard: Guard
    because: Text | None
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Citation:
    """`from source section "…" quote "…"`."""

    source: Name
    section: Text | None = None
    quote: Text | None = None
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: `rule name: action when guard …`, or the same without a name.

    `limits` and `to` belong to modify and caution, `instead` to any restrictive action.
    """

    action: Action
    guard: Guard
    name: Name | None = None
    limits: tuple[Limit, ...] = ()
    to: tuple[Name, ...] = ()
    instead: tuple[Name, ...] = ()
    exceptions: tuple[Unless, ...] = ()
    absolute: bool = False
    because: Text | None = None
    say: Text | None = None
    citations: tuple[Citation, ...] = ()
    evidence: Name | None = None
    author: Text | None = None
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Override:
    """`override rule of pack when guard because "…"`."""

    rule: Name
    pack: Name
    guard: Guard
    because: Text | None
    span: Span = _place()


# --- examples and proofs ----------------------------------------------------------------------


class Completeness(enum.Enum):
    """Whether a `given` says all of a `many` fact, or that one term is present or absent."""

    ALL = "="
    HAS = "has"
    LACKS = "lacks"


@dataclass(frozen=True, slots=True)
class Given:
    """`fact=value`, `fact=(a, b)` (complete), `fact has a`, `fact lacks a`."""

    fact: Name
    how: Completeness
    values: tuple[Value, ...]
    span: Span = _place()


class Bound(enum.Enum):
    """How an expected verdict or disposition is held against the answer."""

    EXACTLY = ""
    AT_LEAST = "at least"
    AT_MOST = "at most"


@dataclass(frozen=True, slots=True)
class ExpectVerdict:
    """`deadlift avoid`, `deadlift at least ask`, `any at most caution`; a class means its declared members."""

    target: Target
    bound: Bound
    verdict: Name
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class ExpectRecommended:
    """`glute_bridge recommended`, `glute_bridge not recommended`."""

    target: Target
    recommended: bool
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class ExpectSession:
    """`session stop`, `session at least urgent`; `session routine`, `session not routine`: a referral beside it."""

    bound: Bound
    disposition: Name
    negated: bool = False
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class ExpectLimit:
    """`back_squat limit depth <= 90 deg`: exactly this bound is in the answer."""

    target: Target
    limit: Limit
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class ExpectLoad:
    """`glute_bridge load 105 %`: the load factor of the answer."""

    target: Target
    percent: Quantity
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class ExpectQuestion:
    """`asks clearance`: the fact is among the questions."""

    fact: Name
    span: Span = _place()


Expectation = ExpectVerdict | ExpectRecommended | ExpectSession | ExpectLimit | ExpectLoad | ExpectQuestion


@dataclass(frozen=True, slots=True)
class Example:
    """`example "title" given … expect …`; `at` is the day it is evaluated on, when it says one."""

    title: Text
    given: tuple[Given, ...]
    expect: tuple[Expectation, ...]
    at: datetime.date | None = None
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class Proof:
    """`prove "title": claim when guard`; claims are verdict, recommended and session expectations."""

    title: Text
    claim: ExpectVerdict | ExpectRecommended | ExpectSession
    guard: Guard
    span: Span = _place()


# --- files ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Pack:
    """`pack name title "…" covers guard review by date author "…"`."""

    name: Name
    title: Text | None = None
    covers: Guard | None = None
    review_by: datetime.date | None = None
    author: Text | None = None
    span: Span = _place()
    review_place: Span = _place()


Statement = (
    Pack
    | Source
    | Fact
    | Impossible
    | Class
    | Exercise
    | Measure
    | Parameter
    | Definition
    | Rule
    | Override
    | Example
    | Proof
)


@dataclass(frozen=True, slots=True)
class Comment:
    """`# …` to the end of its line; `text` without the `#`. `trailing` when code stands before it."""

    text: str
    trailing: bool
    span: Span = _place()


@dataclass(frozen=True, slots=True)
class File:
    """One parsed file: its statements in order, and its comments for the formatter."""

    statements: tuple[Statement, ...]
    comments: tuple[Comment, ...] = field(default=(), compare=False)
    span: Span = _place()
