"""A request may mean something else to a new release: that is told, and never counted as nothing having changed."""

from __future__ import annotations

import datetime
from collections.abc import Mapping

import pytest

from dsl.analysis.changes import Difference, Direction, Meaning
from dsl.analysis.diff import compare
from dsl.analysis.vocabularies import shared
from dsl.evaluation.examples import run_examples
from dsl.evaluation.reference import Reference
from dsl.semantics.facts import Door
from dsl.semantics.release import Release
from dsl.semantics.vocabulary import red_flags
from tests.dsl.semantics.compiling import artifact, compiled

BASE = """
pack one
fact sign "Signs" many of
  saddle "Saddle numbness" red flag code icd10cm G83.4
  tingle "Tingling"
fact phase "Phase" one of calm, sharp
fact sore "Soreness" number 0 to 10
exercise wall_squat "Wall squat" also "zed sit"
exercise low_bridge "Low bridge"
allow wall_squat, low_bridge when phase in (calm, sharp)
rule sq: avoid wall_squat when phase=sharp
rule s: refer emergency when sign=saddle say "Go."
"""


def difference(before: str, after: str) -> Difference:
    return compare(Release(artifact(before)), Release(artifact(after)))


def told(found: Difference) -> set[tuple[str | None, str, str, str]]:
    return {(change.exercise, change.direction, change.was, change.becomes) for change in found.changes}


def assert_open(found: Difference, text: str) -> None:
    assert Meaning(text, None) in found.meanings
    assert (found.unchanged, found.laxer()) == (False, True)
    assert all(found.moves(direction) is not False for direction in ("less", "more"))


# --- values that only one release has ---------------------------------------------------------


def test_a_new_value_of_a_fact_is_not_known_to_the_release_before() -> None:
    after = BASE.replace("one of calm, sharp", "one of calm, sharp, dull").replace(
        "(calm, sharp)", "(calm, sharp, dull)"
    )
    found = difference(BASE, after)
    assert found.new == ("phase=dull",)
    assert told(found) == {
        ("low_bridge", "less", "ask", "allowed"),
        ("wall_squat", "less", "ask", "allowed"),
    }
    for change in found.changes:
        assert change.sample.facts["phase"] == "dull"
        assert "phase" not in change.sample.facts_before


def test_a_value_that_goes_is_not_known_to_the_new_release() -> None:
    after = BASE.replace("one of calm, sharp", "one of calm, dull").replace("(calm, sharp)", "(calm, dull)")
    found = difference(BASE, after.replace("phase=sharp", "phase=dull"))
    assert {"gone": found.gone, "new": found.new} == {"gone": ("phase=sharp",), "new": ("phase=dull",)}
    assert ("wall_squat", "less", "avoid", "ask") in told(found)
    assert found.laxer()


def test_values_of_which_none_is_shared_are_compared_as_not_known() -> None:
    after = BASE.replace("one of calm, sharp", "one of quiet, acute").replace("(calm, sharp)", "(quiet, acute)")
    found = difference(BASE, after.replace("phase=sharp", "phase=acute"))
    assert ("wall_squat", "less", "ask", "allowed") in told(found)


def test_numbers_outside_of_the_range_of_a_release_are_not_known_to_it() -> None:
    before = BASE.replace("phase in (calm, sharp)", "sore <= 10")
    after = before.replace("0 to 10", "0 to 100").replace("sore <= 10", "sore <= 100")
    found = difference(before, after)
    assert told(found) == {("low_bridge", "less", "ask", "allowed"), ("wall_squat", "less", "ask", "allowed")}
    assert all("sore" not in change.sample.facts_before for change in found.changes)
    assert not difference(after, before).moves("less")
    apart = difference(before, before.replace("0 to 10", "20 to 30").replace("sore <= 10", "sore <= 30"))
    assert {direction for _, direction, *_ in told(apart)} == {"less", "more"}


def test_a_value_that_a_default_stands_in_for_is_compared_as_that() -> None:
    moment = (
        "fact moment context one of before, during default before\nexercise plank\nallow plank when moment=before\n"
    )
    later = moment.replace("before, during", "before, during, after").replace(
        "moment=before", "moment=before or moment=after"
    )
    found = difference(BASE + moment, BASE + later)
    assert told(found) == set()
    strict = later.replace(" or moment=after", "")
    assert told(difference(BASE + moment, BASE + strict)) == {("plank", "more", "allowed", "unreviewed")}


def test_values_of_the_request_of_which_a_release_has_none_are_its_default() -> None:
    kit = "fact kit context many of bar, bench default bar\nexercise plank\nallow plank when kit=bar\n"
    more = kit.replace("bar, bench", "bar, bench, box")
    for before, after in ((kit, more), (more, kit)):
        for change in difference(BASE + before, BASE + after).changes:
            assert (change.exercise, change.was == change.becomes) == ("plank", False)
            compilation = compiled(f"{BASE}{after}\n{change.example}\n")
            assert compilation.release is not None
            assert run_examples(compilation.release.artifact, compilation.examples) == []
            old = Release(artifact(BASE + before))
            assert answered(old, change.sample.facts_before, "plank") == change.was


# --- words that stand for something else ------------------------------------------------------


def test_a_value_whose_name_becomes_another_word_for_another_is_told() -> None:
    after = BASE.replace("one of calm, sharp", 'one of\n  calm\n  acute also "sharp"').replace(
        "(calm, sharp)", "(calm, acute)"
    )
    found = difference(BASE, after.replace("rule sq: avoid wall_squat when phase=sharp\n", ""))
    assert_open(found, "`sharp` of phase meant sharp and means acute")


def test_a_synonym_that_moves_from_one_value_to_another_is_told() -> None:
    before = 'pack one\nfact state "State" many of disc also "slipped", strain\nexercise sit\nallow sit when always\n'
    after = before.replace('disc also "slipped", strain', 'disc, strain also "slipped"')
    assert_open(difference(before, after), "`slipped` of state meant disc and means strain")


def test_a_synonym_that_moves_from_one_fact_to_another_is_told() -> None:
    before = BASE + 'fact nap "Nap" also "sleep" yes or no\nfact rest "Rest" yes or no\n'
    after = before.replace(' also "sleep"', "").replace('fact rest "Rest"', 'fact rest "Rest" also "sleep"')
    assert_open(difference(before, after), "`sleep` meant nap and means rest")


def test_a_code_that_moves_is_told() -> None:
    after = BASE.replace(" code icd10cm G83.4", "").replace('"Tingling"', '"Tingling" code icd10cm G83.4')
    assert_open(difference(BASE, after), "the code icd10cm G83.4 of sign meant saddle and means tingle")


def test_a_code_of_a_fact_that_moves_is_told() -> None:
    before = BASE + 'fact bmi "Index" number 10 to 80 code loinc 39156-5\nfact girth "Girth" number 10 to 80\n'
    after = (
        before.replace(" code loinc 39156-5", "")
        .replace("fact girth", "fact girth")
        .replace('"Girth" number 10 to 80', '"Girth" number 10 to 80 code loinc 39156-5')
    )
    assert_open(difference(before, after), "`39156-5` meant bmi and means girth")


def test_an_exercise_is_compared_by_every_name_that_callers_have_for_it() -> None:
    after = BASE.replace(' also "zed sit"', "").replace('"Low bridge"', '"Low bridge" also "zed sit"')
    found = difference(BASE, after)
    (change,) = found.changes
    assert (change.exercise, change.direction, change.was) == ("zed sit", "less", "avoid")
    assert f"expect low_bridge {change.becomes}" in change.example
    compilation = compiled(f"{after}\n{change.example}\n")
    assert compilation.release is not None
    assert run_examples(compilation.release.artifact, compilation.examples) == []


def test_an_exercise_that_goes_is_what_its_name_stands_for() -> None:
    before = """
pack one
measure force "Force" number 0 to 100 %
exercise wall_squat "Wall squat"
exercise low_bridge "Low bridge"
allow low_bridge when always
rule m: modify wall_squat when always limit force <= 20 %
"""
    after = before.replace('exercise wall_squat "Wall squat"\n', "").replace(
        '"Low bridge"', '"Low bridge" also "wall squat"'
    )
    found = difference(before, after.replace("rule m: modify wall_squat when always limit force <= 20 %\n", ""))
    assert told(found) == {("wall_squat", "less", "modify", "allowed")}


def test_a_new_word_for_an_exercise_is_told_and_one_that_goes() -> None:
    after = BASE.replace('"Low bridge"', '"Low bridge" also "hip lift"')
    found, back = difference(BASE, after), difference(after, BASE)
    assert found.meanings == (Meaning("`hip lift` stood for nothing and stands for low_bridge", None),)
    assert back.meanings == (Meaning("`hip lift` stood for low_bridge and stands for nothing", None),)
    assert (told(found), told(back), found.laxer(), back.laxer()) == (set(), set(), True, True)
    assert found.redeclared == ("exercise low_bridge",)


def test_a_word_for_an_exercise_that_becomes_another_and_loses_it_is_told() -> None:
    walk = "allow walk when always\n"
    before = f'pack one\nexercise sit "Sitting"\nexercise walk\n{walk}require clearance for sit when always\n'
    after = f'pack one\nexercise walk also "sit"\n{walk}require clearance for walk when always\n'
    found = difference(before, after)
    assert Meaning("`Sitting` stood for sit and stands for nothing", None) in found.meanings
    assert found.laxer()


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("code icd10cm G83.4", "code icd10cm G83.4 suggests", "`G83.4` meant flag and means perhaps flag"),
        ("one code icd10 M51", "two code icd10cm M51", "`M51` of cond meant one and means two"),
        ("one code icd10cm M51", 'two also "M51"', "`M51` of cond meant one and means two"),
        ("one code icd10 M51", "one code icd10 M51.2", "`M51.2` of cond meant a part of one and means one"),
    ],
)
def test_a_text_that_both_doors_take_for_something_else_is_told(before: str, after: str, text: str) -> None:
    def rules(with_: str) -> str:
        terms = {"one": "one", "two": "two"}
        if not with_.startswith("code"):
            name, rest = with_.split(" ", 1)
            terms[name] = f"{name} {rest}"
        flag = with_ if with_.startswith("code") else ""
        listed = ", ".join(terms.values())
        return (
            f'pack one\nfact flag "Flag" yes or no red flag {flag}\nfact cond many of {listed}\nexercise sit\n'
            'allow sit when cond=one or cond=two or cond=none\nrule s: stop session when flag=yes say "Stop."\n'
        )

    if 'also "M51"' in after:
        both = rules(before)
        found = difference(both, both.replace("two\n", f"{after}\n"))
    else:
        found = difference(rules(before), rules(after))
    assert Meaning(text, None) in found.meanings
    assert found.laxer()


def test_the_sample_of_an_exercise_that_goes_can_be_pasted_all_the_same() -> None:
    after = BASE.replace('exercise wall_squat "Wall squat" also "zed sit"\n', "").replace("wall_squat, low", "low")
    after = after.replace("rule sq: avoid wall_squat when phase=sharp\n", "")
    found = difference(BASE, after)
    assert {change.exercise for change in found.changes} == {"wall_squat"}
    for change in found.changes:
        assert not change.told_by_example
        compilation = compiled(f"{after}\n{change.example}\n")
        assert compilation.release is not None, [one.message for one in compilation.diagnostics]
        assert run_examples(compilation.release.artifact, compilation.examples) == []


# --- lists and days ---------------------------------------------------------------------------


def test_a_red_flag_that_goes_lets_a_list_deny_it() -> None:
    after = BASE.replace(" red flag", "")
    found, back = difference(BASE, after), difference(after, BASE)
    assert found.meanings == back.meanings == ()
    assert {(change.exercise, change.was, change.becomes) for change in found.changes if change.exercise is None} == {
        (None, "screen", "proceed")
    }
    assert (found.laxer(), back.laxer()) == (True, False)
    for change in found.changes:
        # The list leaves `saddle` out: nothing of it is known before, and it is denied after.
        assert "saddle" not in str(change.sample.facts_before["sign"])
        assert change.sample.facts["sign"] in ([], ["tingle"])


def test_a_red_flag_that_comes_can_be_less_restrictive_for_a_rule_that_asks_for_its_absence() -> None:
    rule = 'rule u: refer emergency when sign=none and sore > 5 say "Go."'
    plain = f"{BASE}{rule}\n".replace(" red flag", "")
    found = difference(plain, plain.replace('"Saddle numbness"', '"Saddle numbness" red flag'))
    assert (None, "less", "emergency", "screen") in told(found)


def test_the_flag_of_a_fact_is_one_of_each_of_its_values() -> None:
    whole = BASE.replace('"Signs" many of', '"Signs" red flag many of').replace(
        '"Saddle numbness" red flag', '"Saddle numbness"'
    )
    assert difference(whole, BASE).unchanged  # `saddle` is one in both, and nothing asks for `tingle`
    asking = "rule t: avoid low_bridge when sign=tingle\n"
    assert difference(whole + asking, BASE + asking).moves("less")
    assert not difference(BASE + asking, whole + asking).moves("less")


def test_a_list_leaves_open_what_either_release_flags_by_its_value_or_by_its_fact() -> None:
    was = artifact(BASE).vocabulary
    whole = BASE.replace('"Signs" many of', '"Signs" red flag many of')
    becomes = artifact(whole.replace('  tingle "Tingling"', '  tingle "Tingling"\n  ache "Ache"')).vocabulary
    for old, new in ((was, becomes), (becomes, was)):
        sign = next(fact for fact in shared(old, new) if fact.name == "sign")
        assert {"saddle", "ache"} <= red_flags(sign)


def test_a_sample_says_what_it_leaves_open_where_a_fact_flags_all_its_values() -> None:
    whole = BASE.replace(" red flag", "").replace('"Signs" many of', '"Signs" red flag many of')
    after = whole.replace("phase=sharp", "phase=sharp and sign=tingle")
    old, new = Release(artifact(whole)), Release(artifact(after))
    (change,) = [one for one in compare(old, new).changes if one.exercise == "wall_squat"]
    assert answered(old, change.sample.facts_before, "wall_squat") == change.was
    assert answered(new, change.sample.facts, "wall_squat") == change.becomes


def answered(release: Release, raw: Mapping[str, object], exercise: str) -> str:
    """Return the verdict for facts as a caller sends them, without saying whose questions were asked."""
    facts = Door(release.artifact.vocabulary).read(raw)
    outcome = Reference(release.artifact).evaluate(facts, datetime.date.min)
    return outcome.exercises[exercise].judgement.verdict.value


@pytest.mark.parametrize(
    ("before", "after", "text", "direction"),
    [
        ("", "2026-06-01", "what one permits held for ever, and holds until 2026-06-01 is past", "more"),
        ("2026-06-01", "", "what one permits held until 2026-06-01 is past, and holds for ever", "less"),
        (
            "2026-06-01",
            "2028-06-01",
            "what one permits held until 2026-06-01 is past, and holds until 2028-06-01 is past",
            "less",
        ),
    ],
)
def test_a_review_that_moves_is_told(before: str, after: str, text: str, direction: Direction) -> None:
    old, new = (
        BASE.replace("pack one\n", f"pack one\n  review by {day}\n" if day else "pack one\n") for day in (before, after)
    )
    found = difference(old, new)
    assert found.changes == ()
    assert found.meanings[0] == Meaning(text, direction)
    assert {meaning.direction for meaning in found.meanings} == {direction}
    assert "when reviews are past: " in found.meanings[1].text
    assert found.laxer() is (direction == "less")


REVIEWED = """
pack one
  review by 2026-06-01
fact pain one of none, acute
exercise sit
exercise walk
rule a: allow sit when pain=none
"""


def test_a_rule_that_moves_to_a_pack_that_is_reviewed_later_is_told() -> None:
    two = "pack two\n  review by 2030-06-01\nrule b: allow walk when pain=none\n"
    rule = "rule a: allow sit when pain=none\n"
    old = Release(artifact(REVIEWED, two))
    new = Release(artifact(REVIEWED.replace(rule, ""), two + rule))
    found, back = compare(old, new), compare(new, old)
    text = "from 2026-06-02 on, when reviews are past: Sit: unreviewed becomes allowed"
    assert found.meanings == (Meaning(text, "less"),)
    assert (found.changes, found.unchanged, found.laxer(), back.laxer()) == ((), False, True, False)


def test_a_pack_of_another_name_that_is_not_reviewed_any_more_is_told() -> None:
    found = difference(REVIEWED, REVIEWED.replace("pack one\n  review by 2026-06-01", "pack two"))
    assert [meaning.direction for meaning in found.meanings] == ["less"]
    assert (found.gone, found.new) == (("pack one",), ("pack two",))


def test_an_override_that_does_not_lapse_any_more_is_told() -> None:
    base = REVIEWED + "rule b: avoid sit when pain=acute\n" + "allow sit when pain=acute\n"
    base = base.replace("  review by 2026-06-01\n", "")
    lifting = '{}override b of one when pain=acute because "Ours."\n'
    lapses, stays = (
        Release(artifact(base, lifting.format(header)))
        for header in ("pack two\n  review by 2026-06-01\n", "pack three\n")
    )
    found = compare(lapses, stays)
    assert any(meaning.direction == "less" and "avoid becomes allowed" in meaning.text for meaning in found.meanings)


# --- what else is declared --------------------------------------------------------------------


def test_declarations_that_differ_are_named_and_the_releases_are_not_the_same() -> None:
    after = BASE.replace('"Low bridge"', '"Lower bridge"').replace('"Soreness"', '"How sore"')
    found = difference(BASE, after)
    assert found.redeclared == ("fact sore", "exercise low_bridge")
    assert not found.identical
    assert difference(BASE, BASE).identical
    assert difference(BASE, BASE).redeclared == ()
