"""The contract: committed, valid, and as strict as the service is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from openapi_spec_validator import validate

from service.api.v1 import examples
from service.openapi import COMMITTED, contract, main
from service.problems import PROBLEM_TYPES

DOCUMENT: dict[str, Any] = json.loads(COMMITTED.read_text("utf-8"))
SCHEMAS: dict[str, Any] = DOCUMENT["components"]["schemas"]


def _operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, item in DOCUMENT["paths"].items():
        for method, operation in item.items():
            yield path, method, operation


def _parts(schema: object) -> Iterator[dict[str, Any]]:
    if isinstance(schema, dict):
        yield schema
        for part in schema.values():
            yield from _parts(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _parts(part)


OPERATIONS = list(_operations())
IDS = [operation["operationId"] for _, _, operation in OPERATIONS]


def test_the_committed_document_is_the_one_that_the_service_makes() -> None:
    assert COMMITTED.read_text("utf-8") == contract(), "run `make openapi` and look at what changes for callers"


def test_the_document_can_be_written_anywhere(tmp_path: Path) -> None:
    main([str(tmp_path / "v1.json")])
    assert (tmp_path / "v1.json").read_bytes() == COMMITTED.read_bytes()


def test_the_document_is_valid() -> None:
    validate(DOCUMENT)


def test_operations_have_ids_of_their_own() -> None:
    assert len(set(IDS)) == len(IDS) >= 20
    assert all(operation["summary"] and operation["description"] for _, _, operation in OPERATIONS)


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=IDS)
def test_every_error_is_a_problem_document(path: str, method: str, operation: dict[str, Any]) -> None:
    for status, response in operation["responses"].items():
        if int(status) >= 400:
            assert list(response["content"]) == ["application/problem+json"], (path, method, status)
            assert response["content"]["application/problem+json"]["schema"] == {
                "$ref": "#/components/schemas/ProblemV1"
            }
    assert "500" in operation["responses"]


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=IDS)
def test_a_body_is_described_with_everything_that_can_be_wrong_with_one(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    takes_body = "requestBody" in operation
    assert takes_body is (method in ("post", "put")), path
    assert takes_body is ({"408", "413", "415", "422"} <= operation["responses"].keys())


def test_bodies_refuse_unknown_members() -> None:
    bodies = [
        operation["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _, _, operation in OPERATIONS
        if "requestBody" in operation
    ]
    assert bodies
    for name in [*bodies, "RuleFileV1"]:
        assert SCHEMAS[name]["additionalProperties"] is False


def test_numbers_that_are_sent_are_bounded_also_where_they_are_optional() -> None:
    asked_with = SCHEMAS["RecommendationRequestV1"]["properties"]["asked_with"]["anyOf"]
    assert {"type": "integer", "minimum": 1, "maximum": 999_999_999} in asked_with


def test_patterns_are_portable() -> None:
    patterns = [part["pattern"] for part in _parts(DOCUMENT) if isinstance(part.get("pattern"), str)]
    assert len(patterns) > 10
    assert not [pattern for pattern in patterns if "\\Z" in pattern]


def test_every_problem_type_is_told_and_none_is_told_that_is_not_there() -> None:
    told = " ".join(
        response["description"] for _, _, operation in OPERATIONS for response in operation["responses"].values()
    )
    never_of_an_operation = {"not-found", "method-not-allowed"}
    assert {slug for slug in PROBLEM_TYPES if f"`{slug}`" in told} == PROBLEM_TYPES.keys() - never_of_an_operation
    assert all(kind.uri in DOCUMENT["info"]["description"] for kind in PROBLEM_TYPES.values())


def test_links_lead_to_operations_and_set_their_parameters() -> None:
    named = {operation["operationId"]: operation for _, _, operation in OPERATIONS}
    links = [link for part in _parts(DOCUMENT["paths"]) for link in part.get("links", {}).values()]
    assert len(links) >= 10
    for link in links:
        parameters = {parameter["name"] for parameter in named[link["operationId"]].get("parameters", ())}
        assert link["parameters"].keys() <= parameters


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ("RecommendationRequestV1", examples.QUESTION),
        *[("RecommendationRequestV1", question) for question in examples.QUESTIONS.values()],
        ("RulesRequestV1", examples.RULES),
        ("RulesRequestV1", examples.MISSPELT),
        ("RulesetRequestV1", examples.RULESET),
        ("PromotionRequestV1", examples.PROMOTION),
    ],
)
def test_examples_fit_their_schemas(schema: str, value: object) -> None:
    jsonschema_rs.validate({"$ref": f"#/components/schemas/{schema}", "components": DOCUMENT["components"]}, value)


@pytest.mark.parametrize(
    "facts",
    [
        {"a": []},
        {"a": ["x", {"system": "icd10cm", "code": "M51.26"}]},
        {"a": {"present": ["x"], "absent": []}},
        {"a": {}},
        {"a": {"value": 7.5, "unit": "h"}},
        {"a": None, "b": True, "c": "x", "d": 5},
    ],
)
def test_every_form_of_a_fact_is_described(facts: object) -> None:
    jsonschema_rs.validate(
        {"$ref": "#/components/schemas/RecommendationRequestV1", "components": DOCUMENT["components"]},
        {"facts": facts},
    )


@pytest.mark.parametrize("facts", [{"a": [1]}, {"a": {"presnt": []}}, {"a": {"value": 1}}, {"a": [[]]}, []])
def test_nothing_else_is(facts: object) -> None:
    schema = {"$ref": "#/components/schemas/RecommendationRequestV1", "components": DOCUMENT["components"]}
    assert not jsonschema_rs.is_valid(schema, {"facts": facts})
