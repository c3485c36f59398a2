"""The command `sources`: which works rules cite, what of those works they leave out, and which reviews are overdue."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click
import msgspec
from rich.text import Text

from dsl.analysis.citing import Citing, Review, SourceUse, citing
from dsl.semantics.reading import TEXTS
from dsl.tools.exits import Exit
from dsl.tools.given import built, instant, refuse_rules
from dsl.tools.terminal import output, visible, write
from dsl.tools.wording import counted

if TYPE_CHECKING:
    from rich.console import Console


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATHS...")
@click.option("--at", "at", metavar="DATE", help="The day that reviews are held against, instead of today.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for a program instead of text for a person.")
@click.pass_context
def sources(context: click.Context, paths: Sequence[str], at: str | None, as_json: bool) -> Exit:
    """List the works that rules cite, the sections that none cites, and the reviews that are overdue.

    PATHS are rule files or folders. The text of a source is the file sources/NAME.md or sources/NAME.txt beside the
    rule file that declares it; every quote and every section is held against it whenever the rules are read.

    Ends with 0; 1 if the rules hold errors or a review is overdue; 2 if an input cannot be read.
    """
    made, unread = built(paths)
    if made.release is None:
        return refuse_rules(made, unread)
    today = instant(at).date() if at else context.find_object(datetime.date)
    found = citing(made.release.artifact, made.bundled, today)
    if as_json:
        write(f"{msgspec.json.format(msgspec.json.encode(found)).decode()}\n")
    else:
        _print(output(), found, today)
    return Exit.FINDINGS if found.overdue else Exit.FINE


def _print(console: Console, found: Citing, today: datetime.date | None) -> None:
    for source in found.sources:
        console.print(Text(f"{visible(source.source)}: {visible(source.title)}", style="bold"))
        for line in _told(source):
            console.print(Text(f"  {line}"))
    if not found.sources:
        console.print("These rules name no source.")
    elif any(source.file is None for source in found.sources):
        console.print(
            f"\nA text is found as {TEXTS}/NAME.md or {TEXTS}/NAME.txt beside the rules that declare its source."
        )
    if found.uncited_rules:
        console.print(Text(f"\n{counted(len(found.uncited_rules), 'rule')} without a source:", style="bold"))
        console.print(Text(f"  {visible(', '.join(found.uncited_rules))}"))
    if found.reviews:
        console.print()
    for review in found.reviews:
        console.print(_review(review, today))


def _told(source: SourceUse) -> Iterator[str]:
    """Yield what is said of one source, a line each."""
    cited = f"cited by {counted(source.cited_by, 'rule')} of {visible(source.pack)}"
    if source.file is None:
        yield f"{cited}; no text at hand, so nothing is checked"
        return
    yield f"{cited}; checked against {visible(source.file)}"
    if source.uncited:
        yield f"{len(source.uncited)} of {counted(source.sections, 'section')} that no rule cites:"
    yield from (f"  line {section.line}: {visible(section.title)}" for section in source.uncited)


def _review(review: Review, today: datetime.date | None) -> Text:
    told = f"{visible(review.pack)}: review by {review.review_by.isoformat()}"
    if review.overdue_days is not None:
        return Text(f"{told}, overdue for {counted(review.overdue_days, 'day')}", style="bold red")
    if today is None:
        return Text(f"{told}; whether that is overdue is not known without --at")
    return Text(f"{told}, in {counted((review.review_by - today).days, 'day')}")
