"""The command `repl`: what if? Facts and questions at a prompt, with completion."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator, Sequence

import click

from dsl.tools.cli import RULE_PATHS
from dsl.tools.exits import Exit
from dsl.tools.given import built, instant, refuse_rules
from dsl.tools.repl_prompt import typed_lines
from dsl.tools.repl_session import Session
from dsl.tools.terminal import output

PROMPT = "> "
_WELCOME = "Say what is known, such as `pain = acute`; name an exercise to ask about it. `help` lists the rest."


@click.command()
@RULE_PATHS
@click.option(
    "--asked/--not-asked",
    default=True,
    show_default=True,
    help="Whether the member was shown every question of these rules, warning signs included.",
)
@click.option("--at", "at", metavar="DATE", help="Answer as of this date or time instead of now.")
def repl(paths: Sequence[str], asked: bool, at: str | None) -> Exit:
    """Ask what-if questions at a prompt.

    PATHS are rule files or folders. Say what is known of a member (`pain = acute`), name an exercise to see what the
    member may do with it, ask `why deadlift`, take things back (`forget pain`), and see at once what it changes. `help`
    lists what can be said. Nothing that is said is written anywhere.

    What is typed is taken as an answer to the whole question, as in an example: `symptom = none` denies every value of
    `symptom`, warning signs included. With --not-asked those stay unknown that are not denied one by one (`symptom
    lacks saddle_numbness`), as they do for a caller who does not say what the member was asked.

    Lines may come from a file or another program as well. Then it ends with 1 if a line could not be followed.
    """
    when: datetime.datetime | None = None if at is None else instant(at)
    made, unread = built(paths)
    if made.release is None:
        return refuse_rules(made, unread)
    session = Session(made.release, made.sources, output(), asked=asked, at=when)
    if sys.stdin.isatty():
        return _converse(session)
    followed = [session.take(line) for line in _echoed()]
    return Exit.FINE if all(followed) else Exit.FINDINGS


def _echoed() -> Iterator[str]:
    """Yield the lines of standard input up to `quit`, each printed behind the prompt as if it had been typed."""
    console = output()
    for line in sys.stdin:
        console.print(f"{PROMPT}{line.strip()}".rstrip(), soft_wrap=True)
        if is_farewell(line):
            return
        yield line


def is_farewell(line: str) -> bool:
    """Return whether `line` ends the session."""
    return line.strip() in ("quit", "exit")


def _converse(session: Session) -> Exit:
    output().print(_WELCOME)
    for line in typed_lines(session, PROMPT):
        if is_farewell(line):
            break
        session.take(line)
    return Exit.FINE
