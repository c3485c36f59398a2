"""Examples in rule files: each kind of expectation, met and unmet, and what is said when it is not."""

from __future__ import annotations

import pytest

from dsl.evaluation.build import build
from dsl.syntax.source import SourceFile
from tests.dsl.evaluation.texts import VOCABULARY

RULES = (
    "pack one review by 2027-01-01\n"
    "allow heavy with variants when always\n"
    "modify goblet when phase=acute limit load <= 50 %, weight <= medium\n"
    "recommend bridge when phase in (none, acute)\n"
    "progress load by 5 % for bridge when pain < 2\n"
    'rule hot: stop session when pain > 8 say "Stop."\n'
    'refer routine when cleared=no say "See someone."\n'
    "avoid romanian when cleared=no\n"
)


def found(*texts: str) -> list[tuple[str, str, str | None]]:
    files = [SourceFile("vocabulary.rules", VOCABULARY)]
    files.extend(SourceFile(f"{place}.rules", text) for place, text in enumerate(texts))
    return [
        (diagnostic.code, diagnostic.message, diagnostic.help)
        for diagnostic in build(files, with_prelude=False).diagnostics
        if diagnostic.code in ("E450", "E451", "W550")
    ]


def example(given: str, expect: str) -> str:
    pain = "" if "pain" in given else "pain=5, "
    return f'{RULES}example "sample" given symptom=none, {pain}{given} expect {expect}\n'


MET = [
    ("phase=acute", "goblet modify"),
    ("phase=acute", "goblet at least caution, goblet at most modify"),
    ("phase=acute", "goblet limit load <= 50 %, goblet limit weight <= medium"),
    ("phase=none", "bridge recommended, goblet not recommended"),
    ("pain=1, phase=none", "bridge load 105 %"),
    ("pain=9", "session stop, any avoid"),
    ("pain=1", "session proceed, session at most screen"),
    ("cleared=no", "session routine, romanian avoid"),
    ("cleared=yes", "session not routine"),
    ("condition has disc", "asks phase"),
    ("phase=none, at 2027-01-02", "bridge unreviewed"),
    ("phase=none, pain=0", "hinge at least allowed, squat allowed"),
]


@pytest.mark.parametrize(("given", "expect"), MET)
def test_what_is_met_says_nothing(given: str, expect: str) -> None:
    assert found(example(given, expect)) == []


UNMET = [
    ("phase=acute", "goblet allowed", "`goblet` is `modify`", "what applies: one/modify-goblet-"),
    ("phase=none", "goblet limit load <= 50 %", "`goblet` has no limit on `load`", "what applies: "),
    ("phase=acute", "goblet limit load <= 40 %", "`goblet` has the limit load <= 50 %", "what applies: "),
    ("phase=acute", "goblet limit weight <= light", "`goblet` has the limit weight <= medium", "what applies: "),
    ("phase=chronic", "bridge recommended", "`bridge` is not recommended", "what applies: "),
    ("phase=none", "bridge not recommended", "`bridge` is recommended", "what applies: "),
    ("phase=none, pain=5", "bridge load 105 %", "the load of `bridge` is 100 %", "what applies: "),
    ("pain=9", "bridge load 105 %", "the load of `bridge` is nothing: it is not a GO", "what applies: one/hot"),
    ("pain=9", "session proceed", "the session is `stop`", "what applies: one/hot"),
    ("cleared=yes", "session routine", "no routine referral is shown", ""),
    ("cleared=no", "session not routine", "a routine referral is shown", "what applies: one/refer-routine-"),
    ("phase=none", "session not routine", "a routine referral is shown", "what applies: one/refer-routine-"),
    ("phase=none, pain=0, cleared=yes", "asks phase", "`phase` is not asked", "what is asked: nothing"),
    ("phase=none, at 2027-01-02", "bridge allowed", "`bridge` is `unreviewed`", "no rule grants it: "),
]


@pytest.mark.parametrize(("given", "expect", "message", "reason"), UNMET)
def test_what_is_not_met_says_what_came_and_why(given: str, expect: str, message: str, reason: str) -> None:
    ((code, said, help_line),) = found(example(given, expect))
    assert code == "E450"
    assert said == f"example “sample”: {message}"
    assert (help_line or "").startswith(reason)


HEAVY = "what applies: one/allow-heavy-40670058"
SEVERAL = [
    ("pain=9", "hinge allowed", "`bridge` and `deadlift` are `avoid`", "what applies: one/hot"),
    ("pain=9", "any allowed", "`back_squat`, `bridge`, `deadlift` and 2 more are `avoid`", "what applies: one/hot"),
    (
        "pain=1, phase=none",
        "any avoid",
        "`back_squat`, `bridge`, `deadlift` and 1 more are `allowed`; `romanian` is `ask`",
        f"for `back_squat`, {HEAVY}; for `romanian`, what applies: one/avoid-romanian-273e02fe, {HEAVY[14:]}",
    ),
    (
        "phase=acute, pain=1",
        "squat limit load <= 40 %",
        "`back_squat` has no limit on `load`; `goblet` has the limit load <= 50 %",
        f"for `back_squat`, {HEAVY}; for `goblet`, what applies: one/modify-goblet-5cc8f980, {HEAVY[14:]}",
    ),
    (
        "pain=9",
        "squat load 100 %",
        "the load of `back_squat` and `goblet` is nothing: it is not a GO",
        "what applies: one/hot",
    ),
    (
        "pain=1, phase=chronic",
        "any recommended",
        "`back_squat`, `bridge`, `deadlift` and 2 more are not recommended",
        "",
    ),
]


@pytest.mark.parametrize(("given", "expect", "message", "reason"), SEVERAL)
def test_one_expectation_of_many_exercises_is_one_diagnostic(
    given: str, expect: str, message: str, reason: str
) -> None:
    ((code, said, help_line),) = found(example(given, expect))
    assert (code, said) == ("E450", f"example “sample”: {message}")
    assert (help_line or "").startswith(reason)


def test_many_sorts_of_answers_to_one_expectation_are_counted_past_the_first_few() -> None:
    limited = "".join(f"exercise e{n}\nmodify e{n} when always limit load <= {n} %\n" for n in range(10, 20))
    text = f'{limited}example "sample" given symptom=none expect any limit load <= 50 %\n'
    ((_, said, help_line),) = found(text)
    assert said.startswith("example “sample”: `back_squat`, `bridge`, `deadlift` and 2 more have no limit on `load`; ")
    assert said.endswith("; `e15` has the limit load <= 15 %; 4 more are not as expected")
    assert help_line is not None
    assert "for `e11`" in help_line
    assert "`e12`" not in help_line


def test_a_grant_that_is_not_certain_is_named() -> None:
    text = 'rule maybe: allow goblet when phase=none\nexample "sample" given symptom=none expect goblet allowed\n'
    ((code, _, help_line),) = found(text)
    assert (code, help_line) == ("E450", "what could grant it is not certain: main/maybe")


def test_a_session_that_waits_is_named() -> None:
    text = f'{RULES}example "sample" given symptom=none, phase=none expect bridge allowed\n'
    ((code, said, help_line),) = found(text)
    assert (code, said) == ("E450", "example “sample”: `bridge` is `ask`")
    assert help_line == "the session is `screen`; what applies or may: one/hot"


def test_a_failed_example_refuses_the_release() -> None:
    files = [SourceFile("a.rules", VOCABULARY), SourceFile("b.rules", example("phase=acute", "goblet allowed"))]
    assert build(files, with_prelude=False).release is None


def test_what_another_pack_changes_is_a_warning() -> None:
    theirs = (
        f'{RULES}rule flare: avoid goblet when phase=acute\nexample "sample" given symptom=none, pain=5, phase=acute'
    )
    plain, asked = f"{theirs} expect goblet avoid\n", f"{theirs}, cleared=yes expect goblet avoid\n"
    ours = 'pack ours\noverride flare of one when cleared=yes because "agreed"\n'
    assert found(plain, ours) == []
    ((code, said, help_line),) = found(asked, ours)
    assert (code, said) == ("W550", "example “sample”: `goblet` is `modify`")
    assert help_line is not None
    assert help_line.startswith("with the rules of `one` alone the example holds")
    files = [SourceFile("v.rules", VOCABULARY), SourceFile("t.rules", asked), SourceFile("o.rules", ours)]
    assert build(files, with_prelude=False).release is not None


def test_a_pack_that_opens_what_another_keeps_shut_does_so_by_an_override_or_not_at_all() -> None:
    theirs = (
        'pack one\nallow bridge when always\nexample "sample" given symptom=none, pain=5 expect goblet unreviewed\n'
    )
    ((code, said, _),) = found(theirs, "pack two\nallow goblet when always\n")
    assert (code, said) == ("E450", "example “sample”: `goblet` is `allowed`")


def test_a_pack_that_only_tightens_breaks_nobody_elses_release() -> None:
    theirs = 'pack one\nallow bridge when always\nexample "sample" given symptom=none, pain=5 expect bridge allowed\n'
    ((code, said, _),) = found(theirs, "pack two\navoid bridge when always\n")
    assert (code, said) == ("W550", "example “sample”: `bridge` is `avoid`")


def test_an_example_with_more_values_than_are_read_is_refused() -> None:
    terms = ", ".join(f"t{place}" for place in range(1_001))
    text = f'fact many_things many of {terms}\nexample "all" given many_things=({terms}) expect goblet unreviewed\n'
    ((code, said, _),) = found(text)
    assert code == "E451"
    assert "at most 1000 are read" in said
