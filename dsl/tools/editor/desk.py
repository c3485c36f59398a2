"""What lies on an author's desk: folders of rule files, and files that are being edited and win over the disk."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path

from dsl.semantics.reading import SUFFIX, read_paths, read_texts
from dsl.syntax.diagnostics import Diagnostic
from dsl.syntax.limits import Limits
from dsl.syntax.source import SourceFile
from dsl.tools.editor.project import Project, shipped_path

_PASSED_BY = frozenset({"node_modules", "__pycache__"})


@dataclass(frozen=True, slots=True)
class Place:
    """One file: the project that it is read in, and its name there."""

    project: Project
    name: str


@dataclass(frozen=True, slots=True)
class _Root:
    """Files that are read together: a folder with everything below it, one folder alone, or one text without a file."""

    key: str
    folder: Path | None
    deep: bool = True


@dataclass(slots=True)
class _OnDisk:
    """The rule files of a root as the disk has them, by name, and what could not be read."""

    texts: dict[str, str]
    works: tuple[SourceFile, ...]
    unread: tuple[Diagnostic, ...]


class Desk:
    """The one place that remembers what the editor has told. Files go by the addresses that the editor gives them."""

    def __init__(self) -> None:
        self._folders: list[Path] = []
        self._open: dict[str, str] = {}
        self._disk: dict[str, _OnDisk] = {}
        self._projects: dict[str, Project] = {}
        self._roots: dict[str, _Root] = {}

    # --- what the editor tells --------------------------------------------------------------------

    def set_folders(self, uris: Iterable[str]) -> None:
        """Take the folders that the author works in."""
        self._folders = [Path(path) for path in map(to_fs_path, uris) if path]
        self.reread()

    def edit(self, uri: str, text: str) -> None:
        """Take the text of a file that is open, saved or not."""
        self._open[uri] = text
        self._projects.pop(self._root(uri).key, None)

    def close(self, uri: str) -> None:
        """Go by the disk again for a file that is no longer open."""
        self._open.pop(uri, None)
        self.reread()

    def reread(self) -> None:
        """Forget what was read from the disk: files have changed there."""
        self._disk.clear()
        self._projects.clear()
        self._roots.clear()

    # --- what the services ask --------------------------------------------------------------------

    def place(self, uri: str) -> Place:
        """Return a file with the project that it is read in; of the shipped vocabulary too."""
        root = self._root(uri)
        project = self._project(root)
        return Place(project, _name(uri, root))

    def text(self, place: Place) -> str:
        """Return the text of a file; empty where there is none."""
        source = place.project.sources.get(place.name)
        return source.text if source else ""

    def projects(self) -> Iterator[tuple[str, Project]]:
        """Yield every project with a file in it that is open or lies in a folder of the author's, by its root."""
        roots = [_Root(str(folder), folder) for folder in self._folders] + [self._root(uri) for uri in self._open]
        for key, root in {root.key: root for root in roots}.items():
            yield key, self._project(root)

    def uri(self, project: Project, key: str, name: str) -> str:
        """Return the address of the file `name` of the project with root `key`."""
        if name in project.shipped:
            return _uri(shipped_path(name))
        known = {_name(uri, root): uri for uri in self._open if (root := self._root(uri)).key == key}
        return known.get(name) or _uri(Path(key, name))

    def key(self, uri: str) -> str:
        """Return the root that a file belongs to."""
        return self._root(uri).key

    def unread(self, key: str) -> tuple[Diagnostic, ...]:
        """Return which files of a root could not be read; the name of each is its path."""
        return self._disk[key].unread if key in self._disk else ()

    # --- roots and files --------------------------------------------------------------------------

    def _root(self, uri: str) -> _Root:
        if uri not in self._roots:
            self._roots[uri] = self._found_root(uri)
        return self._roots[uri]

    def _found_root(self, uri: str) -> _Root:
        path = to_fs_path(uri) if uri.startswith("file:") else None
        if path is None:
            return _Root(uri, None)
        above = [folder for folder in self._folders if Path(path).is_relative_to(folder)]
        if above:
            nearest = min(above, key=lambda folder: len(folder.parts))
            return _Root(str(nearest), nearest)
        return _Root(str(Path(path).parent), Path(path).parent, deep=False)

    def _project(self, root: _Root) -> Project:
        if root.key not in self._projects:
            if root.key not in self._disk:
                self._disk[root.key] = _read(root)
            disk = self._disk[root.key]
            edited = {_name(uri, root): text for uri, text in self._open.items() if self._root(uri).key == root.key}
            self._projects[root.key] = Project({**disk.texts, **edited}, disk.works)
        return self._projects[root.key]


def _uri(path: Path) -> str:
    return from_fs_path(str(path)) or path.as_uri()


def _name(uri: str, root: _Root) -> str:
    """Return how messages call a file: its path within the root."""
    path = to_fs_path(uri)
    if root.folder is None or path is None:
        return uri
    return Path(path).relative_to(root.folder).as_posix()


def _read(root: _Root) -> _OnDisk:
    if root.folder is None:
        return _OnDisk({}, (), ())
    files = list(islice(_rule_files(root.folder, deep=root.deep), Limits().files + 1))
    sources, unread = read_paths(files)
    works, unread_works = read_texts(sources)
    own, cited = ([_within(root.folder, one) for one in read] for read in (sources, works))
    return _OnDisk({one.name: one.text for one in own}, tuple(cited), (*unread, *unread_works))


def _within(folder: Path, source: SourceFile) -> SourceFile:
    """Return `source` by its path within a folder."""
    return SourceFile(Path(source.name).relative_to(folder).as_posix(), source.text)


def _rule_files(folder: Path, *, deep: bool) -> Iterator[Path]:
    """Yield the rule files of a folder, sorted; hidden folders are passed by."""
    for at, inside, names in os.walk(folder):
        inside[:] = sorted(one for one in inside if deep and not one.startswith(".") and one not in _PASSED_BY)
        yield from (Path(at, name) for name in sorted(names) if name.endswith(SUFFIX))
