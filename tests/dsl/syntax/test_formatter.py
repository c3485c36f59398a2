"""How statements are written."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dsl.syntax import ast
from dsl.syntax.ast import Name
from dsl.syntax.formatter import FormatError, format_file, format_statement
from dsl.syntax.phrases import action, decimal
from dsl.syntax.source import SourceFile
from tests.dsl.syntax.texts import SAMPLE, SHIPPED, parsed, statement, statements


def formatted(text: str) -> str:
    return format_file(SourceFile("test.rules", text))


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_rules_keep_their_meaning_and_their_comments(name: str) -> None:
    text = SHIPPED[name]
    once = formatted(text)
    assert statements(once) == statements(text)
    assert len(parsed(once)[0].comments) == len(parsed(text)[0].comments)
    assert formatted(once) == once
    assert max(map(len, once.splitlines())) <= 220


def test_the_sample_settles_at_once() -> None:
    once = formatted(SAMPLE)
    assert statements(once) == statements(SAMPLE)
    assert formatted(once) == once


@pytest.mark.parametrize(
    ("written", "canonical"),
    [
        ("avoid  a\n  when((b))", "avoid a when b"),
        ("avoid a when (b and c) and d", "avoid a when b and c and d"),
        ("avoid a when (b) or (c and not (d))", "avoid a when b or (c and not d)"),
        ("avoid a when not (b or c)", "avoid a when not (b or c)"),
        ("avoid a when x = 5.50h", None),
        ("avoid a when x=5.50 h", "avoid a when x=5.5 h"),
        ("avoid a when x <= 007", "avoid a when x <= 7"),
        ("avoid a but not (b) when c", "avoid a but not b when c"),
        ("avoid a but not (b), d when c", "avoid a but not (b), d when c"),
        ("hold a when b", "hold load for a when b"),
        ('avoid a when b say "x" absolute because "y"', 'avoid a when b absolute because "y" say "x"'),
        (
            'avoid a when b evidence trial from s quote "q" section "p"',
            'avoid a when b from s section "p" quote "q" evidence trial',
        ),
        ("fact a number 0 h to 24 h", "fact a number 0 to 24 h"),
        ("fact a one of\n  b\n  c", "fact a one of b, c"),
        ('fact a code s "12" yes or no', "fact a yes or no code s 12"),
        ('fact a code s "M51.26", "x y" yes or no', 'fact a yes or no code s M51.26, "x y"'),
        ("fact a red flag one of b", "fact a red flag one of b"),
        ("exercise a needs b is c", "exercise a is c needs b"),
        ('example "x" given a=(b) expect c avoid', 'example "x" given a=b expect c avoid'),
        ('example "x" given at 2027-01-01, nothing expect c avoid', 'example "x" given at 2027-01-01 expect c avoid'),
    ],
)
def test_canonical_text(written: str, canonical: str | None) -> None:
    if canonical is None:
        assert parsed(written)[1] != []
    else:
        assert format_statement(statement(written)) == canonical


def test_one_clause_a_line() -> None:
    text = 'rule r: modify a when b because "x" limit load <= 5 % to c, d from s evidence trial'
    assert formatted(text).splitlines() == [
        "rule r: modify a when b",
        '  because "x"',
        "  limit load <= 5 %",
        "  to c, d",
        "  from s evidence trial",
    ]


def test_long_lines_are_broken_before_when_first() -> None:
    names = ", ".join(f"exercise_number_{i}" for i in range(5))
    lines = formatted(f"avoid {names} when {' and '.join(f'fact_{i}=value_{i}' for i in range(8))}\n").splitlines()
    assert lines[1].startswith("    when fact_0=value_0 and")
    assert lines[2].startswith("    and ")
    assert all(len(line) <= 100 for line in lines)


def test_blank_lines_between_groups_are_kept_but_not_heaped_up() -> None:
    assert formatted("\n\nclass a\nclass b\n\n\n\n# said\nclass c\n\n") == "class a\nclass b\n\n# said\nclass c\n"


def test_comments_stay_with_what_they_speak_of() -> None:
    text = (
        "# top\nfact x many of # behind the head\n  # above a\n  a\n  b # behind b\n"
        'rule r: avoid a when b # behind the rule\n  # above the reason\n  because "x"\n  # at the end\nclass c\n# last'
    )
    assert formatted(text) == (
        "# top\nfact x many of  # behind the head\n  # above a\n  a\n  b  # behind b\n"
        'rule r: avoid a when b  # behind the rule\n  # above the reason\n  because "x"\n  # at the end\n'
        "class c\n# last\n"
    )


def test_labels_of_terms_stand_below_each_other() -> None:
    assert formatted('fact x one of a "A", longer "B", c').splitlines() == [
        "fact x one of",
        '  a      "A"',
        '  longer "B"',
        "  c",
    ]


def test_terms_that_would_be_read_as_flags_keep_their_comma() -> None:
    text = 'fact x one of red "R", ask "A", flag "F"'
    assert formatted(text).splitlines()[1:] == ['  red  "R",', '  ask  "A",', '  flag "F"']
    assert statements(formatted(text)) == statements(text)


def test_windows_line_ends_become_plain_ones() -> None:
    assert formatted("\ufeffclass a\r\n\r\nclass b # said\r\n") == "class a\n\nclass b  # said\n"


def test_a_broken_file_is_not_touched() -> None:
    with pytest.raises(FormatError) as told:
        formatted("class a\nclas b\n")
    assert [found.code for found in told.value.diagnostics] == ["E102"]
    assert "not a word" in str(told.value)


def test_numbers_without_exponent() -> None:
    written = ["0", "-0.0", "100", "0.0000000001", "12.3400", "-7"]
    assert [decimal(Decimal(one)) for one in written] == ["0", "0", "100", "0.0000000001", "12.34", "-7"]


def test_a_tree_made_by_hand_that_lacks_a_part_is_refused() -> None:
    with pytest.raises(TypeError):
        action(ast.Action(ast.ActionKind.REFER))
    assert action(ast.Action(ast.ActionKind.AVOID, (ast.Target((Name("a"),)),))) == ["avoid a"]


def test_a_byte_order_mark_moves_no_comment() -> None:
    assert format_file(SourceFile("a.rules", "\ufeff# said\nclass a\n")) == "# said\nclass a\n"


def test_a_comment_inside_of_a_short_statement_goes_above_it_whole() -> None:
    text = 'exercise a\n  # said\n  "A" is b\n'
    assert format_file(SourceFile("a.rules", text)) == '# said\nexercise a "A" is b\n'


def test_of_two_comments_that_say_the_same_both_stay() -> None:
    text = 'exercise a\n  # said\n  "A" is b\n  # said\n  , c\n'
    assert format_file(SourceFile("a.rules", text)) == '# said\nexercise a "A"\n  # said\n  is b, c\n'
