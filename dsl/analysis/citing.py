"""How rules use their sources: which works they cite, which sections none of them cites, which reviews are overdue."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Sequence

import msgspec

from dsl.semantics import ir
from dsl.semantics.provenance import Bundled
from dsl.semantics.release import Artifact
from dsl.semantics.work import Section, Work


class UncitedSection(msgspec.Struct, frozen=True):
    """A section that no rule cites, and the line of the text (from 1) where it begins."""

    title: str
    line: int


class SourceUse(msgspec.Struct, frozen=True):
    """One source of one pack: how many rules cite it, and what of it none does.

    `file` is the text of the work, null where it is not at hand: then nothing is known of its `sections`.
    """

    pack: str
    source: str
    title: str
    url: str | None
    cited_by: int
    file: str | None
    sections: int
    uncited: tuple[UncitedSection, ...]


class Review(msgspec.Struct, frozen=True):
    """When one pack is due for review; `overdue_days` is null while it is not due, or where the day is not known."""

    pack: str
    review_by: datetime.date
    overdue_days: int | None


class Citing(msgspec.Struct, frozen=True):
    """How the rules of a release use their sources; `uncited_rules` are those that name no source."""

    sources: tuple[SourceUse, ...]
    uncited_rules: tuple[str, ...]
    reviews: tuple[Review, ...]

    @property
    def overdue(self) -> tuple[Review, ...]:
        """Return the reviews that are overdue."""
        return tuple(review for review in self.reviews if review.overdue_days is not None)


def citing(artifact: Artifact, at_hand: Bundled, today: datetime.date | None) -> Citing:
    """Return how the rules of `artifact` use their sources, whose texts are `at_hand` as far as they are.

    Without `today` no review counts as overdue.
    """
    return Citing(
        sources=tuple(_use(pack, source, artifact, at_hand) for pack in artifact.packs for source in pack.sources),
        uncited_rules=tuple(rule.id for rule in artifact.rules if not rule.citations),
        reviews=tuple(_review(pack.name, pack.review_by, today) for pack in artifact.packs if pack.review_by),
    )


def _review(pack: str, due: datetime.date, today: datetime.date | None) -> Review:
    overdue = today is not None and today > due
    return Review(pack, due, (today - due).days if overdue and today else None)


def _use(pack: ir.Pack, source: ir.Source, artifact: Artifact, at_hand: Bundled) -> SourceUse:
    rules = [rule for rule in artifact.rules if rule.pack == pack.name]
    cited = [[one for one in rule.citations if one.source == source.id] for rule in rules]
    work = at_hand.works.get((pack.name, source.id))
    sections = work.sections if work else ()
    every = [one for citations in cited for one in citations]
    return SourceUse(
        pack=pack.name,
        source=source.id,
        title=source.title,
        url=source.url,
        cited_by=sum(bool(citations) for citations in cited),
        file=work.file.name if work else None,
        sections=len(sections),
        uncited=tuple(UncitedSection(section.title, section.line) for section in _uncited(work, every)),
    )


def _uncited(work: Work | None, citations: Sequence[ir.Citation]) -> Iterator[Section]:
    """Yield the sections of which nothing is cited: neither they, nor a part of them, nor the item they belong to."""
    sections = work.sections if work else ()
    cited = [any(_cites(one, section) for one in citations) for section in sections]
    for place, section in enumerate(sections):
        inner = _until(section, sections[place + 1 :])
        whole = _enclosing(place, sections)
        if not any(cited[place : place + 1 + inner]) and not (whole is not None and cited[whole]):
            yield section


def _cites(citation: ir.Citation, section: Section) -> bool:
    """Return whether `citation` is of `section`: by its title or, naming none, by words that stand there."""
    if citation.section is not None:
        return section.is_cited_as(citation.section)
    return citation.quote is not None and section.says(citation.quote)


def _until(section: Section, later: Sequence[Section]) -> int:
    """Return how many of the sections after `section` are parts of it."""
    return next((count for count, other in enumerate(later) if other.level <= section.level), len(later))


def _enclosing(place: int, sections: Sequence[Section]) -> int | None:
    """Return the place of the item of a list that the item at `place` is part of."""
    part = sections[place]
    before = (at for at in range(place - 1, -1, -1) if sections[at].level < part.level)
    at = next(before, None)
    return at if at is not None and part.is_item and sections[at].is_item else None
