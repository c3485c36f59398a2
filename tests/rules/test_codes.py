"""The codes that ship are codes that were verified, and those of symptoms only raise a question."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

import pytest

from dsl import Release
from tests.rules.shipped import TERMINOLOGY

# Named in the project's clinical notes, and not in the extract of ICD-10-CM that lies beside a checkout.
_LISTED_ELSEWHERE = {"M21.371", "M21.372", "M21.379"}


def codings(release: Release) -> Iterator[tuple[str, str, str, bool]]:
    """Yield what is coded, the system, the code, and whether it only suggests."""
    for fact in release.artifact.vocabulary.facts:
        for code in fact.codes:
            yield fact.name, code.system, code.code, code.suggests
        for term in fact.terms:
            for code in term.codes:
                yield f"{fact.name}.{term.name}", code.system, code.code, code.suggests


def test_codes_of_symptoms_suggest_and_all_others_answer(release: Release) -> None:
    found = list(codings(release))
    assert len(found) >= 50
    for what, system, code, suggests in found:
        assert suggests is what.startswith("symptom."), code
        if system == "icd10cm" and re.match("R|M21", code):
            assert suggests, code


def test_no_code_means_two_things(release: Release) -> None:
    found = [(system, code) for _, system, code, _ in codings(release)]
    assert len(found) == len(set(found))


@pytest.mark.skipif(not TERMINOLOGY.exists(), reason="the terminology lies beside a checkout of the project only")
def test_every_code_was_verified(release: Release) -> None:
    with (TERMINOLOGY / "verified-codes.csv").open(encoding="utf-8", newline="") as rows:
        verified = {(row["system"], row["code"]) for row in csv.DictReader(rows) if row["status"] == "verified"}
    with (TERMINOLOGY / "icd10cm-back-and-redflag-subset.csv").open(encoding="utf-8", newline="") as rows:
        billable = {row["code"] for row in csv.DictReader(rows) if row["is_leaf_billable"] == "1"}
    names = {"snomed": "SNOMED", "loinc": "LOINC"}
    for what, system, code, _ in codings(release):
        if system == "icd10cm":
            assert code in billable | _LISTED_ELSEWHERE, what
        else:
            assert (names[system], code) in verified, what
