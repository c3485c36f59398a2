"""Random rule packs, as text, and random members, partly known: what the properties of the language run over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from random import Random

from hypothesis import strategies as st

from tests.seeds import heads, seeded, several, shares, some

VOCABULARY = """
fact condition many of disc, stenosis, strain
fact symptom many of
  numb red flag
  tingle
fact phase one of none, acute, chronic
fact cleared yes or no
fact pain number 0 to 10
fact first yes or no
fact after number 0 to 10 asked when first=no
fact sleep number 0 to 24 h optional
fact moment context one of before, during default before
fact fever yes or no red flag
class hinge
class squat
class heavy = hinge, squat
exercise deadlift is hinge
exercise romanian is deadlift
exercise back_squat is squat
exercise goblet is squat
exercise bridge is hinge
measure load number 0 to 100 %
measure weight scale light < medium < heavy
impossible when phase=none and pain > 8
refer emergency when symptom=numb say "Go to hospital."
refer urgent when fever=yes say "See a doctor today."
"""
"""Every kind of fact, a red flag of each sort, a kind of an exercise, a union; the rules are what varies."""

EXERCISES = ("deadlift", "romanian", "back_squat", "goblet", "bridge")
TARGETS = (*EXERCISES, "hinge", "squat", "heavy")

# --- guards -----------------------------------------------------------------------------------

Made = Callable[[Random], str]

_MEMBER_TESTS: tuple[Made, ...] = (
    lambda chosen: f"condition={chosen.choice(('disc', 'stenosis', 'strain', 'none'))}",
    lambda chosen: f"symptom={chosen.choice(('numb', 'tingle', 'none'))}",
    lambda chosen: f"condition in {chosen.choice(('(disc, strain)', '(stenosis)'))}",
    lambda chosen: f"phase={chosen.choice(('none', 'acute', 'chronic'))}",
    lambda chosen: f"phase!={chosen.choice(('acute', 'chronic'))}",
    lambda chosen: f"phase {chosen.choice(('in (none, acute)', 'not in (acute, chronic)'))}",
    lambda chosen: f"cleared={chosen.choice(('yes', 'no'))}",
    lambda chosen: f"first={chosen.choice(('yes', 'no'))}",
    lambda chosen: f"pain {chosen.choice(('<', '<=', '>', '>=', '=', '!='))} {chosen.randint(1, 9)}",
    lambda chosen: f"after {chosen.choice(('<', '>='))} {chosen.randint(1, 9)}",
    lambda _: "pain between 3 and 6",
    lambda _: "moment=during",
    lambda _: "always",
)
_OPTIONAL_TESTS = ("sleep < 5", "sleep >= 7 h", "sleep < 300 min")


def _member_test(chosen: Random) -> str:
    return chosen.choice(_MEMBER_TESTS)(chosen)


def _any_test(chosen: Random) -> str:
    return _member_test(chosen) if heads(chosen) else chosen.choice(_OPTIONAL_TESTS)


def _larger(chosen: Random, test: Made, most: int) -> str:
    """Return a guard with up to `most` tests."""
    if chosen.randrange(8) == 0:
        return f"not ({_larger(chosen, test, most)})"
    if most == 1:
        return test(chosen)
    several = chosen.randint(2, min(3, most))
    parts = [_larger(chosen, test, share) for share in shares(chosen, most, several)]
    joint = chosen.choice((" and ", " or ", ", "))
    return f"{'at least 2 of ' if joint == ', ' else ''}({joint.join(parts)})"


def _guard(chosen: Random, test: Made = _member_test) -> str:
    return _larger(chosen, test, chosen.choice((1, 1, 1, 1, 2, 3, 4)))


def _open_guard(chosen: Random) -> str:
    return _guard(chosen, _any_test)


def guards() -> st.SearchStrategy[str]:
    """Return guards in text, compound ones in parentheses."""
    return seeded(_guard)


# --- rules ------------------------------------------------------------------------------------


def _limits(chosen: Random) -> str:
    way = chosen.choice(("<=", ">="))
    if heads(chosen):
        return f" limit load {way} {chosen.randint(10, 90)} %"
    return f" limit weight {way} {chosen.choice(('light', 'medium', 'heavy'))}"


def _any(chosen: Random) -> str:
    return chosen.choice((chosen.choice(TARGETS), "any", "squat but not goblet"))


def _named(chosen: Random) -> str:
    return chosen.choice((chosen.choice(TARGETS), "heavy but not romanian")) + chosen.choice(("", " with variants"))


def _tingling(chosen: Random) -> str:
    return f"({_guard(chosen)}) and symptom=tingle"


_RULES: dict[str, Made] = {
    "avoid": lambda chosen: f"avoid {_any(chosen)} when {_guard(chosen)}",
    "clearance": lambda chosen: f"require clearance for {_any(chosen)} when {_guard(chosen)}",
    "modify": lambda chosen: f"modify {_named(chosen)} when {_guard(chosen)}{_limits(chosen)}",
    "caution": lambda chosen: f"caution {_any(chosen)} when {_guard(chosen)}{_limits(chosen)}",
    "tired": lambda chosen: f"caution {_any(chosen)} when {_open_guard(chosen)}",
    "allow": lambda chosen: f"allow {_named(chosen)} when {_guard(chosen)}",
    "recommend": lambda chosen: f"recommend {_named(chosen)} when {_guard(chosen)}",
    "progress": lambda chosen: f"progress load by {chosen.randint(1, 9)} % for {_named(chosen)} when {_guard(chosen)}",
    "reduce": lambda chosen: f"reduce load by {chosen.randint(1, 9)} % for {_any(chosen)} when {_open_guard(chosen)}",
    "hold": lambda chosen: f"hold load for {_any(chosen)} when {_open_guard(chosen)}",
    "stop": lambda chosen: f'stop session when {_tingling(chosen)} say "Stop."',
    "refer": lambda chosen: (
        f'refer {chosen.choice(("routine", "urgent", "emergency"))} when {_tingling(chosen)} say "Go."'
    ),
    "advise": lambda chosen: f'advise topic "Words." when {_open_guard(chosen)}',
}
_OFTEN = (*_RULES, *("allow", "recommend", "modify", "caution", "tired", "progress", "reduce", "hold") * 2)
"""What leaves a GO is drawn more often than what does not: the guarantee is about a GO."""


def rule(chosen: Random) -> str:
    exception = f' except when {_guard(chosen)} because "so"' if chosen.randrange(3) == 0 else ""
    return _RULES[chosen.choice(_OFTEN)](chosen) + exception


# --- packs ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pack:
    """A generated body of rules: a header, and statements that may stand in any order and any number of files."""

    name: str
    header: str
    statements: tuple[str, ...] = field(repr=False)

    def text(self, statements: tuple[str, ...] | None = None) -> str:
        """Return the pack as one file, or a file of it with only some statements."""
        return "\n".join((self.header, *(self.statements if statements is None else statements)))


def _statements(text: str) -> list[str]:
    found: list[str] = []
    for line in text.strip().splitlines():
        if line.startswith(" "):
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


_DECLARED = tuple(_statements(VOCABULARY))
_COVERS = st.sampled_from(("", "\n  covers condition=disc", "\n  covers condition=disc or pain > 3"))
_REVIEW = st.sampled_from(("", "\n  review by 2027-01-01"))
_OTHER_REVIEW = st.sampled_from(("", "\n  review by 2026-06-01"))
_FIRST = several(rule, 2, 8)
_SECOND = several(rule, 0, 3)
# Grants of both packs, so that answers differ, GO is not rare, and one pack grants where the other covers.
_BASE = st.just("always") | guards()
_ONWARD = st.sampled_from(("", "progress load by 8 % for heavy with variants when always"))


def _granting(chosen: Random) -> list[str]:
    grants = (
        f"allow heavy with variants when {_guard(chosen)}",
        f"progress load by 5 % for heavy when {_guard(chosen)}",
    )
    return some(chosen, grants)


def _lifts(count: int, chosen: Random) -> list[str]:
    return [
        f'override r{place} of one when {_guard(chosen)} because "so"' for place in some(chosen, range(count), most=2)
    ]


@st.composite
def packs(draw: st.DrawFn) -> tuple[Pack, ...]:
    """Return two packs over one vocabulary: exceptions, overrides, coverage and review dates among them."""
    first = [f"rule r{place}: {rule}" for place, rule in enumerate(draw(_FIRST))]
    base = f"rule base: allow heavy with variants when {draw(_BASE)}"
    lifts = draw(seeded(partial(_lifts, len(first))))
    return (
        Pack(
            "one",
            f"pack one{draw(_COVERS)}{draw(_REVIEW)}",
            tuple(filter(None, (*_DECLARED, *first, base, draw(_ONWARD)))),
        ),
        Pack("two", f"pack two{draw(_OTHER_REVIEW)}", (*draw(_SECOND), *draw(seeded(_granting)), *lifts)),
    )


DATES = st.sampled_from(("2026-05-01", "2026-06-01", "2026-06-02", "2027-01-01", "2027-01-02"))
"""Days before, on and after the review dates that packs draw from."""

# --- members ----------------------------------------------------------------------------------

Raw = dict[str, object]


@dataclass(frozen=True)
class Member:
    """Somebody about whom everything is known, and the same person about whom less is."""

    complete: Raw
    partial: Raw
    optional: Raw

    def fuller(self) -> Raw:
        """Return the complete facts with the optional ones."""
        return {**self.complete, **self.optional}


def member(chosen: Random) -> Member:
    """Return a member; `partial` leaves facts out, and of `many of` facts single terms."""
    complete: Raw = {
        "condition": _known(chosen, ("disc", "stenosis", "strain"), 2),
        "symptom": _known(chosen, ("numb", "tingle"), 8),
        "phase": chosen.choice(("none", "acute", "chronic")),
        "cleared": heads(chosen),
        "pain": chosen.randint(0, 10),
        "first": heads(chosen),
        "after": chosen.randint(0, 10),
        "fever": chosen.randrange(8) == 0,
    }
    context: Raw = {"moment": chosen.choice(("before", "during"))}
    left_out = {*some(chosen, sorted({*complete} - {"symptom", "fever"}), most=4)}
    left_out |= chosen.choice((*[set()] * 5, {"symptom"}, {"fever"}))
    partly = {name: _less(chosen, value) for name, value in complete.items() if name not in left_out}
    return Member({**complete, **context}, {**partly, **context}, {"sleep": chosen.randint(0, 12)})


def _known(chosen: Random, terms: tuple[str, ...], one_in: int) -> Raw:
    present = [term for term in terms if chosen.randrange(one_in) == 0]
    return {"present": present, "absent": [term for term in terms if term not in present]}


def _less(chosen: Random, value: object) -> object:
    if not isinstance(value, dict):
        return value
    dropped = chosen.choice([*[None] * 4, *value["present"], *value["absent"]])
    return {side: [term for term in terms if term != dropped] for side, terms in value.items()}


def members() -> st.SearchStrategy[Member]:
    """Return members, each of a seed."""
    return seeded(member)


def crowds(least: int = 4, most: int = 8) -> st.SearchStrategy[list[Member]]:
    """Return several members at once: a pack costs far more to compile than a member to evaluate."""
    return several(member, least, most)
