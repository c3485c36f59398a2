"""Generated syntax trees: everything that the grammar can say, and nothing that it cannot."""

from __future__ import annotations

import datetime

from hypothesis import strategies as st

from dsl.syntax import ast
from dsl.syntax.building.rules import ACTIONS
from dsl.syntax.grammar import grammar
from dsl.syntax.hostile import hostile_characters
from dsl.syntax.source import SourceFile

KEYWORDS = frozenset(grammar().keywords)
SOFT = sorted(grammar().symbols[kind] for kind in grammar().soft)
RESERVED = sorted(KEYWORDS - set(SOFT))

# --- words ------------------------------------------------------------------------------------

plain_names = st.one_of(
    st.sampled_from(["deadlift", "squat", "pain", "acute", "x", "y2", "hip_hinge", "flare"]),
    st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda word: word not in KEYWORDS),
)
names = st.one_of(plain_names, st.sampled_from(SOFT)).map(ast.Name)
systems = plain_names.map(ast.Name)
dotted_names = st.lists(plain_names, min_size=1, max_size=3).map(lambda parts: ast.Name(".".join(parts)))
texts = (
    st.text(
        st.characters(codec="utf-8", categories=["L", "Mn", "N", "P", "S"], include_characters=' "\\#~'), max_size=12
    )
    .filter(lambda text: hostile_characters(SourceFile("", text), 1) == [])
    .map(ast.Text)
)
decimals = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-999_999, max_value=999_999)
units = st.one_of(plain_names, st.sampled_from(["%", "in", "deg", "h"])).map(ast.Name)
quantities = st.builds(ast.Quantity, decimals, st.none() | units)
plain_quantities = decimals.map(ast.Quantity)
percents = decimals.map(lambda value: ast.Quantity(value, ast.Name("%")))
values = st.one_of(names, st.sampled_from([ast.Name("yes"), ast.Name("no")]), quantities)
codes_written = st.one_of(
    st.sampled_from(
        ["M51.26", "S39.012A", "M54.3x", "M21.37x", "G83.4", "R32", "72514-3", "279039007", "N02BE01", "007", "-5"]
    ),
    texts.map(lambda text: text.value),
).map(ast.Text)
code_groups = st.builds(ast.Code, systems, st.lists(codes_written, min_size=1, max_size=3).map(tuple), st.booleans())


def some(strategy: st.SearchStrategy[ast.Name], least: int = 1) -> st.SearchStrategy[tuple[ast.Name, ...]]:
    """Return tuples of a few names."""
    return st.lists(strategy, min_size=least, max_size=3).map(tuple)


# --- guards -----------------------------------------------------------------------------------

simple_guards: st.SearchStrategy[ast.Guard] = st.one_of(
    st.just(ast.Always()),
    st.builds(ast.Comparison, names, st.sampled_from(ast.Comparator), values),
    st.builds(ast.Membership, names, st.lists(values, min_size=1, max_size=3).map(tuple), st.booleans()),
    st.builds(ast.Between, names, values, values),
    st.builds(ast.Reference, names),
    st.builds(ast.IsUnknown, names),
)


def _wider(inner: st.SearchStrategy[ast.Guard]) -> st.SearchStrategy[ast.Guard]:
    def several(apart_from: type[ast.Guard] | None, least: int) -> st.SearchStrategy[tuple[ast.Guard, ...]]:
        operands = inner if apart_from is None else inner.filter(lambda guard: not isinstance(guard, apart_from))
        return st.lists(operands, min_size=least, max_size=3).map(tuple)

    return st.one_of(
        st.builds(ast.Not, inner),
        st.builds(ast.And, several(ast.And, 2)),
        st.builds(ast.Or, several(ast.Or, 2)),
        st.builds(ast.AtLeast, st.integers(0, 9), several(None, 1)),
    )


guards: st.SearchStrategy[ast.Guard] = st.recursive(simple_guards, _wider, max_leaves=8)

# --- vocabulary -------------------------------------------------------------------------------

labels = st.none() | texts
text_lists = st.lists(texts, max_size=2).map(tuple)
code_lists = st.lists(code_groups, max_size=2).map(tuple)
terms = st.builds(ast.Term, names, labels, text_lists, code_lists, st.booleans())
# `ask "…"` right after `of` is the question, so a first term of that name cannot have a label.
term_lists = (
    st.lists(terms, min_size=1, max_size=4)
    .filter(lambda listed: listed[0].name.text != "ask" or listed[0].label is None)
    .map(tuple)
)
numbers = st.builds(ast.Number, plain_quantities, plain_quantities, st.none() | units, st.booleans())
described = {
    "label": labels,
    "ask": labels,
    "synonyms": text_lists,
    "codes": code_lists,
    "red_flag": st.booleans(),
    "optional": st.booleans(),
    "context": st.booleans(),
    "asked_when": st.none() | guards,
}
facts = st.one_of(
    st.builds(
        ast.Fact,
        names,
        st.one_of(term_lists.map(ast.OneOf), term_lists.map(ast.ManyOf)),
        default=st.none() | names | st.just(ast.Name("yes")),
        **described,
    ),
    st.builds(ast.Fact, names, st.just(ast.YesNo()) | numbers, default=st.none() | values, **described),
)
classes = st.builds(ast.Class, names, labels, some(names, 0))
exercises = st.builds(ast.Exercise, names, labels, text_lists, some(names, 0), some(names, 0))
scales = some(names, 2).map(ast.Scale)
measures = st.builds(ast.Measure, names, numbers | scales, labels)
parameters = st.builds(ast.Parameter, names, quantities, quantities, quantities)
definitions = st.builds(ast.Definition, names, guards)
sources = st.builds(ast.Source, names, texts, labels)
impossibles = st.builds(ast.Impossible, guards)

# --- rules ------------------------------------------------------------------------------------

targets = st.one_of(
    st.builds(ast.Target, some(names), some(names, 0)),
    st.builds(ast.Target, st.just(()), some(names, 0), st.just(True)),
)
target_lists = st.lists(targets, min_size=1, max_size=3).map(tuple)
limits = st.builds(
    ast.Limit,
    names,
    st.sampled_from([ast.Comparator.AT_MOST, ast.Comparator.AT_LEAST, ast.Comparator.EQUAL]),
    st.one_of(names, quantities),
)
WITH_VARIANTS = {
    ast.ActionKind.CAUTION,
    ast.ActionKind.MODIFY,
    ast.ActionKind.ALLOW,
    ast.ActionKind.RECOMMEND,
    ast.ActionKind.PROGRESS,
}


def _action(kind: ast.ActionKind) -> st.SearchStrategy[ast.Action]:
    variants = st.booleans() if kind in WITH_VARIANTS else st.just(False)
    match kind:
        case ast.ActionKind.STOP_SESSION:
            return st.just(ast.Action(kind))
        case ast.ActionKind.REFER:
            return st.sampled_from(ast.Urgency).map(lambda urgency: ast.Action(kind, urgency=urgency))
        case ast.ActionKind.ADVISE:
            return st.builds(ast.Action, st.just(kind), target_lists | st.just(()), topic=names, text=texts)
        case ast.ActionKind.PROGRESS | ast.ActionKind.REDUCE:
            return st.builds(ast.Action, st.just(kind), target_lists, variants, percent=percents)
        case _:
            return st.builds(ast.Action, st.just(kind), target_lists, variants)


actions = st.sampled_from(list(ACTIONS.values())).flatmap(_action)
rules = st.builds(
    ast.Rule,
    actions,
    guards,
    name=st.none() | dotted_names,
    limits=st.lists(limits, max_size=2).map(tuple),
    to=some(names, 0),
    instead=some(names, 0),
    exceptions=st.lists(st.builds(ast.Unless, guards, texts), max_size=2).map(tuple),
    absolute=st.booleans(),
    because=labels,
    say=labels,
    citations=st.lists(st.builds(ast.Citation, names, labels, labels), max_size=2).map(tuple),
    evidence=st.none() | names,
    author=labels,
)
overrides = st.builds(ast.Override, dotted_names, dotted_names, guards, texts)

# --- examples and proofs ----------------------------------------------------------------------

days = st.dates(datetime.date(1, 1, 1))
givens = st.builds(
    ast.Given, names, st.sampled_from(ast.Completeness), st.lists(values, min_size=1, max_size=3).map(tuple)
)
bounds = st.sampled_from(ast.Bound)
verdicts = st.one_of(
    systems, st.sampled_from(["allowed", "caution", "modify", "ask", "clearance", "avoid"]).map(ast.Name)
)
dispositions = st.one_of(systems, st.sampled_from(["screen", "stop", "urgent", "emergency", "routine"]).map(ast.Name))
claims = st.one_of(
    st.builds(ast.ExpectVerdict, targets, bounds, verdicts),
    st.builds(ast.ExpectRecommended, targets, st.booleans()),
    st.builds(ast.ExpectSession, bounds, dispositions),
    st.builds(ast.ExpectSession, st.just(ast.Bound.EXACTLY), dispositions, st.just(value=True)),
)
expectations = st.one_of(
    claims,
    st.builds(ast.ExpectLimit, targets, limits),
    st.builds(ast.ExpectLoad, targets, percents),
    st.builds(ast.ExpectQuestion, names),
)
examples = st.builds(
    ast.Example,
    texts,
    st.lists(givens, max_size=3).map(tuple),
    st.lists(expectations, min_size=1, max_size=3).map(tuple),
    st.none() | days,
)
proofs = st.builds(ast.Proof, texts, claims, guards)

# --- files ------------------------------------------------------------------------------------

packs = st.builds(ast.Pack, dotted_names, labels, st.none() | guards, st.none() | days, labels)
statements: st.SearchStrategy[ast.Statement] = st.one_of(
    sources,
    facts,
    impossibles,
    classes,
    exercises,
    measures,
    parameters,
    definitions,
    rules,
    overrides,
    examples,
    proofs,
)
files = st.tuples(st.lists(packs, max_size=1), st.lists(statements, min_size=1, max_size=4)).map(
    lambda parts: (*parts[0], *parts[1])
)
