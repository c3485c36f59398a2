"""Hostile text: each bound gives its finding, and nothing hangs."""

from __future__ import annotations

import time

import pytest

from dsl.syntax.limits import Limits
from dsl.syntax.parser import parse
from dsl.syntax.render import render
from dsl.syntax.source import SourceFile

MIB = 1 << 20


def words(unit: str, head: str = "", tail: str = "") -> str:
    """Return a file of the largest size that is read, filled with `unit`."""
    room = MIB - len((head + tail).encode("utf-8", "surrogatepass"))
    return head + unit * (room // len(unit.encode("utf-8", "surrogatepass"))) + tail


GARBAGE = {
    "ten megabytes": ("x" * 10 * MIB, "E130"),
    "parentheses": (words("(", "avoid a when "), "E132"),
    "nots": (words("not ", "avoid a when "), "E132"),
    "words": (words("a "), "E102"),
    "lines": (words("a\n"), "E102"),
    "statements that break": (words("avoid\n"), "E103"),
    "names of rules": (words("rule x:\n"), "E103"),
    "misspelt lines": (words("avoyd\n", "fact x many of\n"), "E102"),
    "quotes": (words('"'), "E112"),
    "quotes on lines": (words('"\n'), "E112"),
    "other quotes": (words("“\n"), "E111"),
    "one long name": (words("a", "avoid "), "E133"),
    "one long name with hyphens": (words("a-", "avoid "), "E125"),
    "one long string": (words("x", 'source a "', '"'), "E134"),
    "escapes": (words("\\\\", 'source a "', '"'), "E134"),
    "zeros": (words("\0"), "E122"),
    "control characters": (words("\1\n"), "E122"),
    "surrogates": (words("\ud800\n"), "E122"),
    "bidi": (words("\u202e\n"), "E123"),
    "emoji": (words("\U0001f600"), "E109"),
    "symbols to mend": (words("b && ", "avoid a when ", "b"), "E109"),
    "comments": (words("#\n"), "E131"),
    "targets": (words("a, ", "avoid ", "a when b"), "E142"),
    "terms": (words("a, ", "fact x many of ", "a"), "E142"),
    "operands": (words("b and ", "avoid a when ", "b"), "E142"),
    "verdicts": (words("  avoid, x\n", 'example "x" given nothing expect x\n'), "E142"),
    "nothing": (words(" "), "E135"),
}


@pytest.mark.parametrize("name", GARBAGE)
def test_garbage_is_refused_soon(name: str) -> None:
    text, code = GARBAGE[name]
    source = SourceFile("garbage.rules", text)
    started = time.process_time()
    _, found = parse(source)
    told = [render(one, {source.name: source}) for one in found]
    assert (
        time.process_time() - started < 60
    )  # of the processor, whatever else runs: tenths; what is not linear takes hours
    assert code in {one.code for one in found}
    assert len(found) <= Limits().diagnostics + 1
    assert max(map(len, told)) < 3_000


def test_deep_nesting_up_to_the_bound() -> None:
    for depth, found in ((32, []), (33, ["E132"])):
        text = "avoid a when " + "(" * depth + "b" + ")" * depth
        assert [one.code for one in parse(SourceFile("deep.rules", text))[1]] == found


@pytest.mark.parametrize("pair", [("not (", ")"), ("not not (", ")"), ("at least 1 of (", ")")])
def test_ten_thousand_levels(pair: tuple[str, str]) -> None:
    text = "avoid a when " + pair[0] * 10_000 + "b" + pair[1] * 10_000
    assert [one.code for one in parse(SourceFile("deep.rules", text))[1]] == ["E132"]


def test_many_statements_of_one_line_each() -> None:
    text = "class a\n" * 50
    file, found = parse(SourceFile("many.rules", text), Limits(statements=10))
    assert len(file.statements) == 10
    assert [(one.code, one.span.start) for one in found] == [("E131", 80)]


def test_the_size_of_a_file_counts_bytes() -> None:
    text = "class a # ééé"
    assert parse(SourceFile("a.rules", text), Limits(file_bytes=16))[1] == []
    assert [one.code for one in parse(SourceFile("a.rules", text), Limits(file_bytes=15))[1]] == ["E130"]
