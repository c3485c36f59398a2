"""Random rule packs, as text, and random members, partly known: what the properties of the language run over."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st

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

_member_tests = st.one_of(
    st.sampled_from(("disc", "stenosis", "strain", "none")).map(lambda term: f"condition={term}"),
    st.sampled_from(("numb", "tingle", "none")).map(lambda term: f"symptom={term}"),
    st.sampled_from(("(disc, strain)", "(stenosis)")).map(lambda terms: f"condition in {terms}"),
    st.sampled_from(("none", "acute", "chronic")).map(lambda term: f"phase={term}"),
    st.sampled_from(("acute", "chronic")).map(lambda term: f"phase!={term}"),
    st.sampled_from(("in (none, acute)", "not in (acute, chronic)")).map(lambda test: f"phase {test}"),
    st.sampled_from(("yes", "no")).map(lambda answer: f"cleared={answer}"),
    st.sampled_from(("yes", "no")).map(lambda answer: f"first={answer}"),
    st.tuples(st.sampled_from(("<", "<=", ">", ">=", "=", "!=")), st.integers(1, 9)).map(
        lambda test: f"pain {test[0]} {test[1]}"
    ),
    st.tuples(st.sampled_from(("<", ">=")), st.integers(1, 9)).map(lambda test: f"after {test[0]} {test[1]}"),
    st.just("pain between 3 and 6"),
    st.just("moment=during"),
    st.just("always"),
)
_optional_tests = st.sampled_from(("sleep < 5", "sleep >= 7 h", "sleep < 300 min"))


def guards(*, optional: bool = False) -> st.SearchStrategy[str]:
    """Return guards in text, compound ones in parentheses; with `optional`, on optional facts too."""
    tests = st.one_of(_member_tests, _optional_tests) if optional else _member_tests
    return st.recursive(
        tests,
        lambda inner: st.one_of(
            inner.map(lambda guard: f"not ({guard})"),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " and ".join(parts) + ")"),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: "(" + " or ".join(parts) + ")"),
            st.lists(inner, min_size=2, max_size=3).map(lambda parts: f"at least 2 of ({', '.join(parts)})"),
        ),
        max_leaves=4,
    )


_limits = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(("<=", ">=")), st.integers(10, 90)).map(
            lambda limit: f"load {limit[0]} {limit[1]} %"
        ),
        st.tuples(st.sampled_from(("<=", ">=")), st.sampled_from(("light", "medium", "heavy"))).map(
            lambda limit: f"weight {limit[0]} {limit[1]}"
        ),
    ),
    min_size=1,
    max_size=1,
).map(lambda limits: " limit " + ", ".join(limits))

_exceptions = st.one_of(st.just(""), st.just(""), guards().map(lambda guard: f' except when {guard} because "so"'))
_any_target = st.one_of(st.sampled_from(TARGETS), st.just("any"), st.just("squat but not goblet"))
_named_target = st.one_of(st.sampled_from(TARGETS), st.just("heavy but not romanian"))
_variants = st.sampled_from(("", " with variants"))


_named = st.builds("{}{}".format, _named_target, _variants)
_plain, _open = guards(), guards(optional=True)

_RULES = {
    "avoid": st.builds("avoid {} when {}".format, _any_target, _plain),
    "clearance": st.builds("require clearance for {} when {}".format, _any_target, _plain),
    "modify": st.builds("modify {} when {}{}".format, _named, _plain, _limits),
    "caution": st.builds("caution {} when {}{}".format, _any_target, _plain, _limits),
    "tired": st.builds("caution {} when {}".format, _any_target, _open),
    "allow": st.builds("allow {} when {}".format, _named, _plain),
    "recommend": st.builds("recommend {} when {}".format, _named, _plain),
    "progress": st.builds("progress load by {} % for {} when {}".format, st.integers(1, 9), _named, _plain),
    "reduce": st.builds("reduce load by {} % for {} when {}".format, st.integers(1, 9), _any_target, _open),
    "hold": st.builds("hold load for {} when {}".format, _any_target, _open),
    "stop": st.builds('stop session when ({}) and symptom=tingle say "Stop."'.format, _plain),
    "refer": st.builds(
        'refer {} when ({}) and symptom=tingle say "Go."'.format,
        st.sampled_from(("routine", "urgent", "emergency")),
        _plain,
    ),
    "advise": st.builds('advise topic "Words." when {}'.format, _open),
}
_OFTEN = (*_RULES, *("allow", "recommend", "modify", "caution", "tired", "progress", "reduce", "hold") * 2)
"""What leaves a GO is drawn more often than what does not: the guarantee is about a GO."""


def rules() -> st.SearchStrategy[str]:
    """Return single rules in text, without a name."""
    return st.sampled_from(_OFTEN).flatmap(lambda action: st.builds("{}{}".format, _RULES[action], _exceptions))


@dataclass(frozen=True)
class Pack:
    """A generated body of rules: a header, and statements that may stand in any order and any number of files."""

    name: str
    header: str
    statements: tuple[str, ...] = field(repr=False)

    def text(self, statements: tuple[str, ...] | None = None) -> str:
        """Return the pack as one file, or a file of it with only some statements."""
        return "\n".join((self.header, *(self.statements if statements is None else statements)))


@st.composite
def packs(draw: st.DrawFn) -> tuple[Pack, ...]:
    """Return two packs over one vocabulary: exceptions, overrides, coverage and review dates among them."""
    covers = draw(st.sampled_from(("", "\n  covers condition=disc", "\n  covers condition=disc or pain > 3")))
    review = draw(st.sampled_from(("", "\n  review by 2027-01-01")))
    first = [f"rule r{place}: {rule}" for place, rule in enumerate(draw(st.lists(rules(), min_size=2, max_size=8)))]
    # A base that grants something, so that answers differ and GO is not rare.
    onward = draw(st.sampled_from(("", "progress load by 8 % for heavy with variants when always")))
    base = f"rule base: allow heavy with variants when {draw(st.just('always') | guards())}"
    second = [draw(rules()) for _ in range(draw(st.integers(0, 3)))]
    lifts = [
        f'override r{place} of one when {draw(guards())} because "so"'
        for place in sorted(draw(st.sets(st.integers(0, len(first) - 1), max_size=2)))
    ]
    other_review = draw(st.sampled_from(("", "\n  review by 2026-06-01")))
    vocabulary = tuple(statement for statement in _statements(VOCABULARY))
    return (
        Pack("one", f"pack one{covers}{review}", tuple(filter(None, (*vocabulary, *first, base, onward)))),
        Pack("two", f"pack two{other_review}", (*second, *lifts)),
    )


def _statements(text: str) -> list[str]:
    found: list[str] = []
    for line in text.strip().splitlines():
        if line.startswith(" "):
            found[-1] += "\n" + line
        else:
            found.append(line)
    return found


DATES = st.sampled_from(("2026-05-01", "2026-06-01", "2026-06-02", "2027-01-01", "2027-01-02"))
"""Days before, on and after the review dates that packs draw from."""

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


def crowds() -> st.SearchStrategy[list[Member]]:
    """Return several members at once: a pack costs far more to compile than a member to evaluate."""
    return st.lists(members(), min_size=4, max_size=8)


@st.composite
def members(draw: st.DrawFn) -> Member:
    """Return a member; `partial` leaves facts out, and of `many of` facts single terms."""
    complete: Raw = {
        "condition": _known(draw, ("disc", "stenosis", "strain")),
        "symptom": _known(draw, ("numb", "tingle"), often=False),
        "phase": draw(st.sampled_from(("none", "acute", "chronic"))),
        "cleared": draw(st.booleans()),
        "pain": draw(st.integers(0, 10)),
        "first": draw(st.booleans()),
        "after": draw(st.integers(0, 10)),
        "fever": draw(st.sampled_from((*[False] * 7, True))),
    }
    optional: Raw = {"sleep": draw(st.integers(0, 12))}
    context: Raw = {"moment": draw(st.sampled_from(("before", "during")))}
    left_out = draw(st.sets(st.sampled_from(sorted({*complete} - {"symptom", "fever"})), max_size=4))
    left_out |= draw(st.sampled_from((set(), set(), set(), {"symptom"}, {"fever"})))
    partial = {name: _less(draw, value) for name, value in complete.items() if name not in left_out}
    return Member({**complete, **context}, {**partial, **context}, optional)


def _known(draw: st.DrawFn, terms: tuple[str, ...], *, often: bool = True) -> Raw:
    states = st.booleans() if often else st.sampled_from((*[False] * 7, True))
    present = [term for term in terms if draw(states)]
    return {"present": present, "absent": [term for term in terms if term not in present]}


def _less(draw: st.DrawFn, value: object) -> object:
    if not isinstance(value, dict):
        return value
    dropped = draw(st.sampled_from([None, None, *value["present"], *value["absent"]]))
    return {side: [term for term in terms if term != dropped] for side, terms in value.items()}
