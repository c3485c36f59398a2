"""The command `explain`: why an exercise has its verdict, why it has no other, and what would change it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import click

from dsl.analysis.explaining import Explaining, Explanation
from dsl.evaluation.decision import Decision
from dsl.evaluation.evaluator import Evaluator
from dsl.semantics.facts import Door, FactsError
from dsl.semantics.name_index import NameIndex
from dsl.semantics.release import Release
from dsl.semantics.vocabulary import Vocabulary
from dsl.syntax.source import SourceFile
from dsl.tools.cli import AS_JSON, RULE_PATHS, write_json
from dsl.tools.exits import Exit
from dsl.tools.explanation_report import print_explanation
from dsl.tools.facts_file import read_request
from dsl.tools.given import built, instant, refuse_facts, refuse_rules
from dsl.tools.terminal import Failure, output, visible
from dsl.tools.wording import listed


@click.command()
@RULE_PATHS
@click.argument("exercise")
@click.option(
    "--facts", "facts_path", required=True, metavar="FILE", help="The member's facts as JSON; - for standard input."
)
@click.option(
    "--asked", is_flag=True, help="The member was shown every question of these rules, warning signs included."
)
@click.option(
    "--at", "at", metavar="DATE", help="Explain as of this date or time (2027-05-01, 2027-05-01T09:00Z), not now."
)
@click.option("--all", "everything", is_flag=True, help="Show every clause of every rule, those of no consequence too.")
@AS_JSON
def explain(  # noqa: PLR0913, PLR0917 - a parameter for each option
    paths: Sequence[str], exercise: str, facts_path: str, asked: bool, at: str | None, everything: bool, as_json: bool
) -> Exit:
    """Say why one member may do one exercise or not, and what would change it.

    PATHS are rule files or folders; EXERCISE is a name, a label or another word for it. The facts are those of
    `spotter eval`. Every rule about the exercise is shown with what it asks for, clause by clause: true, false or not
    known. What would change the verdict is found by trying other answers, one at a time and a few together.

    Ends with 0 if there is an answer, whatever it says; 1 if the rules hold errors, or the facts or the name do not
    fit them; 2 if an input cannot be read.
    """
    request = read_request(facts_path)
    moment = at if at is not None else request.at
    when = None if moment is None else instant(moment)
    made, unread = built(paths)
    if made.release is None:
        return refuse_rules(made, unread)
    name = exercise_named(exercise, made.release.artifact.vocabulary)
    try:
        answer = Explainer(made.release, made.sources).explain(name, request.facts, asked=asked, at=when)
    except FactsError as error:
        return refuse_facts(error)
    if as_json:
        write_json(answer.told)
    else:
        print_explanation(output(), answer.told, answer.decision, made.release, everything=everything)
    return Exit.FINE


class Explained(NamedTuple):
    """An explanation, and the answer that it explains."""

    told: Explanation
    decision: Decision


class Explainer:
    """Answers and explains, for one release and the text that it was made from."""

    def __init__(self, release: Release, sources: Mapping[str, SourceFile]) -> None:
        """Prepare to explain what `release` says, which was made from `sources`."""
        self._release = release
        self._evaluator = Evaluator(release)
        self._door = Door(release.artifact.vocabulary)
        self._explaining = Explaining(release.artifact, sources)

    def explain(
        self, exercise: str, facts: Mapping[str, object], *, asked: bool, at: datetime.datetime | None
    ) -> Explained:
        """Return the answer on the declared `exercise`, explained; for the rest see `Evaluator.evaluate`.

        Raises:
            FactsError: the facts do not fit the rules.
        """
        shown = self._release if asked else None
        decision = self._evaluator.evaluate(facts, exercises=[exercise], asked_with=shown, at=at)
        known = self._door.read(facts, None if shown is None else shown.artifact.vocabulary)
        return Explained(self._explaining.explain(exercise, known, decision.at.date()), decision)


def exercise_named(written: str, vocabulary: Vocabulary) -> str:
    """Return the declared exercise that `written` stands for.

    Raises:
        Failure: it stands for none; the sentence has the nearest names.
    """
    index = NameIndex.of(vocabulary.exercises)
    name = index.find(written)
    if name is not None:
        return name
    near = [f"`{one}`" for one in index.nearest(written)]
    hint = f"; did you mean {listed(near)}?" if near else ""
    raise Failure(f"`{visible(written)}` is not a known exercise{hint}", Exit.FINDINGS)
