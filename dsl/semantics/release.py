"""The release: one immutable, hashed compilation of packs, and its canonical bytes."""

from __future__ import annotations

import hashlib
from functools import cached_property

import msgspec

from dsl.semantics import ir
from dsl.semantics.vocabulary import Vocabulary

FORMAT = 1
"""Version of the artifact's layout; a reader refuses any other."""


class ArtifactError(ValueError):
    """The bytes are not an artifact that this version can run."""


class Artifact(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """What evaluation needs of a release, every list in its canonical order (by id or name).

    Order, duplicates and the split into files of the source text leave no trace here.
    """

    format: int
    packs: tuple[ir.Pack, ...]
    vocabulary: Vocabulary
    rules: tuple[ir.Rule, ...]
    overrides: tuple[ir.Override, ...] = ()
    contradictions: tuple[ir.Contradiction, ...] = ()


_decoder = msgspec.json.Decoder(Artifact)


class Release:
    """A sealed artifact with its digest."""

    def __init__(self, artifact: Artifact) -> None:
        """Seal `artifact`."""
        self.artifact = artifact

    @property
    def canonical_bytes(self) -> bytes:
        """Return the artifact as canonical JSON, made anew: what the digest of a release just sealed is over."""
        return msgspec.json.encode(self.artifact, order="deterministic")

    @cached_property
    def digest(self) -> str:
        """Return `sha256:` and the hexadecimal SHA-256 of the canonical bytes."""
        return "sha256:" + hashlib.sha256(self.canonical_bytes).hexdigest()

    @classmethod
    def from_bytes(cls, data: bytes, digest: str) -> Release:
        """Return the release stored as `data`.

        Raises:
            ArtifactError: the bytes do not have `digest`, or are of another format.
        """
        found = "sha256:" + hashlib.sha256(data).hexdigest()
        if found != digest:
            raise ArtifactError(f"the artifact has digest {found}, not {digest}")
        try:
            artifact = _decoder.decode(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise ArtifactError(f"the artifact cannot be read: {error}") from error
        if artifact.format != FORMAT:
            raise ArtifactError(f"the artifact has format {artifact.format}, this version reads {FORMAT}")
        release = cls(artifact)
        release.__dict__["digest"] = digest
        return release
