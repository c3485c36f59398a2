"""Files put into the usual layout: in place, as a whole or not at all, and never with another meaning."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dsl.syntax.diagnostics import Diagnostic, errors
from dsl.syntax.formatter import format_file
from dsl.syntax.parser import parse
from dsl.syntax.source import SourceFile
from dsl.tools.terminal import Failure


@dataclass(frozen=True, slots=True)
class Formatted:
    """One file and its usual layout; `text` is None where it does not parse, and `diagnostics` say why."""

    source: SourceFile
    text: str | None
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def changes(self) -> bool:
        """Return whether the file is not laid out so yet."""
        return self.text is not None and self.text != self.source.text


def formatted(source: SourceFile) -> Formatted:
    """Return `source` in the usual layout.

    Raises:
        Failure: the layout would say something else than the file, which is a fault of this program.
    """
    tree, found = parse(source)
    if errors(found):
        return Formatted(source, None, tuple(errors(found)))
    text = format_file(source)
    if text != source.text and parse(SourceFile(source.name, text))[0] != tree:
        raise Failure(f"{source.name}: left as it is: its usual layout would say something else; please report it")
    return Formatted(source, text)


def replace(path: Path, text: str) -> None:
    """Write `text` to the file at `path` as a whole, keeping its permissions; a link stays a link.

    Raises:
        Failure: the file cannot be written; it is as it was.
    """
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise _refused(path, error) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).chmod(target.stat().st_mode)
        Path(name).replace(target)
    except OSError as error:
        raise _refused(path, error) from error
    finally:
        Path(name).unlink(missing_ok=True)


def _refused(path: Path, error: OSError) -> Failure:
    return Failure(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}")
