"""The command `coverage`: who may do what by these rules, where they are silent, and what their examples exercise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from dsl.analysis.example_coverage import ExampleCoverage, example_coverage
from dsl.analysis.matrix import Matrix, TooManyRowsError, chosen_facts, matrix
from dsl.evaluation.examples import within_review
from dsl.semantics.facts import FactsError
from dsl.semantics.naming import did_you_mean
from dsl.semantics.release import Artifact
from dsl.semantics.vocabulary import Kind
from dsl.tools.coverage_report import print_coverage
from dsl.tools.exits import Exit
from dsl.tools.facts_file import read_request
from dsl.tools.given import built, instant, refuse_facts, refuse_rules
from dsl.tools.matrix_page import page
from dsl.tools.terminal import Failure, note, output, write


class Coverage(msgspec.Struct, frozen=True):
    """What a program reads of `spotter coverage`."""

    digest: str
    matrix: Matrix
    examples: ExampleCoverage


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option("--html", "html_path", metavar="FILE", help="Write the matrix with the rules behind each cell as a page.")
@click.option("--by", "by", multiple=True, metavar="FACT", help="Make the rows of this fact; may be repeated.")
@click.option("--facts", "facts_path", metavar="FILE", help="More that is known of everybody in the matrix, as JSON.")
@click.option("--at", "at", metavar="DATE", help="The day that it is for; else the last before a review is due.")
@click.option(
    "--fail-under",
    type=click.IntRange(0, 100),
    metavar="PERCENT",
    help="End with 1 if the examples exercise a smaller share of the rules or of the clauses.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of text for a person.")
def coverage(  # noqa: PLR0913, PLR0917  # one parameter for each option, by name, is how click calls
    paths: Sequence[str],
    html_path: str | None,
    by: Sequence[str],
    facts_path: str | None,
    at: str | None,
    fail_under: int | None,
    as_json: bool,
) -> Exit:
    """Show who may do what, where the rules are silent, and what their examples exercise.

    PATHS are rule files or folders. The matrix has a row for each condition in each phase, or for what --by names, and
    a column for each exercise. Rules count as exercised that some example surely has in its answer; clauses that
    examples have true, and false or not known, where that decides.

    Ends with 0; 1 if the rules hold errors, the facts do not fit or --fail-under is not met; 2 if an input cannot be
    read.
    """
    made, unread = built(paths)
    if made.release is None:
        return refuse_rules(made, unread)
    release, artifact = made.release, made.release.artifact
    known = read_request(facts_path).facts if facts_path else None
    day = instant(at).date() if at else within_review(artifact)
    try:
        who = matrix(artifact, day, _rows(artifact, by), known)
    except FactsError as error:
        return refuse_facts(error)
    except TooManyRowsError as error:
        raise Failure(f"{error}; name fewer facts with --by") from error
    exercised = example_coverage(made.sources, artifact, made.checked)
    if html_path is not None:
        _write_page(Path(html_path), page(release, who, exercised))
    if as_json:
        found = msgspec.json.encode(Coverage(release.digest, who, exercised))
        write(f"{msgspec.json.format(found).decode()}\n")
    else:
        print_coverage(output(), who, artifact.vocabulary, exercised)
    return _exit(exercised, fail_under)


def _rows(artifact: Artifact, by: Sequence[str]) -> tuple[str, ...]:
    """Return the facts that rows are made of.

    Raises:
        Failure: one of `by` is no fact, or has no terms.
    """
    facts = {fact.name: fact for fact in artifact.vocabulary.facts}
    for name in by:
        if name not in facts:
            raise Failure(f"--by {name}: there is no such fact; {did_you_mean(name, facts) or 'see the rules'}")
        if facts[name].kind is Kind.NUMBER:
            raise Failure(f"--by {name}: rows are made of facts with terms, and `{name}` is a number")
    return tuple(dict.fromkeys(by)) or chosen_facts(artifact)


def _exit(exercised: ExampleCoverage, fail_under: int | None) -> Exit:
    least = min(exercised.rule_share, exercised.clause_share)
    if fail_under is None or least >= fail_under:
        return Exit.FINE
    note(f"the examples exercise {least} %, less than {fail_under} %")
    return Exit.FINDINGS


def _write_page(path: Path, text: str) -> None:
    try:
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise Failure(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from error
    note(f"wrote {path}")
