"""What single statements parse to, and how a file is cut into them."""

from __future__ import annotations

import datetime
import gc
from decimal import Decimal

import pytest

from dsl.syntax import ast
from dsl.syntax.ast import Bound, Comparator, Name, Quantity, Target, Text
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile
from tests.dsl.syntax.texts import NAMED, SAMPLE, SHIPPED, codes, parsed, statement, statements


def guard(text: str) -> ast.Guard:
    node = statement(f"impossible when {text}")
    assert isinstance(node, ast.Impossible)
    return node.guard


def rule(text: str) -> ast.Rule:
    node = statement(text)
    assert isinstance(node, ast.Rule)
    return node


def fact(text: str) -> ast.Fact:
    node = statement(text)
    assert isinstance(node, ast.Fact)
    return node


# --- whole files ------------------------------------------------------------------------------


def test_the_sample_of_the_language_page_parses_to_the_letter() -> None:
    assert len(statements(SAMPLE)) == 49
    assert len(parsed(SAMPLE)[0].comments) == 4


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_rules_parse(name: str) -> None:
    assert statements(SHIPPED[name]) != ()


def test_the_named_rule_stands_alone() -> None:
    node = rule(NAMED)
    assert node.action == ast.Action(ast.ActionKind.AVOID, (Target((Name("deadlift"),)),))
    disc = ast.Comparison(Name("condition"), Comparator.EQUAL, Name("disc_herniation"))
    assert node.guard == ast.And((disc, ast.Comparison(Name("pain"), Comparator.EQUAL, Name("acute"))))
    assert NAMED[node.span.start : node.span.end] == NAMED


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n\n", "  # said\n", ""])
def test_line_ends_a_byte_order_mark_and_tabs_change_nothing(end: str) -> None:
    text = f"\ufeffclass a{end or chr(10)}\tclass b {end}"
    assert statements(text) == (ast.Class(Name("a")), ast.Class(Name("b")))


def test_an_action_may_follow_the_name_of_its_rule_on_the_next_line() -> None:
    assert statements("rule a:\n  avoid b when c\nrule d: # said\navoid e when f\n") == statements(
        "rule a: avoid b when c\nrule d: avoid e when f"
    )


def test_a_verdict_may_open_a_line_of_an_example() -> None:
    text = 'example "x"\n  given nothing\n  expect a\n    avoid, session\n    stop, b at least\n    caution\n'
    text += "avoid b when c"
    example, avoid = statements(text)
    assert isinstance(example, ast.Example)
    assert [type(one) for one in example.expect] == [ast.ExpectVerdict, ast.ExpectSession, ast.ExpectVerdict]
    assert isinstance(avoid, ast.Rule)


def test_an_unfinished_example_swallows_no_rule() -> None:
    file, found = parsed('example "x" given nothing expect a\navoid b when c\n')
    assert [type(node) for node in file.statements] == [ast.Rule]
    assert [one.code for one in found] == ["E103"]


def test_all_errors_of_a_file_in_one_run_and_good_statements_kept() -> None:
    text = "class a\navoid when\nclass b\nclas c\nclss d\nclass e\nrule f avoid g when h\nclass i\nclass"
    file, found = parsed(text)
    assert [node.name.text for node in file.statements if isinstance(node, ast.Class)] == ["a", "b", "e", "i"]
    assert [one.code for one in found] == ["E101", "E102", "E102", "E117", "E103"]


def test_one_slip_of_a_word_hides_neither_its_statement_nor_the_next_slip() -> None:
    file, found = parsed("AVOID Deadlift when pain == acute && flare because “It hurts.”\n")
    assert [one.code for one in found] == ["E118", "E118", "E108", "E109", "E111"]
    assert file.statements == statements('avoid deadlift when pain=acute and flare because "It hurts."')


def test_a_misspelt_word_of_the_next_line_is_not_taken_for_a_term() -> None:
    file, found = parsed("fact pain one of\n  none\n  acute\navoyd deadlift when pain=acute\n")
    assert isinstance(file.statements[0], ast.Fact)
    assert [(one.code, one.help) for one in found] == [("E102", "did you mean `avoid`?")]


def test_terms_need_no_indentation() -> None:
    kind = fact("fact pain one of\nnone\nacute\n").kind
    assert isinstance(kind, ast.OneOf)
    assert [term.name.text for term in kind.terms] == ["none", "acute"]


def test_collection_goes_on_after_parsing() -> None:
    assert gc.isenabled()
    parsed("class a")
    assert gc.isenabled()
    gc.disable()
    try:
        parsed("class a")
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_the_first_finding_of_an_empty_file_says_what_to_write() -> None:
    for text in ("", "\n\n", "# only said\n", "\ufeff"):
        (found,) = parse(SourceFile("empty.rules", text))[1]
        assert (found.code, found.example) == ("E135", NAMED)


# --- guards -----------------------------------------------------------------------------------


def test_guards() -> None:
    a, b, c = (ast.Reference(Name(letter)) for letter in "abc")
    assert guard("not a and b") == ast.And((ast.Not(a), b))
    assert guard("not (a and b)") == ast.Not(ast.And((a, b)))
    assert guard("a and (b and c)") == ast.And((a, b, c))
    assert guard("(a or b) and c") == ast.And((ast.Or((a, b)), c))
    assert guard("((a))") == a
    assert guard("at least 2 of (a, b, c)") == ast.AtLeast(2, (a, b, c))
    assert guard("always") == ast.Always()
    assert guard("unknown a") == ast.IsUnknown(Name("a"))


def test_comparisons() -> None:
    x = Name("x")
    assert guard("x between 3 and 5 h and a") == ast.And(
        (
            ast.Between(x, Quantity(Decimal(3)), Quantity(Decimal(5), Name("h"))),
            ast.Reference(Name("a")),
        )
    )
    assert guard("x not in (a, yes, 2)") == ast.Membership(x, (Name("a"), Name("yes"), Quantity(Decimal(2))), True)
    assert guard("not x in (a)") == ast.Not(ast.Membership(x, (Name("a"),)))
    guards = [guard(f"x {sign.value} 1") for sign in Comparator]
    assert [read.comparator for read in guards if isinstance(read, ast.Comparison)] == list(Comparator)
    assert guard("x > 5 in and a") == ast.And(
        (ast.Comparison(x, Comparator.GREATER, Quantity(Decimal(5), Name("in"))), ast.Reference(Name("a")))
    )


def test_words_of_the_language_that_may_be_names() -> None:
    assert guard("load > 5 and given=yes and title in (number, one, red)") is not None
    assert rule("hold load when clearance=no").action.targets == (Target((Name("load"),)),)
    assert rule("hold load for load when flag").action.targets == (Target((Name("load"),)),)


# --- vocabulary -------------------------------------------------------------------------------


def test_what_follows_a_term_belongs_to_it_and_what_is_asked_to_the_fact() -> None:
    text = 'fact symptom "Symptoms" many of\n  numb "Numb" also "dead", "asleep" code icd10cm R20.0, R32'
    text += " code snomed 44077006 suggests red flag\n"
    node = fact(text + '  weak, cold red flag\n  ask "Which?" optional context default weak asked when pain=acute')
    assert isinstance(node.kind, ast.ManyOf)
    numb, weak, cold = node.kind.terms
    assert numb.synonyms == (Text("dead"), Text("asleep"))
    assert numb.codes == (
        ast.Code(Name("icd10cm"), (Text("R20.0"), Text("R32"))),
        ast.Code(Name("snomed"), (Text("44077006"),), suggests=True),
    )
    assert (numb.red_flag, weak.red_flag, cold.red_flag) == (True, False, True)
    assert (node.ask, node.optional, node.context, node.default) == (Text("Which?"), True, True, Name("weak"))
    assert node.asked_when is not None
    assert text[numb.span.start : numb.span.end].endswith("red flag")
    assert (weak.span.end - weak.span.start, cold.span.end - cold.span.start) == (4, len("cold red flag"))


def test_what_stands_before_the_kind_is_of_the_fact() -> None:
    node = fact('fact numb "Numb" also "dead" red flag code loinc 1234-5 ask "Numb?" many of hand, foot')
    assert (node.label, node.synonyms, node.red_flag, node.ask) == (Text("Numb"), (Text("dead"),), True, Text("Numb?"))
    assert node.codes == (ast.Code(Name("loinc"), (Text("1234-5"),)),)


def test_kinds_of_facts() -> None:
    assert fact("fact a yes or no red flag").kind == ast.YesNo()
    assert fact("fact a whole number -1 to 5 reps").kind == ast.Number(
        Quantity(Decimal(-1)), Quantity(Decimal(5)), Name("reps"), whole=True
    )
    assert fact("fact a number 0 h to 5 h default 3 h").kind == fact("fact a number 0 to 5 h").kind
    assert fact("fact a number 0 h to 5 h default 3 h").default == Quantity(Decimal(3), Name("h"))


def test_words_of_flags_are_terms_after_a_comma() -> None:
    kind = fact("fact colour one of red, ask, flag, green").kind
    assert isinstance(kind, ast.OneOf)
    assert [term.name.text for term in kind.terms] == ["red", "ask", "flag", "green"]
    assert fact("fact numb one of red red flag").kind == ast.OneOf((ast.Term(Name("red"), red_flag=True),))


def test_headers_and_sources() -> None:
    node = statement('pack a.b author "Me" review by 2027-05-01 covers x=y title "T"')
    assert isinstance(node, ast.Pack)
    assert (node.name.text, node.title, node.author) == ("a.b", Text("T"), Text("Me"))
    assert node.review_by == datetime.date(2027, 5, 1)
    assert (node.review_place.start, node.review_place.end) == (21, 41)
    assert statement('source a "T" url "https://example.org"') == ast.Source(
        Name("a"), Text("T"), Text("https://example.org")
    )


def test_inches_in_a_parameter() -> None:
    expected = ast.Parameter(
        Name("x"), Quantity(Decimal(5), Name("in")), Quantity(Decimal(3)), Quantity(Decimal(8), Name("in"))
    )
    assert statement("parameter x = 5 in in 3 to 8 in") == expected


# --- rules ------------------------------------------------------------------------------------


def test_targets() -> None:
    a, b, c, d = (Name(letter) for letter in "abcd")
    targets = rule("avoid a and b but not (c, d), any but not (c), a but not b when d").action.targets
    assert targets == (Target((a, b), (c, d)), Target((), (c,), any=True), Target((a,), (b,)))


def test_actions() -> None:
    assert rule("refer urgent when a").action.urgency is ast.Urgency.URGENT
    assert rule("allow a with variants when b").action.variants
    assert rule("progress load by 5 % for a when b").action.percent == Quantity(Decimal(5), Name("%"))
    advice = rule('advise technique "Brace." when always').action
    assert (advice.topic, advice.text, advice.targets) == (Name("technique"), Text("Brace."), ())


def test_clauses_in_any_order() -> None:
    clauses = ['because "x"', 'say "y"', 'from s section "1" quote "q"', "from t", "evidence trial", 'author "me"']
    clauses += ["absolute", 'except when e because "z"', "limit load <= 50 %, depth >= 9 deg", "to f", "instead g"]
    forwards, backwards = (rule(f"caution a when b {' '.join(order)}") for order in (clauses, clauses[::-1]))
    assert forwards.because == Text("x")
    assert [limit.comparator for limit in forwards.limits] == [Comparator.AT_MOST, Comparator.AT_LEAST]
    assert forwards.citations[0] == ast.Citation(Name("s"), Text("1"), Text("q"))
    assert forwards.exceptions[0].because == Text("z")
    assert backwards.citations == forwards.citations[::-1]
    assert (backwards.limits, backwards.to, backwards.say) == (forwards.limits, forwards.to, forwards.say)


# --- examples and proofs ----------------------------------------------------------------------


def test_examples() -> None:
    node = statement(
        'example "t" given a=b, c=(d, e), f has g, h lacks i, j=7 h, at 2027-06-01 expect k not recommended, '
        "any at most modify, session at least stop, l limit load <= 5 %, m load 105 %, asks n, o clearance"
    )
    assert isinstance(node, ast.Example)
    assert [one.how for one in node.given] == [ast.Completeness.ALL] * 2 + [
        ast.Completeness.HAS,
        ast.Completeness.LACKS,
        ast.Completeness.ALL,
    ]
    assert node.at == datetime.date(2027, 6, 1)
    assert node.expect[1] == ast.ExpectVerdict(Target(any=True), Bound.AT_MOST, Name("modify"))
    assert node.expect[5] == ast.ExpectQuestion(Name("n"))
    nobody = statement('example "t" given nothing expect any at least ask')
    assert isinstance(nobody, ast.Example)
    assert nobody.given == ()


def test_strings_lose_their_escapes_only() -> None:
    assert rule(r'avoid a when b because "a \"b\" \\ c"').because == Text(r'a "b" \ c')


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("avoid a when at least 1.5 of (b, c)", "E126"),
        ("fact a number 5 kg to 10 lb", "E128"),
        ('avoid a when b because "x" to', "E103"),
        ("avoid a when ) b", "E106"),
        ("class a\nallow\n", "E103"),
        ("measure a scale b", "E103"),
        ("fact a", "E103"),
        ("class a = b, ", "E103"),
        ("\ud800", "E122"),
        ("class a\u0000", "E122"),
    ],
)
def test_single_faults(text: str, code: str) -> None:
    assert codes(text) == [code]
