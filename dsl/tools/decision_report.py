"""A decision laid out for the clinician who asked: session, exercises with reasons, advice, what to ask next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dsl.evaluation.decision import Advice, Decision, ExerciseAnswer, QuestionAnswer
from dsl.semantics.release import Release
from dsl.semantics.verdict import Disposition, Verdict
from dsl.tools.reasons import Reasons
from dsl.tools.terminal import visible
from dsl.tools.wording import DISPOSITIONS, RECOMMENDED, VERDICTS, Words, counted, listed

if TYPE_CHECKING:
    from rich.console import Console

_MOST_QUESTIONS = 5
_MOST_OPTIONS = 8
_MOST_NAMES = 4
_MOST_LINES = 3
_INDENT = (0, 0, 0, 2)

_NOT_SAID_TO_BE_ASKED = (
    "The facts do not say that the member was shown every question, so warning signs that they do not name count as "
    "not known. If every question was shown, {}."
)

_ONE_REASON = "Each row shows its first reason; --exercise NAME shows every reason, and the advice on that exercise."


def print_decision(
    console: Console, decision: Decision, release: Release, *, in_order_asked: bool, say_asked: str | None
) -> None:
    """Print `decision`.

    Args:
        console: where to.
        decision: the answer.
        release: what it was made from; it has the labels.
        in_order_asked: one row for each exercise as asked, instead of alike ones together.
        say_asked: how to say that the whole questionnaire was shown, such as "add --asked", where the session waits
            only because nobody said it.
    """
    _Report(decision, release, in_order_asked=in_order_asked, say_asked=say_asked).print(console)


class _Report:
    def __init__(self, decision: Decision, release: Release, *, in_order_asked: bool, say_asked: str | None) -> None:
        self._decision = decision
        self._release = release
        words = Words(release.artifact.vocabulary)
        self._words = words
        self._reasons = Reasons(decision, release, words, every=in_order_asked)
        self._in_order_asked = in_order_asked
        self._say_asked = say_asked
        self._disposition = Disposition(decision.disposition)
        self._ended = self._disposition.ends_session

    def print(self, console: Console) -> None:
        for part in (self._session(), self._exercises(), self._advice(), self._questions(), self._footer()):
            if part is not None:
                console.print()
                console.print(part)
        console.print()

    # --- the session --------------------------------------------------------------------------

    def _session(self) -> RenderableType:
        sentence, colour, meaning = DISPOSITIONS[self._disposition]
        lines = [*self._contradictions(), *(self._ending() if self._ended else self._going_on())]
        opening = Text.assemble((sentence, f"bold {colour}"), " ", meaning)
        return Group(opening, *(Padding(line, _INDENT) for line in lines))

    def _contradictions(self) -> Iterator[Text]:
        for found in self._decision.contradictions:
            facts = "; ".join(self._words.known(match) for match in found.matched)
            yield Text(f"These answers contradict each other: {facts or visible(found.impossible)}.")

    def _ending(self) -> Iterator[Text]:
        for said in self._decision.advice:
            yield Text(visible(said.text), style="bold")
        for applied in self._decision.session:
            if applied.certain:
                yield self._reasons.reason(applied)

    def _going_on(self) -> Iterator[Text]:
        waiting = list(dict.fromkeys(name for applied in self._decision.session for name in applied.unknown))
        if waiting:
            yield Text(f"Not known yet: {self._reasons.named(waiting)}.")
        if self._say_asked:
            yield Text(_NOT_SAID_TO_BE_ASKED.format(self._say_asked))
        for referral in self._decision.referrals:
            if referral.certain:
                yield Text.assemble((f"Refer, {referral.urgency}: ", "bold"), visible(referral.text))
        if not self._in_order_asked and self._disposition is Disposition.PROCEED:
            answers = self._decision.exercises
            yield Text(f"A go for {sum(answer.go for answer in answers)} of {counted(len(answers), 'exercise')}.")

    # --- the exercises ------------------------------------------------------------------------

    def _exercises(self) -> RenderableType:
        if self._ended and not self._in_order_asked:
            count = counted(len(self._decision.exercises), "exercise")
            return Text.assemble(("Avoid", "bold red"), f"  all of the {count} in the catalogue")
        table = Table(box=box.SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0), pad_edge=False, leading=1)
        table.expand = True
        table.add_column("Exercise", ratio=9)
        table.add_column("Verdict", width=12)
        table.add_column("Why", ratio=16)
        for answers in self._rows():
            table.add_row(_names(answers), _verdict(answers[0]), self._reasons.why(answers[0]))
        return table if self._in_order_asked else Group(table, Text(), Text(_ONE_REASON, style="dim"))

    def _rows(self) -> Iterator[Sequence[ExerciseAnswer]]:
        if self._in_order_asked:
            yield from ([answer] for answer in self._decision.exercises)
            return
        alike: dict[object, list[ExerciseAnswer]] = {}
        for answer in self._decision.exercises:
            alike.setdefault((answer.verdict, answer.recommended, self._reasons.why(answer).plain), []).append(answer)
        yield from alike.values()

    # --- advice, questions, footer ------------------------------------------------------------

    def _advice(self) -> RenderableType | None:
        given = [] if self._ended else [*self._about_the_session(), *self._about_exercises()]
        if not given:
            return None
        topics = list(dict.fromkeys(topic for topic, _ in given))
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=14)
        table.add_column()
        for topic, entries in groupby(sorted(given, key=lambda entry: topics.index(entry[0])), key=lambda e: e[0]):
            for place, (_, text) in enumerate(entries):
                table.add_row(_topic(topic) if place == 0 else "", text)
        return Group(Text("Advice", style="bold"), Padding(table, _INDENT))

    def _about_the_session(self) -> Iterator[tuple[str, Text]]:
        for advice in sorted(self._decision.advice, key=lambda advice: not advice.certain):
            yield advice.topic, _words_for_the_member(advice.text, advice.certain)
        for referral in self._decision.referrals:
            if not referral.certain:
                yield "referral", _words_for_the_member(referral.text, referral.certain)

    def _about_exercises(self) -> Iterator[tuple[str, Text]]:
        """Yield each piece of advice once, with the exercises asked for that have a go and that it is about."""
        about: dict[str, tuple[Advice, list[str]]] = {}
        for answer in self._decision.exercises if self._in_order_asked else ():
            for advice in answer.advice if answer.go else ():
                about.setdefault(advice.rule, (advice, []))[1].append(visible(answer.label or answer.asked))
        for advice, names in about.values():
            for_whom = Text(f" (for {listed(names, _MOST_NAMES)})", style="dim")
            yield advice.topic, _words_for_the_member(advice.text, advice.certain) + for_whom

    def _questions(self) -> RenderableType | None:
        waiting = self._decision.questions
        if not waiting:
            return None
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(justify="right")
        table.add_column()
        for number, question in enumerate(waiting[:_MOST_QUESTIONS], 1):
            table.add_row(f"{number}.", _question(question))
        more = len(waiting) - _MOST_QUESTIONS
        rest = [Text(f"and {counted(more, 'more question')}; --json lists them all", style="dim")] if more > 0 else []
        return Group(Text("To ask next", style="bold"), Padding(Group(table, *rest), _INDENT))

    def _footer(self) -> Text:
        packs = listed([visible(pack.name) for pack in self._release.artifact.packs])
        due = self._decision.review_due_in_days
        review = "" if due is None else f"review due in {counted(due, 'day')}, " if due >= 0 else "review overdue, "
        return Text(
            f"{self._decision.at:%Y-%m-%d %H:%M} UTC, packs {packs},\n{review}{self._decision.digest[:19]}…\n"
            "Support for a qualified reader's decision; not a diagnosis.",
            style="dim",
        )


def _names(answers: Sequence[ExerciseAnswer]) -> Text:
    names = [visible(answer.label or answer.asked) for answer in answers]
    return Text(("\n" if len(names) <= _MOST_LINES else ", ").join(names))


def _verdict(answer: ExerciseAnswer) -> Text:
    word, colour = VERDICTS[Verdict(answer.verdict)]
    if not answer.recommended:
        return Text(word, style=colour)
    plain = answer.verdict == Verdict.ALLOWED.value
    return Text(RECOMMENDED if plain else f"{word},\n{RECOMMENDED.lower()}", style=colour)


def _words_for_the_member(text: str, certain: bool) -> Text:
    return Text(visible(text)) if certain else Text.assemble(visible(text), (" (if it applies)", "dim"))


def _topic(topic: str) -> str:
    return visible(topic.replace("_", " ").capitalize())


def _question(question: QuestionAnswer) -> Text:
    settles = f"matters for {counted(question.settles, 'exercise')}" if question.settles else ""
    below = "; ".join(part for part in (_answers(question), settles) if part)
    flag = ("Warning sign. " if question.red_flag else "", "bold red")
    return Text.assemble(flag, visible(question.ask), (f"\n{below}" if below else "", "dim"))


def _answers(question: QuestionAnswer) -> str:
    if question.options:
        return listed([visible(option.label) for option in question.options], _MOST_OPTIONS)
    if question.min is not None and question.max is not None:
        unit = f" {question.unit}" if question.unit else ""
        return f"{question.min} to {question.max}{unit}"
    return "yes or no" if question.type == "yes_no" else ""
