"""Reading bodies: what is JSON, what fits, and what is said of the rest."""

from __future__ import annotations

import json
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.api.requests import decode
from service.api.v1.recommendation_schemas import RecommendationRequestV1
from service.api.v1.schemas import PromotionRequestV1, RulesetRequestV1, RulesRequestV1
from service.problems import INVALID_BODY, MALFORMED_JSON, ProblemError

LINE = "one line of text is expected, without control characters"
NAME = "lower-case letters, digits and hyphens are expected, a letter first, 63 at most"


def _facts(value: bytes) -> bytes:
    return b'{"facts": {"pain_level": ' + value + b"}}"


def _problem(body: bytes, wanted: type = RecommendationRequestV1) -> ProblemError:
    with pytest.raises(ProblemError) as caught:
        decode(body, wanted)
    return caught.value


MALFORMED = {
    "nothing": b"",
    "spaces": b"  ",
    "half an object": b'{"facts": {',
    "trailing text": b"{} {}",
    "a byte order mark": b"\xef\xbb\xbf{}",
    "invalid UTF-8": b"\xff\xfe",
    "invalid UTF-8 in text": _facts(b'"\xff"'),
    "a lone surrogate": _facts(b'"\\ud800"'),
    "a lone low surrogate": _facts(b'"\\udc00 "'),
    "NaN": _facts(b"NaN"),
    "Infinity": _facts(b"-Infinity"),
    "a leading zero": _facts(b"01"),
    "a control character": _facts(b'"\n"'),
    "ten thousand levels": _facts(b"[" * 10_000 + b"]" * 10_000),
    "a member twice": b'{"facts": {"pain": "acute", "pain": "none"}}',
    "a member twice, deeper": b'{"facts": {"sleep": {"value": 1, "value": 2}}}',
    "a member twice, once escaped": b'{"facts": {}, "f\\u0061cts": {}}',
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_not_json_is_malformed(body: bytes) -> None:
    assert _problem(body).kind is MALFORMED_JSON


def test_a_repeated_member_is_named() -> None:
    assert _problem(b'{"facts": {"pain": 1, "pain": 2}}').faults[0].detail == 'the member "pain" is given twice'


@pytest.mark.parametrize(
    ("body", "wanted", "pointer", "detail"),
    [
        (b"null", RecommendationRequestV1, "", "Expected `object`, got `null`"),
        (b"[]", RecommendationRequestV1, "", "Expected `object`, got `array`"),
        (b'{"asked_with": "7"}', RecommendationRequestV1, "/asked_with", "Expected `int | null`, got `str`"),
        (b'{"asked_with": 7.5}', RecommendationRequestV1, "/asked_with", "Expected `int | null`, got `float`"),
        (b'{"asked_with": 0}', RecommendationRequestV1, "/asked_with", "Expected `int` >= 1"),
        (b'{"asked_with": 1000000000}', RecommendationRequestV1, "/asked_with", "Expected `int` <= 999999999"),
        (b'{"asked_with": 9223372036854775808}', RecommendationRequestV1, "/asked_with", "Expected `int` <= 999999999"),
        (b'{"exercises": ["a", 5]}', RecommendationRequestV1, "/exercises/1", "Expected `str`, got `int`"),
        (b'{"subject": "a\\u0000"}', RecommendationRequestV1, "/subject", LINE),
        (b'{"subject": "a\\n"}', RecommendationRequestV1, "/subject", LINE),
        (b'{"subject": ""}', RecommendationRequestV1, "/subject", LINE),
        (b'{"release": true}', PromotionRequestV1, "/release", "Expected `int`, got `bool`"),
        (b'{"release": 1, "breaking": 1}', PromotionRequestV1, "/breaking", "Expected `bool`, got `int`"),
        (b"{}", PromotionRequestV1, "", "Object missing required field `release`"),
        (b'{"files": []}', RulesRequestV1, "/files", "Expected `array` of length >= 1"),
        (b'{"files": [{"name": "a", "txt": ""}]}', RulesRequestV1, "/files/0", "`txt` is not known here"),
        (b'{"name": "Knees", "title": "x"}', RulesetRequestV1, "/name", NAME),
        (b'{"name": "knees\\n", "title": "x"}', RulesetRequestV1, "/name", NAME),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_where_and_why(body: bytes, wanted: type, pointer: str, detail: str) -> None:
    problem = _problem(body, wanted)
    assert problem.kind is INVALID_BODY
    assert (problem.faults[0].pointer, problem.faults[0].detail) == (pointer, detail)


def test_an_unknown_member_is_named_with_the_nearest_known_one() -> None:
    (fault,) = _problem(b'{"fact": {}}').faults
    assert (fault.detail, fault.did_you_mean) == ("`fact` is not known here", ("facts",))


def test_an_unknown_member_of_any_length_is_shown_short() -> None:
    (fault,) = _problem(b'{"' + b"x" * 100_000 + b'": 1}').faults
    assert len(fault.detail) < 100


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (b"6.1", Decimal("6.1")),
        (b"0.10000000000000000000000000001", Decimal("0.10000000000000000000000000001")),
        (b"1e400", Decimal("1e400")),
        (b"7", 7),
        (b"99999999999999999999", 99999999999999999999),
    ],
)
def test_numbers_are_exact(number: bytes, value: object) -> None:
    assert decode(_facts(number), RecommendationRequestV1).facts == {"pain_level": value}


def test_a_number_past_binary_arithmetic_is_exact_in_any_body() -> None:
    assert decode(b'{"a": 1e400}', object) == {"a": Decimal("1e400")}


@pytest.mark.parametrize("number", [b"1e10001", b"1e-10001", b"1e99999999999999999999", b"9" * 5_000])
def test_numbers_past_any_use_are_refused(number: bytes) -> None:
    problem = _problem(_facts(number))
    assert (problem.kind, problem.faults[0].pointer) == (INVALID_BODY, "/facts")


def test_more_facts_than_a_member_can_have_are_refused() -> None:
    body = b'{"facts": {' + b",".join(b'"f%d": 1' % place for place in range(1_001)) + b"}}"
    assert _problem(body).faults[0].pointer == "/facts"


# --- members given twice ------------------------------------------------------------------------


class _Members(list[tuple[str, object]]):
    """The members of an object, as they are written."""


TEXT = st.text(alphabet='ab:"\\ü{},', max_size=4)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.lists(st.tuples(TEXT, inner), max_size=3).map(_Members),
    max_leaves=12,
)


def _written(value: object, *, plain: bool) -> str:
    if isinstance(value, _Members):
        members = (f"{_written(name, plain=plain)} : {_written(item, plain=plain)}" for name, item in value)
        return "{" + ", ".join(members) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_written(item, plain=plain) for item in value) + "]"
    if isinstance(value, str) and not plain:
        return '"' + "".join(f"\\u{ord(character):04x}" for character in value) + '"'
    return json.dumps(value, ensure_ascii=False)


def _repeats(value: object) -> bool:
    if isinstance(value, _Members):
        names = [name for name, _ in value]
        return len(set(names)) < len(names) or any(_repeats(item) for _, item in value)
    return isinstance(value, list) and any(_repeats(item) for item in value)


@given(value=VALUES, plain=st.booleans())
def test_a_member_given_twice_is_refused_wherever_it_is_and_nothing_else_is(value: object, *, plain: bool) -> None:
    body = _written(value, plain=plain).encode()
    if _repeats(value):
        assert _problem(body, object).kind is MALFORMED_JSON
    else:
        decode(body, object)


@given(
    facts=st.lists(st.tuples(st.sampled_from(["a", "b"]), VALUES), max_size=3).map(_Members),
    again=st.sampled_from(["", ', "facts": {}', ', "at": null', ', "exercises": ["a:b"]', ', "asked_with": 1']),
)
def test_a_question_that_names_something_twice_is_refused_whatever_it_leaves_out(facts: object, again: str) -> None:
    body = f'{{"facts": {_written(facts, plain=True)}{again}}}'.encode()
    if _repeats(facts) or "facts" in again:
        assert _problem(body).kind is MALFORMED_JSON
    else:
        decode(body, RecommendationRequestV1)


def test_a_request_that_omits_defaults_holds_none_that_does_not() -> None:
    """Else a default that is written out could make up for a member that was given twice."""
    assert RecommendationRequestV1.__struct_config__.omit_defaults
    for wanted in (PromotionRequestV1, RulesetRequestV1, RulesRequestV1):
        assert not wanted.__struct_config__.omit_defaults
    assert "StructType" not in str([field.type for field in msgspec.inspect.type_info(RecommendationRequestV1).fields])  # type: ignore[attr-defined]  # it is the type info of a struct
