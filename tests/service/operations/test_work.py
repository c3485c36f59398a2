"""What the worker process does for a check, within its time."""

from __future__ import annotations

import datetime

import pytest
from msgspec.structs import replace

from dsl.analysis.formulas import DEFAULT_BOUNDS
from service.operations.compilation import RuleFile
from service.operations.jobs import Checked, CheckJob
from service.operations.work import perform

RULES = """pack small
rule hinge: avoid deadlift when pain=acute
rule bridge: allow glute_bridge when pain in (none, acute) and condition=disc_herniation
"""
JOB = CheckJob((RuleFile("a.rules", RULES),), datetime.date(2026, 1, 1), include=frozenset({"mutation", "sources"}))


@pytest.mark.parametrize(("seconds", "deadline"), [(1_000.0, 0.0), (0.0, 1_000.0)])
def test_no_fault_is_planted_past_the_deadline_of_the_whole_job_and_all_else_is_told(
    seconds: float, deadline: float
) -> None:
    done = perform(replace(JOB, seconds=seconds, deadline=deadline), DEFAULT_BOUNDS)
    assert isinstance(done, Checked)
    assert done.check.ok
    assert done.sources is not None
    assert done.mutation is not None
    assert (done.mutation.noticed, done.mutation.untried) == (0, ("small/bridge", "small/hinge"))


def test_within_both_bounds_every_fault_is_planted() -> None:
    done = perform(replace(JOB, seconds=1_000.0, deadline=1_000.0), DEFAULT_BOUNDS)
    assert isinstance(done, Checked)
    assert done.mutation is not None
    assert done.mutation.untried == ()
    assert done.mutation.survivors


def test_faults_are_planted_in_what_a_pack_covers_and_in_its_own_impossible() -> None:
    text = RULES.replace("pack small", "pack small\ncovers complaint=back") + "impossible when age < 18\n"
    job = replace(JOB, files=(RuleFile("a.rules", text),), mutate=("small", "impossible"), seconds=1e3, deadline=1e3)
    done = perform(job, DEFAULT_BOUNDS)
    assert isinstance(done, Checked)
    assert done.mutation is not None
    assert {one.rule for one in done.mutation.harmless} == {"small"}
    assert {one.rule for one in done.mutation.survivors} == {"impossible"}
    assert {one.what.partition(" is")[0].partition(" age")[0] for one in done.mutation.survivors} == {
        "“age < 18”",
        "in “age < 18”",
    }
