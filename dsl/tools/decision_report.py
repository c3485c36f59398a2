"""A decision laid out for the clinician who asked: session, exercises with reasons, advice, what to ask next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dsl.evaluation.decision import Advice, Applied, Decision, ExerciseAnswer, QuestionAnswer
from dsl.semantics.ir import Effect
from dsl.semantics.release import Release
from dsl.semantics.verdict import Disposition, Verdict
from dsl.tools.terminal import visible
from dsl.tools.wording import DISPOSITIONS, RECOMMENDED, VERDICTS, Words, counted, limit, listed

_MOST_REASONS = 3
_MOST_QUESTIONS = 5
_MOST_OPTIONS = 8
_MOST_OFFERS = 5
_MOST_LINES = 3
_INDENT = (0, 0, 0, 2)
_DECIDING = {
    Verdict.AVOID: frozenset({Effect.AVOID.value}),
    Verdict.CLEARANCE: frozenset({Effect.CLEARANCE.value}),
    Verdict.ASK: frozenset({Effect.AVOID.value, Effect.CLEARANCE.value}),
    Verdict.UNREVIEWED: frozenset(),
    Verdict.MODIFY: frozenset({Effect.MODIFY.value, Effect.CAUTION.value, Effect.REDUCE.value, Effect.HOLD.value}),
    Verdict.CAUTION: frozenset({Effect.CAUTION.value, Effect.REDUCE.value, Effect.HOLD.value}),
    Verdict.ALLOWED: frozenset(
        {Effect.RECOMMEND.value, Effect.ALLOW.value, Effect.PROGRESS.value, Effect.REDUCE.value, Effect.HOLD.value}
    ),
}
"""Of the rules that apply, those that a reader needs to understand the verdict."""


def print_decision(
    console: Console, decision: Decision, release: Release, *, in_order_asked: bool, asked_would_do: bool
) -> None:
    """Print `decision`.

    Args:
        console: where to.
        decision: the answer.
        release: what it was made from; it has the labels.
        in_order_asked: one row for each exercise as asked, instead of alike ones together.
        asked_would_do: the session waits only because nobody said that the whole questionnaire was shown.
    """
    _Report(decision, release, in_order_asked=in_order_asked, asked_would_do=asked_would_do).print(console)


class _Report:
    def __init__(self, decision: Decision, release: Release, *, in_order_asked: bool, asked_would_do: bool) -> None:
        self._decision = decision
        self._release = release
        self._words = Words(release.artifact.vocabulary)
        self._in_order_asked = in_order_asked
        self._asked_would_do = asked_would_do
        self._ended = Disposition(decision.disposition).ends_session

    def print(self, console: Console) -> None:
        for part in (self._session(), self._exercises(), self._advice(), self._questions(), self._footer()):
            if part is not None:
                console.print()
                console.print(part)
        console.print()

    # --- the session --------------------------------------------------------------------------

    def _session(self) -> RenderableType:
        sentence, colour, meaning = DISPOSITIONS[Disposition(self._decision.disposition)]
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
                yield self._reason(applied)

    def _going_on(self) -> Iterator[Text]:
        open_facts = dict.fromkeys(name for applied in self._decision.session for name in applied.unknown)
        if open_facts:
            yield Text(f"Not known yet: {'; '.join(self._words.fact(name) for name in open_facts)}.")
        if self._asked_would_do:
            yield Text(
                "The facts do not say that the member was shown every question, so warning signs that they do not "
                "name count as not known. If every question was shown, add --asked."
            )
        for referral in self._decision.referrals:
            perhaps = "" if referral.certain else " (if it applies)"
            yield Text.assemble((f"Refer, {referral.urgency}{perhaps}: ", "bold"), visible(referral.text))
        if not self._in_order_asked and self._decision.disposition == Disposition.PROCEED.value:
            answers = self._decision.exercises
            yield Text(f"A go for {sum(answer.go for answer in answers)} of {counted(len(answers), 'exercise')}.")

    # --- the exercises ------------------------------------------------------------------------

    def _exercises(self) -> RenderableType:
        if self._ended and not self._in_order_asked:
            count = counted(len(self._decision.exercises), "exercise")
            return Text.assemble(("Avoid", "bold red"), f"  all of the {count} in the catalogue")
        table = Table(
            box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 2, 0, 0), expand=True, leading=1
        )
        table.add_column("Exercise", ratio=9)
        table.add_column("Verdict", width=12)
        table.add_column("Why", ratio=16)
        for answers in self._rows():
            table.add_row(self._names(answers), _verdict(answers[0]), self._why(answers[0]))
        return table

    def _rows(self) -> Iterator[Sequence[ExerciseAnswer]]:
        if self._in_order_asked:
            yield from ([answer] for answer in self._decision.exercises)
            return
        alike: dict[object, list[ExerciseAnswer]] = {}
        for answer in self._decision.exercises:
            alike.setdefault(self._essence(answer), []).append(answer)
        yield from alike.values()

    def _essence(self, answer: ExerciseAnswer) -> object:
        """Return what two exercises must share to stand in one row."""
        return answer.verdict, answer.recommended, self._why(answer).plain

    def _names(self, answers: Sequence[ExerciseAnswer]) -> Text:
        names = [visible(answer.label or answer.asked) for answer in answers]
        return Text(("\n" if len(names) <= _MOST_LINES else ", ").join(names))

    def _why(self, answer: ExerciseAnswer) -> Text:
        lines = [*self._reasons(answer), *_bounds(answer)]
        if answer.instead:
            offers = [self._offer(answer, name) for name in answer.instead]
            lines.append(Text.assemble(("Instead: ", "bold"), listed(offers, _MOST_OFFERS)))
        return Text("\n").join(lines)

    def _offer(self, answer: ExerciseAnswer, name: str) -> str:
        return self._words.exercise(name) + (" (if the equipment is there)" if name in answer.equipment_unknown else "")

    def _reasons(self, answer: ExerciseAnswer) -> Iterator[Text]:
        if answer.exercise is None:
            yield Text("No exercise of this name is known, so nobody has judged it.")
            if answer.did_you_mean:
                yield Text(f"Did you mean {listed([self._words.exercise(name) for name in answer.did_you_mean])}?")
            return
        deciding = [applied for applied in answer.applied if applied.effect in _DECIDING[Verdict(answer.verdict)]]
        for applied in deciding[:_MOST_REASONS]:
            yield self._reason(applied)
        if len(deciding) > _MOST_REASONS:
            yield Text(f"and {counted(len(deciding) - _MOST_REASONS, 'more rule')} of the same weight", style="dim")
        if not deciding:
            yield Text(self._without_a_rule(answer))

    def _without_a_rule(self, answer: ExerciseAnswer) -> str:
        match Verdict(answer.verdict):
            case Verdict.AVOID if self._ended:
                return "The session is over."
            case Verdict.AVOID:
                return "The limits of the rules that apply leave nothing over."
            case Verdict.ASK if Disposition(self._decision.disposition) is Disposition.SCREEN:
                return "Waits for the questions below."
            case Verdict.ASK:
                return "May be permitted, once the questions below are answered."
            case Verdict.UNREVIEWED:
                return "No rule permits it for this member."
            case _:
                return "Permitted."

    def _reason(self, applied: Applied) -> Text:
        rule = self._decision.rules[applied.rule]
        facts = "; ".join(self._words.known(match) for match in applied.matched)
        because = visible(rule.because) if rule.because else facts or "Applies to everyone."
        if not applied.certain:
            because = f"Not known yet: {'; '.join(map(self._words.fact, applied.unknown))}. {because}"
        behind = f"{facts} " if rule.because and facts else ""
        return Text.assemble(because, ("\n" if behind else " "), (f"{behind}[{visible(applied.rule)}]", "dim"))

    # --- advice, questions, footer ------------------------------------------------------------

    def _advice(self) -> RenderableType | None:
        given = [] if self._ended else list(self._collected_advice())
        if not given:
            return None
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=14)
        table.add_column()
        for topic, entries in groupby(given, key=lambda entry: entry[0].topic):
            for place, (advice, names) in enumerate(entries):
                table.add_row(Text(_topic(topic)) if place == 0 else "", self._advised(advice, names))
        return Group(Text("Advice", style="bold"), Padding(table, _INDENT))

    def _collected_advice(self) -> Iterable[tuple[Advice, list[str]]]:
        """Return each piece of advice once, by topic, with the exercises that it is about."""
        found: dict[str, tuple[Advice, list[str]]] = {}
        for advice in self._decision.advice:
            found.setdefault(advice.rule, (advice, []))
        for answer in self._decision.exercises:
            for advice in answer.advice if answer.go else ():
                found.setdefault(advice.rule, (advice, []))[1].append(visible(answer.label or answer.asked))
        topics = list(dict.fromkeys(advice.topic for advice, _ in found.values()))
        return sorted(found.values(), key=lambda entry: topics.index(entry[0].topic))

    def _advised(self, advice: Advice, names: Sequence[str]) -> Text:
        perhaps = "" if advice.certain else " (if it applies)"
        about = Text(f" (for {listed(names, 4)})", style="dim") if names else Text()
        return Text(visible(advice.text) + perhaps) + about

    def _questions(self) -> RenderableType | None:
        waiting = self._decision.questions
        if not waiting:
            return None
        table = Table.grid(padding=(0, 1, 0, 0))
        table.add_column(justify="right")
        table.add_column()
        for number, question in enumerate(waiting[:_MOST_QUESTIONS], 1):
            table.add_row(f"{number}.", self._question(question))
        more = len(waiting) - _MOST_QUESTIONS
        rest = [Text(f"and {counted(more, 'more question')}; --json lists them all", style="dim")] if more > 0 else []
        return Group(Text("To ask next", style="bold"), Padding(Group(table, *rest), _INDENT))

    def _question(self, question: QuestionAnswer) -> Text:
        settles = f"matters for {counted(question.settles, 'exercise')}" if question.settles else ""
        below = "; ".join(part for part in (_answers(question), settles) if part)
        flag = ("Warning sign. " if question.red_flag else "", "bold red")
        return Text.assemble(flag, visible(question.ask), (f"\n{below}" if below else "", "dim"))

    def _footer(self) -> Text:
        packs = listed([pack.name for pack in self._release.artifact.packs])
        due = self._decision.review_due_in_days
        review = "" if due is None else f"review due in {counted(due, 'day')}, " if due >= 0 else "review overdue, "
        return Text(
            f"{self._decision.at:%Y-%m-%d %H:%M} UTC, packs {packs},\n{review}{self._decision.digest[:19]}…\n"
            "Support for a qualified reader's decision; not a diagnosis.",
            style="dim",
        )


def _verdict(answer: ExerciseAnswer) -> Text:
    word, colour = VERDICTS[Verdict(answer.verdict)]
    return Text(RECOMMENDED if answer.recommended and answer.verdict == Verdict.ALLOWED.value else word, style=colour)


def _bounds(answer: ExerciseAnswer) -> Iterator[Text]:
    for bound in answer.limits:
        yield Text(limit(bound), style="bold")
    if answer.load_factor not in (None, 1):
        yield Text(f"Load: {round(float(answer.load_factor or 0) * 100, 2):g} % of the planned", style="bold")


def _topic(topic: str) -> str:
    return visible(topic.replace("_", " ").capitalize())


def _answers(question: QuestionAnswer) -> str:
    if question.options:
        return listed([visible(option.label) for option in question.options], _MOST_OPTIONS)
    if question.min is not None and question.max is not None:
        unit = f" {question.unit}" if question.unit else ""
        return f"{question.min} to {question.max}{unit}"
    return "yes or no" if question.type == "yes_no" else ""
