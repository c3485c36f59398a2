"""`spotter repl`: what-if at a prompt, from a terminal or from a script; nothing that is said is kept."""

from __future__ import annotations

import datetime
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prompt_toolkit.application import create_app_session
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from dsl.evaluation.build import build
from dsl.syntax.source import SourceFile
from dsl.tools.exits import Exit
from dsl.tools.repl import repl
from dsl.tools.repl_lines import AboutExercise, AboutFact, Command, LineError, Reader, Said, answers_of
from dsl.tools.repl_prompt import Completions, suggestions, typed_lines
from dsl.tools.repl_session import Session
from dsl.tools.terminal import output, run

commands = click.Group(commands={"repl": repl})

RULES = """\
fact ill "How it is" one of well, unwell ask "How are you?"
fact shown "Shown to a clinician" yes or no
fact count "How often" whole number 0 to 10
fact rest "Rest" number 0 to 24 h optional
fact sign "Signs" many of
  fits "Fits" red flag
  ache "Ache" also "dull ache"
  pins "Pins"
exercise squat "Squat"
exercise front_squat "Front squat"
rule fits: refer urgent when sign=fits say "See somebody today."
rule bad: avoid squat when ill=unwell because "Not on a bad day."
rule often: caution squat when count > 3 or rest < 5
rule fine: allow squat when shown=yes
rule front: recommend front_squat when sign=none
"""
MADE = build([SourceFile("a.rules", RULES)], with_prelude=False)
assert MADE.release is not None
SOME = "write `sign has ache`, or `sign = ache` if that is all"
READER = Reader(MADE.release.artifact.vocabulary)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rules").write_text(RULES.replace("squat", "frog").replace("Squat", "Frog"))
    return tmp_path


def _session(*, asked: bool = True) -> Session:
    assert MADE.release is not None
    return Session(
        MADE.release, MADE.sources, output(), asked=asked, at=datetime.datetime(2027, 1, 1, tzinfo=datetime.UTC)
    )


class Spoken:
    """What the session printed to `lines`."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *lines: str, asked: bool = True) -> None:
        capsys.readouterr()
        self.session = _session(asked=asked)
        self.followed = [self.session.take(line) for line in lines]
        self.out = capsys.readouterr().out
        self.words = " ".join(self.out.split())


class TestLines:
    def test_values_of_every_kind(self) -> None:
        line = READER.read("ill = well, shown=yes, count = 3, rest = 430 min, sign = (fits, dull ache)", {})
        assert isinstance(line, Said)
        assert line.facts == {
            "ill": "well",
            "shown": "yes",
            "count": 3,
            "rest": {"value": 430, "unit": "min"},
            "sign": ["fits", "dull ache"],
        }

    def test_none_of_many_values(self) -> None:
        assert READER.read("sign = none", {}) == Said({"sign": []})

    def test_some_of_many_values_stand_beside_what_was_known(self) -> None:
        once = READER.read("sign has ache", {})
        assert once == Said({"sign": {"present": ["ache"], "absent": []}})
        assert READER.read("sign lacks pins", once.facts) == Said({"sign": {"present": ["ache"], "absent": ["pins"]}})
        assert READER.read("sign lacks ache", {"sign": ["ache"]}) == Said({"sign": {"present": [], "absent": ["ache"]}})

    def test_a_given_of_an_example_can_be_pasted(self) -> None:
        assert READER.read("given ill=well, sign has ache  # said", {}) == Said(
            {"ill": "well", "sign": {"present": ["ache"], "absent": []}}
        )

    def test_labels_and_quoted_values(self) -> None:
        assert READER.read('how it is = "unwell"', {}) == Said({"ill": "unwell"})

    def test_what_is_no_number_is_left_to_the_door(self) -> None:
        assert READER.read("count = often", {}) == Said({"count": "often"})

    def test_names_and_commands(self) -> None:
        assert READER.read("Front Squat", {}) == AboutExercise("front_squat")
        assert READER.read("signs", {}) == AboutFact("sign")
        assert READER.read("why front squat", {}) == Command("why", "front squat")
        assert READER.read("exit", {}) == Command("quit")
        assert READER.read("?", {}) == Command("help")
        assert READER.read("  # nothing", {}) is None

    @pytest.mark.parametrize(
        ("line", "message", "help_"),
        [
            ("il = well", "`il` is not a known fact", "did you mean `ill`?"),
            ("ill =", "no value of `ill` is given", "to take it back, write `forget ill`"),
            ("ill has well", "`has` stands with facts that can have many values", "write `ill = well`"),
            ("sqaut", "`sqaut` is no exercise, no fact and no command", "did you mean `squat`?"),
            ("given = well", "`= well` says nothing about a fact", "write it like `pain = acute`"),
            ("zzzz", "`zzzz` is no exercise, no fact and no command", "`help` lists what can be said"),
            ("questons", "`questons` is no exercise, no fact and no command", "did you mean `questions`?"),
            ("count 3", "`count 3` is no exercise, no fact and no command", "write `count = 3`"),
            ("how often 3", "`how often 3` is no exercise, no fact and no command", "write `count = 3`"),
            ("count: 3", "`count: 3` is no exercise, no fact and no command", "write `count = 3`"),
            ("rest is 7 h", "`rest is 7 h` is no exercise, no fact and no command", "write `rest = 7 h`"),
            ("how it is unwell", "`how it is unwell` is no exercise, no fact and no command", "write `ill = unwell`"),
            ("sign ache", "`sign ache` is no exercise, no fact and no command", SOME),
            ("x" * 2_001, "the line is longer than 2000 characters", "say it in several lines"),
        ],
    )
    def test_what_cannot_be_followed(self, line: str, message: str, help_: str) -> None:
        with pytest.raises(LineError) as caught:
            READER.read(line, {})
        assert (caught.value.message, caught.value.help) == (message, help_)

    @given(st.text(max_size=60) | st.from_regex(r"[a-z]+ ?(=|has|lacks) ?[a-z0-9 ,()\".%-]*", fullmatch=True))
    def test_every_line_is_followed_or_refused_in_words(self, line: str) -> None:
        session = _session()
        before = dict(session.facts)
        if not session.take(line):
            assert session.facts == before


class TestSession:
    def test_facts_change_the_answer(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "sign = none", "ill = well, shown = yes, count = 0", "squat", "ill = unwell", "squat")
        assert all(said.followed)
        assert said.out.startswith("sign = none\nTraining may go ahead. A go for 1 of 2 exercises (before: 0).\n")
        assert "ill = well\nshown = yes\ncount = 0\n" in said.out
        assert "Squat: Allowed\n" in said.out
        assert "Squat: Avoid\n  Not on a bad day." in said.out

    def test_a_recommendation_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        assert "Front squat: Allowed, recommended" in Spoken(capsys, "sign = none", "front squat").out

    def test_an_error_loses_nothing(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "ill = well", "ill = unwel, shown = yes", "facts")
        assert said.followed == [True, False, True]
        assert "error: `unwel` is not a known value of `ill`\n  help: did you mean `unwell`" in said.out
        assert said.out.endswith("ill = well\n")
        assert said.session.facts == {"ill": "well"}

    @pytest.mark.parametrize(
        ("line", "help_"),
        [
            ("count = 3/12", "what may be answered: 0 to 10"),
            ("count = often", "what may be answered: 0 to 10"),
            ("rest = 3 h ago", "what may be answered: 0 to 24 h"),
            ("shown = perhaps", "what may be answered: yes or no"),
            ("ill = zzzz", "what may be answered: well, unwell"),
            ("sign has zzzz", "what may be answered: none, or any of fits, ache, pins"),
        ],
    )
    def test_a_value_that_does_not_fit_is_answered_with_what_does(
        self, capsys: pytest.CaptureFixture[str], line: str, help_: str
    ) -> None:
        said = Spoken(capsys, line)
        assert said.followed == [False]
        assert said.out.endswith(f"\n  help: {help_}\n")

    def test_everything_wrong_with_a_line_is_said(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "ill = unwel, count = 11")
        assert said.out.count("error: ") == 2
        assert "error: `count` lies between 0 and 10\n" in said.out

    def test_forgetting(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "ill = well", "forget ill", "forget ill", "ill = well", "forget all", "facts", "forget x")
        assert said.followed == [True, True, False, True, True, True, False]
        assert "How it is: not known any more" in said.out
        assert "error: nothing was said about `ill`\n  help: `facts` lists what was" in said.out
        assert "Everything is forgotten.\nNothing has been said about the member yet.\n" in said.out
        assert said.session.facts == {}

    def test_facts_are_shown_as_they_can_be_typed(self, capsys: pytest.CaptureFixture[str]) -> None:
        lines = ["sign has ache", "sign lacks pins", "rest = 430 min", "count = 3", "shown = no"]
        said = Spoken(capsys, *lines, "facts")
        assert said.out.endswith("sign has ache and lacks pins\nrest = 430 min\ncount = 3\nshown = no\n")

    def test_questions_with_what_may_be_typed(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "questions")
        assert "1. Warning sign. Signs" in said.out
        assert "sign = none, or any of fits, ache, pins" in said.out
        assert "count = 0 to 10" in said.out
        nothing = Spoken(capsys, "sign = fits", "questions")
        assert "Nothing that is not known could change the answer." in nothing.out

    def test_only_some_questions_at_once(self, capsys: pytest.CaptureFixture[str]) -> None:
        more = "".join(f"fact f{n} yes or no\nrule r{n}: avoid squat when f{n}=yes\n" for n in range(9))
        made = build([SourceFile("a.rules", RULES + more)], with_prelude=False)
        assert made.release is not None
        session = Session(made.release, made.sources, output(), asked=True, at=None)
        assert session.take("questions")
        assert "more questions" in capsys.readouterr().out

    def test_a_fact_is_told_about(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "ill", "ill = well", "ill", "count")
        assert said.out.startswith("How it is. ill: not known\nHow are you?\n  ill = well, unwell\n")
        assert "How it is. ill = well\n" in said.out

    def test_what_may_be_answered(self) -> None:
        told = {name: answers_of(fact) for name, fact in READER.facts.items()}
        assert told == {
            "count": "0 to 10",
            "ill": "well, unwell",
            "rest": "0 to 24 h",
            "shown": "yes or no",
            "sign": "none, or any of fits, ache, pins",
        }

    def test_why(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "ill = unwell", "why squat", "why", "why sqaut")
        assert said.followed == [True, True, False, False]
        assert "avoid squat [bad]" in said.words
        assert "What would change it" in said.out
        assert "error: `why` needs an exercise\n  help: write it like `why deadlift`" in said.out
        assert "error: `sqaut` is not a known exercise\n  help: did you mean `squat`" in said.out

    def test_whether_every_question_was_shown(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "sign = none", "asked yes", "asked no", "asked perhaps", asked=False)
        assert said.followed == [True, True, True, False]
        assert said.out.startswith("sign = none\nAsk before training.")
        assert "Training may go ahead. A go for 1 of 2 exercises (before: 0)." in said.out
        assert "error: `asked` is yes or no" in said.out

    def test_what_to_type_is_said_where_answers_are_not_taken_as_asked(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        hint = "If the member was shown every question, type `asked yes`.\n"
        for line in ("front squat", "questions"):
            said = Spoken(capsys, "sign = none", line, asked=False)
            assert said.out.count(hint) == 2, line
            assert said.out.endswith(hint)
        assert hint not in Spoken(capsys, "sign = none", "front squat", "questions").out
        assert hint not in Spoken(capsys, "sign has ache", "front squat", "questions", asked=False).out
        assert hint not in Spoken(capsys, "ill = well", "questions", asked=False).out

    def test_all_and_help(self, capsys: pytest.CaptureFixture[str]) -> None:
        said = Spoken(capsys, "sign = none", "all", "help", asked=False)
        assert "If every question was shown, type `asked yes`." in said.words
        assert "take back what was said" in said.words


class TestCommand:
    def _spoken(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, text: str, *options: str
    ) -> tuple[int, str]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
        capsys.readouterr()
        code = run(commands, ["repl", "a.rules", *options])
        return code, capsys.readouterr().out

    def test_a_script(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        code, out = self._spoken(capsys, monkeypatch, "ill = unwell\n\nfrog\nquit\nnever read\n", "--asked")
        assert code == Exit.FINE
        assert out.startswith("> ill = unwell\nill = unwell\n")
        assert "\n>\n> frog\nFrog: Avoid\n" in out
        assert out.endswith("> quit\n")

    def test_what_is_typed_is_an_answer_to_the_whole_question_as_in_an_example(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        text = (folder / "a.rules").read_text()
        (folder / "a.rules").write_text(f'{text}example "e" given sign=none expect front_frog recommended\n')
        code, out = self._spoken(capsys, monkeypatch, "given sign=none\nfront frog\n")
        assert code == Exit.FINE
        assert "\nTraining may go ahead." in out
        assert "Front frog: Allowed, recommended" in out
        code, out = self._spoken(capsys, monkeypatch, "sign=none\nasked yes\n", "--not-asked")
        assert code == Exit.FINE
        assert out.index("Ask before training.") < out.index("Training may go ahead.")

    def test_a_script_with_a_line_that_cannot_be_followed_goes_on(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        code, out = self._spoken(capsys, monkeypatch, "ill = unwel\nfrog\n", "--at", "2027-01-01")
        assert code == Exit.FINDINGS
        assert "> frog\nFrog: " in out

    def test_rules_with_errors(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        (folder / "a.rules").write_text("avoid frog\n")
        assert self._spoken(capsys, monkeypatch, "")[0] == Exit.FINDINGS


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as typed, create_app_session(input=typed, output=DummyOutput()):
        yield typed


class TestPrompt:
    def test_lines_are_typed_until_the_end(self, keyboard: PipeInput) -> None:
        keyboard.send_text("ill = well\rhalf a li\x03frog\r\x04")
        assert list(typed_lines(_session(), "> ")) == ["ill = well", "frog"]

    def test_a_terminal_gets_the_prompt(
        self, keyboard: PipeInput, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, folder: Path
    ) -> None:
        before = set(folder.rglob("*"))
        stdin = io.TextIOWrapper(io.BytesIO())
        monkeypatch.setattr(stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr(sys, "stdin", stdin)
        keyboard.send_text("ill = unwell\rfrog\rquit\r")
        assert run(commands, ["repl", "a.rules", "--asked"]) == Exit.FINE
        assert "Frog: Avoid" in capsys.readouterr().out
        keyboard.send_text("frog\r\x04")
        assert run(commands, ["repl", "a.rules"]) == Exit.FINE
        assert set(folder.rglob("*")) == before, "nothing is written"

    @pytest.mark.parametrize(
        ("text", "words"),
        [
            ("il", ["ill"]),
            ("ill = ", ["well", "unwell"]),
            ("ill=u", ["unwell"]),
            ("shown = ", ["yes", "no"]),
            ("sign = ", ["none", "fits", "ache", "pins"]),
            ("sign = fits, p", ["pins"]),
            ("sign has a", ["ache"]),
            ("ill = well, sho", ["shown"]),
            ("count = ", []),
            ("why f", ["front_squat"]),
            ("forget ", ["ill", "all"]),
            ("asked y", ["yes"]),
            ("que", ["questions"]),
            ("s", ["shown", "sign", "squat"]),
            ("squat", []),
        ],
    )
    def test_completion(self, text: str, words: list[str]) -> None:
        assert [one.word for one in suggestions(text, READER, ["ill"])] == words

    def test_what_is_completed_is_replaced(self) -> None:
        found = list(Completions(_session()).get_completions(Document("ill = un"), CompleteEvent()))
        assert [(one.text, one.start_position) for one in found] == [("unwell", -2)]
