"""Rule text of any size over the shipped vocabulary: what a clinic with very many rules could have written."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import NamedTuple, TypeVar

from dsl.semantics.reading import read_paths, shipped_rules
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile

LIMITS = Limits(file_bytes=1 << 30, total_bytes=1 << 30, statements=1_000_000, files=10_000)
"""Bounds wider than those on uploads: what is measured is the work, not the refusal."""

_Item = TypeVar("_Item")

_A_FILE = 1_000

_NESTED = 3
"""The fewest tests of a guard that are put into parentheses."""

_CLASSES = ("squat_pattern", "hip_hinge", "lunge_pattern", "axial_load", "heavy_spine", "barbell_squat")
_EXERCISES = ("back_squat", "front_squat", "goblet_squat", "leg_press", "deadlift", "good_morning", "rack_pull")
_NARROW = ("machine_based", "movement_drill", "banded")
_OFFERED = ("glute_bridge", "clamshell", "wall_sit", "leg_curl", "leg_extension", "cable_kickback")


class _Asked(NamedTuple):
    """A fact that guards test; of a number the unit and the values that are written, of others the terms.

    Guards take one fact of a `family`, so that nobody writes what can never be true.
    """

    name: str
    family: str
    terms: tuple[str, ...] = ()
    numbers: tuple[int, int] = (0, 0)
    unit: str = ""
    optional: bool = False
    many: bool = False


_FACTS = (
    _Asked("condition", "condition", ("disc_herniation", "spinal_stenosis", "sciatica", "strain", "sprain"), many=True),
    _Asked("risk", "risk", ("osteoporosis", "steroids", "pregnancy", "spinal_surgery", "fracture"), many=True),
    _Asked("known_symptom", "symptom", ("numbness", "tingling", "weakness", "leg_pain"), many=True),
    _Asked("provoked_by", "pain", ("squat", "hinge", "lunge", "leg_press", "calf_raise"), many=True),
    _Asked("mastered", "mastered", ("brace", "squat", "hinge", "lunge"), many=True),
    _Asked("equipment", "equipment", ("barbell", "dumbbell", "machine", "band", "rack"), many=True),
    _Asked("pain", "pain", ("acute", "subacute", "chronic")),
    _Asked("direction_preference", "direction", ("flexion", "extension")),
    _Asked("moment", "moment", ("before", "during", "after")),
    _Asked("next_day", "session", ("settled", "raised", "worse")),
    _Asked("flare_now", "pain", ("yes", "no")),
    _Asked("clearance", "clearance", ("yes", "no")),
    _Asked("pain_level", "level", numbers=(1, 9)),
    _Asked("age", "age", numbers=(16, 90), unit=" year"),
    _Asked("target_beaten", "session", numbers=(1, 12)),
    _Asked("sleep_hours", "sleep", numbers=(3, 10), unit=" h", optional=True),
    _Asked("sleep_quality", "quality", ("fair", "poor"), optional=True),
    _Asked("stress", "stress", numbers=(2, 9), optional=True),
    _Asked("hrv_change", "hrv", numbers=(-40, 40), unit=" %", optional=True),
    _Asked("resting_rise", "resting", numbers=(2, 30), unit=" bpm", optional=True),
    _Asked("recovery", "recovery", numbers=(10, 90), optional=True),
    _Asked("weeks_missed", "missed", numbers=(1, 30), optional=True),
)
_FIRM = tuple(fact for fact in _FACTS if not fact.optional)

_KINDS = (
    ("avoid", 30, _FIRM),
    ("modify", 15, _FIRM),
    ("caution", 20, _FACTS),
    ("allow", 8, _FIRM),
    ("recommend", 7, _FIRM),
    ("require clearance for", 8, _FIRM),
    ("reduce load by {percent} % for", 7, _FACTS),
    ("progress load by {percent} % for", 5, _FIRM),
)
"""How rules begin, how many of a hundred do so, and the facts that their guards may use."""

_REASONS = (
    "The back should carry as little as possible while this lasts.",
    "What is moved with control comes first, load comes later.",
    "Pain that grows from set to set means that the load is too much.",
    "Rested tissue takes load better than tired tissue.",
)
_SECTIONS = ("When to Stop", "Progression", "Pain as a Guide", "Warm Up", "Quality of Movement")
_LIMITS = ("load <= {} %", "depth <= {} deg", "weight_class <= light", "weight_class <= moderate")


def sources(rules: int, seed: int = 3) -> list[SourceFile]:
    """Return the shipped prelude and generated files with `rules` rules in all; they compile without a finding."""
    prelude, _ = read_paths([shipped_rules() / "prelude"])
    written = _Writing(random.Random(seed))  # noqa: S311  # rules that are made up keep no secret
    files = [
        SourceFile(f"clinic_{place}.rules", written.file(place, min(_A_FILE, rules - place * _A_FILE)))
        for place in range(-(-rules // _A_FILE))
    ]
    return [*prelude, *files]


class _Writing:
    """Makes rules up, the same ones for the same numbers."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance

    def file(self, place: int, rules: int) -> str:
        """Return a pack of its own: a header, a few definitions, and `rules` rules, grants among them."""
        grants = [self._granted(name) for name in _OFFERED[: max(0, rules - 1)]]
        others = [self._rule(number) for number in range(rules - len(grants))]
        return "\n\n".join([_header(place), *grants, *others]) + "\n"

    def _granted(self, name: str) -> str:
        return f'allow {name} when always\n  because "{self._reason()}"\n  {self._origin()}'

    def _rule(self, number: int) -> str:
        kind, _, facts = self._chance.choices(_KINDS, [share for _, share, _ in _KINDS])[0]
        label = f"rule care.r{number}: " if self._likely(0.4) else ""
        percent = self._chance.randint(1, 19) * 5
        head = f"{label}{kind.format(percent=percent)} {self._targets()} when {self._guard(facts)}"
        return "\n".join([head, f'  because "{self._reason()}"', *self._offer(kind), f"  {self._origin()}"])

    def _offer(self, kind: str) -> list[str]:
        """Return the clauses that only rules of some kinds have."""
        if kind == "modify":
            return [f"  limit {self._limits()}"]
        return [f"  instead {', '.join(self._some(_OFFERED, 1, 2))}"] if kind == "avoid" and self._likely(0.3) else []

    def _targets(self) -> str:
        named = [*self._some(_EXERCISES, 0, 2), *self._some(_CLASSES, 1, 2)]
        if self._likely(0.3):
            named[-1] = f"{named[-1]} but not {self._chance.choice(_NARROW)}"
        return ", ".join(named)

    def _limits(self) -> str:
        first = self._chance.choice(_LIMITS[:2])
        both = [first, self._chance.choice(_LIMITS[2:])]
        return ", ".join(both[: self._chance.randint(1, 2)]).format(self._chance.randint(4, 18) * 5)

    # --- guards -------------------------------------------------------------------------------

    def _guard(self, facts: Sequence[_Asked]) -> str:
        count = self._chance.choice((1, 2, 2, 3, 3, 4, 5))
        families: dict[str, _Asked] = {}
        for fact in self._some(facts, len(facts), len(facts)):
            families.setdefault(fact.family, fact)
        atoms = [self._atom(fact) for fact in list(families.values())[:count]]
        if self._likely(0.15):
            atoms[0] = self._chance.choice(("in_question", "under_way", "pain_after > pain_ok"))
        if len(atoms) >= _NESTED and self._likely(0.5):
            joined = self._chance.choice((" or ", " and "))
            atoms[1:] = [f"({joined.join(atoms[1:])})"]
        return " and ".join(atoms)

    def _atom(self, fact: _Asked) -> str:
        if not fact.terms:
            comparator = self._chance.choice((">", ">=", "<", "<="))
            return f"{fact.name} {comparator} {self._chance.randint(*fact.numbers)}{fact.unit}"
        terms = self._some(fact.terms, 1, len(fact.terms) - 1 if self._likely(0.3) else 1)
        denied = "not " if self._likely(0.15) else ""
        if len(terms) > 1:
            return f"{fact.name} {denied}in ({', '.join(terms)})"
        return f"{denied}{fact.name}={terms[0]}"

    # --- words --------------------------------------------------------------------------------

    def _likely(self, share: float) -> bool:
        return self._chance.random() < share

    def _some(self, among: Sequence[_Item], least: int, most: int) -> list[_Item]:
        return self._chance.sample(among, self._chance.randint(least, most))

    def _reason(self) -> str:
        return self._chance.choice(_REASONS)

    def _origin(self) -> str:
        level = self._chance.choice(("guideline", "trial", "expert_opinion", "convention"))
        cited = self._chance.choice(("handbook", "leaflet"))
        return f'from {cited} section "{self._chance.choice(_SECTIONS)}" evidence {level}'


def _header(place: int) -> str:
    return f"""# Rules that are made up.
pack clinic.p{place}
  title "Clinic, part {place}"

source handbook "Handbook of leg training"
source leaflet "Leaflet for members"

parameter pain_ok = 3 in 1 to 5

define in_question when complaint=back or symptom in (saddle_numbness, leg_tingling)

define under_way when first_session=no and not complaint=knee"""
