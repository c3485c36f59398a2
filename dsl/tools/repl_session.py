"""A what-if session: what has been said of one member so far, and the answers to it."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, assert_never

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dsl.evaluation.decision import Decision, QuestionAnswer
from dsl.evaluation.evaluator import Evaluator
from dsl.semantics.facts import FactProblem, FactsError
from dsl.semantics.release import Release
from dsl.semantics.verdict import Disposition, Verdict
from dsl.semantics.vocabulary import Fact
from dsl.syntax.source import SourceFile
from dsl.tools.decision_report import print_decision
from dsl.tools.explain import Explainer
from dsl.tools.explanation_report import print_explanation
from dsl.tools.reasons import Reasons
from dsl.tools.repl_lines import (
    ALL,
    COMMANDS,
    AboutExercise,
    AboutFact,
    Command,
    Line,
    LineError,
    Reader,
    Said,
    answers_of,
    did_you_mean,
    may_be_answered,
)
from dsl.tools.terminal import visible
from dsl.tools.wording import DISPOSITIONS, VERDICTS, Words, counted, listed

if TYPE_CHECKING:
    from rich.console import Console

_MOST_QUESTIONS = 8
_SAY_ASKED = "type `asked yes`"
_INDENT = (0, 0, 0, 2)


class Session:
    """One what-if session. What is said of the member is kept here and nowhere else, and goes with it."""

    def __init__(
        self,
        release: Release,
        sources: Mapping[str, SourceFile],
        console: Console,
        *,
        asked: bool,
        at: datetime.datetime | None,
    ) -> None:
        """Prepare to answer from `release`, which was made from `sources`, on `console`."""
        vocabulary = release.artifact.vocabulary
        self.reader = Reader(vocabulary)
        self.facts: dict[str, object] = {}
        self._release = release
        self._console = console
        self._evaluator = Evaluator(release)
        self._explainer = Explainer(release, sources)
        self._words = Words(vocabulary)
        self._asked = asked
        self._at = at

    def take(self, text: str) -> bool:
        """Follow one line; return whether it could be followed. What cannot be followed changes nothing."""
        try:
            line = self.reader.read(text, self.facts)
            if line is not None:
                self._follow(line)
        except LineError as error:
            self._refuse(error.message, error.help)
            return False
        except FactsError as error:
            for problem in error.problems:
                self._refuse(problem.message, did_you_mean(problem.did_you_mean) or self._answers(problem))
            return False
        return True

    def _refuse(self, message: str, help_: str | None = None) -> None:
        self._print(Text.assemble(("error: ", "bold red"), visible(message)))
        if help_:
            self._print(Text(f"  help: {visible(help_)}"))

    def _answers(self, problem: FactProblem) -> str | None:
        fact = self.reader.facts.get(problem.pointer.removeprefix("/facts/").partition("/")[0])
        return may_be_answered(fact) if fact is not None else None

    def _print(self, *lines: Text) -> None:
        for line in lines:
            self._console.print(line)

    def _follow(self, line: Line) -> None:
        match line:
            case Said():
                self._say(line.facts)
            case AboutExercise():
                self._answer(line.name)
            case AboutFact():
                self._print(*self._about(self.reader.facts[line.name]))
            case Command():
                self._obey(line)
            case _:
                assert_never(line)

    # --- facts --------------------------------------------------------------------------------

    def _say(self, facts: Mapping[str, object]) -> None:
        before = self._go()
        self._become({**self.facts, **facts})
        self._print(*(Text(self._shown(name)) for name in facts), self._standing(before))
        self._say_if_unasked(self._decide(self.facts))

    def _become(self, facts: dict[str, object]) -> None:
        """Take `facts` for what is said; nothing changes if they do not fit.

        Raises:
            FactsError: they do not fit the rules.
        """
        self._decide(facts)
        self.facts = facts

    def _forget(self, words: str) -> None:
        if words == ALL:
            self.facts = {}
            return self._print(Text("Everything is forgotten."))
        name = self.reader.fact(words).name
        if name not in self.facts:
            raise LineError(f"nothing was said about `{name}`", "`facts` lists what was")
        before = self._go()
        self._become({fact: value for fact, value in self.facts.items() if fact != name})
        return self._print(Text(f"{self._words.fact(name)}: not known any more"), self._standing(before))

    def _shown(self, name: str) -> str:
        """Return what was said about the fact `name`, as it could be typed again."""
        return f"{name} {_typed(self.facts[name])}"

    def _standing(self, before: int) -> Text:
        """Return what has become of the session, and how many exercises have a go."""
        decision = self._decide(self.facts)
        sentence, colour, _ = DISPOSITIONS[Disposition(decision.disposition)]
        go = sum(answer.go for answer in decision.exercises)
        was = f" (before: {before})" if go != before else ""
        many = counted(len(decision.exercises), "exercise")
        return Text.assemble((sentence, colour), f" A go for {go} of {many}{was}.")

    def _go(self) -> int:
        return sum(answer.go for answer in self._decide(self.facts).exercises)

    def _about(self, fact: Fact) -> Iterator[Text]:
        said = self._shown(fact.name) if fact.name in self.facts else f"{fact.name}: not known"
        yield Text.assemble((self._words.fact(fact.name), "bold"), f". {said}")
        if fact.ask:
            yield Text(visible(fact.ask))
        yield Text(f"  {fact.name} = {answers_of(fact)}", style="dim")

    def _say_if_unasked(self, decision: Decision) -> None:
        """Say what to type where `decision` asks for what is answered already, but was not asked in full."""
        if not self._asked and any(isinstance(self.facts.get(one.fact), list) for one in decision.questions):
            self._print(Text(f"If the member was shown every question, {_SAY_ASKED}.", style="dim"))

    # --- answers ------------------------------------------------------------------------------

    def _decide(self, facts: Mapping[str, object], *exercises: str) -> Decision:
        shown = self._release if self._asked else None
        return self._evaluator.evaluate(facts, exercises=exercises or None, asked_with=shown, at=self._at)

    def _answer(self, exercise: str) -> None:
        decision = self._decide(self.facts, exercise)
        (answer,) = decision.exercises
        word, colour = VERDICTS[Verdict(answer.verdict)]
        recommended = ", recommended" if answer.recommended else ""
        name = self._words.exercise(exercise)
        self._print(Text.assemble((name, "bold"), ": ", (f"{word}{recommended}", f"bold {colour}")))
        why = Reasons(decision, self._release, self._words, every=True).why(answer)
        self._console.print(Padding(why, _INDENT))
        self._say_if_unasked(decision)

    def _why(self, words: str) -> None:
        if not words:
            raise LineError("`why` needs an exercise", "write it like `why deadlift`")
        exercise = self.reader.exercise(words)
        found = self._explainer.explain(exercise, self.facts, asked=self._asked, at=self._at)
        print_explanation(self._console, found.told, found.decision, self._release)

    def _obey(self, command: Command) -> None:
        match command.name:
            case "why":
                self._why(command.words)
            case "forget":
                self._forget(command.words)
            case "asked":
                self._say_asked(command.words)
            case "all":
                self._all()
            case "questions":
                self._questions()
            case "facts":
                said = [Text(self._shown(name)) for name in self.facts]
                self._print(*said or [Text("Nothing has been said about the member yet.")])
            case _:
                self._help()

    def _say_asked(self, words: str) -> None:
        if words not in ("yes", "no"):
            raise LineError("`asked` is yes or no", "write `asked yes` if the member was shown every question")
        before = self._go()
        self._asked = words == "yes"
        self._print(self._standing(before))

    def _all(self) -> None:
        decision = self._decide(self.facts)
        shown = self._evaluator.evaluate(self.facts, asked_with=self._release, at=self._at)
        say_asked = _SAY_ASKED if decision.disposition != shown.disposition else None
        print_decision(self._console, decision, self._release, in_order_asked=False, say_asked=say_asked)

    def _questions(self) -> None:
        decision = self._decide(self.facts)
        waiting = decision.questions
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(justify="right")
        table.add_column()
        for number, question in enumerate(waiting[:_MOST_QUESTIONS], start=1):
            table.add_row(f"{number}.", self._question(question))
        self._console.print(table if waiting else "Nothing that is not known could change the answer.")
        if len(waiting) > _MOST_QUESTIONS:
            self._print(Text(f"and {counted(len(waiting) - _MOST_QUESTIONS, 'more question')}", style="dim"))
        self._say_if_unasked(decision)

    def _question(self, question: QuestionAnswer) -> Text:
        flag = ("Warning sign. " if question.red_flag else "", "bold red")
        typed = f"{question.fact} = {answers_of(self.reader.facts[question.fact])}"
        return Text.assemble(flag, visible(question.ask), (f"\n{typed}", "dim"))

    def _help(self) -> None:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_row("pain = acute", "say something about the member; several with commas between")
        table.add_row("condition has sciatica", "of many values, this one (lacks: not this one), the others not known")
        table.add_row("deadlift", "what the member may do with an exercise")
        for name, does in COMMANDS.items():
            table.add_row(name, does)
        self._console.print(table)


def _typed(value: object) -> str:
    match value:
        case {"value": number, "unit": unit}:
            return f"= {number} {unit}"
        case dict():
            parts = [("has", value["present"]), ("lacks", value["absent"])]
            return " and ".join(f"{how} {listed(terms)}" for how, terms in parts if terms)
        case list():
            return f"= {listed(value) or 'none'}"
        case _:
            return f"= {value}"
