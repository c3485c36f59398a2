"""The matrix: which rows it has, whom each is about, what its cells say and what stands behind them."""

from __future__ import annotations

import datetime

import pytest

from dsl.analysis.matrix import MOST_ROWS, Matrix, TooManyRowsError, chosen_facts, matrix
from dsl.evaluation.decision import Match
from dsl.semantics.compiler import compile_sources
from dsl.semantics.facts import FactsError
from dsl.semantics.release import Artifact
from dsl.syntax.diagnostics import errors
from dsl.syntax.source import SourceFile

DAY = datetime.date(2027, 1, 1)
TEXT = """\
pack club covers complaint=back review by 2027-06-01
fact complaint many of back, knee
fact condition many of disc, strain
fact pain one of none, acute
fact symptom many of numbness red flag
fact level number 0 to 10
fact age whole number 0 to 120
fact stress number 0 to 10 optional
fact cleared yes or no
fact moment context one of before, during default before
fact equipment many of bar
class hinge
class bend
exercise deadlift "Deadlift" is hinge needs bar
exercise swing "Swing" is hinge
exercise bridge "Bridge" is bend
exercise plank "Plank"
rule numb: refer emergency when symptom=numbness say "Go."
rule high: stop session when level > 7 say "Stop."
rule grown: require clearance for any when age < 16
rule disc: avoid deadlift when condition=disc and pain=acute
rule strain: require clearance for deadlift when condition=strain except when cleared=yes because "Cleared."
rule lift: allow deadlift when level <= 3
rule bridge: recommend bridge when pain=none or pain=acute
rule tired: caution swing when stress > 7
rule advised: advise form "Slowly." when always
"""


def artifact(text: str = TEXT) -> Artifact:
    made = compile_sources([SourceFile("a.rules", text)], with_prelude=False)
    assert made.release is not None, [found.message for found in errors(made.diagnostics)]
    return made.release.artifact


def made(by: tuple[str, ...] = ("condition", "pain"), known: dict[str, object] | None = None) -> Matrix:
    return matrix(artifact(), DAY, by, known)


def verdicts(found: Matrix, exercise: str) -> dict[tuple[str | None, ...], str]:
    column = found.exercises.index(exercise)
    return {row.about: found.verdict(row, column).value for row in found.rows}


def test_rows_are_about_what_most_rules_test() -> None:
    assert chosen_facts(artifact()) == ("condition", "pain")
    assert chosen_facts(artifact("fact a yes or no\nexercise b\nallow b when a=yes\n")) == ()


def test_a_row_for_each_term_and_for_none_of_them() -> None:
    assert [row.about for row in made().rows] == [
        (None, "none"), (None, "acute"), ("disc", "none"), ("disc", "acute"), ("strain", "none"), ("strain", "acute"),
    ]  # fmt: skip
    assert [row.about for row in made(("cleared",)).rows] == [("no",), ("yes",)]
    assert [row.about for row in made(()).rows] == [()]


def test_a_number_as_a_row_is_not_known() -> None:
    found = made(("level",))
    assert [(row.about, row.disposition) for row in found.rows] == [((None,), "screen")]
    assert Match("level", 0) not in found.assumed


def test_whom_the_packs_are_for_may_be_what_rows_are_about_and_null_is_not_known() -> None:
    found = made(("complaint",), {"cleared": None})
    assert [row.about for row in found.rows] == [(None,), ("back",), ("knee",)]
    assert set(found.assumed) == {Match("age", 16), Match("level", 0)}
    assert "cleared" not in found.denied


def test_columns_are_beside_those_of_their_class() -> None:
    assert made().exercises == ("bridge", "deadlift", "swing", "plank")


def test_cells_say_what_the_rules_say() -> None:
    assert verdicts(made(), "deadlift") == {
        (None, "none"): "allowed", (None, "acute"): "allowed",
        ("disc", "none"): "allowed", ("disc", "acute"): "avoid",
        ("strain", "none"): "clearance", ("strain", "acute"): "clearance",
    }  # fmt: skip


def test_members_are_those_whom_the_packs_are_for_and_otherwise_well() -> None:
    found = made()
    assert set(found.assumed) == {Match("complaint", "back"), Match("age", 16), Match("level", 0)}
    assert found.denied == ("cleared", "symptom")
    assert {row.disposition for row in found.rows} == {"proceed"}


def test_what_is_known_of_everybody_goes_before_what_is_assumed() -> None:
    found = made(("pain",), {"level": 9, "cleared": True, "condition": {"present": ["strain"], "absent": ["disc"]}})
    assert {row.disposition for row in found.rows} == {"stop"}
    assert set(found.assumed) == {
        Match("complaint", "back"),
        Match("level", 9),
        Match("cleared", True),
        Match("condition", "strain"),
        Match("condition", "disc", absent=True),
    }
    assert "cleared" not in found.denied
    by_unit = matrix(
        artifact("fact rest number 0 to 9 h\nexercise a\nallow a when rest > 1 h\n"),
        DAY,
        (),
        {"rest": {"value": 90, "unit": "min"}},
    )
    assert by_unit.assumed == (Match("rest", "90 min"),)


def test_what_is_known_must_fit() -> None:
    with pytest.raises(FactsError):
        made(known={"pian": "acute"})


def test_a_row_of_a_red_flag_ends_the_session_and_says_by_which_rule() -> None:
    found = made(("symptom",))
    row = found.rows[1]
    assert (row.about, row.disposition) == (("numbness",), "emergency")
    reason = found.reasons[row.cells[0]]
    assert (reason.verdict, reason.session, reason.applied) == ("avoid", (("club/numb", True),), ())


def test_cells_with_the_same_reasons_share_them() -> None:
    found = made()
    assert len(set(found.reasons)) == len(found.reasons)
    column = found.exercises.index("bridge")
    reason = found.reasons[found.rows[0].cells[column]]
    assert reason.recommended
    assert reason.applied == (("club/bridge", True),)


def test_gaps_are_cells_that_no_rule_speaks_of() -> None:
    gaps = made().gaps
    assert {name: len(rows) for name, rows in gaps.items()} == {"swing": 6, "plank": 6}
    assert {name: len(rows) for name, rows in made(("cleared",)).gaps.items()} == {"swing": 2, "plank": 2}


def test_a_rule_that_would_grant_with_more_known_stands_behind_ask() -> None:
    found = matrix(artifact("fact a one of x, y\nexercise b\nrule r: allow b when a=x\n"), DAY, ())
    assert found.reasons[found.rows[0].cells[0]].could_grant == ("main/r",)


def test_past_review_what_grants_lapses() -> None:
    late = matrix(artifact(), datetime.date(2027, 6, 2), ("pain",))
    assert set(verdicts(late, "bridge").values()) == {"unreviewed"}


def test_whom_a_pack_covers_can_take_several_facts() -> None:
    text = """\
pack one covers (sore=yes and part=hip) or sore=no
pack two covers at least 1 of (ache > 3, ill=no) and place=here and place=there and not place=away
fact sore yes or no
fact ill yes or no
fact part one of hip, knee
fact place many of here, there, away
fact ache number 0 to 10
fact trained number 0 to 10
exercise squat
rule r: allow squat when trained > 3 and not ill=yes
impossible when trained > 9 or ache >= 9
"""
    found = matrix(artifact(text.replace("pack two", "# pack two")), DAY, ())
    assert Match("sore", True) in found.assumed
    assert Match("part", "hip") in found.assumed
    other = text.replace("pack one covers", "pack two covers").replace(
        "(sore=yes and part=hip) or sore=no", "at least 1 of (ache > 3, ill=no) and place=here and place=there"
    )
    found = matrix(artifact("\n".join(other.splitlines()[:1] + other.splitlines()[2:])), DAY, ())
    assert {Match("place", "here"), Match("place", "there")} <= set(found.assumed)


def test_too_many_rows_are_refused() -> None:
    terms = ", ".join(f"t{number}" for number in range(MOST_ROWS))
    wide = artifact(
        f"fact many many of {terms}\nfact other one of x, y\nexercise b\nallow b when many=t1 and other=x\n"
    )
    with pytest.raises(TooManyRowsError, match=f"{2 * (MOST_ROWS + 1)} rows"):
        matrix(wide, DAY, ("many", "other"))
