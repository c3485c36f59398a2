"""Every name of every file leads to what it stands for."""

from __future__ import annotations

from itertools import pairwise

import pytest

from dsl.semantics.coding import SYSTEMS
from dsl.semantics.resolver import EVIDENCE
from dsl.semantics.units import UNITS
from dsl.semantics.verdict import Verdict
from dsl.syntax.grammar import grammar
from dsl.tools.editor.project import Project, parsed
from dsl.tools.editor.symbols import Sort, Symbol
from tests.dsl.tools.editor.projects import PACK, RULES, at, shipped, small

_FREE = {*EVIDENCE, *UNITS, *SYSTEMS, *(verdict.value for verdict in Verdict), "none", "proceed"}


def test_names_lead_to_what_they_stand_for() -> None:
    project = small()
    found = {
        part: project.at("rules.rules", at(RULES, part, further))
        for part, further in {
            "flare.hinge": 3, "hinge_work": 1, "flare and": 0, "knee_stage in": 0, "fresh,": 5, "clearance=": 0,
            "notes section": 0, "strong limit": 0, "speed": 0, "slow,": 0, "strong, load": 0, "easy_pull\nallow": 0,
            "of clinic": 3, "barbell": 0, "pain and not": 0,
        }.items()
    }  # fmt: skip
    assert {part: one.symbol if one else None for part, one in found.items()} == {
        "flare.hinge": Symbol(Sort.RULE, "flare.hinge", "clinic"),
        "hinge_work": Symbol(Sort.CLASS, "hinge_work"),
        "flare and": Symbol(Sort.DEFINITION, "flare", "clinic"),
        "knee_stage in": Symbol(Sort.FACT, "knee_stage"),
        "fresh,": Symbol(Sort.VALUE, "fresh", "knee_stage"),
        "clearance=": Symbol(Sort.FACT, "clearance"),
        "notes section": Symbol(Sort.SOURCE, "notes", "clinic"),
        "strong limit": Symbol(Sort.PARAMETER, "strong", "clinic"),
        "speed": Symbol(Sort.MEASURE, "speed"),
        "slow,": Symbol(Sort.STEP, "slow", "speed"),
        "strong, load": Symbol(Sort.PARAMETER, "strong", "clinic"),
        "easy_pull\nallow": Symbol(Sort.EXERCISE, "easy_pull"),
        "of clinic": Symbol(Sort.PACK, "clinic"),
        "barbell": Symbol(Sort.VALUE, "barbell", "equipment"),
        "pain and not": Symbol(Sort.FACT, "pain"),
    }


@pytest.mark.parametrize("project", [small(), shipped()], ids=["small", "shipped"])
def test_no_name_is_left_out(project: Project) -> None:
    """What the index does not know is one of the closed words, or a topic of advice."""
    for name, source in project.own.items():
        assert parsed(source).sound
        known = {one.span.start for one in project.occurrences[name]}
        words = [token for token in grammar().tokens(source.text, 0, len(source.text)) if token.kind == "NAME"]
        left = {str(token) for token in words if token.start not in known}
        assert left - _FREE - _topics(source.text) == set(), name


def _topics(text: str) -> set[str]:
    words = text.split()
    return {after for before, after in pairwise(words) if before == "advise"}


def test_every_occurrence_stands_where_its_name_does() -> None:
    project = small()
    for name, found in project.occurrences.items():
        text = project.sources[name].text
        assert [text[one.span.start : one.span.end] for one in found] == [one.symbol.name for one in found]


def test_declarations_are_known_for_all_that_is_declared() -> None:
    project = small()
    for symbol in project.declared.nodes:
        assert any(one.declares for one in project.places(symbol)), symbol


def test_between_names_there_is_none() -> None:
    assert small().at("rules.rules", at(RULES, "allow easy_pull", 2)) is None
    assert small().at("nowhere.rules", 3) is None
    assert small().at("pack.rules", at(PACK, "deadlift", 8)) is not None  # a name's end is still the name
