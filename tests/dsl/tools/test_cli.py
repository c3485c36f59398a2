"""The author's commands as they are called: what they print, where, and how they end."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import click
import pytest

from dsl.tools.cli import check, evaluate, fmt
from dsl.tools.exits import Exit
from dsl.tools.terminal import run

RIGHT = "avoid deadlift when condition=disc_herniation and pain=acute\n"
WRONG = "avoid deadlift when condition=disc_hreniation\navoid deadlift when pain=acuet\n"
EXAMPLE = 'example "acute"\n  given condition=disc_herniation, pain=acute\n  expect deadlift {}\n'

ACUTE = {"condition": ["disc_herniation"], "pain": "acute", "symptom": []}

commands = click.Group(commands={"check": check, "fmt": fmt, "eval": evaluate})


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


class Spoken:
    """What a command said and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        capsys.readouterr()
        self.code = run(commands, arguments)
        self.out, self.err = capsys.readouterr()


def _stdin(monkeypatch: pytest.MonkeyPatch, data: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))


class TestCheck:
    def test_rules_without_a_fault(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "a.rules").write_text(RIGHT + EXAMPLE.format("avoid"))
        said = Spoken(capsys, "check", "a.rules")
        assert said.code == Exit.FINE
        assert said.out.startswith("Nothing wrong.\n")
        assert "1 example, run and passed" in said.out
        assert "packs: main, prelude" in said.out

    def test_every_fault_of_a_file_with_its_line_and_a_caret(
        self, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        (folder / "a.rules").write_text(WRONG)
        said = Spoken(capsys, "check", "a.rules")
        assert said.code == Exit.FINDINGS
        assert "disc_herniation" in said.out
        assert said.out.count("a.rules:") == 2
        assert "^" in said.out
        assert said.out.rstrip().endswith("2 errors.")

    def test_a_failed_example_is_an_error(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "a.rules").write_text(RIGHT + EXAMPLE.format("allowed"))
        said = Spoken(capsys, "check", "a.rules")
        assert said.code == Exit.FINDINGS
        assert "E450" in said.out

    def test_proofs_that_hold_are_counted(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "a.rules").write_text(
            RIGHT + 'prove "p": deadlift at least avoid when condition=disc_herniation and pain=acute\n'
        )
        said = Spoken(capsys, "check", "a.rules")
        assert said.code == Exit.FINE
        assert "1 proof, which holds for everybody" in said.out
        (folder / "a.rules").write_text(RIGHT + 'prove "p": deadlift at least avoid when pain=acute\n')
        said = Spoken(capsys, "check", "a.rules")
        assert said.code == Exit.FINDINGS
        assert "E460" in said.out
        assert "given pain=acute" in said.out

    def test_json_holds_the_same(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "a.rules").write_text(WRONG)
        said = Spoken(capsys, "check", "a.rules", "--json")
        answer = json.loads(said.out)
        assert said.code == Exit.FINDINGS
        assert answer["ok"] is False
        assert answer["digest"] is None
        assert [(found["line"], found["file"]) for found in answer["diagnostics"]] == [(1, "a.rules"), (2, "a.rules")]

    def test_json_of_good_rules_counts_what_they_hold(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "a.rules").write_text(RIGHT + EXAMPLE.format("avoid"))
        answer = json.loads(Spoken(capsys, "check", "a.rules", "--json").out)
        assert answer["ok"] is True
        assert answer["digest"].startswith("sha256:")
        assert (answer["rules"], answer["examples_run"], answer["examples_failed"]) == (1, 1, 0)
        assert answer["exercises"] > 20

    def test_an_example_with_two_unmet_expectations_is_one_that_fails(
        self, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        met, unmet = EXAMPLE.format("avoid"), EXAMPLE.format("allowed, deadlift caution")
        (folder / "a.rules").write_text(RIGHT + unmet + met)
        answer = json.loads(Spoken(capsys, "check", "a.rules", "--json").out)
        assert [found["code"] for found in answer["diagnostics"] if found["severity"] == "error"] == ["E450", "E450"]
        assert (answer["examples_run"], answer["examples_failed"]) == (2, 1)

    def test_an_unmet_expectation_of_the_whole_catalogue_is_one_finding(
        self, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        (folder / "a.rules").write_text(RIGHT + EXAMPLE.format("avoid, any avoid"))
        answer = json.loads(Spoken(capsys, "check", "a.rules", "--json").out)
        (found,) = [found for found in answer["diagnostics"] if found["severity"] == "error"]
        assert found["code"] == "E450"
        assert " more are `unreviewed`" in found["message"]
        assert answer["examples_failed"] == 1

    def test_a_folder_is_read_deeply(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "pack/legs").mkdir(parents=True)
        (folder / "pack/legs/a.rules").write_text(WRONG)
        (folder / "pack/notes.txt").write_text("not a rule")
        assert Spoken(capsys, "check", "pack").out.rstrip().endswith("2 errors.")

    def test_what_cannot_be_read(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "empty").mkdir()
        (folder / "binary.rules").write_bytes(b"\x00\xff\xfe avoid")
        for path in ("missing.rules", "empty", "binary.rules", "a\x00b"):
            said = Spoken(capsys, "check", path)
            assert said.code == Exit.UNUSABLE, path
            assert "1 error." in said.out, path

    def test_no_path_at_all(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "check")
        assert said.code == Exit.UNUSABLE
        assert "Missing argument" in said.err


class TestFmt:
    UNTIDY = "avoid   deadlift\n when pain = acute\n"

    def test_a_file_is_formatted_in_place(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        path = folder / "a.rules"
        path.write_text(self.UNTIDY)
        path.chmod(0o640)
        said = Spoken(capsys, "fmt", "a.rules")
        assert said.code == Exit.FINE
        assert path.read_text() == "avoid deadlift when pain=acute\n"
        assert path.stat().st_mode & 0o777 == 0o640
        assert said.out == "changed  a.rules\n1 changed, 0 as they should be\n"
        assert list(folder.iterdir()) == [path]

    def test_what_is_formatted_stays(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        path = folder / "a.rules"
        path.write_text(self.UNTIDY)
        Spoken(capsys, "fmt", "a.rules")
        before = path.stat().st_mtime_ns
        said = Spoken(capsys, "fmt", "a.rules")
        assert (said.code, said.out) == (Exit.FINE, "0 changed, 1 as they should be\n")
        assert path.stat().st_mtime_ns == before

    def test_check_changes_nothing_and_says_what_would(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "a.rules").write_text(self.UNTIDY)
        said = Spoken(capsys, "fmt", "a.rules", "--check")
        assert said.code == Exit.FINDINGS
        assert said.out.startswith("would change  a.rules\n")
        assert (folder / "a.rules").read_text() == self.UNTIDY

    def test_a_file_with_errors_stays_as_it_is(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "a.rules").write_text("avoid  deadlift whn pain=acute\n")
        (folder / "b.rules").write_text(self.UNTIDY)
        said = Spoken(capsys, "fmt", ".")
        assert said.code == Exit.FINDINGS
        assert (folder / "a.rules").read_text() == "avoid  deadlift whn pain=acute\n"
        assert (folder / "b.rules").read_text() == "avoid deadlift when pain=acute\n"
        assert "a.rules:1" in said.out
        assert "1 left alone because of errors" in said.out

    def test_a_link_stays_a_link(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "real").mkdir()
        (folder / "real/a.rules").write_text(self.UNTIDY)
        (folder / "b.rules").symlink_to("real/a.rules")
        assert Spoken(capsys, "fmt", "b.rules").code == Exit.FINE
        assert (folder / "b.rules").is_symlink()
        assert (folder / "real/a.rules").read_text() == "avoid deadlift when pain=acute\n"

    def test_standard_input_to_standard_output(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _stdin(monkeypatch, self.UNTIDY.encode())
        said = Spoken(capsys, "fmt", "-")
        assert (said.code, said.out) == (Exit.FINE, "avoid deadlift when pain=acute\n")

    def test_standard_input_with_errors_prints_nothing_to_standard_output(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _stdin(monkeypatch, b"avoid deadlift whn\n")
        said = Spoken(capsys, "fmt", "-")
        assert (said.code, said.out) == (Exit.FINDINGS, "")
        assert "standard input:1" in said.err

    def test_standard_input_that_is_no_text(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _stdin(monkeypatch, b"avoid \xff")
        said = Spoken(capsys, "fmt", "-")
        assert (said.code, said.err) == (Exit.UNUSABLE, "spotter: standard input: not UTF-8 text (byte 6)\n")

    def test_a_missing_file(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert Spoken(capsys, "fmt", "missing.rules").code == Exit.UNUSABLE


class TestEval:
    @pytest.fixture(autouse=True)
    def rules(self, folder: Path) -> None:
        (folder / "a.rules").write_text(
            RIGHT + '  because "Loaded bending irritates an acute disc."\n  instead glute_bridge\n'
            "recommend glute_bridge when pain in (acute, chronic)\n"
            'refer emergency when symptom=saddle_numbness because "It can be a nerve." say "Go to a hospital now."\n'
            "fact symptom many of saddle_numbness red flag\n"
        )

    def _eval(self, capsys: pytest.CaptureFixture[str], folder: Path, facts: object, *arguments: str) -> Spoken:
        (folder / "member.json").write_text(facts if isinstance(facts, str) else json.dumps(facts))
        return Spoken(capsys, "eval", "a.rules", "--facts", "member.json", *arguments)

    def test_the_answer_for_a_person(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        said = self._eval(capsys, folder, ACUTE, "--asked", "--exercise", "deadlift", "--exercise", "hip bridge")
        assert said.code == Exit.FINE
        assert "Training may go ahead." in said.out
        assert "Loaded bending irritates an acute disc." in " ".join(said.out.split())
        assert "Instead: Glute bridge" in said.out
        assert said.out.index("Deadlift") < said.out.index("Recommended")
        assert "\x1b" not in said.out
        assert max(map(len, said.out.splitlines())) <= 80

    def test_the_answer_for_a_program_is_the_decision(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        said = self._eval(capsys, folder, ACUTE, "--asked", "--json", "--exercise", "deadlift", "--at", "2027-05-01")
        answer = json.loads(said.out)
        assert answer["disposition"] == "proceed"
        assert answer["at"] == "2027-05-01T00:00:00Z"
        assert [entry["verdict"] for entry in answer["exercises"]] == ["avoid"]

    def test_without_asked_the_session_waits_and_the_reason_is_said(
        self, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        said = self._eval(capsys, folder, ACUTE)
        assert "Ask before training." in said.out
        assert "add --asked" in said.out

    def test_where_asked_would_change_nothing_it_is_not_suggested(
        self, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        said = self._eval(capsys, folder, {"pain": "acute"})
        assert "Ask before training." in said.out
        assert "--asked" not in said.out

    def test_an_emergency_says_one_thing_first(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        said = self._eval(capsys, folder, {"symptom": ["saddle_numbness"]})
        assert said.code == Exit.FINE
        first, second = said.out.strip().splitlines()[:2]
        assert first.startswith("No training. This is an emergency.")
        assert second.strip() == "Go to a hospital now."
        assert "Verdict" not in said.out

    def test_alike_exercises_share_a_row(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        said = self._eval(capsys, folder, ACUTE, "--asked")
        assert said.out.count("Loaded bending") == 1
        assert "Romanian deadlift" in said.out
        assert "A go for 1 of" in said.out

    def test_an_exercise_that_nobody_knows(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        said = self._eval(capsys, folder, ACUTE, "--asked", "--exercise", "glute brigde")
        assert said.code == Exit.FINE
        assert "Did you mean" in " ".join(said.out.split())
        assert "Not reviewed" in said.out

    def test_facts_that_do_not_fit_with_the_nearest_names(
        self, capsys: pytest.CaptureFixture[str], folder: Path
    ) -> None:
        said = self._eval(capsys, folder, {"pian": "acute", "pain_level": 12, "condition": ["disc_hernation"]})
        assert (said.code, said.out) == (Exit.FINDINGS, "")
        text = " ".join(said.err.split())
        assert "`pian` is not a known fact. Did you mean `pain`" in text
        assert "`disc_herniation`" in text
        assert "lies between 0 and 10" in text

    def test_a_whole_request_body(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        body = {"facts": ACUTE, "exercises": ["deadlift"], "asked_with": 3, "at": "2027-05-01T09:00:00Z"}
        said = self._eval(capsys, folder, body, "--json")
        answer = json.loads(said.out)
        assert answer["at"] == "2027-05-01T09:00:00Z"
        assert len(answer["exercises"]) == 1
        assert answer["disposition"] == "screen"
        assert "see --asked" in said.err

    def test_facts_from_standard_input(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _stdin(monkeypatch, b'{"pain": "acute"}')
        assert Spoken(capsys, "eval", "a.rules", "--facts", "-", "--json").code == Exit.FINE

    @pytest.mark.parametrize("at", ["tomorrow", "2027-13-01", "", "0001-01-01T00:00+14:00"])
    def test_a_time_that_is_none(self, capsys: pytest.CaptureFixture[str], folder: Path, at: str) -> None:
        said = self._eval(capsys, folder, ACUTE, "--at", at)
        assert said.code == Exit.UNUSABLE
        assert said.err == f"spotter: `{at}` is not a date or a time; write it like 2027-05-01 or 2027-05-01T09:00Z\n"

    def test_facts_that_are_no_json(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        said = self._eval(capsys, folder, '{"pain": NaN}')
        assert said.code == Exit.UNUSABLE
        assert said.err == "spotter: member.json: NaN is not a number; leave a fact out when it is not known\n"

    def test_a_number_beyond_every_range(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        said = self._eval(capsys, folder, '{"pain_level": 1e400}')
        assert said.code == Exit.FINDINGS
        assert "/facts/pain_level" in said.err

    def test_rules_with_errors_are_not_applied(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "a.rules").write_text(WRONG)
        said = self._eval(capsys, folder, ACUTE)
        assert said.code == Exit.FINDINGS
        assert "a.rules:1" in said.err

    def test_rules_that_are_not_there(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        (folder / "a.rules").unlink()
        assert self._eval(capsys, folder, ACUTE).code == Exit.UNUSABLE

    def test_colours_only_where_they_are_wanted(
        self, capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FORCE_COLOR", "1")
        assert "\x1b[" in self._eval(capsys, folder, ACUTE).out
        monkeypatch.setenv("NO_COLOR", "1")
        assert "\x1b[3" not in self._eval(capsys, folder, ACUTE).out

    def test_foreign_text_does_not_steer_the_terminal(self, capsys: pytest.CaptureFixture[str], folder: Path) -> None:
        said = self._eval(capsys, folder, {"pa\x1b[2Jin\u202e": "acute"})
        assert "\x1b" not in said.err
        assert "\u202e" not in said.err
        said = self._eval(capsys, folder, ACUTE, "--exercise", "dead\x1b[2Jlift")
        assert "\x1b" not in said.out
