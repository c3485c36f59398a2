"""An explanation laid out for the clinician who asked why: what decides, what else was looked at, what would change."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, assert_never

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from dsl.analysis.changing import Answer, Answered, Between, Change, NoneOf
from dsl.analysis.explaining import Explanation, Ground, Lifting, Part, Reason, RuleAccount
from dsl.analysis.stated import Clause
from dsl.evaluation.decision import Decision, ExerciseAnswer, Match
from dsl.evaluation.reference import Truth
from dsl.semantics.release import Release
from dsl.semantics.verdict import Disposition, Verdict
from dsl.semantics.vocabulary import Vocabulary
from dsl.tools.terminal import visible
from dsl.tools.wording import DISPOSITIONS, RECOMMENDED, VERDICTS, Words, counted, limit, listed

if TYPE_CHECKING:
    from rich.console import Console

_INDENT = (0, 0, 0, 2)
_MOST_ALTERNATIVES = 4
_MOST_WAITING = 6
_MARK = 9
_STEP = "  "

_TRUTHS: dict[Truth, tuple[str, str]] = {True: ("true", "bold"), False: ("false", "dim"), None: ("not known", "cyan")}
_MEANINGS = {
    Verdict.ALLOWED: "Fine as planned.",
    Verdict.CAUTION: "Fine with attention.",
    Verdict.MODIFY: "Fine within limits.",
    Verdict.UNREVIEWED: "No rule permits it for this member, and silence is not permission.",
    Verdict.ASK: "It depends on answers that are missing.",
    Verdict.CLEARANCE: "A clinician decides first.",
    Verdict.AVOID: "Not for this member now.",
}
_PARTS = {
    Part.APPLIES: "Applies as well",
    Part.MAY_APPLY: "Not known yet",
    Part.LIFTED: "Taken back",
    Part.LAPSED: "Lapsed, because its pack is past review",
}


def print_explanation(
    console: Console, told: Explanation, decision: Decision, release: Release, *, everything: bool = False
) -> None:
    """Print `told`, which explains the only exercise of `decision`.

    With `everything`, also each clause of rules that do not apply, all rules of the session, and all alternatives.
    """
    (answer,) = decision.exercises
    for part in _Report(told, answer, release.artifact.vocabulary, everything=everything).parts():
        console.print()
        console.print(part)
    console.print()


class _Report:
    def __init__(self, told: Explanation, answer: ExerciseAnswer, vocabulary: Vocabulary, *, everything: bool) -> None:
        self._told = told
        self._exercise = answer
        self._words = Words(vocabulary)
        self._units = {fact.name: fact for fact in vocabulary.facts}
        self._everything = everything
        self._verdict = Verdict(told.verdict)
        self._disposition = Disposition(told.disposition)
        self._one_pack = len({rule.rule.partition("/")[0] for rule in (*told.rules, *told.session)}) <= 1

    def parts(self) -> Iterator[RenderableType]:
        yield self._opening()
        yield _section("Why", list(self._why()))
        for part, title in _PARTS.items():
            if rules := [rule for rule in self._told.rules if rule.part is part]:
                yield _section(title, [self._rule(rule) for rule in rules])
        yield _section("What would change it", list(self._changes()))
        if others := [rule for rule in self._told.rules if rule.part is Part.NOT]:
            yield _section("Why not: rules that do not apply", [self._rule(rule) for rule in others])

    # --- the verdict --------------------------------------------------------------------------

    def _opening(self) -> Text:
        word, colour = VERDICTS[self._verdict]
        name = Text.assemble((self._words.exercise(self._told.exercise), "bold"), ": ", (word, f"bold {colour}"))
        if self._told.recommended:
            name.append(f", {RECOMMENDED.lower()}", style=colour)
        lines = [Text.assemble(name, f". {_MEANINGS[self._verdict]}"), *self._possible(), *self._bounds()]
        return Text("\n").join(lines)

    def _possible(self) -> Iterator[Text]:
        best, worst = (VERDICTS[Verdict(end)][0] for end in (self._told.best, self._told.worst))
        if best != worst:
            yield Text(f"Once everything is known: {best} at best, {worst} at worst.")

    def _bounds(self) -> Iterator[Text]:
        for bound in self._exercise.limits:
            yield Text(limit(bound))
        if offers := [self._words.exercise(name) for name in self._exercise.instead]:
            yield Text(f"Instead: {listed(offers, _MOST_ALTERNATIVES)}")

    def _why(self) -> Iterator[RenderableType]:
        yield from (Text(self._reason(reason)) for reason in self._told.reasons)
        yield from (self._rule(rule) for rule in self._told.session if rule.part is Part.DECIDES and rule.certain)
        yield from self._waiting()
        yield from self._coverage()
        if not self._disposition.ends_session:
            yield from (self._rule(rule) for rule in self._told.rules if rule.part is Part.DECIDES)

    def _reason(self, reason: Reason) -> str:
        match reason.ground:
            case Ground.SESSION_OVER:
                sentence, _, meaning = DISPOSITIONS[self._disposition]
                return f"{sentence} {meaning}"
            case Ground.SCREEN:
                return "An answer that could end the session is missing, so nothing has a go yet."
            case Ground.CONTRADICTION:
                found = listed([visible(text) for text in self._told.contradictions])
                return f"These answers contradict each other, so nothing has a go: {found}."
            case Ground.NOT_GRANTED:
                return "No rule that permits it applies. A go has to be granted by a rule that names it or its class."
            case Ground.MAY_BE_GRANTED:
                return "A rule could permit it, but not all that it asks for is known."
            case Ground.NOT_GRANTED_BY:
                return f"The pack {reason.pack} covers this member, or may, and permits it by no rule of its own."
            case Ground.MAY_BE_GRANTED_BY:
                return f"The pack {reason.pack} covers this member, or may; it could permit it once more is known."
            case Ground.NO_ROOM:
                return "The limits of the rules that apply leave nothing over."
            case Ground.PERHAPS_NO_ROOM:
                return "The limits of the rules that may apply leave nothing over."
            case _:
                assert_never(reason.ground)

    def _waiting(self) -> Iterator[RenderableType]:
        """Yield the rules that would end the session if what they ask for were so, which is not known."""
        if self._disposition.ends_session:
            return
        waiting = [rule for rule in self._told.session if rule.part in (Part.DECIDES, Part.MAY_APPLY)]
        most = len(waiting) if self._everything else _MOST_WAITING
        for rule in waiting[:most]:
            yield Group(self._title(rule), self._clauses(rule.guard))
        if len(waiting) > most:
            yield Text(f"and {counted(len(waiting) - most, 'more rule')} of this sort; --all shows them", style="dim")

    def _coverage(self) -> Iterator[RenderableType]:
        wanting = {reason.pack for reason in self._told.reasons if reason.pack}
        for one in self._told.covers:
            if one.pack in wanting:
                yield Group(Text(f"{one.pack} covers"), self._clauses(one.clause))

    # --- one rule -----------------------------------------------------------------------------

    def _rule(self, rule: RuleAccount) -> RenderableType:
        brief = rule.part is Part.NOT and not self._everything
        if brief:
            return Group(self._title(rule), self._clauses(rule.guard, only_failing=True))
        because = [Text(visible(rule.because))] if rule.because else []
        place = Text(f"{visible(rule.place.file)}, line {rule.place.line}", style="dim")
        lifting = (part for one in rule.unless for part in (Text(_lifting(one)), self._clauses(one.clause)))
        return Group(self._title(rule), *because, self._clauses(rule.guard), *lifting, place)

    def _title(self, rule: RuleAccount) -> Text:
        name = visible(rule.rule.partition("/")[2] if self._one_pack else rule.rule)
        return Text.assemble((visible(rule.says), "bold"), (f"  [{name}]", "dim"))

    def _clauses(self, guard: Clause, *, only_failing: bool = False) -> Table:
        """Return what a guard asks for, clause by clause; perhaps only what is false of it."""
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=_MARK)
        table.add_column(ratio=1)
        table.add_column(ratio=1)
        table.expand = True
        self._add(table, guard, 0, only_failing=only_failing)
        return table

    def _add(self, table: Table, clause: Clause, depth: int, *, only_failing: bool = False) -> None:
        """Add a row for `clause` and one for each part below it; what a guard joins by `and` stands side by side."""
        if only_failing and clause.truth is not False:
            return
        if depth == 0 and clause.joins == "and":
            for part in clause.parts:
                self._add(table, part, 0, only_failing=only_failing)
            return
        word, style = _TRUTHS[clause.truth]
        table.add_row(Text(word, style=style), Text(_STEP * depth + _spoken(clause), style=style), self._known(clause))
        for part in _below(clause):
            self._add(table, part, depth + 1, only_failing=only_failing and clause.joins != "not")

    def _known(self, clause: Clause) -> Text:
        if clause.fact is None:
            return Text()
        if not clause.asked:
            return Text(f"{self._words.fact(clause.fact)}: does not arise", style="dim")
        if clause.known:
            telling = [match for match in clause.known if not match.absent] or clause.known
            return Text(f"{self._words.fact(clause.fact)}: {listed([self._answer(match) for match in telling])}")
        if clause.truth is not None:
            return Text(f"{self._words.fact(clause.fact)}: left out, counts as no", style="dim")
        return Text(f"{self._words.fact(clause.fact)}: not known", style="cyan")

    # --- what would change it -----------------------------------------------------------------

    def _changes(self) -> Iterator[RenderableType]:
        changes = self._told.changes
        groups: dict[tuple[bool, bool], list[Change]] = {
            (better, known): [] for known in (False, True) for better in (True, False)
        }
        for change in changes.single:
            groups[change.better, change.known].append(change)
        found = [*changes.single, *([changes.together] if changes.together else [])]
        for (better, known), of in groups.items():
            if of:
                yield self._tabled(_OPENINGS[better, known], of)
            if changes.together and better and not known:
                yield self._tabled("Better, with these answers together:", [changes.together])
        if not any(change.better for change in found):
            best = self._verdict is Verdict.ALLOWED
            yield Text("It is as good as it gets." if best else "No answer that was tried makes it better.")
        yield Text(f"Found by trying {counted(changes.tried, 'other set')} of answers.", style="dim")

    def _tabled(self, opening: str, changes: Sequence[Change]) -> RenderableType:
        table = Table.grid(padding=(0, 2, 0, 0))
        table.add_column(width=12)
        table.add_column()
        for change in changes:
            word, colour = VERDICTS[Verdict(change.verdict)]
            for place, answered in enumerate(change.answers):
                head = Text("and", style="dim") if place else Text(word, style=colour)
                table.add_row(head, f"{self._words.fact(answered.fact)}: {self._alternatives(answered)}")
        return Group(Text(opening), Padding(table, _INDENT))

    def _alternatives(self, answered: Answered) -> str:
        told = [self._answer(one) for one in answered.alternatives]
        shown = told if len(told) <= self._most else [*told[: self._most], f"one of {len(told) - self._most} more"]
        return ", or ".join(shown)

    @property
    def _most(self) -> int:
        return 1_000 if self._everything else _MOST_ALTERNATIVES

    def _answer(self, answer: Answer) -> str:
        match answer:
            case Match():
                return self._words.known(answer).removeprefix(f"{self._words.fact(answer.fact)}: ")
            case NoneOf():
                terms = [self._answer(Match(answer.fact, term)) for term in answer.terms]
                return f"none of: {listed(terms, self._most)}"
            case Between():
                return self._range(answer)
            case _:
                assert_never(answer)

    def _range(self, answer: Between) -> str:
        fact = self._units[answer.fact]
        unit = f" {fact.unit}" if fact.unit else ""
        low, high, low_open, high_open = answer.low, answer.high, answer.low_open, answer.high_open
        if fact.whole:
            low, high, low_open, high_open = low + low_open, high - high_open, False, False
        lowest, highest = low == fact.low and not low_open, high == fact.high and not high_open
        if low == high:
            return f"{low}{unit}"
        if highest:
            return f"above {low}{unit}" if low_open else f"{low}{unit} or more"
        if lowest:
            return f"below {high}{unit}" if high_open else f"{high}{unit} or less"
        return f"{'above ' if low_open else ''}{low} to {'below ' if high_open else ''}{high}{unit}"


_OPENINGS = {
    (True, False): "Better, with one answer more:",
    (False, False): "Worse, with one answer more:",
    (True, True): "Better, if one answer were another:",
    (False, True): "Worse, if one answer were another:",
}


def _section(title: str, parts: Sequence[RenderableType]) -> RenderableType:
    return Group(Text(title, style="bold underline"), *(Padding(part, _INDENT) for part in _spaced(parts)))


def _spaced(parts: Sequence[RenderableType]) -> Iterator[RenderableType]:
    """Yield `parts`, those of several lines with an empty one between."""
    for place, part in enumerate(parts):
        if place and not (isinstance(part, Text) and isinstance(parts[place - 1], Text)):
            yield Text()
        yield part


def _lifting(one: Lifting) -> str:
    by = f"The pack {one.pack} takes it back" if one.pack else "It is taken back"
    return f"{by} where this holds. {visible(one.because)}"


def _spoken(clause: Clause) -> str:
    match clause.joins:
        case "and":
            return "all of"
        case "or":
            return "any of"
        case "define":
            inside = clause.parts[0]
            return f"{visible(clause.text)}, that is" + (f" {_spoken(inside)}" if inside.joins in ("and", "or") else "")
        case "not":
            return "not"
        case None:
            where = f" ({listed(clause.where)})" if clause.where else ""
            return visible(clause.text) + where
        case _:
            return clause.joins


def _below(clause: Clause) -> tuple[Clause, ...]:
    """Return the clauses to be shown below `clause`: of a definition that joins others, those."""
    if clause.joins == "define" and clause.parts[0].joins in ("and", "or"):
        return clause.parts[0].parts
    return clause.parts
