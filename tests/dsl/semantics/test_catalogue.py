"""What a target means: wide where a rule restricts, narrow where it permits, exclusions the other way round."""

from __future__ import annotations

import pytest

from dsl.semantics.catalogue import Catalogue, TooManyError
from dsl.semantics.declarations import Declarations
from dsl.semantics.merging import merge
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile
from tests.dsl.semantics.compiling import rules

VOCABULARY = """
fact pain one of none, acute
measure load number 0 to 100 %
class hinge
class axial
class machine
class heavy = hinge, axial
class heaviest = heavy
exercise deadlift is hinge, axial
exercise romanian is deadlift
exercise single_leg_romanian is romanian
exercise back_squat is axial
exercise hip_thrust is hinge
exercise machine_squat is back_squat, machine
exercise press
"""
HINGES = {"deadlift", "romanian", "single_leg_romanian", "hip_thrust"}
AXIAL = {"deadlift", "romanian", "single_leg_romanian", "back_squat", "machine_squat"}


def touched(action: str) -> set[str]:
    (rule,) = rules(f"{VOCABULARY}{action} when pain=acute\n").values()
    return set(rule.exercises)


def granted(action: str, clauses: str = "") -> set[str]:
    (rule,) = rules(f"{VOCABULARY}{action} when pain=acute {clauses}\n").values()
    return set(rule.grants)


@pytest.mark.parametrize(
    ("target", "exercises"),
    [
        ("press", {"press"}),
        ("deadlift", {"deadlift", "romanian", "single_leg_romanian"}),
        ("hinge", HINGES),
        ("heavy", HINGES | AXIAL),
        ("heaviest", HINGES | AXIAL),
        ("hinge and axial", {"deadlift", "romanian", "single_leg_romanian"}),
        ("machine and heaviest", {"machine_squat"}),
        ("hip_thrust, press", {"hip_thrust", "press"}),
        ("any", HINGES | AXIAL | {"press"}),
        ("any but not heavy", {"press", "romanian", "single_leg_romanian", "machine_squat"}),
        ("hinge but not deadlift", HINGES - {"deadlift"}),
        ("hinge but not (deadlift, hip_thrust)", {"romanian", "single_leg_romanian"}),
        ("axial but not machine", AXIAL - {"machine_squat"}),
    ],
)
def test_a_restriction_reaches_kinds_and_excludes_only_what_is_named(target: str, exercises: set[str]) -> None:
    assert touched(f"avoid {target}") == exercises
    assert touched(f'advise form "Slowly." for {target}') == exercises


@pytest.mark.parametrize(
    ("target", "exercises"),
    [
        ("deadlift", {"deadlift"}),
        ("hinge", {"deadlift", "hip_thrust"}),
        ("heaviest", {"deadlift", "back_squat", "hip_thrust"}),
        ("hinge and axial", {"deadlift"}),
        ("hinge but not deadlift", {"hip_thrust"}),
        ("axial but not deadlift", {"back_squat"}),
        ("axial with variants", AXIAL),
        ("axial but not deadlift with variants", {"back_squat", "machine_squat"}),
    ],
)
def test_a_permission_reaches_what_is_named_and_excludes_kinds(target: str, exercises: set[str]) -> None:
    assert touched(f"allow {target}") == granted(f"allow {target}") == exercises
    assert touched(f"progress load by 5 % for {target}") == exercises


def test_a_limit_restricts_kinds_and_grants_only_what_is_named() -> None:
    (rule,) = rules(f"{VOCABULARY}modify deadlift when pain=acute limit load <= 50 %\n").values()
    assert set(rule.exercises) == {"deadlift", "romanian", "single_leg_romanian"}
    assert set(rule.grants) == {"deadlift"}
    assert granted("modify deadlift with variants", "limit load <= 50 %") == set(rule.exercises)


def test_any_grants_nothing() -> None:
    assert granted("caution any") == set()
    assert granted("caution any but not press") == set()
    assert granted("caution any, press") == {"press"}


def test_only_granting_actions_grant() -> None:
    for action in ("avoid press", "require clearance for press", "hold load for press", "reduce load by 5 % for press"):
        assert granted(action) == set()
    assert granted("progress load by 5 % for press") == set()


def catalogue(text: str, bound: int) -> Catalogue:
    source = SourceFile("a.rules", text)
    declared: Declarations
    declared, _ = merge([parse(source)[0]], {"a.rules": source})
    return Catalogue.of(declared, bound)


def test_entangled_kinds_are_refused() -> None:
    chain = "exercise e0\n" + "".join(f"exercise e{place} is e{place - 1}\n" for place in range(1, 20))
    assert len(catalogue(chain, 190).ancestors["e19"]) == 19
    with pytest.raises(TooManyError):
        catalogue(chain, 189)


def test_entangled_classes_are_refused() -> None:
    text = "class a\nclass b = a\nexercise e is a\nexercise f is b\n"
    assert catalogue(text, 3).own["e"] == {"a", "b"}
    with pytest.raises(TooManyError):
        catalogue(text, 2)
