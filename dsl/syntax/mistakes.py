"""Names what is wrong with the structure of a statement, in its author's words.

Each recogniser knows one mistake; the first that recognises the place names it. What none recognises is told as
what stands there and what could.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from dsl.syntax import guard_mistakes as guards
from dsl.syntax import join_mistakes as joins
from dsl.syntax import name_mistakes as names
from dsl.syntax import order_mistakes as order
from dsl.syntax import statement_mistakes as statements
from dsl.syntax import word_mistakes as words
from dsl.syntax.condition_first import condition_first, exercise_first
from dsl.syntax.denials import adds_condition, denied_values, exception_for_guard, none_of_several
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.expected import in_words
from dsl.syntax.grammar import grammar
from dsl.syntax.load_mistakes import exercises_left_out, share_as_part, share_in_other_words, share_of_load
from dsl.syntax.range_mistakes import as_range, from_two_sides, out_of
from dsl.syntax.rewordings import advised, reworded
from dsl.syntax.spelling import nearest
from dsl.syntax.stuck import Stuck
from dsl.syntax.word_mistakes import run_together, without_ending

Recogniser = Callable[[Stuck], Diagnostic | None]

_OPENING_ADVICE = {
    "if": "begin with what the rule does: `avoid deadlift when …`",
    "when": "begin with what the rule does: `avoid deadlift when …`",
    "whenever": "begin with what the rule does: `avoid deadlift when …`",
    "never": "write `avoid`",
    "forbid": "write `avoid`",
    "ban": "write `avoid`",
    "block": "write `avoid`",
    "permit": "write `allow`",
    "let": "write `parameter NAME = 5 in 3 to 8` or `define NAME when …`",
    "set": "write `parameter NAME = 5 in 3 to 8` or `define NAME when …`",
    "import": "files need no import: all files of a pack are read together",
    "include": "files need no import: all files of a pack are read together",
    "test": "write `example`",
    "assert": "write `prove`",
    "muscle": "write `class`",
    **dict.fromkeys(("do", "don", "don't", "dont"), "write `avoid deadlift when …`"),
    "warn": "write `caution`",
    "warning": "write `caution`",
}

_ACTING_ADVICE = {
    "contraindicated": "write `avoid`",
    **dict.fromkeys(("substitute", "replace", "swap"), "write `avoid … when … instead …`"),
    "call": 'write `refer emergency when … say "…"`',
    "halve": "write `reduce load by 50 % for …`",
    **dict.fromkeys(("decrease", "lower", "deload"), "write `reduce load by … % for …`"),
    **dict.fromkeys(("increase", "raise", "add"), "write `progress load by … % for …`"),
}
"""Words that are no slip where they stand among the values of a fact, and what was meant where one opens a line."""


_CONTINUING_ADVICE = {
    "always": "begin with what the rule does: `avoid deadlift when …`",
    "clearance": "write `require clearance for …`",
    "session": "write `stop session when …`",
    "no": "write `avoid … when …`",
    "red": 'write `refer emergency when … say "…"`; `red flag` stands behind a value of a fact',
}
"""Words of the language that continue a statement, and what was meant where one opens a line."""


def explain(stuck: Stuck, unread: Diagnostic | None = None, *, mended: bool = False) -> Diagnostic | None:
    """Return the finding about a statement that does not parse.

    `unread` is what is wrong with the very word. Behind a word that was reported, and `mended` by guessing, what is
    only guessed at as well says nothing new; None then.
    """
    if not stuck.read:
        return unread or unknown_opening(stuck)
    asked = (recognise for recognise in _RECOGNISERS if not (mended and recognise in _GUESSES))
    found = next((found for recognise in asked if (found := recognise(stuck)) is not None), None)
    return found or unread or (None if mended else _plainly(stuck))


def unknown_opening(stuck: Stuck) -> Diagnostic:
    """Return the finding about a word that opens a line but no statement."""
    word = stuck.word
    if (found := condition_first(stuck) or exercise_first(stuck)) is not None:
        return found
    if (apart := run_together(word, grammar().openers)) is not None:
        return stuck.found("E121", f"`{word}` runs two words together", f"write `{apart}`")
    if stuck.following(3)[1:2] == ("COLON",) and [
        str(token) for token in stuck.rest[1:2] if token in grammar().openers
    ]:
        return stuck.found("E102", f"`{word}` does not open a statement", f"a rule is named so: `rule {word}: …`")
    near = without_ending(word, grammar().openers) or nearest(word, grammar().openers)
    if near is not None and _begins(near, stuck):
        return stuck.found("E102", f"`{word}` is not a word of the language", f"did you mean `{near}`?")
    if (advice := (_OPENING_ADVICE | _ACTING_ADVICE | _CONTINUING_ADVICE).get(word)) is not None:
        return stuck.found("E102", f"`{word}` does not open a statement", advice)
    if stuck.kind in grammar().keywords.values():
        return stuck.found("E101", f"`{word}` continues a statement, but none stands before it", _openers())
    if stuck.kind == "NAME":
        return stuck.found("E102", f"`{word}` does not open a statement", f"{_openers()}; a remark begins with `#`")
    return stuck.found("E101", f"a statement cannot begin with `{word}`", _openers())


@lru_cache(maxsize=1 << 12)
def meant_to_open(word: str, *, among_values: bool = False) -> bool:
    """Return whether a word that opens no statement was probably meant to; `among_values` of a fact it may be one."""
    openers = grammar().openers
    if word in _ACTING_ADVICE:
        return not among_values
    return word in _OPENING_ADVICE or nearest(word, openers) is not None or run_together(word, openers) is not None


def may_open(word: str) -> bool:
    """Return whether a word is none that continues a statement, so that a line with a guard of its own is a new one."""
    return word not in grammar().keywords or word in _CONTINUING_ADVICE


def _begins(opener: str, stuck: Stuck) -> bool:
    """Return whether a statement can begin with `opener` and what stands behind the word, if anything does."""
    kinds = [grammar().keywords[opener], *(token.kind for token in stuck.rest[:1])]
    return grammar().statement().fitting(kinds) == len(kinds)


def _openers() -> str:
    return "a statement begins with a word such as `avoid`, `modify`, `allow`, `rule`, `fact`, `class` or `exercise`"


def _plainly(stuck: Stuck) -> Diagnostic:
    """Return what stands at the place and what could."""
    wanted = f"expected {in_words(stuck.accepted, stuck.after)}"
    if stuck.token is None:
        advice = f"{wanted}, or leave `,` out" if stuck.after == "COMMA" else wanted
        return stuck.found("E103", f"the statement ends too early, after `{stuck.word}`", advice)
    return stuck.found("E101", f"`{stuck.word}` cannot stand here", wanted)


_RECOGNISERS: tuple[Recogniser, ...] = (
    statements.without_topic,
    statements.unquoted_advice,
    guards.called_like_a_function,
    guards.mixed,
    guards.asks_whether_known,
    exception_for_guard,
    adds_condition,
    denied_values,
    none_of_several,
    from_two_sides,
    share_as_part,
    as_range,
    out_of,
    guards.or_in_list,
    guards.bare_list,
    joins.unlisted_conditions,
    joins.joined_in_other_words,
    guards.read_as_unit,
    joins.fact_left_out,
    guards.compared_twice,
    guards.number_first,
    guards.unopened,
    guards.unclosed,
    words.decimal_comma,
    words.unquoted_code,
    words.doubled,
    names.label_elsewhere,
    names.words_for_name,
    words.inflected,
    words.in_one_word,
    words.glued,
    words.misspelt,
    words.misspelt_line,
    statements.second_statement,
    statements.second_action,
    statements.second_guard,
    order.in_parentheses,
    statements.unquoted_question,
    order.instead_behind,
    statements.verdict_denied,
    statements.one_at_a_time,
    statements.scale_downwards,
    statements.dose,
    statements.row_of_a_table,
    order.variants_first,
    statements.who_clears,
    order.reason_alone,
    order.limit_first,
    order.share_first,
    order.limit_without_word,
    order.share_of_what,
    share_of_load,
    share_in_other_words,
    exercises_left_out,
    statements.nameless_rule,
    order.verdict_first,
    guards.no_such_thing,
    names.dash_in_name,
    reworded,
    advised,
    statements.referral_in_words,
    names.dash_before_text,
    names.quoted_name,
    guards.no_comparison,
    names.blank_in_name,
    names.unquoted_text,
    statements.no_date,
    statements.without_range,
    statements.numbers_for_names,
    statements.without_kind,
    statements.misplaced,
    words.reserved,
    statements.without_reason,
    order.guard_comes_later,
    statements.without_guard,
    statements.without_given,
    words.missing,
    words.if_for_when,
)
"""In the order in which they are asked: the sure ones before those that would also recognise the place."""

_GUESSES: tuple[Recogniser, ...] = (words.doubled, names.blank_in_name, words.missing)
"""Those that would find something wrong wherever words stand side by side."""
