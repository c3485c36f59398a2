"""What checks keep for the next one: it saves work, and nothing that happens to it changes an answer."""

from __future__ import annotations

import os
from decimal import Decimal
from pathlib import Path

import pytest

from dsl.analysis import seeking
from dsl.analysis.members import Known
from dsl.analysis.remembered import Verdict, recalled
from dsl.tools import cache
from dsl.tools.given import proved

RULES = """rule wide: avoid hip_hinge when pain=acute
rule narrow: avoid deadlift when pain=acute and condition=disc_herniation
prove "p": deadlift at least avoid when pain=acute
"""
FOUND = Verdict(Known({"pain": "acute"}, {"condition": {"sciatica": False}}, {"pain_level": Decimal("3.5")}))


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    Path("a.rules").write_text(RULES)
    return tmp_path


@pytest.fixture
def file(home: Path) -> Path:
    return home / "cache" / "spotter" / "checks-1"


def codes(*, anew: bool = False) -> list[str]:
    made, _ = proved(["a.rules"], anew=anew)
    return [found.code for found in made.diagnostics]


def test_the_next_check_searches_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes() == ["W511"]
    monkeypatch.setattr(seeking, "Search", None)
    assert codes() == ["W511"]


def test_nothing_is_read_or_kept_on_request(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert codes(anew=True) == ["W511"]
    assert not file.exists()
    codes()
    monkeypatch.setattr(seeking, "Search", None)
    with pytest.raises(TypeError):
        codes(anew=True)


def test_what_is_kept_comes_back_as_it_was() -> None:
    kept = cache.load()
    kept["a"] = FOUND
    cache.save(kept)
    assert dict(cache.load()) == {"a": FOUND}


@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[:0],
        lambda content: content[:-1],
        lambda content: content[:40],
        lambda content: content[:-1] + bytes([content[-1] ^ 1]),
        lambda content: bytes([content[0] ^ 1]) + content[1:],
        lambda content: b"\xff" * len(content),
    ],
)
def test_a_spoilt_file_is_as_good_as_none(spoil: object, file: Path) -> None:
    assert codes() == ["W511"]
    file.write_bytes(spoil(file.read_bytes()))  # type: ignore[operator]  # each of the functions above
    assert cache.load() == {}
    assert codes() == ["W511"]


def test_what_another_version_of_the_language_found_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    codes()
    assert cache.load() != {}
    monkeypatch.setattr(cache, "_language", lambda: b"another")
    assert cache.load() == {}


def test_what_others_could_have_written_is_not_taken(file: Path) -> None:
    codes()
    file.chmod(0o666)
    assert cache.load() == {}


def test_what_is_no_plain_file_is_not_waited_for(file: Path) -> None:
    codes()
    file.unlink()
    os.mkfifo(file)
    assert cache.load() == {}
    assert codes() == ["W511"]
    assert file.is_file()  # the next check has its memory again


UNREADABLE = [
    Known({"nothing": "acute"}, {}, {}),
    Known({"pain": "nothing"}, {}, {}),
    Known({"pain_level": "yes"}, {}, {}),
    Known({}, {"nothing": {"sciatica": True}}, {}),
    Known({}, {"pain": {"acute": True}}, {}),
    Known({}, {"condition": {"nothing": True}}, {}),
    Known({}, {}, {"pain_level": Decimal("NaN")}),
    Known({}, {}, {"nothing": Decimal(1)}),
    Known({}, {}, {"pain": Decimal(1)}),
    Known({}, {}, {"pain_level": Decimal(100)}),
]


@pytest.mark.parametrize("known", UNREADABLE)
def test_what_no_member_can_be_is_as_good_as_not_remembered(known: Known) -> None:
    made, _ = proved(["a.rules"], anew=True)
    assert made.release is not None
    facts = {fact.name: fact for fact in made.release.artifact.vocabulary.facts}
    memory = {"forged": Verdict(known), "found": FOUND, "nobody": Verdict()}
    told = [recalled(memory, key, facts) for key in ("forged", "found", "nobody", "missing")]
    assert told == [None, FOUND, Verdict(), None]


@pytest.mark.parametrize("proof", ["deadlift at least avoid", "deadlift at most allowed"])
def test_a_forged_member_changes_no_answer(proof: str) -> None:
    Path("a.rules").write_text(RULES.replace("deadlift at least avoid", proof))
    expected = codes()
    kept = cache.load()
    for key in list(kept):
        kept[key] = Verdict(UNREADABLE[0])
    cache.save(kept)
    assert codes() == expected


def test_what_another_solver_found_is_not_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    codes()
    assert cache.load() != {}
    monkeypatch.setattr(cache, "version", lambda package: f"another {package}")
    monkeypatch.setattr(cache, "_language", vars(cache)["_language"].__wrapped__)
    assert cache.load() == {}


def test_where_nothing_can_be_written_nothing_fails(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (home / "cache").write_text("no folder")
    assert codes() == ["W511"]
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    assert codes() == ["W511"]


def test_a_relative_folder_does_not_count(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "somewhere")
    monkeypatch.setattr(Path, "home", lambda: home)
    codes()
    assert not (home / "somewhere").exists()
    assert (home / ".cache" / "spotter" / "checks-1").is_file()


def test_what_was_used_last_is_kept_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_ENTRIES", 2)
    kept = cache.Kept({"old": Verdict(), "used": Verdict(), "older": Verdict()})
    assert kept.get("used") == Verdict()
    assert kept.get("missing") is None
    kept["new"] = FOUND
    assert list(kept.lasting()) == ["used", "new"]


def test_what_does_not_fit_leaves_out_what_was_used_longest_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_MOST_BYTES", 300)
    kept = cache.load()
    for place in range(6):
        kept[f"{place}"] = FOUND
    cache.save(kept)
    left = cache.load()
    assert 0 < len(left) < 6
    assert "5" in left


def test_a_folder_of_ones_own_is_nobody_elses(file: Path) -> None:
    codes()
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0
    assert list(file.parent.iterdir()) == [file]
