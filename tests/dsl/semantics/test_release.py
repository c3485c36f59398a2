"""The sealed artifact, read back from its bytes."""

from __future__ import annotations

import hashlib

import pytest

from dsl.semantics.release import FORMAT, ArtifactError, Release
from dsl.semantics.verdict import Disposition, Verdict, join_dispositions, join_verdicts
from tests.dsl.semantics.compiling import artifact

RELEASE = Release(artifact("fact pain one of none, acute\nexercise squat\navoid squat when pain=acute\n"))


def digest(data: bytes) -> str:
    return "sha256:" + hashlib.sha256(data).hexdigest()


def test_a_release_is_read_back_from_its_bytes() -> None:
    read = Release.from_bytes(RELEASE.canonical_bytes, RELEASE.digest)
    assert read.artifact == RELEASE.artifact
    assert read.digest == RELEASE.digest == digest(RELEASE.canonical_bytes)
    assert read.canonical_bytes == RELEASE.canonical_bytes


def test_other_bytes_are_refused() -> None:
    with pytest.raises(ArtifactError, match="digest"):
        Release.from_bytes(RELEASE.canonical_bytes + b" ", RELEASE.digest)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"format": 1}', b"\xff"])
def test_bytes_that_are_no_artifact_are_refused(data: bytes) -> None:
    with pytest.raises(ArtifactError, match="cannot be read"):
        Release.from_bytes(data, digest(data))


def test_another_format_is_refused() -> None:
    data = RELEASE.canonical_bytes.replace(f'"format":{FORMAT}'.encode(), b'"format":0')
    with pytest.raises(ArtifactError, match="format 0"):
        Release.from_bytes(data, digest(data))


def test_a_field_that_this_version_does_not_know_is_refused() -> None:
    data = RELEASE.canonical_bytes.replace(b'{"format"', b'{"extra":1,"format"')
    with pytest.raises(ArtifactError, match="extra"):
        Release.from_bytes(data, digest(data))


def test_a_field_of_a_rule_that_this_version_does_not_know_is_refused() -> None:
    data = RELEASE.canonical_bytes.replace(b'"effect":', b'"only_on":"mondays","effect":')
    with pytest.raises(ArtifactError, match="only_on"):
        Release.from_bytes(data, digest(data))


def test_text_that_is_no_utf8_and_guards_without_end_are_refused() -> None:
    broken = RELEASE.canonical_bytes.replace(b"acute", b"acut\xff")
    guard = b'{"type":"choice","fact":"pain","values":["acute"],"negated":false}'
    nested = b'{"type":"all","operands":[' * 5_000 + b"]}" * 5_000
    for data in (broken, RELEASE.canonical_bytes.replace(guard, nested)):
        assert data != RELEASE.canonical_bytes
        with pytest.raises(ArtifactError, match="cannot be read"):
            Release.from_bytes(data, digest(data))


def test_verdicts_join_to_the_most_restrictive() -> None:
    assert join_verdicts([]) is Verdict.ALLOWED
    assert join_verdicts([Verdict.CAUTION, Verdict.ASK, Verdict.MODIFY]) is Verdict.ASK
    assert [verdict for verdict in Verdict if verdict.go] == [Verdict.ALLOWED, Verdict.CAUTION, Verdict.MODIFY]


def test_dispositions_join_to_the_most_severe() -> None:
    assert join_dispositions([]) is Disposition.PROCEED
    assert join_dispositions([Disposition.STOP, Disposition.EMERGENCY, Disposition.SCREEN]) is Disposition.EMERGENCY
    assert [one for one in Disposition if not one.ends_session] == [Disposition.PROCEED, Disposition.SCREEN]
