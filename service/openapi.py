"""Writes `openapi/v1.json`, the committed contract: `python -m service.openapi [FILE]`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from service.api.openapi import document
from service.app import create_app
from service.settings import Settings

COMMITTED = Path(__file__).parent.parent / "openapi" / "v1.json"


def contract() -> str:
    """Return the OpenAPI document as it is committed."""
    surface = create_app(Settings()).surface
    return json.dumps(document(surface), indent=2, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> None:
    """Write the document to the file named, or to its place in the checkout."""
    file = Path(arguments[0]) if arguments else COMMITTED
    file.write_text(contract(), "utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
