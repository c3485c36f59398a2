"""Shapes and check digits of codes."""

from __future__ import annotations

import pytest

from dsl.semantics.coding import SYSTEMS, canonical_code, fault


@pytest.mark.parametrize("system", sorted(SYSTEMS))
def test_the_sample_of_each_system_is_a_code_of_it(system: str) -> None:
    assert fault(system, SYSTEMS[system].sample) is None


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("icd10cm", "M51.26"),
        ("icd10cm", "S39.012A"),
        ("icd10cm", "S33.5XXA"),
        ("icd10cm", "M54.3x"),
        ("icd10cm", "M21.37x"),
        ("icd10cm", "R32"),
        ("icd10cm", "G83.4"),
        ("loinc", "8867-4"),
        ("loinc", "80404-7"),
        ("snomed", "279039007"),
        ("snomed", "161891005"),
        ("snomed", "23056005"),
        ("atc", "N02"),
    ],
)
def test_codes_that_can_be(system: str, code: str) -> None:
    assert fault(system, code) is None


@pytest.mark.parametrize(
    ("system", "code"),
    [
        ("icd10cm", "M5"),
        ("icd10cm", "m51.26"),
        ("icd10cm", "M51.26789"),
        ("icd10cm", "M51."),
        ("icd10cm", "xx"),
        ("loinc", "72514-4"),
        ("loinc", "725143"),
        ("snomed", "279039008"),
        ("snomed", "279093007"),
        ("snomed", "12345"),
        ("snomed", "0279039007"),
        ("rxnorm", "A1"),
        ("atc", "N02BE0"),
    ],
)
def test_codes_that_cannot_be(system: str, code: str) -> None:
    assert fault(system, code) is not None


@pytest.mark.parametrize("place", range(9))
def test_every_wrong_digit_and_every_exchange_of_neighbours_is_found(place: int) -> None:
    code = "279039007"
    for digit in "123456789":
        changed = code[:place] + digit + code[place + 1 :]
        assert (fault("snomed", changed) is None) is (changed == code)
    exchanged = code[:place] + code[place + 1 : place + 2] + code[place] + code[place + 2 :]
    assert (fault("snomed", exchanged) is None) is (exchanged == code)


def test_any_child_is_its_parent() -> None:
    assert canonical_code("icd10cm", "M54.3x") == "M54.3"
    assert canonical_code("icd10cm", "M54.x") == "M54"
    assert canonical_code("snomed", "279039007") == "279039007"
