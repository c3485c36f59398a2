"""What a promotion would break."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import msgspec
import pytest

from dsl.semantics.vocabulary import Coding, Exercise, Fact, Kind, Term, Vocabulary
from service.operations.compatibility import breaking_changes

DISC = Term("disc_herniation", "Prolapsed disc", ("slipped disc",), (Coding("icd10cm", "M51.26"),))
CONDITION = Fact("condition", Kind.MANY_OF, "Condition", terms=(DISC, Term("sprain")), synonyms=("diagnosis",))
LEVEL = Fact("pain_level", Kind.NUMBER, low=Decimal(0), high=Decimal(10))
SLEEP = Fact("sleep", Kind.NUMBER, low=Decimal(0), high=Decimal(24), unit="h")
DEADLIFT = Exercise("deadlift", "Deadlift", ("dead lift",))
NOW = Vocabulary((CONDITION, LEVEL, SLEEP), (DEADLIFT,))


def _with(*, fact: Fact | None = None, exercise: Exercise | None = None) -> Vocabulary:
    facts = tuple(fact if fact and fact.name == old.name else old for old in NOW.facts)
    return Vocabulary(facts, (exercise,) if exercise else NOW.exercises)


def _fact(old: Fact, **changes: object) -> Vocabulary:
    return _with(fact=msgspec.structs.replace(old, **changes))


def _disc(**changes: object) -> Vocabulary:
    return _fact(CONDITION, terms=(msgspec.structs.replace(DISC, **changes), Term("sprain")))


@dataclass
class Case:
    new: Vocabulary
    told: list[str]


BREAKING = {
    "a fact goes": Case(
        Vocabulary((LEVEL, SLEEP), (DEADLIFT,)),
        [f"the fact `{name}` would not be known" for name in ("condition", "Condition", "diagnosis")],
    ),
    "a synonym of a fact goes": Case(_fact(CONDITION, synonyms=()), ["the fact `diagnosis` would not be known"]),
    "a kind changes": Case(_fact(LEVEL, kind=Kind.YES_NO), ["`pain_level` would be yes_no, not number"]),
    "a value goes": Case(_fact(CONDITION, terms=(DISC,)), ["the value `sprain` of `condition` would not be known"]),
    "a label of a value goes": Case(
        _disc(label="Disc"), ["the value `Prolapsed disc` of `condition` would not be known"]
    ),
    "a synonym means another value": Case(
        _fact(
            CONDITION, terms=(msgspec.structs.replace(DISC, synonyms=()), Term("sprain", synonyms=("slipped disc",)))
        ),
        ["the value `slipped disc` of `condition` would not be known"],
    ),
    "a code goes": Case(
        _disc(codes=()), ["the code `icd10cm M51.26` of `condition=disc_herniation` would not be known"]
    ),
    "a code only suggests": Case(
        _disc(codes=(Coding("icd10cm", "M51.26", suggests=True),)),
        ["the code `icd10cm M51.26` of `condition=disc_herniation` would not be known"],
    ),
    "a range narrows": Case(_fact(LEVEL, high=Decimal(5)), ["`pain_level` would lie between 0 and 5, not 0 and 10"]),
    "numbers become whole": Case(_fact(LEVEL, whole=True), ["`pain_level` would take whole numbers only"]),
    "a unit appears": Case(_fact(LEVEL, unit="%"), ["`pain_level` would be given in %, not in no unit"]),
    "a unit measures something else": Case(_fact(SLEEP, unit="kg"), ["`sleep` would be given in kg, not in h"]),
    "a unit changes": Case(_fact(SLEEP, unit="min"), ["`sleep` given without a unit would mean min, not h"]),
    "an exercise goes": Case(
        _with(exercise=Exercise("squat")),
        [f"the exercise `{name}` would not be known" for name in ("deadlift", "Deadlift", "dead lift")],
    ),
    "the name of a value becomes another word for another": Case(
        _fact(CONDITION, terms=(msgspec.structs.replace(DISC, synonyms=("slipped disc", "sprain")),)),
        ["the value `sprain` of `condition` would not be known"],
    ),
}

COMPATIBLE = {
    "nothing changes": NOW,
    "a fact comes": Vocabulary((*NOW.facts, Fact("mood", Kind.YES_NO)), NOW.exercises),
    "a value comes": _fact(CONDITION, terms=(DISC, Term("sprain"), Term("strain"))),
    "a range widens": _fact(LEVEL, high=Decimal(20), low=None),
    "a code covers its children": _disc(codes=(Coding("icd10cm", "M51.2x"),)),
    "an exercise is renamed and keeps its old names": _with(
        exercise=Exercise("conventional_deadlift", "Conventional deadlift", ("deadlift", "Deadlift", "dead lift"))
    ),
    "a fact is renamed and keeps its old names": Vocabulary(
        (
            msgspec.structs.replace(CONDITION, name="illness", label=None, synonyms=("condition", "diagnosis")),
            LEVEL,
            SLEEP,
        ),
        NOW.exercises,
    ),
}


@pytest.mark.parametrize("case", BREAKING.values(), ids=BREAKING.keys())
def test_whatever_would_not_be_accepted_any_more_is_named(case: Case) -> None:
    assert breaking_changes(NOW, case.new) == case.told


@pytest.mark.parametrize("new", COMPATIBLE.values(), ids=COMPATIBLE.keys())
def test_whatever_stays_accepted_breaks_nothing(new: Vocabulary) -> None:
    assert breaking_changes(NOW, new) == []


def test_names_that_do_not_mean_what_they_are_names_of_are_not_missed() -> None:
    """A label that is another's name, and two labels that are the same, mean nothing of their own now either."""
    sprains = (DISC, Term("sprain", "Sprain"), Term("tear", "sprain"))
    squats = (Exercise("squat", "Squat"), Exercise("goblet", "Goblet squat"), Exercise("cup", "Goblet squat"))
    same = Vocabulary((msgspec.structs.replace(CONDITION, terms=sprains),), squats)
    assert breaking_changes(same, same) == []
