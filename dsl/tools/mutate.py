"""The command `mutate`: would the examples notice if a rule were a little wrong?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click
from rich.progress import track

from dsl.analysis.faults import Fault, Mutation, Survivor
from dsl.analysis.mutation import mutate as planted
from dsl.tools.cli import AS_JSON, RULE_PATHS, write_json
from dsl.tools.exits import Exit
from dsl.tools.given import built, refuse_rules
from dsl.tools.terminal import output, visible

_SHOWN = 5
"""Survivors shown with the example that would notice them; the rest is told in a line each."""


@click.command()
@RULE_PATHS
@click.option(
    "--least", type=click.FloatRange(0, 100), metavar="PERCENT", help="End with 1 if fewer of the faults are noticed."
)
@click.option(
    "--all",
    "everything",
    is_flag=True,
    help="Show the example for every fault that nothing notices, and the faults that change nobody's answer.",
)
@AS_JSON
def mutate(paths: Sequence[str], least: float | None, everything: bool, as_json: bool) -> Exit:
    """Plant faults in rules, one at a time, and say which of them no example notices.

    PATHS are rule files or folders. A fault is an operator, a threshold, a limit or a load that is a little off, a
    clause, an exception or an override left out, `or` for `and`, another action; what is impossible, and whom a pack
    covers, likewise. Of the faults that no example notices the first five come with an example that would, with --all
    each of them; faults that change nobody's answer are counted apart, by proof. Some minutes for a large pack.

    Ends with 0, or with 1 if the rules hold errors, an example that fails among them, or the score is below --least; 2
    if a path cannot be read. What is to be proved is not looked at.
    """
    made, unread = built(paths)
    if made.release is None:
        return refuse_rules(made, unread)
    found = planted(made.release.artifact, made.checked, progress=_watched, impossible=made.impossible)
    if as_json:
        write_json(found)
    else:
        _print(found, everything)
    return Exit.FINE if least is None or found.reaches(least) else Exit.FINDINGS


def _watched(faults: Sequence[Fault]) -> Iterable[Fault]:
    console = output(to_errors=True)
    return track(faults, "Planting faults", console=console, transient=True, disable=not console.is_terminal)


def _print(found: Mutation, everything: bool) -> None:
    console = output()
    harmless = len(found.harmless)
    console.print(f"{found.mattering + harmless} faults planted, {harmless} of them change nobody's answer.")
    if found.score is not None:
        console.print(f"{found.noticed} of the other {found.mattering} are noticed: {found.score:.1f} %.")
    told = [one for one in found.survivors if one.example is not None]
    shown = len(told) if everything else _SHOWN
    for survivor in told[:shown]:
        _print_survivor(survivor)
    if hidden := told[shown:]:
        console.print(f"And {len(hidden)} more, with an example for each by --all:")
    for one in hidden:
        console.print(f"  {visible(one.rule)}: {visible(one.what)}", soft_wrap=True)
    for one in found.survivors:
        if one.example is None:
            what = f"No example notices in {visible(one.rule)}: {visible(one.what)}; none was found that would."
            console.print(what, soft_wrap=True)
    for unnoticed in found.harmless if everything else ():
        console.print(f"Nobody notices in {visible(unnoticed.rule)}: {visible(unnoticed.what)}", soft_wrap=True)


def _print_survivor(survivor: Survivor) -> None:
    console = output()
    told = f"No example notices in {visible(survivor.rule)}: {visible(survivor.what)}. This one would:"
    console.print(told, soft_wrap=True)
    for line in (survivor.example or "").splitlines():
        console.print(f"    {visible(line)}", soft_wrap=True)
