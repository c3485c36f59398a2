"""What is open wins over the disk, and every file belongs to the folder that the author works in."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsl.tools.editor.desk import Desk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {
        "a.rules": "avoid deadlift when always", "sub/b.rules": "allow deadlift when always",
        ".hidden/c.rules": "x", "node_modules/d.rules": "x", "notes.txt": "x",
    }.items():  # fmt: skip
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_folder_is_read_with_what_is_below_it(folder: Path) -> None:
    desk = Desk()
    desk.set_folders([folder.as_uri(), "untitled:nowhere"])
    ((key, project),) = desk.projects()
    assert key == str(folder)
    assert list(project.own) == ["a.rules", "sub/b.rules"]
    assert desk.uri(project, key, "sub/b.rules") == (folder / "sub/b.rules").as_uri()
    assert desk.text(desk.place((folder / "a.rules").as_uri())) == "avoid deadlift when always"


def test_what_is_open_wins_until_it_is_closed(folder: Path) -> None:
    desk = Desk()
    desk.set_folders([folder.as_uri()])
    uri = (folder / "a.rules").as_uri()
    before = desk.place(uri).project
    assert desk.place(uri).project is before
    desk.edit(uri, "typed")
    assert desk.text(desk.place(uri)) == "typed"
    assert desk.place(uri).project is not before
    (folder / "a.rules").write_text("saved", encoding="utf-8")
    desk.close(uri)
    assert desk.text(desk.place(uri)) == "saved"


def test_the_address_of_an_open_file_is_the_one_that_the_editor_gave(folder: Path) -> None:
    desk = Desk()
    desk.set_folders([folder.as_uri()])
    uri = (folder / "a.rules").as_uri().replace("a.rules", "%61.rules")
    desk.edit(uri, "typed")
    place = desk.place(uri)
    assert place.name == "a.rules"
    assert desk.uri(place.project, desk.key(uri), "a.rules") == uri


def test_nested_folders_are_one(folder: Path) -> None:
    desk = Desk()
    desk.set_folders([(folder / "sub").as_uri(), folder.as_uri()])
    assert desk.key((folder / "sub/b.rules").as_uri()) == str(folder)


def test_outside_of_every_folder_a_file_is_read_with_those_beside_it(folder: Path) -> None:
    desk = Desk()
    uri = (folder / "new.rules").as_uri()
    desk.edit(uri, "typed")
    assert list(desk.place(uri).project.own) == ["a.rules", "new.rules"]


def test_a_text_without_a_file_stands_alone() -> None:
    desk = Desk()
    desk.edit("untitled:One", "typed")
    assert list(desk.place("untitled:One").project.own) == ["untitled:One"]
    assert desk.unread("untitled:One") == ()
    assert desk.uri(desk.place("untitled:One").project, "untitled:One", "untitled:One") == "untitled:One"


def test_what_is_nowhere_is_empty(folder: Path) -> None:
    desk = Desk()
    assert desk.text(desk.place((folder / "nowhere/x.rules").as_uri())) == ""
    assert desk.unread("never asked for") == ()


def test_works_that_are_cited_are_read(folder: Path) -> None:
    (folder / "sources").mkdir()
    (folder / "sources/article.txt").write_text("Bend the knees.", encoding="utf-8")
    text = 'source article "A"\navoid deadlift when always from article quote "bend the hips"'
    (folder / "a.rules").write_text(text, encoding="utf-8")
    desk = Desk()
    desk.set_folders([folder.as_uri()])
    ((_, project),) = desk.projects()
    assert [found.span.source for found in project.compilation.diagnostics] == ["a.rules"]


def test_files_of_the_shipped_vocabulary_have_an_address() -> None:
    desk = Desk()
    desk.edit("untitled:One", "typed")
    project = desk.place("untitled:One").project
    for name in project.shipped:
        assert Path(desk.uri(project, "untitled:One", name).removeprefix("file://")).is_file()
