"""The commands of an author: `check`, `fmt` and `eval`."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import msgspec

from dsl.evaluation.decision import Decision
from dsl.evaluation.evaluator import Evaluator
from dsl.semantics.compiler import read_paths
from dsl.semantics.facts import FactsError
from dsl.semantics.release import Release
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from dsl.tools.check_report import print_check, print_diagnostics
from dsl.tools.decision_report import print_decision
from dsl.tools.exits import Exit
from dsl.tools.facts_file import Request, read_request
from dsl.tools.findings import summary
from dsl.tools.given import built, exit_of, instant, proved, refuse_facts, refuse_rules
from dsl.tools.rewriting import Formatted, formatted, replace
from dsl.tools.terminal import Failure, note, output, visible, write
from dsl.tools.wording import listed

RULE_PATHS = click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of text for a person.")


@click.command()
@RULE_PATHS
@click.option("--no-cache", "anew", is_flag=True, help="Take nothing from earlier checks, and keep nothing.")
@AS_JSON
def check(paths: Sequence[str], anew: bool, as_json: bool) -> Exit:
    """Check rule files, run their examples, decide their proofs, and say what looks wrong.

    PATHS are rule files, or folders in which every file that ends in .rules is read. Everything that is wrong is
    reported at once. What was proved is kept in $XDG_CACHE_HOME/spotter, or ~/.cache/spotter, so that the next check
    takes less time. Ends with 0 if the rules can be published, 1 if they hold errors, 2 if a path cannot be read.
    """
    made, unread = proved(paths, anew=anew)
    if as_json:
        write_json(summary(made))
    else:
        print_check(output(), made)
    return exit_of(made, unread)


@click.command()
@RULE_PATHS
@click.option("--check", "only_check", is_flag=True, help="Change nothing; end with 1 if something would change.")
def fmt(paths: Sequence[str], only_check: bool) -> Exit:
    """Put rule files into the usual layout.

    PATHS are rule files, or folders in which every file that ends in .rules is formatted in place; - reads from
    standard input and writes to standard output. What a file says never changes, and a file with errors in it stays
    as it is.
    """
    if tuple(paths) == ("-",):
        return _fmt_stream(only_check)
    sources, unread = read_paths(paths, Limits())
    done = [formatted(source) for source in sources]
    _print_unformatted(unread, done)
    changing = [one for one in done if one.changes]
    for one in changing:
        _reformat(one, only_check)
    write(f"{_fmt_summary(done, changing, only_check)}\n")
    if unread:
        return Exit.UNUSABLE
    refused = any(one.text is None for one in done)
    return Exit.FINDINGS if refused or (only_check and changing) else Exit.FINE


@click.command(name="eval")
@RULE_PATHS
@click.option(
    "--facts", "facts_path", required=True, metavar="FILE", help="The member's facts as JSON; - for standard input."
)
@click.option(
    "--exercise", "exercises", multiple=True, metavar="NAME", help="Answer for this exercise only; may be repeated."
)
@click.option(
    "--asked", is_flag=True, help="The member was shown every question of these rules, warning signs included."
)
@click.option(
    "--at", "at", metavar="DATE", help="Answer as of this date or time (2027-05-01, 2027-05-01T09:00Z) instead of now."
)
@AS_JSON
def evaluate(
    paths: Sequence[str], facts_path: str, exercises: Sequence[str], asked: bool, at: str | None, as_json: bool
) -> Exit:
    """Say what one member may train.

    PATHS are rule files or folders. The facts are a JSON object such as {"pain": "acute", "condition": ["sciatica"]},
    or a whole request body of the service. What they leave out is not known, and not known never counts as no.

    Ends with 0 if there is an answer, whatever it says; 1 if the rules hold errors or the facts do not fit them;
    2 if an input cannot be read.
    """
    request = _with_options(read_request(facts_path), exercises, at)
    made, unread = built(paths)
    if made.release is None:
        return refuse_rules(made, unread)
    try:
        decision = _decide(made.release, request, asked=asked)
    except FactsError as error:
        return refuse_facts(error)
    if as_json:
        write(f"{decision.to_json().decode()}\n")
    else:
        _print_answer(decision, made.release, request, asked=asked)
    return Exit.FINE


# --- check --------------------------------------------------------------------------------------


def write_json(value: msgspec.Struct | Mapping[str, object]) -> None:
    """Write `value` to standard output as JSON, laid out for a person who looks at it all the same."""
    write(f"{msgspec.json.format(msgspec.json.encode(value)).decode()}\n")


# --- fmt ----------------------------------------------------------------------------------------


def _fmt_stream(only_check: bool) -> Exit:
    source = SourceFile("standard input", _standard_input())
    done = formatted(source)
    if done.text is None:
        print_diagnostics(output(to_errors=True), done.diagnostics, {source.name: source})
        return Exit.FINDINGS
    if only_check:
        return Exit.FINDINGS if done.changes else Exit.FINE
    write(done.text)
    return Exit.FINE


def _standard_input() -> str:
    data = sys.stdin.buffer.read(Limits().file_bytes + 1)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Failure(f"standard input: not UTF-8 text (byte {error.start})") from error


def _print_unformatted(unread: Sequence[Diagnostic], done: Sequence[Formatted]) -> None:
    sources = {one.source.name: one.source for one in done}
    found = [*unread, *(diagnostic for one in done for diagnostic in one.diagnostics)]
    print_diagnostics(output(), found, sources)


def _reformat(one: Formatted, only_check: bool) -> None:
    if not only_check:
        replace(Path(one.source.name), one.text or "")
    write(f"{'would change' if only_check else 'changed'}  {visible(one.source.name)}\n")


def _fmt_summary(done: Sequence[Formatted], changing: Sequence[Formatted], only_check: bool) -> str:
    refused = sum(one.text is None for one in done)
    parts = [
        f"{len(changing)} {'would change' if only_check else 'changed'}",
        f"{len(done) - len(changing) - refused} as they should be",
        *([f"{refused} left alone because of errors"] if refused else []),
    ]
    return listed(parts)


# --- eval ---------------------------------------------------------------------------------------


def _with_options(request: Request, exercises: Sequence[str], at: str | None) -> Request:
    if request.asked_with is not None:
        note("`asked_with` is about releases of a service and is not read here; see --asked")
    at = request.at if at is None else at
    return dataclasses.replace(request, exercises=tuple(exercises) or request.exercises, at=at)


def _decide(release: Release, request: Request, *, asked: bool) -> Decision:
    return Evaluator(release).evaluate(
        dict(request.facts),
        exercises=request.exercises,
        asked_with=release if asked else None,
        at=None if request.at is None else instant(request.at),
    )


def _print_answer(decision: Decision, release: Release, request: Request, *, asked: bool) -> None:
    would_do = not asked and decision.disposition != _decide(release, request, asked=True).disposition
    say_asked = "add --asked" if would_do else None
    print_decision(output(), decision, release, in_order_asked=request.exercises is not None, say_asked=say_asked)
