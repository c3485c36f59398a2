"""The command `coverage`: what it prints, the page it writes, how it ends."""

from __future__ import annotations

import json
import re
from pathlib import Path
from xml.etree import ElementTree

import click
import pytest

from dsl.semantics.verdict import Verdict
from dsl.tools.coverage import coverage
from dsl.tools.exits import Exit
from dsl.tools.matrix_words import LOOKS, legend
from dsl.tools.terminal import run

RULES = """\
pack club title "Club \\"<b>rules</b>\\" & more"
source manual "Manual <i>of</i> the club"
fact spot "Sore spot" many of hip "Hip </th><script>alert(1)</script>", knee "Knee"
fact phase "Phase" one of fresh "Fresh & new", old "Old"
fact numb "Numb today" yes or no red flag
fact level "Pain now" number 0 to 10
class bow
exercise heave "Heave <b>" is bow
exercise sway "Sway" is bow
exercise perch "Perch"
rule numb: refer emergency when numb=yes say "Go <now>."
rule hip: avoid heave when spot=hip and phase=fresh
  because "A fresh hip & a bar <do> not go together."
  from manual section "Hinges <1>" quote "sore \\"hips\\"" evidence expert_opinion
rule lift: recommend bow when level <= 3
rule care: caution bow when spot=knee and phase=fresh
rule some: avoid sway when phase=old and level > 2
example "hip" given spot=hip, phase=fresh, numb=no expect heave avoid
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.rules").write_text(RULES)
    return tmp_path


class Spoken:
    """What the command said and how it ended."""

    def __init__(self, capsys: pytest.CaptureFixture[str], *arguments: str) -> None:
        capsys.readouterr()
        self.code = run(click.Group(commands={"coverage": coverage}), ("coverage", *arguments))
        self.out, self.err = capsys.readouterr()

    @property
    def words(self) -> str:
        """Return what was printed with line breaks and runs of blanks as one blank."""
        return " ".join(self.out.split())


# --- the terminal -------------------------------------------------------------------------------


def test_a_row_for_each_member_under_what_they_share(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, "a.rules", "--by", "spot", "--by", "phase")
    assert said.code == Exit.FINE
    lines = [line.split() for line in said.out.splitlines()]
    assert ["Knee"] in lines
    assert lines[lines.index(["Knee"]) + 1][:3] == ["Fresh", "&", "new"]
    assert said.err == ""


def test_exercises_that_never_differ_share_a_column(capsys: pytest.CaptureFixture[str]) -> None:
    (Path("b.rules")).write_text("exercise a\nexercise b\nexercise c\nallow a, b when always\n")
    said = Spoken(capsys, "b.rules")
    listing = said.out.partition("Avoid")[2]
    assert re.search(r"\bA, B\b", " ".join(listing.split()))
    assert "Everybody" in said.out


def test_gaps_are_named(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, "a.rules", "--by", "spot")
    assert "Perch: everybody" in said.words
    text = RULES.replace("rule lift: recommend bow when level <= 3", "rule lift: allow sway, perch when spot=knee")
    Path("d.rules").write_text(text)
    assert "Sore spot: none" in Spoken(capsys, "d.rules", "--by", "spot").words.partition(" gaps:")[2]


def test_no_gaps(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("dsl.semantics.compiler.shipped_rules", lambda: tmp_path / "none")
    prelude = tmp_path / "none" / "prelude"
    prelude.mkdir(parents=True)
    (prelude / "p.rules").write_text("exercise only\n")
    Path("b.rules").write_text('exercise only\nallow only when always\nexample "e" given nothing expect only allowed\n')
    said = Spoken(capsys, "b.rules", "--html", "page.html")
    assert "No gaps" in said.out
    page = Path("page.html").read_text(encoding="utf-8")
    assert "What no example shows" not in page
    assert "<p>None: of every exercise some rule speaks" in page
    assert "nothing." in said.out


def test_what_examples_do_not_show(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, "a.rules")
    assert "Rules in some answer 1 of 5 20 %" in said.words
    assert "a.rules:11: rule club/numb: in the answer of no example" in said.words
    assert "line 12: `spot=hip` false or not known where it matters" in said.words
    assert "`pain=chronic` either way where it matters" in said.words


def test_a_long_list_of_what_is_missing_is_cut_short(capsys: pytest.CaptureFixture[str]) -> None:
    many = "".join(f"rule r{number}: caution perch when level > {number / 10}\n" for number in range(50))
    Path("b.rules").write_text(RULES + many)
    assert re.search(r"and \d+ more; --html and --json list all of them", Spoken(capsys, "b.rules").words)


def test_wide_matrices_come_in_blocks(capsys: pytest.CaptureFixture[str]) -> None:
    terms = ", ".join(f"t{number}" for number in range(70))
    rules = "".join(f"exercise e{n}\nallow e{n} when wide=t{n}\n" for n in range(70))
    Path("b.rules").write_text(f"fact wide many of {terms}\n{rules}")
    said = Spoken(capsys, "b.rules")
    assert said.out.count("Wide") > 1
    assert re.search(r"^AA +E", said.out, re.MULTILINE)
    assert max(map(len, said.out.splitlines())) <= 80


# --- a program ----------------------------------------------------------------------------------


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, "a.rules", "--json", "--by", "spot", "--at", "2027-01-01")
    told = json.loads(said.out)
    assert told["matrix"]["by"] == ["spot"]
    assert told["matrix"]["at"] == "2027-01-01"
    assert [row["about"] for row in told["matrix"]["rows"]] == [[None], ["hip"], ["knee"]]
    assert told["examples"]["examples"] == 1
    assert told["digest"].startswith("sha256:")


# --- the page -----------------------------------------------------------------------------------


@pytest.fixture
def page(capsys: pytest.CaptureFixture[str]) -> ElementTree.Element:
    said = Spoken(capsys, "a.rules", "--html", "page.html", "--by", "spot", "--by", "phase")
    assert (said.code, said.err) == (Exit.FINE, "spotter: wrote page.html\n")
    text = Path("page.html").read_text(encoding="utf-8")
    assert text.startswith("<!DOCTYPE html>\n")
    return ElementTree.fromstring(text)  # noqa: S314 - our own page, and well-formed is what is tested


def test_the_page_needs_nothing_beside_itself(page: ElementTree.Element) -> None:
    assert not [node for node in page.iter() if node.tag in {"script", "link", "img", "iframe", "object"}]
    addresses = [node.attrib[name] for node in page.iter() for name in ("href", "src") if name in node.attrib]
    assert addresses
    assert all(address.startswith("#") for address in addresses)
    style = "".join(node.text or "" for node in page.iter("style"))
    assert "url(" not in style
    assert "@import" not in style


def test_every_link_leads_to_one_place(page: ElementTree.Element) -> None:
    places = [node.attrib["id"] for node in page.iter() if "id" in node.attrib]
    assert len(places) == len(set(places))
    assert {node.attrib["href"][1:] for node in page.iter("a")} <= set(places)


def test_every_cell_has_a_sign_a_colour_and_its_rules(page: ElementTree.Element) -> None:
    cells = [cell for cell in page.iter("td") if cell.find("a") is not None]
    signs = {mark for mark, *_ in legend()}
    by_place = {node.attrib["id"]: "".join(node.itertext()) for node in page.iter("article")}
    for cell in cells:
        link = cell.find("a")
        assert link is not None
        assert link.text in signs
        assert cell.attrib["class"] in set(Verdict)
        assert link.attrib["href"][1:] in by_place
        assert ": " in link.attrib["title"]
    told = next(str(link.attrib["title"]) for cell in cells for link in cell if "Heave" in link.attrib["title"])
    assert told == "Sore spot: none, Fresh & new; Heave <b>: Allowed, recommended"


def test_an_endorsement_does_not_hide_limits(capsys: pytest.CaptureFixture[str]) -> None:
    text = RULES + "measure load number 0 to 100 %\nrule less: modify heave when spot=knee limit load <= 50 %\n"
    Path("b.rules").write_text(text)
    said = Spoken(capsys, "b.rules", "--by", "spot", "--by", "phase", "--html", "page.html")
    lines = [line.split() for line in said.out.splitlines()]
    knee = lines.index(["Knee"])
    assert [line[-3:] for line in lines[knee + 1 : knee + 3]] == [["o", "m", "!"], ["o", "M", "*"]]
    assert "M Modified, recommended may be done within limits, and is endorsed" in said.words
    assert re.search(r'<td class="modify"><a [^>]*>M</a>', Path("page.html").read_text(encoding="utf-8"))


def test_what_is_behind_cells_says_of_which_exercises(page: ElementTree.Element) -> None:
    behind = {node.attrib["id"]: "".join(node.itertext()) for node in page.iter("article")}
    link = next(
        cell
        for cell in page.iter("a")
        if "Hip" in cell.get("title", "") and "Heave <b>: Avoid" in cell.get("title", "")
    )
    told = behind[link.attrib["href"][1:]]
    assert told.startswith("\nxAvoid\n1 cell: Heave <b>. Back to the matrix\n")
    assert "club/hip: A fresh hip & a bar <do> not go together." in told


def test_a_rule_that_only_may_apply_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.rules").write_text(
        f'{RULES}fact late yes or no optional\nrule late: caution bow when late=yes because "Late."\n'
    )
    Path("c.rules").write_text('rule doubt: require clearance for bow when phase=old because "Old."\n')
    Spoken(capsys, "b.rules", "c.rules", "--html", "page.html", "--by", "spot")
    assert "main/doubt</a> (may apply): Old." in Path("page.html").read_text(encoding="utf-8")


def test_a_rule_stands_with_its_reason_its_source_and_its_place(page: ElementTree.Element) -> None:
    rule = next(node for node in page.iter("article") if (node.findtext("h3") or "") == "club/hip")
    told = "".join(rule.itertext())
    assert "A fresh hip & a bar <do> not go together." in told
    assert "Avoid: Heave <b>" in told
    assert 'Manual <i>of</i> the club, section “Hinges <1>”: “sore "hips"”' in told
    assert "Evidence: expert opinion" in told
    assert "a.rules, line 12" in told


def test_gaps_stand_on_the_page(page: ElementTree.Element) -> None:
    assert any("Perch: everybody above" in "".join(node.itertext()) for node in page.iter("li"))


def test_what_no_example_shows_stands_on_the_page(page: ElementTree.Element) -> None:
    assert any("in the answer of no example" in (node.text or "") for node in page.iter("td"))


def test_a_red_flag_says_what_becomes_of_the_session(capsys: pytest.CaptureFixture[str]) -> None:
    Spoken(capsys, "a.rules", "--html", "page.html", "--by", "numb")
    text = Path("page.html").read_text(encoding="utf-8")
    assert "No training. This is an emergency." in text
    assert '<th scope="row">yes' in text


def test_a_page_with_nothing_missing(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.rules").write_text('exercise only\nallow only when always\nexample "e" given nothing expect only allowed\n')
    Spoken(capsys, "b.rules", "--html", "page.html", "--facts", _facts({"complaint": []}))
    text = Path("page.html").read_text(encoding="utf-8")
    assert "1 example." in text
    assert "Rules that some example has in its answer: 1 of 1 (100 %)" in text


def _facts(facts: object) -> str:
    Path("facts.json").write_text(json.dumps(facts))
    return "facts.json"


def _brightness(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(left: str, right: str) -> float:
    darker, lighter = sorted((_brightness(left), _brightness(right)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("verdict", list(Verdict))
def test_signs_can_be_read_on_their_ground(verdict: Verdict) -> None:
    assert _contrast(LOOKS[verdict].ground, LOOKS[verdict].ink) >= 4.5


def test_signs_differ_and_go_and_no_go_differ_without_colours() -> None:
    assert len({look.sign for look in LOOKS.values()}) == len(Verdict)
    go = [_brightness(look.ground) for verdict, look in LOOKS.items() if verdict.go]
    stop = [_brightness(LOOKS[verdict].ground) for verdict in (Verdict.ASK, Verdict.CLEARANCE, Verdict.AVOID)]
    assert min(go) > max(stop)


# --- how it ends --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("least", "code"), [("0", Exit.FINE), ("20", Exit.FINE), ("21", Exit.FINDINGS), ("100", Exit.FINDINGS)]
)
def test_a_share_that_is_too_small(capsys: pytest.CaptureFixture[str], least: str, code: Exit) -> None:
    said = Spoken(capsys, "a.rules", "--fail-under", least)
    assert said.code == code
    assert ("the examples exercise" in said.err) is (code == Exit.FINDINGS)


def test_rules_with_an_error(capsys: pytest.CaptureFixture[str]) -> None:
    Path("b.rules").write_text("avoid deadlift when pain=acuet\n")
    said = Spoken(capsys, "b.rules")
    assert (said.code, said.out) == (Exit.FINDINGS, "")
    assert "E202" in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--by", "spto"), "did you mean `spot`?"),
        (("--by", "qqqqqqqqqq"), "see the rules"),
        (("--by", "level"), "`level` is a number"),
        (("--by", "spot", "--by", "condition", "--by", "risk", "--by", "provoked_by"), "name fewer facts with --by"),
        (("--at", "soon"), "`soon` is not a date"),
        (("--html", "no/such/folder.html"), "cannot be written"),
    ],
)
def test_what_cannot_be_used(capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str) -> None:
    said = Spoken(capsys, "a.rules", *arguments)
    assert said.code == Exit.UNUSABLE
    assert words in said.err


def test_facts_that_do_not_fit(capsys: pytest.CaptureFixture[str]) -> None:
    said = Spoken(capsys, "a.rules", "--facts", _facts({"spto": ["hip"]}))
    assert said.code == Exit.FINDINGS
    assert "/spto" in said.err


def test_a_path_that_is_not_there(capsys: pytest.CaptureFixture[str]) -> None:
    assert Spoken(capsys, "none.rules").code == Exit.UNUSABLE
