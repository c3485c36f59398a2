"""The registry of problem types."""

from __future__ import annotations

import re

from service.api.documents import problem_document, problem_headers
from service.problems import BUSY, PROBLEM_TYPES, Fault, ProblemError


def test_every_type_has_a_stable_name_a_status_of_an_error_and_a_title() -> None:
    assert len(PROBLEM_TYPES) > 25
    for slug, kind in PROBLEM_TYPES.items():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)
        assert kind.uri == f"urn:spotter:problem:{slug}"
        assert 400 <= kind.status.value < 600
        assert kind.title


def test_a_document_has_no_member_without_a_value() -> None:
    error = ProblemError(BUSY, "3 uploads are waiting", headers={"Retry-After": "2"})
    assert problem_document(error) == (
        b'{"type":"urn:spotter:problem:busy","title":"Too many others are waiting",'
        b'"status":503,"detail":"3 uploads are waiting"}'
    )
    assert problem_headers(error)["Retry-After"] == "2"
    assert problem_headers(error)["Content-Type"] == "application/problem+json"


def test_a_document_says_where_the_faults_are_and_under_what_a_failure_was_logged() -> None:
    fault = Fault("unknown", pointer="/facts/pian", did_you_mean=("pain",))
    document = problem_document(ProblemError(BUSY, "x", faults=[fault]), instance="0199")
    assert b'"instance":"urn:uuid:0199"' in document
    assert b'"errors":[{"detail":"unknown","pointer":"/facts/pian","did_you_mean":["pain"]}]' in document


def test_the_text_of_the_exception_is_its_type_only() -> None:
    assert str(ProblemError(BUSY, "secret", faults=[Fault("secret")])) == "busy"
