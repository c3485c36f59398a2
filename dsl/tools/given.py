"""What commands are given: rules, facts, an instant; and how they end where it cannot be used."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from dsl.analysis.build import build as build_with_proofs
from dsl.evaluation.build import Build, build
from dsl.semantics.compiler import read_paths
from dsl.semantics.facts import FactsError
from dsl.semantics.reading import read_texts
from dsl.syntax.diagnostics import errors
from dsl.syntax.limits import Limits
from dsl.tools import cache
from dsl.tools.check_report import print_diagnostics
from dsl.tools.exits import Exit
from dsl.tools.terminal import Failure, output, visible
from dsl.tools.wording import listed


def built(paths: Sequence[str]) -> tuple[Build, bool]:
    """Return what comes of the rules at `paths`, with the texts of works beside them, and whether one was not read."""
    sources, unread = read_paths(paths, Limits())
    texts, unread_texts = read_texts(sources, Limits())
    before = [*unread, *unread_texts]
    return build(sources, before=before, texts=texts), bool(errors(before))


def proved(paths: Sequence[str], *, anew: bool) -> tuple[Build, bool]:
    """Return what comes of the rules at `paths` once all that they claim is proved, and whether one was not read.

    `anew`: nothing is taken from earlier checks, and nothing kept for later ones.
    """
    sources, unread = read_paths(paths, Limits())
    texts, unread_texts = read_texts(sources, Limits())
    before = [*unread, *unread_texts]
    memory = cache.Kept({}) if anew else cache.load()
    made = build_with_proofs(sources, before=before, texts=texts, memory=memory)
    if not anew:
        cache.save(memory)
    return made, bool(errors(before))


def exit_of(made: Build, unread: bool) -> Exit:
    """Return how a command ends that was to make a release of rules."""
    if unread:
        return Exit.UNUSABLE
    return Exit.FINE if made.release is not None else Exit.FINDINGS


def refuse_rules(made: Build, unread: bool) -> Exit:
    """Say what keeps `made` from being used, and return how a command ends that needs a release."""
    print_diagnostics(output(to_errors=True), errors(made.diagnostics), made.sources)
    return exit_of(made, unread)


def instant(text: str) -> datetime.datetime:
    """Return the instant that `text` names; a day begins at midnight UTC.

    Raises:
        Failure: it names none.
    """
    try:
        at = datetime.datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=datetime.UTC)).astimezone(datetime.UTC)
    except (ValueError, OverflowError) as error:
        raise Failure(f"`{text}` is not a date or a time; write it like 2027-05-01 or 2027-05-01T09:00Z") from error


def refuse_facts(error: FactsError) -> Exit:
    """Say what is wrong with facts, and return how a command ends that needs them."""
    console = output(to_errors=True)
    console.print("The facts do not fit these rules:", style="bold red")
    for problem in error.problems:
        near = [f"`{name}`" for name in problem.did_you_mean]
        hint = f" Did you mean {listed(near)}?" if near else ""
        console.print(f"  {visible(problem.pointer)}: {visible(problem.message)}.{hint}")
    return Exit.FINDINGS
