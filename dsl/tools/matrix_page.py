"""The matrix and the examples' coverage as one page: a document that needs nothing beside itself, also on paper."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from dsl.analysis.example_coverage import ClauseCoverage, ExampleCoverage, StatementCoverage
from dsl.analysis.matrix import Matrix, Reason, Row
from dsl.evaluation.explanation import spelled
from dsl.semantics import ir
from dsl.semantics.release import Release
from dsl.semantics.verdict import Disposition
from dsl.tools.matrix_words import LOOKS, Labels, legend, sign, verdict_name
from dsl.tools.terminal import visible
from dsl.tools.wording import DISPOSITIONS, counted, listed

_MOST_NAMED = 12
"""Exercises that are named in one line; of more, the rest is counted."""

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; color: #111; background: #fff; margin: 2rem; }
h1, h2, h3 { line-height: 1.2; }
table { border-collapse: collapse; }
th { text-align: left; font-weight: 600; vertical-align: bottom; }
td, th { border: 1px solid #999; padding: .15rem .35rem; }
p, ul, article { max-width: 75rem; }
article { margin: 1.2rem 0; }
article h3 { margin: 0 0 .3rem; font-size: 1rem; }
article p, article ul { margin: .15rem 0; }
.legend { margin-bottom: 1rem; }
.scroll { overflow: auto; max-height: 92vh; border: 1px solid #999; }
.matrix { border-collapse: separate; border-spacing: 0; }
.matrix td, .matrix th { border-width: 0 1px 1px 0; }
.matrix thead th { position: sticky; top: 0; z-index: 1; background: #fff; }
.matrix tbody th, .matrix thead th:first-child { position: sticky; left: 0; background: #fff; }
.matrix thead th:first-child { z-index: 2; }
.matrix .tall { writing-mode: vertical-rl; transform: rotate(180deg); max-height: 16rem; }
.matrix .tall, .matrix td { padding: .1rem; text-align: center; font-size: .8rem; }
.matrix tbody th { white-space: nowrap; font-size: .85rem; }
.matrix td a { display: block; min-width: 1.1rem; text-decoration: none; font-weight: 700; color: inherit; }
.assumed, .place { color: #444; font-weight: 400; font-size: .8rem; }
.key { width: 1.6rem; text-align: center; font-weight: 700; }
h3 .key { display: inline-block; border: 1px solid #999; margin-right: .4rem; }
.unreviewed { outline: 2px dashed #000; outline-offset: -2px; }
:target { outline: 3px solid #0057b8; }
@page { size: A4 landscape; margin: 10mm; }
@media print {
  body { font-size: 9pt; margin: 0; }
  .scroll { overflow: visible; max-height: none; border: 0; }
  .matrix { font-size: 6pt; }
  .matrix .tall, .matrix td, .matrix tbody th { font-size: 6pt; padding: 0; }
  .matrix td a { min-width: .3rem; }
  .matrix thead th, .matrix tbody th { position: static !important; }
  thead { display: table-header-group; }
  tr, article { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
  td, .key { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""


def page(release: Release, matrix: Matrix, coverage: ExampleCoverage) -> str:
    """Return the whole page: the matrix, its gaps, the rules behind each cell, and what the examples exercise."""
    return "".join(_Page(release, matrix, coverage).lines())


def _text(words: str) -> str:
    """Return `words` as text of the page: nothing in them is taken for markup, nothing hides from a reader."""
    return html.escape(visible(words))


@dataclass(frozen=True)
class _Page:
    release: Release
    matrix: Matrix
    coverage: ExampleCoverage

    def lines(self) -> Iterator[str]:
        title = _text(f"Coverage: {self._packs()}")
        yield f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8"/>\n<title>{title}</title>\n'
        yield '<meta name="viewport" content="width=device-width, initial-scale=1"/>\n'
        yield f"<style>{_STYLE}{_colours()}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
        yield f"<p>Release {_text(self.release.digest)}, as of {self.matrix.at.isoformat()}.</p>\n"
        yield from self._matrix()
        yield from self._gaps()
        yield from self._reasons()
        yield from self._rules()
        yield from self._examples()
        yield "</body>\n</html>\n"

    def _packs(self) -> str:
        artifact = self.release.artifact
        speaking = {rule.pack for rule in artifact.rules}
        return listed([pack.title or pack.name for pack in artifact.packs if pack.name in speaking]) or "no rules"

    @cached_property
    def _labels(self) -> Labels:
        return Labels(self.matrix, self.release.artifact.vocabulary)

    # --- the matrix -----------------------------------------------------------------------------

    def _matrix(self) -> Iterator[str]:
        labels = self._labels
        yield '<h2 id="matrix">Who may do what</h2>\n<p>Each row is a member of whom only that is known, and who is '
        yield "otherwise well. "
        if self.matrix.assumed:
            yield f"Known of everybody: {_text(labels.known(self.matrix.assumed))}. "
        yield f"Answered with no, or with none: {_text(labels.denied or 'nothing')}. "
        yield "What else is assumed stands under the row: of numbers, those that speak least against training. "
        yield 'A cell leads to the rules behind it.</p>\n<table class="legend">\n'
        for mark, verdict, name, meaning in legend():
            yield f'<tr><td class="key {verdict.value}">{mark}</td><th scope="row">{name}</th><td>{meaning}</td></tr>\n'
        yield '</table>\n<div class="scroll">\n<table class="matrix">\n<thead>\n<tr><th scope="col">'
        yield f"{_text(labels.subject)}</th>"
        for name in self.matrix.exercises:
            yield f'<th scope="col"><div class="tall">{_text(labels.exercise(name))}</div></th>'
        yield "</tr>\n</thead>\n<tbody>\n"
        for row in self.matrix.rows:
            yield from self._row(row, labels)
        yield "</tbody>\n</table>\n</div>\n"

    def _row(self, row: Row, labels: Labels) -> Iterator[str]:
        label = labels.row(row)
        yield f'<tr><th scope="row">{_text(label)}'
        if row.assumed:
            yield f'<div class="assumed">{_text(labels.known(row.assumed))}</div>'
        if row.disposition != Disposition.PROCEED:
            yield f'<div class="assumed">{_text(DISPOSITIONS[Disposition(row.disposition)][0])}</div>'
        yield "</th>"
        for name, place in zip(self.matrix.exercises, row.cells, strict=True):
            reason = self.matrix.reasons[place]
            told = _text(f"{label}; {labels.exercise(name)}: {verdict_name(reason)}")
            yield f'<td class="{reason.verdict}"><a href="#c{place}" title="{told}">{sign(reason)}</a></td>'
        yield "</tr>\n"

    def _gaps(self) -> Iterator[str]:
        labels = self._labels
        gaps = self.matrix.gaps
        yield '<h2 id="gaps">Gaps</h2>\n'
        if not gaps:
            yield "<p>None: of every exercise some rule speaks, for every member above.</p>\n"
            return
        count = counted(sum(len(rows) for rows in gaps.values()), "cell")
        yield f"<p>{count}: no rule grants the exercise to such a member, and none takes it away.</p>\n<ul>\n"
        for name, rows in gaps.items():
            whom = (
                "everybody above" if len(rows) == len(self.matrix.rows) else "; ".join(labels.row(row) for row in rows)
            )
            yield f"<li><strong>{_text(labels.exercise(name))}</strong>: {_text(whom)}</li>\n"
        yield "</ul>\n"

    # --- what is behind cells -------------------------------------------------------------------

    def _reasons(self) -> Iterator[str]:
        yield '<h2 id="reasons">What is behind each cell</h2>\n'
        for place, reason in enumerate(self.matrix.reasons):
            yield f'<article id="c{place}">\n<h3><span class="key {reason.verdict}">{sign(reason)}</span>'
            yield f"{_text(verdict_name(reason))}</h3>\n"
            yield f'<p class="place">{_text(self._where[place])} <a href="#matrix">Back to the matrix</a></p>\n<ul>\n'
            yield from self._behind(reason)
            yield "</ul>\n</article>\n"

    @cached_property
    def _where(self) -> Sequence[str]:
        """Return of which cells each reason is, in a few words."""
        found: list[Counter[str]] = [Counter() for _ in self.matrix.reasons]
        for row in self.matrix.rows:
            for name, place in zip(self.matrix.exercises, row.cells, strict=True):
                found[place][self._labels.exercise(name)] += 1
        return [f"{counted(sum(names.values()), 'cell')}: {listed([*names], _MOST_NAMED)}." for names in found]

    def _behind(self, reason: Reason) -> Iterator[str]:
        for rule, certain in (*reason.session, *reason.applied):
            yield f"<li>{self._link(rule, '' if certain else 'may apply')}</li>\n"
        for rule in reason.could_grant:
            yield f"<li>{self._link(rule, 'would grant it if more were known')}</li>\n"
        if not reason.applied and not reason.session and not reason.could_grant:
            yield "<li>No rule.</li>\n"

    def _link(self, rule: str, doubt: str) -> str:
        because = self._by_id[rule].because
        told = f": {_text(because)}" if because else ""
        return f'<a href="#r{self._numbers[rule]}">{_text(rule)}</a>{f" ({doubt})" if doubt else ""}{told}'

    @cached_property
    def _by_id(self) -> Mapping[str, ir.Rule]:
        return {rule.id: rule for rule in self.release.artifact.rules}

    @cached_property
    def _numbers(self) -> Mapping[str, int]:
        return {rule.id: number for number, rule in enumerate(self.release.artifact.rules)}

    # --- rules ----------------------------------------------------------------------------------

    def _rules(self) -> Iterator[str]:
        yield '<h2 id="rules">The rules</h2>\n'
        places = {rule.name: rule for rule in self.coverage.rules}
        titles = {(pack.name, one.id): one.title for pack in self.release.artifact.packs for one in pack.sources}
        for number, rule in enumerate(self.release.artifact.rules):
            yield f'<article id="r{number}">\n<h3>{_text(rule.id)}</h3>\n<p>{_text(self._about(rule))}</p>\n'
            yield from (f"<p>{_text(words)}</p>\n" for words in (rule.because, rule.say, rule.text) if words)
            for citation in rule.citations:
                yield f"<p>{_text(_cited(citation, titles[rule.pack, citation.source]))}</p>\n"
            if rule.evidence:
                yield f"<p>Evidence: {_text(rule.evidence.replace('_', ' '))}</p>\n"
            place = places[rule.id]
            yield f'<p class="place">{_text(place.file)}, line {place.line}</p>\n</article>\n'

    def _about(self, rule: ir.Rule) -> str:
        """Return what a rule does, and to which exercises, in a line."""
        names = [self._labels.exercise(name) for name in rule.exercises or rule.grants]
        return f"{spelled(rule.effect.value)}{': ' if names else ''}{listed(names, _MOST_NAMED)}"

    # --- examples -------------------------------------------------------------------------------

    def _examples(self) -> Iterator[str]:
        coverage = self.coverage
        yield '<h2 id="examples">What the examples exercise</h2>\n'
        yield f"<p>{counted(coverage.examples, 'example')}. Rules that some example has in its answer: {coverage.fired}"
        yield f" of {len(coverage.rules)} ({coverage.rule_share} %). Ways of clauses that some example shows: "
        yield f"{coverage.ways_seen} of {coverage.ways} ({coverage.clause_share} %).</p>\n"
        missing = [one for one in coverage.statements if not one.fired or one.open_clauses]
        if not missing:
            return
        yield '<table>\n<thead><tr><th scope="col">Where</th><th scope="col">What</th>'
        yield '<th scope="col">What no example shows</th></tr></thead>\n<tbody>\n'
        for file, statements in groupby(missing, key=lambda one: one.file):
            yield from self._missing(file, statements)
        yield "</tbody>\n</table>\n"

    def _missing(self, file: str, statements: Iterable[StatementCoverage]) -> Iterator[str]:
        for one in statements:
            yield f"<tr><td>{_text(file)}, line {one.line}</td><td>{one.what} {_text(one.name)}</td><td>"
            yield "<br/>".join(_text(line) for line in unseen(one))
            yield "</td></tr>\n"


def unseen(statement: StatementCoverage) -> list[str]:
    """Return what no example shows of `statement`, a line each."""
    never = "in the answer of no example" if statement.what == "rule" else "true in no example"
    return [
        *([] if statement.fired else [never]),
        *(f"line {clause.line}: `{clause.text}` {_ways(clause)} where it matters" for clause in statement.open_clauses),
    ]


def _ways(clause: ClauseCoverage) -> str:
    """Return which ways of a clause no example shows."""
    return clause.missing[0] if len(clause.missing) == 1 else "either way"


def _cited(citation: ir.Citation, title: str) -> str:
    section = f", section “{citation.section}”" if citation.section else ""
    quote = f": “{citation.quote}”" if citation.quote else ""
    return f"{title}{section}{quote}"


def _colours() -> str:
    return "".join(
        f".{verdict.value} {{ background: {look.ground}; color: {look.ink}; }}\n" for verdict, look in LOOKS.items()
    )
