"""Small projects for tests, and the way to a place in their text."""

from __future__ import annotations

from dsl.semantics.reading import read_paths, shipped_rules
from dsl.tools.editor.project import Project

PACK = """pack clinic
  title "Clinic"
  covers complaint=back
  review by 2027-05-01
  author "Ann"

source notes "Notes of the clinic" url "https://example.org/notes"
parameter strong = 7 in 5 to 9
define flare when pain=acute or pain_level >= strong

fact knee_stage "Stage of the knee" one of settled "Settled", fresh "Fresh" also "new" code icd10cm M23.2 red flag
  ask "How is the knee?"
fact knee_bend "Knee bend" number 0 to 140 deg optional
fact knee_brace yes or no asked when knee_stage=fresh
fact time_of_day context one of early, late default early
class hinge_work "Hinging"
class all_work = hinge_work, hip_hinge
exercise sumo_pull "Sumo pull" also "wide pull" is hinge_work, deadlift needs barbell
exercise easy_pull is hinge_work
measure speed "Speed" scale slow < quick
measure angle "Angle" number 0 to 90 deg
"""
RULES = """pack clinic

rule flare.hinge: avoid hinge_work but not easy_pull when flare and knee_stage in (fresh, settled)
  except when clearance=yes because "Cleared."
  because "It irritates the back."
  instead easy_pull
  from notes section "One" quote "as it says" evidence expert_opinion

modify sumo_pull when pain_level between 1 and strong limit speed <= slow, angle <= strong, load <= 50 %
  to easy_pull
allow easy_pull when always
refer emergency when knee_stage=fresh absolute say "Go."
override flare.hinge of clinic when always because "x"

example "acute" given pain=acute, symptom=none, first_session=yes, equipment has barbell
  expect sumo_pull avoid, session proceed, sumo_pull not recommended, asks clearance, sumo_pull limit load <= 50 %,
    sumo_pull load 100 %
prove "never": sumo_pull at least avoid when unknown pain and not knee_brace=yes
prove "session": session at least emergency when at least 1 of (knee_stage=fresh, pain=none)
impossible when knee_bend > 120 and always
"""


def small() -> Project:
    """Return a project of two files in one pack, with every sort of name in it."""
    return Project({"pack.rules": PACK, "rules.rules": RULES})


def shipped() -> Project:
    """Return the shipped pack as somebody's project."""
    sources, _ = read_paths([shipped_rules() / "back_pain"])
    return Project({source.name.rpartition("/")[2]: source.text for source in sources})


def at(text: str, part: str, further: int = 0) -> int:
    """Return the offset of `part` in `text`, and `further` characters on."""
    return text.index(part) + further
