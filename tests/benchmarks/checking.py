"""How long a check takes, proofs and findings included: at first, again, and after one edit. Run by hand.

`python -m tests.benchmarks.checking` prints seconds of processor time for the shipped pack and for two packs of 500
rules and 50 proofs: one as a clinic could write it, and one whose rules all speak of the same few exercises, so that
most of them are idle: about the most work that there is.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence

from dsl.analysis.build import build
from dsl.analysis.remembered import Verdict
from dsl.semantics.reading import read_paths, shipped_rules
from dsl.syntax.source import SourceFile
from tests.benchmarks import rule_text

_RULES = 500
_PROOFS = 50
_GUARD = re.compile(r"when [^\n]*")
_EXERCISE = re.compile(r"^exercise (\w+)", re.MULTILINE)


def main() -> int:
    """Print a line for each pack."""
    for name, sources in (("shipped", _shipped()), ("clinic", _spread()), ("crowded", _crowded())):
        memory: dict[str, Verdict] = {}
        runs = [_seconds(sources, memory), _seconds(sources, memory), _seconds(_edited(sources), memory)]
        told = ", ".join(
            f"{what} {seconds:.2f} s" for what, seconds in zip(("cold", "again", "edited"), runs, strict=True)
        )
        sys.stdout.write(f"{name}: {told}\n")
    return 0


def _seconds(sources: Sequence[SourceFile], memory: dict[str, Verdict]) -> float:
    started = time.process_time()
    built = build(sources, limits=rule_text.LIMITS, memory=memory)
    seconds = time.process_time() - started
    wrong = {found.code for found in built.diagnostics if found.code[0] == "E"} - {"E402", "E450", "E460"}
    if wrong:
        raise RuntimeError(f"these rules were not looked at as a whole: {sorted(wrong)}")
    return seconds


def _shipped() -> list[SourceFile]:
    return read_paths([shipped_rules() / "back_pain"])[0]


def _crowded() -> list[SourceFile]:
    return [_with_proofs(source) for source in rule_text.sources(_RULES) if source.name.startswith("clinic")]


def _spread() -> list[SourceFile]:
    """Return the same rules, each about an exercise or two of all that are shipped, and a permission for each."""
    names = _exercises()
    text = _crowded()[0].text
    turn = iter(range(1_000_000))

    def targets(match: re.Match[str]) -> str:
        place = next(turn)
        return f"{match[1]}{names[place * 7 % len(names)]}, {names[place * 11 % len(names)]} when "

    text = re.sub(r"\n  instead [^\n]*", "", text)
    spread = re.sub(r"((?:avoid|modify|caution|allow|recommend|for) )(?!any)[a-z_, ]+? when ", targets, text)
    allowed = "".join(f"\nallow {name} when pain in (none, chronic) and clearance=yes\n" for name in names)
    return [SourceFile("clinic.rules", spread + allowed)]


def _with_proofs(source: SourceFile) -> SourceFile:
    return SourceFile(source.name, source.text + "".join(_proofs(_exercises())))


def _proofs(names: Sequence[str]) -> Iterator[str]:
    for place in range(_PROOFS):
        yield f'\nprove "p{place}": {names[place]} at least allowed when pain=acute and age < {20 + place}\n'


def _exercises() -> list[str]:
    return _EXERCISE.findall((shipped_rules() / "prelude" / "exercises.rules").read_text("utf-8"))


def _edited(sources: Sequence[SourceFile]) -> list[SourceFile]:
    """Return `sources` with another guard in the middle of the last of them that has any."""
    place = max(
        number
        for number, source in enumerate(sources)
        if source.name.endswith(("clinic_0.rules", "pain.rules", "clinic.rules"))
    )
    source = sources[place]
    middle = source.text.index("when ", len(source.text) // 2)
    edited = source.text[:middle] + _GUARD.sub("when pain=acute and age >= 33", source.text[middle:], count=1)
    return [*sources[:place], SourceFile(source.name, edited), *sources[place + 1 :]]


if __name__ == "__main__":
    sys.exit(main())
