"""Compiles the shipped packs ahead of the first start: `python -m service.precompile`, once after installing."""

from __future__ import annotations

import sys

from dsl.semantics.reading import shipped_rules
from service.operations.shipped import Packs, errors_of


def main() -> int:
    """Compile every shipped pack and return the exit code: 1 when one has errors, which are printed."""
    packs = Packs(shipped_rules())
    wrong = [found for pack in packs.folders() if (found := errors_of(packs.precompile(pack)))]
    sys.stderr.writelines(f"{found}\n" for found in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
