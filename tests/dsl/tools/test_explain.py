"""`spotter explain` as it is called: what a clinician reads, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import click
import pytest

from dsl.tools.exits import Exit
from dsl.tools.explain import explain
from dsl.tools.terminal import run

commands = click.Group(commands={"explain": explain})

RULES = """\
fact ill "How it is" one of well, unwell
fact shown "Shown to a clinician" yes or no
fact count "How often" whole number 0 to 10
fact level "How strong" number 0 to 10 h
fact sleep "Sleep" number 0 to 24 h optional
fact before "Been here before" yes or no
fact since "Since then" number 0 to 10 asked when before=yes
fact sign "Signs" many of
  fits "Fits" red flag
  ache "Ache"
  pins "Pins"
  chill "Chill"
  rash "Rash"
  cough "Cough"
measure share "Share" number 0 to 100 %
exercise squat "Squat"
exercise bridge "Bridge"
exercise plank "Plank"
parameter strong = 6 h in 4 h to 8 h
define bad when ill=unwell or level > strong

rule fits: refer urgent when sign=fits because "It needs a look." say "See somebody today."
rule bad: avoid squat when bad because "Not on a bad day."
  except when shown=yes because "Somebody had a look."
rule more: require clearance for squat when at least 2 of (sign=ache, sign=pins, count >= 3)
  instead bridge
rule odd: avoid squat when not (ill=well or shown=yes)
rule tired: caution squat when sleep < 5
rule later: modify squat when since > 3 limit share <= 50 %
rule fine: allow squat when ill=well
rule bridges: recommend bridge when always
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rules").write_text(RULES)
    return tmp_path


class Spoken:
    """What the command said about `facts`, and how it ended."""

    def __init__(
        self, capsys: pytest.CaptureFixture[str], facts: object, *options: str, exercise: str = "squat"
    ) -> None:
        capsys.readouterr()
        Path("facts.json").write_text(facts if isinstance(facts, str) else json.dumps(facts))
        self.code = run(commands, ["explain", "a.rules", "--facts", "facts.json", *options, exercise])
        self.out, self.err = capsys.readouterr()
        self.words = " ".join(self.out.split())


def test_what_decides_clause_by_clause(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, {"ill": "unwell", "sign": []}, "--asked")
    assert said.code == Exit.FINE
    assert said.out.startswith("\nSquat: Avoid. Not for this member now.\n")
    assert "Once everything is known: Allowed at best, Avoid at worst." in said.out
    assert "avoid squat [bad]" in said.words
    assert "Not on a bad day." in said.out
    assert "true bad, that is any of" in said.words
    assert "true ill=unwell How it is: unwell" in said.words
    assert "not known level > strong (strong = 6" in said.words
    assert "It is taken back where this holds. Somebody had a look." in said.out
    assert "not known shown=yes" in said.words
    assert "a.rules, line 23" in said.out


def test_what_else_is_not_known_and_what_does_not_apply(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, {"ill": "unwell", "sign": ["ache"]}, "--asked")
    assert "require clearance for squat [more]" in said.words.partition("Not known yet")[2]
    assert "not known at least 2 of" in said.words
    assert "true sign=ache" in said.words
    failed = said.out.partition("Why not: rules that do not apply")[2]
    assert "caution squat  [tired]" in failed
    assert "Sleep: left out, counts as no" in failed
    assert "false ill=well How it is: unwell" in " ".join(failed.split())


def test_a_negation_shows_what_it_denies(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, {"ill": "unwell", "sign": []}, "--asked")
    told = said.words.partition("avoid squat [odd]")[2].partition("a.rules")[0]
    assert "not known not false any of" not in told
    assert told.startswith(" not known not not known any of false ill=well How it is: unwell not known shown=yes")


def test_a_question_that_does_not_arise(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, {"ill": "well", "before": False, "sign": []}, "--asked")
    assert "Since then: does not arise" in said.out


def test_what_would_change_it(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(
        capsys, {"ill": "well", "level": 2, "shown": False, "before": False, "count": 4, "sign": []}, "--asked"
    )
    assert said.out.startswith("\nSquat: Allowed. Fine as planned.\n")
    told = said.words.partition("What would change it")[2]
    assert "Worse, with one answer more: Modified Been here before" not in told
    assert "With caution Sleep: below 5 h" in told
    assert "Worse, if one answer were another:" in told
    assert "Avoid How it is: unwell" in told
    assert "Avoid How strong: above 6 h" in told
    assert "Clearance Signs: Ache, or Pins" in told
    assert "It is as good as it gets." in told
    assert "other sets of answers." in told


def test_answers_that_only_together_make_it_better(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, {})
    assert said.out.startswith(
        "\nSquat: Ask first. It depends on answers that are missing.\nOnce everything is known: "
    )
    assert "An answer that could end the session is missing, so nothing has a go yet." in said.out
    assert "refer urgent [fits]" in said.words
    told = said.words.partition("Better, with these answers together:")[2].partition("Worse")[0]
    assert "How it is: well" in told
    assert "Signs: none of:" in told or "Signs: not Fits" in told
    assert "Shown to a clinician: yes" in told


def test_whole_numbers_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(
        capsys, {"ill": "well", "level": 2, "shown": False, "before": False, "count": 4, "sign": ["ache"]}, "--asked"
    )
    assert said.out.startswith("\nSquat: Clearance. A clinician decides first.\nInstead: Bridge\n")
    assert "Allowed How often: 2 or less" in said.words
    assert "Allowed Signs: not Ache" in said.words


def test_the_end_of_a_session_is_what_counts(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, {"sign": ["fits"]})
    assert "No training. Refer urgently. No exercise may be done." in said.out
    assert "refer urgent [fits]" in said.words
    assert "true sign=fits Signs: Fits" in said.words


def test_all_shows_what_is_of_no_consequence(capsys: pytest.CaptureFixture[str]) -> None:
    facts = {"ill": "well", "level": 2, "shown": True, "sign": []}
    short, long = Spoken(capsys, facts, "--asked"), Spoken(capsys, facts, "--asked", "--all")
    assert "Not on a bad day." not in short.out
    assert "Not on a bad day." in long.out


def test_waiting_rules_are_counted_unless_all_are_wanted(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    more = "".join(f'rule s{n}: stop session when count = {n} say "Stop."\n' for n in range(8))
    (folder / "a.rules").write_text(RULES + more)
    assert "and 3 more rules of this sort; --all shows them" in Spoken(capsys, {}).out
    assert "more rules of this sort" not in Spoken(capsys, {}, "--all").out


def test_a_pack_that_covers_and_has_not_granted(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "a.rules").write_text("pack own covers ill=unwell\n" + RULES.replace("ill=well\n", "shown=yes\n"))
    (folder / "b.rules").write_text("pack other\nrule planks: allow plank when always\n")
    (folder / "facts.json").write_text('{"ill": "unwell", "sign": []}')
    capsys.readouterr()
    code = run(commands, ["explain", "a.rules", "b.rules", "--facts", "facts.json", "--asked", "plank"])
    out = capsys.readouterr().out
    assert code == Exit.FINE
    assert "Plank: Not reviewed. No rule permits it" in out
    assert "The pack own covers this member, or may, and permits it by no rule of its own." in out
    assert "own covers\n" in "\n".join(line.rstrip() for line in out.splitlines())
    assert "No answer that was tried makes it better." not in out
    assert "How it is: well" in out


def test_guards_that_join_and_ranges_between(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    more = """\
rule both: caution plank when ill=unwell and (shown=no or (level between 2 and 4 and count < 3))
rule planks: allow plank when level > 1 and level < 9 and ill in (well, unwell)
"""
    (folder / "a.rules").write_text("pack own covers ill=well or (ill=unwell and shown=yes)\n" + RULES + more)
    other = "pack other\nrule planks: allow plank when always\n"
    (folder / "b.rules").write_text(other)
    (folder / "facts.json").write_text('{"ill": "unwell", "sign": [], "count": 1}')
    capsys.readouterr()
    run(commands, ["explain", "a.rules", "b.rules", "--facts", "facts.json", "--asked", "plank"])
    words = " ".join(capsys.readouterr().out.split())
    assert "The pack own covers this member, or may; it could permit it once more is known." in words
    assert "own covers not known any of false ill=well How it is: unwell not known all of true ill=unwell" in words
    assert "How strong: above 1 to below 9 h" in words
    assert "caution plank [own/both]" in words
    assert "true ill=unwell How it is: unwell not known any of not known shown=no" in words
    assert "not known all of not known level between 2 and 4" in words


def test_limits_and_recommendations_are_in_the_opening(capsys: pytest.CaptureFixture[str]) -> None:
    modified = Spoken(
        capsys, {"ill": "well", "before": True, "since": 4, "level": 1, "count": 0, "sign": []}, "--asked"
    )
    assert modified.out.startswith("\nSquat: Modified. Fine within limits.\nShare: at most 50 %\n")
    recommended = Spoken(capsys, {"sign": []}, "--asked", exercise="bridge")
    assert recommended.out.startswith("\nBridge: Allowed, recommended. Fine as planned.\n")


def test_nothing_that_was_tried_makes_it_better(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, {"sign": []}, "--asked", exercise="plank")
    assert "No rule that permits it applies." in said.out
    assert "No answer that was tried makes it better." in said.out


def test_json_for_a_program(capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(Spoken(capsys, {"ill": "unwell", "sign": []}, "--asked", "--json").out)
    assert answer["verdict"] == "avoid"
    assert [rule["rule"] for rule in answer["rules"] if rule["part"] == "decides"] == ["main/bad"]


def test_a_name_that_is_not_known_suggests_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, {}, exercise="sqaut")
    assert said.code == Exit.FINDINGS
    assert said.err == "spotter: `sqaut` is not a known exercise; did you mean `squat`?\n"
    assert Spoken(capsys, {}, exercise="zzz").err == "spotter: `zzz` is not a known exercise\n"


def test_a_label_names_an_exercise_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert Spoken(capsys, {}, exercise="SQUAT").code == Exit.FINE


def test_the_day_decides_over_that_of_the_body(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "a.rules").write_text("pack own review by 2027-01-01\n" + RULES)
    body = {"facts": {"sign": []}, "at": "2026-12-01"}
    assert Spoken(capsys, body, "--asked", exercise="bridge").out.startswith("\nBridge: Allowed")
    said = Spoken(capsys, body, "--asked", "--at", "2027-02-01", exercise="bridge")
    assert said.out.startswith("\nBridge: Not reviewed.")
    assert "Lapsed, because its pack is past review" in said.out
    assert Spoken(capsys, {}, "--at", "soon").code == Exit.UNUSABLE


def test_contradictions_are_told(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    (folder / "a.rules").write_text(RULES + "impossible when ill=well and level > 8\n")
    said = Spoken(capsys, {"ill": "well", "level": 9, "sign": []}, "--asked")
    assert "These answers contradict each other, so nothing has a go: ill=well and level > 8." in said.words


def test_limits_that_leave_nothing(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    more = "modify squat when ill=well limit share <= 20 %\nmodify squat when shown=yes limit share >= 60 %\n"
    (folder / "a.rules").write_text(RULES + more)
    facts = {"ill": "well", "level": 1, "sign": [], "count": 0, "before": False}
    surely = Spoken(capsys, {**facts, "shown": True}, "--asked")
    assert "The limits of the rules that apply leave nothing over." in surely.out
    assert "The limits of the rules that may apply leave nothing over." in Spoken(capsys, facts, "--asked").out


def test_rules_and_facts_that_do_not_do(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    wrong = Spoken(capsys, {"ill": "wel"})
    assert wrong.code == Exit.FINDINGS
    assert "Did you mean `well`" in wrong.err
    assert Spoken(capsys, "[").code == Exit.UNUSABLE
    (folder / "a.rules").write_text("avoid sqaut when always\n")
    assert Spoken(capsys, {}).code == Exit.FINDINGS
    (folder / "a.rules").unlink()
    assert Spoken(capsys, {}).code == Exit.UNUSABLE


def test_no_colour_but_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in Spoken(capsys, {}).out
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b" in Spoken(capsys, {}).out
