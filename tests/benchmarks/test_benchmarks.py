"""Benchmarks measure what they say: the same work on every run, the same answers from everybody, bars read right."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from rich.console import Console

from dsl.evaluation.build import compile_paths
from dsl.evaluation.reference import holds
from dsl.semantics import ir
from dsl.semantics.facts import Door, Facts
from dsl.semantics.reading import shipped_rules
from dsl.semantics.release import Artifact, Release
from tests.benchmarks import answering, engines, growth, memory, oracle
from tests.benchmarks.__main__ import main
from tests.benchmarks.members import members
from tests.benchmarks.peers.asking import Engine
from tests.benchmarks.peers.ours import ByTheBook, Spotter
from tests.benchmarks.rows import Row, interleaved, table, write
from tests.benchmarks.workload import MANY_THRESHOLDS, artifact

RULES = 150
MEMBERS = 25


# --- rows -------------------------------------------------------------------------------------

ROW = Row("engines", "spotter", "zen-engine", 1_000, "microseconds", 5.5, ratio=13.0)


def test_a_row_in_json_has_exactly_the_keys_that_are_promised(tmp_path: Path) -> None:
    path = write([ROW, ROW.at_least(12)], "engines", tmp_path / "bench")
    plain, barred = msgspec.json.decode(path.read_bytes())
    keys = ["bench", "subject", "peer", "size", "metric", "value", "ratio", "bar", "holds"]
    assert path.name == "engines.json"
    assert list(plain) == list(barred) == keys
    assert (plain["bar"], plain["holds"]) == (None, None)
    assert (barred["bar"], barred["holds"]) == (12, True)


def test_a_bar_is_for_the_ratio_and_without_one_for_the_value() -> None:
    assert ROW.at_least(13).holds is True
    assert ROW.at_least(13.1).holds is False
    assert ROW.at_most(13).holds is True
    assert ROW.at_most(12.9).holds is False
    kept = msgspec.structs.replace(ROW, ratio=None)
    assert kept.at_most(5.5).holds is True
    assert kept.at_most(5).holds is False


def test_the_table_shows_every_row_and_what_became_of_its_bar() -> None:
    shown = io.StringIO()
    Console(file=shown, width=150).print(table([ROW, ROW.at_least(12), ROW.at_least(40)]))
    lines = [line for line in shown.getvalue().splitlines() if "zen-engine" in line]
    assert ["holds" in line for line in lines] == [False, True, False]
    assert ["missed" in line for line in lines] == [False, False, True]
    assert all("1,000" in line and "5.5" in line for line in lines)


def test_calls_take_turns() -> None:
    made: list[str] = []
    taken = interleaved({"one": lambda: made.append("one"), "two": lambda: made.append("two")}, rounds=4)
    assert made == ["one", "two", "two", "one"] * 2
    assert taken.keys() == {"one", "two"}
    assert all(seconds >= 0 for seconds in taken.values())


def test_rounds_end_when_the_time_is_up_but_three_are_run() -> None:
    made: list[str] = []
    interleaved({"one": lambda: made.append("one")}, rounds=1_000, seconds=0)
    assert len(made) == 3


def test_a_benchmark_that_does_not_exist_is_refused() -> None:
    assert main(["engine"]) == 2


# --- the work ---------------------------------------------------------------------------------


def test_rule_sets_and_members_are_the_same_on_every_run() -> None:
    assert artifact(RULES) == artifact(RULES)
    assert members(MEMBERS) == members(MEMBERS)


def test_a_larger_set_holds_every_rule_of_a_smaller_one() -> None:
    smaller, larger = artifact(40).rules, artifact(RULES).rules
    assert len(larger) == RULES
    assert {rule.id for rule in smaller} < {rule.id for rule in larger}
    assert [rule for rule in larger if rule.id in {rule.id for rule in smaller}] == list(smaller)
    assert list(larger) == sorted(larger, key=lambda rule: rule.id)


def test_rules_have_one_to_five_tests_and_every_shape() -> None:
    guards = [rule.guard for rule in artifact(1_000).rules]
    counts = {len(_leaves(guard)) for guard in guards}
    kinds = {type(part) for guard in guards for part in _parts(guard)}
    assert counts == {1, 2, 3, 4, 5}
    assert kinds == {ir.AllOf, ir.AnyOf, ir.AtLeast, ir.Has, ir.Choice, ir.Compare}


def test_numbers_can_be_compared_with_very_many_values() -> None:
    rules = artifact(30_000, MANY_THRESHOLDS).rules
    values: dict[str, set[Decimal]] = {}
    for test in (leaf for rule in rules for leaf in _leaves(rule.guard)):
        if isinstance(test, ir.Compare):
            values.setdefault(test.fact, set()).add(test.value)
    assert len(values) == 6
    assert all(0.9 * MANY_THRESHOLDS < len(found) <= MANY_THRESHOLDS for found in values.values())


def test_something_of_a_member_is_unknown() -> None:
    asked = members(400)
    assert 0.7 < sum(len(member.facts.numbers) for member in asked) / 6 / len(asked) < 0.8
    assert any(len(member.facts.choices) < 3 for member in asked)
    assert any(len(member.facts.terms) < 3 for member in asked)
    assert any(0 < len(terms) < 30 for member in asked for terms in member.facts.terms.values())


def _parts(guard: ir.Guard) -> list[ir.Guard]:
    match guard:
        case ir.AllOf() | ir.AnyOf() | ir.AtLeast():
            return [guard, *(part for operand in guard.operands for part in _parts(operand))]
        case _:
            return [guard]


def _leaves(guard: ir.Guard) -> list[ir.Guard]:
    return [part for part in _parts(guard) if not isinstance(part, ir.AllOf | ir.AnyOf | ir.AtLeast)]


# --- the answers ------------------------------------------------------------------------------


def test_the_oracle_reads_guards_as_the_reference_does() -> None:
    rules = artifact(RULES).rules
    truths = {oracle.FALSE: False, oracle.UNKNOWN: None, oracle.TRUE: True}
    for member in members(MEMBERS):
        for rule in rules:
            assert truths[oracle.truth(rule.guard, member.facts)] is holds(rule.guard, member.facts)


HAND_WRITTEN: tuple[ir.Guard, ...] = (
    *(ir.Compare("sleep", operator, Decimal("7.25")) for operator in ("=", "!=", "<", "<=", ">", ">=")),
    ir.AllOf((ir.Compare("sleep", ">", Decimal(7)), ir.Compare("sleep", "<=", Decimal("7.25")))),
    *(
        ir.Choice("phase", values, negated)
        for values in (("acute",), ("acute", "maintenance"))
        for negated in (False, True)
    ),
    *(ir.Choice("pregnant", ("yes",), negated) for negated in (False, True)),
    *(ir.Has("condition", "left_hip_strain", present) for present in (True, False)),
    ir.AllOf((ir.Has("condition", "left_hip_strain"), ir.Has("symptom", "ache_hip", present=False))),
    ir.AnyOf((ir.Has("condition", "left_hip_strain"), ir.Compare("sleep", "<", Decimal(5)))),
    ir.AtLeast(
        2,
        (
            ir.Has("symptom", "ache_hip"),
            ir.AllOf((ir.Choice("phase", ("acute",)), ir.Compare("sleep", ">=", Decimal(7)))),
            ir.AnyOf((ir.Choice("pregnant", ("no",)), ir.Has("condition", "left_hip_strain", present=False))),
        ),
    ),
)
STATES: tuple[dict[str, bool], ...] = (
    {},
    {"left_hip_strain": True},
    {"left_hip_strain": False},
    {"right_hip_strain": False},
)
FACTS = [
    Facts(choices=choices, terms={"condition": states, "symptom": {"ache_hip": bool(numbers)}}, numbers=numbers)
    for choices in ({}, {"phase": "acute", "pregnant": "no"}, {"phase": "strengthening", "pregnant": "yes"})
    for states in STATES
    for numbers in ({}, {"sleep": Decimal("7.25")}, {"sleep": Decimal("7.2")}, {"sleep": Decimal(4)})
] + [Facts()]


def hand_written() -> Artifact:
    rules = (ir.Rule(f"clinic/rule_{at:02}", "clinic", ir.Effect.ADVISE, of) for at, of in enumerate(HAND_WRITTEN))
    return msgspec.structs.replace(artifact(0), rules=tuple(rules))


def adapter(module: str, name: str) -> type[Engine[Any]]:
    found: type[Engine[Any]] = getattr(
        pytest.importorskip(f"tests.benchmarks.peers.{module}", exc_type=ImportError), name
    )
    return found


@pytest.mark.parametrize(("module", "name"), [("ours", "Spotter"), ("ours", "ByTheBook"), *engines.PEERS])
def test_every_engine_agrees_with_the_oracle(module: str, name: str) -> None:
    rules = artifact(RULES)
    engine = adapter(module, name)(rules)
    asked = members(MEMBERS)
    assert engines.check(rules, [engines.held(engine, asked)], asked) > 0


@pytest.mark.parametrize(("module", "name"), [("ours", "Spotter"), ("ours", "ByTheBook"), *engines.PEERS])
def test_every_engine_takes_what_is_missing_for_unknown_in_every_test(module: str, name: str) -> None:
    rules = hand_written()
    engine = adapter(module, name)(rules)
    for facts in FACTS:
        assert sorted(engine.fired(engine.prepare(facts))) == oracle.fired(rules, facts)


def test_an_engine_that_says_something_else_is_not_timed() -> None:
    rules, asked = artifact(RULES), members(MEMBERS)
    silent = engines.Contestant("silent", "always", lambda _: [], [None] * MEMBERS)
    with pytest.raises(engines.DisagreementError, match="silent"):
        engines.check(rules, [silent], asked)


def test_the_catalogues_verdicts_are_the_references() -> None:
    rules = artifact(RULES)
    engines.check_verdicts(Spotter(rules), ByTheBook(rules), members(MEMBERS))


# --- the benchmarks ---------------------------------------------------------------------------


def test_engines_give_a_row_for_each_and_bars_for_the_best(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "_SECONDS", {100: 0.1})
    monkeypatch.setattr(engines, "_MEMBERS", 10)
    rows = engines.compared(100, [ByTheBook])
    barred = {row.subject: row.bar for row in rows if row.bar is not None}
    assert barred == {"spotter, fired ids": 3.5, "spotter, verdicts": 1}
    assert {row.peer for row in rows} == {"", "reference"}
    assert all(row.holds == (row.ratio >= row.bar) for row in rows if row.ratio and row.bar)


def test_growth_is_from_one_size_to_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(growth, "_SECONDS", 0.1)
    monkeypatch.setattr(growth, "_MEMBERS", 10)
    first, second, hard, *verdicts = growth.grown((10, 100), 100)
    assert (first.size, first.ratio, second.size, second.bar) == (10, None, 100, 2.6)
    assert second.ratio == pytest.approx(second.value / first.value)
    assert "900 thresholds" in hard.metric
    assert len(verdicts) == 3


def test_evaluation_is_put_beside_the_rest_of_the_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_MET_BEFORE", 2), ("_ROUNDS", 3), ("_A_PASS", 2), ("_SECONDS", 0.1)):
        monkeypatch.setattr(answering, name, value)
    requests = [msgspec.json.encode(member.request) for member in members(8)]
    read, written, judged, evaluated = answering.answered(Release(artifact(RULES)), requests, RULES, 1)
    assert evaluated.bar == 1
    assert evaluated.ratio == pytest.approx(evaluated.value / (read.value + written.value))
    assert judged.value > 0


def test_members_of_any_vocabulary_pass_its_door() -> None:
    shipped = compile_paths([shipped_rules() / answering.PACK])
    vocabulary = shipped.artifact.vocabulary
    requests = list(answering.requests_about(vocabulary.facts, MEMBERS))
    assert requests == list(answering.requests_about(vocabulary.facts, MEMBERS))
    assert all(Door(vocabulary).read(msgspec.json.decode(request)) for request in requests)


def test_memory_is_told_for_the_artifact_too() -> None:
    kept = memory.kept(50, 30)
    assert kept.artifact > 0
    assert kept.compiled > 0
    assert kept.answering
    assert 0 < kept.answering < 30
