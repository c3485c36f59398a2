"""Made-up members whose every question is answered, as a caller would send them."""

from __future__ import annotations

from dsl import Decision

Facts = dict[str, object]

_ASKED: Facts = {
    "complaint": ["back"],
    "symptom": [],
    "known_symptom": [],
    "risk": [],
    "age": 42,
    "direction_preference": "not_recorded",
    "mastered": ["brace", "squat", "hinge", "lunge", "leg_press"],
    "first_session": False,
    "pain_after": 1,
    "next_day": "settled",
    "target_beaten": 0,
}
_HURTING: Facts = {"new_back_pain": False, "minor_trauma": False, "provoked_by": [], "pain_character": ["ache"]}

READY: Facts = {
    "sleep_hours": 8,
    "sleep_quality": "good",
    "stress": 2,
    "fixed_posture": 3,
    "workplace": "comfortable",
    "hrv_change": 5,
    "resting_rise": 0,
    "recovery": 80,
    "weeks_missed": 0,
}
"""A good day, by every optional question."""

BAD_DAY: Facts = {
    "sleep_hours": 3,
    "sleep_quality": "poor",
    "stress": 10,
    "fixed_posture": 12,
    "workplace": "strained",
    "hrv_change": -60,
    "resting_rise": 25,
    "recovery": 5,
    "weeks_missed": 8,
}
"""A bad day, by every optional question."""

CONDITIONS = (
    "strain",
    "sprain",
    "disc_herniation",
    "spinal_stenosis",
    "spondylolisthesis",
    "disc_degeneration",
    "sciatica",
    "low_back_pain",
)


def chronic(condition: str, *, cleared: bool) -> Facts:
    """Return a member whose `condition` has hurt for months, mildly, without a flare-up."""
    phase = {"pain": "chronic", "flare_now": False, "pain_level": 2, "clearance": cleared}
    return {**_ASKED, **_HURTING, **phase, "condition": [condition]}


def acute(condition: str, *, cleared: bool) -> Facts:
    """Return a member whose `condition` has hurt for days, at 5 of 10."""
    return {**_ASKED, **_HURTING, "pain": "acute", "pain_level": 5, "clearance": cleared, "condition": [condition]}


def recovered(condition: str) -> Facts:
    """Return a member whose `condition` no longer hurts, and whom nobody has cleared."""
    return {**_ASKED, "pain": "none", "pain_level": 0, "clearance": False, "condition": [condition]}


def everybody() -> list[Facts]:
    """Return a member of every kind above with every condition."""
    return [
        member
        for condition in CONDITIONS
        for cleared in (True, False)
        for member in (chronic(condition, cleared=cleared), acute(condition, cleared=cleared), recovered(condition))
    ]


def goes(decision: Decision) -> set[str]:
    """Return the exercises that the member may do."""
    return {answer.exercise for answer in decision.exercises if answer.go and answer.exercise is not None}
