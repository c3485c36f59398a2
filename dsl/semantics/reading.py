"""Rule files from disk: paths in, sources out, with a diagnostic for each path that cannot be read."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile, Span

SUFFIX = ".rules"
"""What the names of rule files in a folder end in; a file that is named itself may be called anything."""

TEXTS = "sources"
"""The folder beside rule files that holds the texts of the works that they cite."""

_TEXT_SUFFIXES = (".md", ".txt")
_DEFAULT_LIMITS = Limits()
_PACKAGE = Path(__file__).resolve().parent.parent


def shipped_rules() -> Path:
    """Return the folder of the shipped packs: inside the package once installed, beside it in a checkout."""
    installed = _PACKAGE / "shipped_rules"
    return installed if installed.is_dir() else _PACKAGE.parent / "rules"


def read_paths(
    paths: Iterable[str | os.PathLike[str]], limits: Limits = _DEFAULT_LIMITS
) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Return the files at `paths`, those of folders sorted by path, and what could not be read.

    A source is named by its path as given. A file that is reached twice by the same path is read once. No more
    than `limits` allow is ever read.
    """
    return _read_all(dict.fromkeys(file for given in paths for file in _files(Path(given))), limits)


def _read_all(paths: Iterable[Path], limits: Limits) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Return the files at `paths`, no more of them than `limits` allow, and what could not be read."""
    sources: list[SourceFile] = []
    found: list[Diagnostic] = []
    for path in paths:
        match _read(path, limits):
            case SourceFile() as source:
                sources.append(source)
            case Diagnostic() as problem:
                found.append(problem)
        if over := _over(path, sources, limits):
            return sources, [*found, over]
    return sources, found


def read_texts(
    rule_files: Iterable[SourceFile], limits: Limits = _DEFAULT_LIMITS
) -> tuple[list[SourceFile], list[Diagnostic]]:
    """Return the texts of works beside `rule_files`, which were read from paths, and what could not be read.

    They are the files `.md` and `.txt` in a folder `sources` beside a rule file.
    """
    folders = sorted({Path(file.name).parent / TEXTS for file in rule_files})
    return _read_all((path for folder in folders for path in _texts_in(folder)), limits)


def _texts_in(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if path.suffix in _TEXT_SUFFIXES)


def _over(path: Path, sources: Sequence[SourceFile], limits: Limits) -> Diagnostic | None:
    """Return that with `path` more is read than a compilation takes."""
    if len(sources) > limits.files:
        return _about(path, "E295", f"these are more than {limits.files} files", "compile fewer files at once")
    if sum(len(source.text) for source in sources) > limits.total_bytes:
        return _about(path, "E294", f"all files together have more than {limits.total_bytes} bytes", "split them")
    return None


def _files(path: Path) -> Iterator[Path]:
    """Yield the rule files of a folder, sorted; a path that is no folder is itself."""
    if not path.is_dir():
        yield path
        return
    files = sorted(
        Path(folder, name)
        for folder, _, names in os.walk(path, followlinks=False)
        for name in names
        if name.endswith(SUFFIX)
    )
    yield from files or [path]


def _read(path: Path, limits: Limits) -> SourceFile | Diagnostic:
    """Return the text of one file, or why there is none."""
    if path.is_dir():
        return _about(path, "E292", "there is no rule file in this folder", f"names of rule files end in `{SUFFIX}`")
    if not path.exists():
        return _about(path, "E291", "there is no such file or folder")
    if not path.is_file():
        return _about(path, "E291", "this is not a file")
    try:
        with path.open("rb") as file:
            data = file.read(limits.file_bytes + 1)
    except OSError as error:
        return _about(path, "E291", f"the file cannot be read: {error.strerror}")
    return _decoded(path, data, limits)


def _decoded(path: Path, data: bytes, limits: Limits) -> SourceFile | Diagnostic:
    if len(data) > limits.file_bytes:
        return _about(path, "E294", f"the file has more than {limits.file_bytes} bytes", "split it")
    try:
        return SourceFile(_shown(path), data.decode("utf-8"))
    except UnicodeDecodeError as error:
        return _about(path, "E293", f"the file is not UTF-8 text: byte {error.start} is 0x{data[error.start]:02x}")


def _about(path: Path, code: str, message: str, help_: str | None = None) -> Diagnostic:
    return Diagnostic(code, Span(_shown(path), 0, 0), f"`{_shown(path)}`: {message}", help_)


def _shown(path: Path) -> str:
    """Return `path` as text; bytes in it that are no UTF-8 are shown as they are escaped."""
    return os.fspath(path).encode("utf-8", "backslashreplace").decode("utf-8")
