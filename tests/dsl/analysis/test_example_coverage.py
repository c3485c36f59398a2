"""What examples exercise: rules that fired, clauses seen both ways where it mattered."""

from __future__ import annotations

from decimal import Decimal

from dsl.analysis.example_coverage import ExampleCoverage, StatementCoverage, example_coverage
from dsl.semantics.compiler import compile_sources
from dsl.syntax.diagnostics import errors
from dsl.syntax.source import SourceFile

WORLD = """\
fact sore yes or no
fact ill yes or no
fact ache number 0 to 10
fact tired number 0 to 10 optional
fact where many of hip, knee, back
fact phase one of early, late
fact later yes or no asked when phase=late
exercise squat
"""


def coverage(text: str) -> ExampleCoverage:
    made = compile_sources([SourceFile("a.rules", WORLD + text)], with_prelude=False)
    assert made.release is not None, [found.message for found in errors(made.diagnostics)]
    return example_coverage(made.sources, made.release.artifact, made.examples)


def statement(text: str, name: str = "main/r") -> StatementCoverage:
    return next(one for one in coverage(text).statements if one.name == name)


def missing(text: str, name: str = "main/r") -> dict[str, tuple[str, ...]]:
    return {clause.text: clause.missing for clause in statement(text, name).open_clauses}


def given(*facts: str) -> str:
    return "".join(f'example "{fact}" given {fact} expect squat at most avoid\n' for fact in facts)


TRUE, OTHERWISE = "true", "false or not known"


def test_nothing_is_exercised_without_an_example() -> None:
    found = coverage("rule r: avoid squat when sore=yes\n")
    assert (found.examples, found.fired, found.ways, found.ways_seen) == (0, 0, 2, 0)
    assert found.rule_share == found.clause_share == Decimal(0)
    assert found.rules[0].open_clauses[0].missing == (TRUE, OTHERWISE)


def test_all_of_nothing_is_all() -> None:
    found = coverage("")
    assert found.rule_share == found.clause_share == Decimal(100)


def test_a_rule_fires_when_its_guard_is_surely_true() -> None:
    rule = "rule r: avoid squat when sore=yes\n"
    assert statement(rule + given("sore=yes")).fired
    assert not statement(rule + given("sore=no")).fired
    assert not statement(rule + given("nothing")).fired


def test_a_rule_whose_exception_holds_does_not_fire() -> None:
    rule = 'rule r: avoid squat when sore=yes\n  except when ill=no because "It is only that."\n'
    assert not statement(rule + given("sore=yes, ill=no")).fired
    assert statement(rule + given("sore=yes, ill=yes")).fired


def test_a_rule_that_a_stop_silences_does_not_fire() -> None:
    rules = 'rule r: avoid squat when sore=yes\nrule s: stop session when ill=yes say "Stop."\n'
    assert not statement(rules + given("sore=yes, ill=yes")).fired
    assert statement(rules + given("sore=yes, ill=yes"), "main/s").fired


def test_both_ways_of_one_clause() -> None:
    rule = "rule r: avoid squat when sore=yes\n"
    assert missing(rule + given("sore=yes")) == {"sore=yes": (OTHERWISE,)}
    assert missing(rule + given("nothing")) == {"sore=yes": (TRUE,)}
    assert missing(rule + given("sore=yes", "sore=no")) == {}


def test_a_clause_counts_only_where_it_decides() -> None:
    both = "rule r: avoid squat when sore=yes and ill=yes\n"
    assert missing(both + given("sore=no, ill=no")) == {"sore=yes": (TRUE, OTHERWISE), "ill=yes": (TRUE, OTHERWISE)}
    assert missing(both + given("sore=yes, ill=no")) == {"sore=yes": (TRUE, OTHERWISE), "ill=yes": (TRUE,)}
    assert missing(both + given("sore=yes, ill=yes", "sore=yes, ill=no", "sore=no, ill=yes")) == {}
    either = "rule r: avoid squat when sore=yes or ill=yes\n"
    assert missing(either + given("sore=yes, ill=yes")) == {"sore=yes": (TRUE, OTHERWISE), "ill=yes": (TRUE, OTHERWISE)}
    assert missing(either + given("sore=yes, ill=no", "sore=no, ill=yes", "sore=no, ill=no")) == {}


def test_negations_stand_at_the_clauses() -> None:
    rule = "rule r: avoid squat when not (sore=yes or not ill=yes)\n"
    assert missing(rule + given("sore=no, ill=yes")) == {"not sore=yes": (OTHERWISE,), "ill=yes": (OTHERWISE,)}


def test_lists_and_ranges_are_taken_apart() -> None:
    rule = "rule r: avoid squat when where in (hip, knee)\n"
    assert missing(rule + given("where=hip", "where=none")) == {"where=knee": (TRUE,)}
    rule = "rule r: avoid squat when phase not in (early)\n"
    assert missing(rule + given("phase=late")) == {"not phase=early": (OTHERWISE,)}
    rule = "rule r: avoid squat when ache between 3 and 5\n"
    assert missing(rule + given("ache=4", "ache=2")) == {"ache <= 5": (OTHERWISE,)}


def test_at_least() -> None:
    rule = "rule r: avoid squat when at least 2 of (sore=yes, ill=yes, ache > 5)\n"
    met = given("sore=yes, ill=yes, ache=0")
    assert missing(rule + met)["ache > 5"] == (TRUE, OTHERWISE)
    assert missing(rule + met)["sore=yes"] == (OTHERWISE,)
    rule = "rule r: avoid squat when not at least 2 of (sore=yes, ill=yes, ache > 5)\n"
    assert missing(rule + given("sore=yes, ill=no, ache=0"))["not ill=yes"] == (OTHERWISE,)


def test_an_exception_counts_where_its_rule_applies() -> None:
    rule = 'rule r: avoid squat when sore=yes\n  except when ill=no because "It is only that."\n'
    assert missing(rule + given("sore=no, ill=no"))["ill=no"] == (TRUE, OTHERWISE)
    assert missing(rule + given("sore=yes, ill=no"))["ill=no"] == (OTHERWISE,)


def test_definitions_are_statements_of_their_own_and_clauses_where_they_are_used() -> None:
    text = "define bad when sore=yes or ill=yes\nrule r: avoid squat when bad\n" + given("sore=yes, ill=no")
    assert missing(text) == {"bad": (OTHERWISE,)}
    assert missing(text, "main: bad") == {"sore=yes": (OTHERWISE,), "ill=yes": (TRUE, OTHERWISE)}


def test_what_is_not_asked_is_not_so() -> None:
    rule = "rule r: avoid squat when later=yes\n"
    assert missing(rule + given("phase=early")) == {"later=yes": (TRUE,)}
    rule = "rule r: avoid squat when not later=yes\n"
    assert missing(rule + given("phase=late, later=no")) == {"not later=yes": (OTHERWISE,)}


def test_optional_facts_left_out_are_not_so() -> None:
    rule = "rule r: caution squat when tired > 5\n"
    assert missing(rule + given("nothing")) == {"tired > 5": (TRUE,)}


def test_always_is_no_clause() -> None:
    found = statement("rule r: avoid squat when always\n" + given("nothing"))
    assert (found.fired, found.clauses) == (True, ())


def test_overrides_impossible_and_covers_are_statements_too() -> None:
    text = (
        "pack a\nimpossible when sore=yes and ill=no\nrule r: avoid squat when sore=yes\n"
        'override r of a when ill=yes because "No."\n'
    )
    world = SourceFile("w.rules", WORLD)
    first = SourceFile("a.rules", text.replace('override r of a when ill=yes because "No."\n', ""))
    second = SourceFile(
        "b.rules", 'pack b covers sore=yes\noverride r of a when ill=yes because "No."\n' + given("sore=yes, ill=yes")
    )
    made = compile_sources([world, first, second], with_prelude=False)
    assert made.release is not None, [found.message for found in errors(made.diagnostics)]
    found = example_coverage(made.sources, made.release.artifact, made.examples)
    told = {(one.what, one.name, one.file, one.line, one.fired) for one in found.statements}
    assert told == {
        ("impossible", "sore=yes and ill=no", "a.rules", 2, False),
        ("rule", "a/r", "a.rules", 3, False),
        ("covers", "b", "b.rules", 1, True),
        ("override", "b lifts a/r", "b.rules", 2, True),
    }


def test_places_and_shares() -> None:
    found = coverage(
        "rule r: avoid squat when sore=yes\n  and ill=yes\n" + given("sore=yes, ill=yes", "sore=no, ill=yes")
    )
    assert [clause.line for clause in found.rules[0].clauses] == [9, 10]
    assert (found.rule_share, found.clause_share) == (Decimal(100), Decimal(75))
