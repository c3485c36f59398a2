"""`spotter diff` as it is called: what a reviewer reads, and how it ends."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import click
import pytest

from dsl.analysis.aspects import Aspect
from dsl.tools.diff import diff
from dsl.tools.exits import Exit
from dsl.tools.terminal import run

commands = click.Group(commands={"diff": diff})

RULES = """\
pack mine
fact level number 0 to 10
exercise kick "Kick"
exercise hop "Hop"
allow kick, hop when level <= 10
rule tender: avoid kick when level > 5
"""


def ran(*arguments: str) -> int:
    return run(commands, ["diff", *arguments])


def written(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_laxer_rule_ends_with_1_and_a_member(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = written(tmp_path, "old.rules", RULES), written(tmp_path, "new.rules", RULES.replace("> 5", "> 6"))
    assert ran(old, new) == Exit.FINDINGS
    told = capsys.readouterr().out
    assert "Less restrictive for somebody" in told
    assert told.startswith("Rules that differ: `mine/tender`\n")
    assert "Kick: avoid -> allowed" in told
    assert "expect kick allowed" in told


def test_a_stricter_rule_and_the_same_rules_end_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = written(tmp_path, "old.rules", RULES), written(tmp_path, "new.rules", RULES.replace("> 5", "> 4"))
    assert ran(old, new) == Exit.FINE
    assert "More restrictive for somebody" in capsys.readouterr().out
    assert ran(old, old) == Exit.FINE
    assert "No member's answer changes" in capsys.readouterr().out


def test_only_the_first_few_members_are_shown_unless_all_are_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = ", ".join(f"e{place}" for place in range(5))
    exercises = "".join(f"exercise e{place}\nallow e{place} when level <= {place}\n" for place in range(5))
    text = f"pack mine\nfact level number 0 to 10\n{exercises}"
    old, new = (
        written(tmp_path, "old.rules", text),
        written(tmp_path, "new.rules", f"{text}allow {names} when always\n"),
    )
    assert ran(old, new) == Exit.FINDINGS
    few = capsys.readouterr().out
    assert "and, with a sample member for each by --all:" in few
    assert ran(old, new, "--all") == Exit.FINDINGS
    every = capsys.readouterr().out
    assert every.count("expect") > few.count("expect")


def test_what_else_differs_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = RULES.replace('exercise hop "Hop"', "exercise skip").replace("kick, hop", "kick, skip")
    old, new = written(tmp_path, "old.rules", RULES), written(tmp_path, "new.rules", f"{after}fact mood yes or no\n")
    assert ran(old, new) == Exit.FINDINGS
    told = capsys.readouterr().out
    assert "Skip: unreviewed -> allowed" in told
    assert "Gone: hop" in told
    assert "New: mood, skip" in told


def test_rules_that_change_no_verdict_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = RULES.replace(
        "rule tender: avoid kick when level > 5", 'rule sore: avoid kick when level > 5 because "Sore."'
    )
    assert ran(written(tmp_path, "old.rules", RULES), written(tmp_path, "new.rules", after)) == Exit.FINE
    told = " ".join(capsys.readouterr().out.split())
    assert "Other reasons, same answers: Kick (rules that differ: `mine/sore` (new), `mine/tender` (gone))" in told
    unchanged = "No member's session, referral, verdict, endorsement, limit or load changes: that is proved."
    assert unchanged in told
    assert "Reasons, substitutes, advice and texts have no direction: read what differs." in told


def test_a_referral_left_out_and_a_limit_loosened_end_with_1_beside_a_stricter_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = "measure load number 0 to 100 %\nrule light: modify hop when level < 3 limit load <= 50 %\n"
    referral = 'rule look: refer routine when level > 8 say "See someone."\n'
    after = RULES + more.replace("50", "90") + 'avoid hop when level > 9 because "Sore."\n'
    before = RULES + more + referral
    assert ran(written(tmp_path, "old.rules", before), written(tmp_path, "new.rules", after)) == Exit.FINDINGS
    told = " ".join(capsys.readouterr().out.split())
    assert "Less restrictive for somebody: the session and 1 exercise" in told
    assert "The session: a routine referral -> no routine referral" in told
    assert "Hop: load at most 50 % -> load at most 90 %" in told
    assert "More restrictive for somebody: 1 exercise Hop: allowed -> avoid" in told
    assert "that is proved" not in told
    assert "rules that differ" not in told


def test_a_rule_without_a_name_is_called_by_what_it_says_and_where(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    twice = "avoid kick when level > 7\n"
    assert ran(written(tmp_path, "old.rules", RULES), written(tmp_path, "new.rules", RULES + twice)) == Exit.FINE
    told = " ".join(capsys.readouterr().out.split())
    assert "Other reasons, same answers: Kick (rules that differ: `avoid kick` in line 7 of" in told


def test_what_has_no_direction_is_told_beside_a_verdict_that_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    light = 'rule light: caution hop when level > 3 because "Sore."\n'
    after = RULES + light.replace("Sore", "Tired") + "avoid hop when level > 9\n"
    assert ran(written(tmp_path, "old.rules", RULES + light), written(tmp_path, "new.rules", after)) == Exit.FINE
    told = " ".join(capsys.readouterr().out.split())
    assert "Differs besides: Hop (rules that differ: `mine/light`)" in told


def test_a_program_gets_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = written(tmp_path, "old.rules", RULES), written(tmp_path, "new.rules", RULES.replace("> 5", "> 6"))
    assert ran(old, new, "--json") == Exit.FINDINGS
    told = json.loads(capsys.readouterr().out)
    assert (told["unchanged"], told["less_restrictive"], told["more_restrictive"]) == (False, True, False)
    (change,) = told["changes"]
    assert (change["exercise"], change["direction"]) == ("kick", "less")


def test_a_git_revision_and_a_saved_release_are_sources_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "rules/mine.rules", RULES)
    committed(tmp_path)
    written(tmp_path, "rules/mine.rules", RULES.replace("> 5", "> 6"))
    monkeypatch.chdir(tmp_path)
    assert ran("HEAD:rules", "rules") == Exit.FINDINGS
    capsys.readouterr()
    saved = {"ruleset": "mine", "files": [{"name": "mine.rules", "text": RULES, "shipped": False}]}
    assert ran(written(tmp_path, "release.json", json.dumps(saved)), "HEAD:rules") == Exit.FINE
    assert "No member's answer changes" in capsys.readouterr().out


def committed(folder: Path) -> None:
    for command in (
        ["git", "init", "-q"],
        ["git", "add", "."],
        ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-qm", "first"],
    ):
        subprocess.run(command, cwd=folder, check=True)


def test_a_file_that_archives_leave_out_is_part_of_its_revision(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "rules/mine.rules", RULES.replace("rule tender: avoid kick when level > 5\n", ""))
    hidden = Path(written(tmp_path, "rules/hidden.rules", "pack mine\nrule tender: avoid kick when level > 5\n"))
    written(tmp_path, ".gitattributes", "hidden.rules export-ignore\n")
    committed(tmp_path)
    hidden.unlink()
    monkeypatch.chdir(tmp_path)
    assert ran("HEAD:rules", "rules") == Exit.FINDINGS
    assert "Kick: avoid -> allowed" in capsys.readouterr().out


def test_a_revision_without_rules_is_no_release_that_changes_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "docs/read.md", "Nothing.")
    committed(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert ran("HEAD:docs", written(tmp_path, "mine.rules", RULES)) == Exit.UNUSABLE
    assert "there is no rule file in HEAD:docs" in capsys.readouterr().err


def test_the_vocabulary_that_comes_with_a_release_is_not_mixed_with_the_shipped_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A later version of Spotter declares more: a release keeps what it was compiled with."""
    prelude = 'pack prelude\nfact level number 0 to 10\n{}exercise kick "Kick"\nexercise hop "Hop"\n'
    rules = "pack mine\nallow kick, hop when level <= 10\nimpossible when level > 9\n"
    wider = rules.replace("impossible when level > 9\n", "")
    files = [
        [
            {"name": "prelude/facts.rules", "text": prelude.format(""), "shipped": True},
            {"name": "mine.rules", "text": text},
        ]
        for text in (rules, wider)
    ]
    old, new = (
        written(tmp_path, f"{name}.json", json.dumps({"files": one}))
        for name, one in zip(("old", "new"), files, strict=True)
    )
    assert ran(old, new) == Exit.FINDINGS
    assert "The session: screen -> proceed" in capsys.readouterr().out
    with_impossible = prelude.format("impossible when level > 9\n")
    folder = tmp_path / "given"
    written(folder, "facts.rules", with_impossible)
    written(folder, "mine.rules", wider)
    assert ran(str(folder), new) == Exit.FINDINGS
    assert "The session: screen -> proceed" in capsys.readouterr().out


def test_a_vocabulary_that_does_not_stand_alone_is_not_completed_by_the_shipped_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "rules"
    written(folder, "facts.rules", 'pack prelude\nfact level number 0 to 10\nexercise kick "Kick"\n')
    written(folder, "mine.rules", "pack mine\nallow kick, wall_sit when level <= 10\n")
    assert ran(str(folder), str(folder)) == Exit.UNUSABLE
    assert "`wall_sit`" in capsys.readouterr().err
    Path(folder, "facts.rules").rename(folder / "more.rules")  # more of the shipped vocabulary, not one of its files
    assert ran(str(folder), str(folder)) == Exit.FINE


def test_what_git_does_not_hold_itself_cannot_be_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    written(tmp_path, "rules/mine.rules", RULES)
    (tmp_path / "rules/link.rules").symlink_to("mine.rules")
    inner = tmp_path / "other/sub"
    written(inner, "x.rules", RULES)
    committed(inner)
    written(tmp_path, "other/mine.rules", RULES)
    committed(tmp_path)
    monkeypatch.chdir(tmp_path)
    assert ran("HEAD:rules", "rules") == Exit.UNUSABLE
    assert "is a link" in capsys.readouterr().err
    assert ran("HEAD:other", "rules") == Exit.UNUSABLE
    assert "is a repository of its own" in capsys.readouterr().err


def test_what_the_same_request_means_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = 'pack mine\nfact pain one of dull also "ache", sharp\nexercise kick\nallow kick when pain=dull\n'
    after = before.replace('dull also "ache", sharp', 'dull, sharp also "ache"')
    old, new = written(tmp_path, "old.rules", before), written(tmp_path, "new.rules", after)
    assert ran(old, new) == Exit.FINDINGS
    told = " ".join(capsys.readouterr().out.split())
    meaning = "`ache` of pain meant dull and means sharp"
    assert f"Not decided, for the same request means something else: {meaning}" in told
    assert "is proved" not in told


def test_a_later_review_is_less_restrictive_and_an_earlier_one_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later, earlier = (
        written(tmp_path, f"{year}.rules", RULES.replace("pack mine\n", f"pack mine\n  review by {year}-06-01\n"))
        for year in (2027, 2026)
    )
    assert ran(earlier, later) == Exit.FINDINGS
    assert "Less restrictive: what mine permits held until 2026-06-01 is past" in capsys.readouterr().out
    assert ran(later, earlier) == Exit.FINE
    assert "More restrictive: what mine permits held until 2027-06-01 is past" in capsys.readouterr().out


def test_only_the_same_release_is_said_to_change_no_answer_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, new = written(tmp_path, "old.rules", RULES), written(tmp_path, "new.rules", RULES.replace('"Hop"', '"A hop"'))
    assert ran(old, old) == Exit.FINE
    assert "No member's answer changes: the two are the same release." in capsys.readouterr().out
    assert ran(old, new) == Exit.FINDINGS  # by another word for it
    told = capsys.readouterr().out
    assert "means something else: `A hop` stood for nothing and stands for hop" in " ".join(told.split())
    assert "Declared in another way: exercise hop" in told


@pytest.mark.parametrize("old", ["nowhere", "HEAD:rules", "-x:rules", "broken.json", "broken.rules"])
def test_what_cannot_be_used_ends_with_2(
    old: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    written(tmp_path, "broken.json", "[]")
    written(tmp_path, "broken.rules", "avoid nothing when\n")
    new = written(tmp_path, "new.rules", RULES)
    assert ran(old, new) == Exit.UNUSABLE
    told = " ".join(capsys.readouterr().err.split())
    assert told
    assert ("what a git revision holds is written nowhere:FOLDER" in told) is (old == "nowhere")


def test_facts_that_cannot_be_compared_are_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = RULES.replace("fact level number 0 to 10", "fact level number 0 to 10 h")
    old, new = written(tmp_path, "old.rules", RULES), written(tmp_path, "new.rules", after)
    assert ran(old, new) == Exit.UNUSABLE
    assert "`level` is declared in another way" in capsys.readouterr().err


def test_what_the_solver_and_the_reference_disagree_about_is_a_line_and_no_traceback(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Aspect, "told", lambda *_: None)
    old, new = written(tmp_path, "old.rules", RULES), written(tmp_path, "new.rules", RULES.replace("> 5", "> 6"))
    assert ran(old, new) == Exit.FINDINGS
    told = " ".join(capsys.readouterr().out.split())
    assert "A fault of Spotter, please report it. Not decided: whether kick becomes less restrictive" in told
    assert "No member's answer changes" not in told
