"""The closed list of code systems, and the shape that a code of each must have."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from dsl.syntax.phrases import written_code


class System(NamedTuple):
    """A terminology: its title, the shape of its codes, a sample, and its check digit where it has one."""

    title: str
    shape: re.Pattern[str]
    sample: str
    check: Callable[[str], bool] | None = None


def _luhn(code: str) -> bool:
    """Return whether the last digit is the Mod 10 check digit of those before it."""
    digits = [int(char) for char in reversed(code) if char.isdigit()]
    doubled = [sum(divmod(2 * digit, 10)) for digit in digits[1::2]]
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


_TURNS = 5
_PERMUTED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)


def _dihedral(left: int, right: int) -> int:
    """Return the product of two elements of the dihedral group of order ten, rotations 0 to 4."""
    turned, flipped = left % _TURNS, left >= _TURNS
    turn = turned - right if flipped else turned + right
    return turn % _TURNS + (_TURNS if flipped != (right >= _TURNS) else 0)


def _verhoeff(code: str) -> bool:
    """Return whether the last digit is the Verhoeff check digit of those before it.

    Source: J. Verhoeff, Error detecting decimal codes, 1969; the check digit of SNOMED CT identifiers.
    """
    product = 0
    for place, char in enumerate(reversed(code)):
        digit = int(char)
        for _ in range(place % 8):
            digit = _PERMUTED[digit]
        product = _dihedral(product, digit)
    return product == 0


SYSTEMS: dict[str, System] = {
    "atc": System("ATC", re.compile(r"[A-Z](\d\d([A-Z]([A-Z](\d\d)?)?)?)?"), "N02BE01"),
    "icd10": System("ICD-10", re.compile(r"[A-Z]\d\d(\.\d{1,3})?"), "M51.2"),
    "icd10cm": System("ICD-10-CM", re.compile(r"[A-Z]\d[\dA-Z](\.[\dA-Z]{1,4})?"), "M51.26"),
    "icd11": System("ICD-11", re.compile(r"[\dA-Z]{4}(\.[\dA-Z]{1,3})?"), "FA80.9"),
    "icf": System("ICF", re.compile(r"[bsde]\d{1,5}"), "b28013"),
    "icpc2": System("ICPC-2", re.compile(r"[A-Z]\d\d"), "L86"),
    "loinc": System("LOINC", re.compile(r"\d{1,7}-\d"), "72514-3", _luhn),
    "rxnorm": System("RxNorm", re.compile(r"[1-9]\d{0,7}"), "161"),
    "snomed": System("SNOMED CT", re.compile(r"[1-9]\d{5,17}"), "279039007", _verhoeff),
}


def canonical_code(system: str, code: str) -> str:
    """Return `code` as it is stored: of ICD, `M54.3x` (any child) is the parent `M54.3`, which means its children."""
    any_child = system.startswith("icd10") and code.endswith("x")
    return code.rstrip("x").removesuffix(".") if any_child else code


def _has_shape(system: str, code: str) -> bool:
    return SYSTEMS[system].shape.fullmatch(canonical_code(system, code)) is not None


def _in_capitals(code: str) -> str:
    """Return `code` in capitals, but for the `x` of any child."""
    return f"{code[:-1].upper()}x" if code.endswith("x") else code.upper()


def _written(code: str) -> str:
    """Return `code` as rules have it, in quotes where it needs them."""
    return f"`{written_code(code)}`"


class Fault(NamedTuple):
    """What is wrong with a code, and what to do about it."""

    message: str
    help: str


def fault(system: str, code: str) -> Fault | None:
    """Return what is wrong with `code`; None when it can be a code of `system`."""
    known = SYSTEMS[system]
    if not _has_shape(system, code):
        told = f"`{code}` is no code of {known.title}"
        recased = next((one for one in (_in_capitals(code), code.lower()) if _has_shape(system, one)), None)
        return Fault(
            told, f"write it like {_written(known.sample)}" if recased is None else f"write {_written(recased)}"
        )
    if known.check is not None and not known.check(code):
        message = f"`{code}` is no code of {known.title}: its check digit does not fit"
        return Fault(message, "a digit is wrong, or two have changed places")
    return None
