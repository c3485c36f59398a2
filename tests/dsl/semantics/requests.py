"""A vocabulary with a fact of every sort, and random requests over it: right ones, unusual ones and wrong ones."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import strategies as st

from dsl.semantics.vocabulary import Coding, Fact, Kind, Term, Vocabulary

VOCABULARY = Vocabulary(
    facts=(
        Fact(
            "condition",
            Kind.MANY_OF,
            label="Diagnosed back condition",
            synonyms=("diagnosis",),
            terms=(
                Term("disc", "Disc herniation", ("slipped disc", "hernia"), (Coding("icd10cm", "M51.2"),)),
                Term("lumbar_disc", codes=(Coding("icd10cm", "M51.26"),)),
                Term("sciatica", codes=(Coding("icd10cm", "M54.3x"), Coding("snomed", "307177001"))),
                Term("rupture", synonyms=("hernia",), codes=(Coding("icd10cm", "M51.27", suggests=True),)),
                Term("strain", codes=(Coding("icd10cm", "S39.012"),)),
            ),
        ),
        Fact(
            "symptom",
            Kind.MANY_OF,
            terms=(
                Term("saddle_numbness", "Numb in the saddle", red_flag=True),
                Term("numbness", red_flag=True, codes=(Coding("icd10cm", "R20", suggests=True),)),
                Term("stiffness"),
            ),
        ),
        Fact("warning", Kind.MANY_OF, red_flag=True, terms=(Term("fever"), Term("chills"))),
        Fact("kit", Kind.MANY_OF, terms=(Term("bar"), Term("bench")), context=True, default="bar"),
        Fact(
            "phase",
            Kind.ONE_OF,
            terms=(
                Term("none"),
                Term("acute", codes=(Coding("icd10cm", "R52"),)),
                Term("chronic", "Over twelve weeks", ("lasting",), (Coding("icd10cm", "G89.2x"),)),
                Term("flaring", synonyms=("lasting",), codes=(Coding("icd10cm", "G89.2x"),)),
            ),
        ),
        Fact("moment", Kind.ONE_OF, terms=(Term("before"), Term("during")), context=True, default="before"),
        Fact("cleared", Kind.YES_NO, synonyms=("clearance", "signed off")),
        Fact("drop", Kind.YES_NO, red_flag=True, codes=(Coding("icd10cm", "M21.37", suggests=True),)),
        Fact("seated", Kind.YES_NO, context=True, default="no"),
        Fact("pain", Kind.NUMBER, low=Decimal(0), high=Decimal(10), codes=(Coding("loinc", "72514-3"),)),
        Fact("change", Kind.NUMBER, low=Decimal("-12.5"), high=Decimal("99.5"), unit="%"),
        Fact("reps", Kind.NUMBER, low=Decimal(0), high=Decimal(50), whole=True),
        Fact("sleep", Kind.NUMBER, low=Decimal(0), high=Decimal(24), unit="h"),
        Fact("mass", Kind.NUMBER, unit="kg"),
        Fact("bar", Kind.NUMBER, low=Decimal(0), unit="kg", whole=True, context=True, default="20"),
        Fact("same name", Kind.YES_NO, label="One"),
        Fact("same_name", Kind.YES_NO, label="Two"),
    )
)
"""Some words mean two things: the term `hernia`, the value `lasting`, the facts `same name` and `same_name`."""

EARLIER = Vocabulary(facts=(Fact("symptom", Kind.MANY_OF, terms=(Term("saddle_numbness"), Term("dizziness"))),))
"""What a questionnaire of before showed: one of the red flags, and a term that is gone."""

_CODES = {
    "condition": ("M51.26", "m51.2", " M51.24", "M51.27", "M54.31", "307177001", "S39.012A"),
    "symptom": ("R20", "R20.2"),
    "phase": ("R52", "G89.21"),
}
_ALIASES = ("Condition", "diagnosis", "Diagnosed back condition", "PAIN", "72514-3", "clearance", "signed-off", "One")
_ODD_NAMES = ("M21.371", "conditon", "", "same-name", "same name")
_ODD_NUMBERS = (-0.0, 1e22, 1e-7, 10**20, -(10**20), 10**20 - 1, True, float("nan"), float("inf"), "7", 5.5, 11, -12.5)
_UNITS = {"change": ("%",), "sleep": ("h", "min"), "mass": ("kg", "lb", "g"), "bar": ("kg", "g")}


def _code_objects(codes: tuple[str, ...]) -> st.SearchStrategy[object]:
    systems = st.sampled_from(("icd10cm", "icd10cm", "snomed"))
    return st.builds(lambda system, code: {"system": system, "code": code}, systems, st.sampled_from(codes))


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=4,
)


def _items(fact: Fact) -> st.SearchStrategy[object]:
    """Return ways to say a term of `fact`: mostly by its name, else as people spell it or by a code."""
    names = st.sampled_from([term.name for term in fact.terms])
    texts = [text for term in fact.terms for text in (term.name, term.label, *term.synonyms) if text]
    spelt = st.sampled_from([*texts, *(text.upper().replace("_", "-") for text in texts)])
    codes = _CODES.get(fact.name)
    return st.one_of(names, names, spelt, *([st.sampled_from(codes), _code_objects(codes)] if codes else ()))


def _numbers(fact: Fact) -> st.SearchStrategy[object]:
    plain = st.integers(0, 10) | st.floats(0, 10).map(lambda number: round(number, 1)) | st.floats(0, 10)
    units = st.sampled_from((*_UNITS.get(fact.name, ()), "h", "stone"))
    measured = st.fixed_dictionaries({"value": plain, "unit": units})
    return plain | measured | st.sampled_from(_ODD_NUMBERS) if fact.name in _UNITS else st.integers(0, 10) | plain


def _values(fact: Fact) -> st.SearchStrategy[object]:
    """Return values of the sort that `fact` takes, most of them right."""
    match fact.kind:
        case Kind.YES_NO:
            return st.booleans() | st.booleans() | st.sampled_from((None, "yes", "no"))
        case Kind.ONE_OF:
            return _items(fact)
        case Kind.MANY_OF:
            lists = st.lists(_items(fact), max_size=4)
            sides = st.fixed_dictionaries({}, optional={"present": lists, "absent": lists})
            return lists | sides | lists.map(tuple)
        case Kind.NUMBER:
            return _numbers(fact)


_right = st.sampled_from(VOCABULARY.facts).flatmap(lambda fact: st.tuples(st.just(fact.name), _values(fact)))
_any_name = st.sampled_from((*_ALIASES, *_ODD_NAMES, *(fact.name for fact in VOCABULARY.facts)))
_any_value = st.sampled_from(VOCABULARY.facts).flatmap(_values) | st.sampled_from(_ODD_NUMBERS) | anything
_odd = st.tuples(_any_name, _any_value)
_renamed = st.one_of(
    st.tuples(st.sampled_from(("Condition", "diagnosis")), _values(VOCABULARY.facts[0])),
    st.tuples(st.sampled_from(("clearance", "signed-off", "CLEARED")), st.booleans() | st.none()),
    st.tuples(st.sampled_from(("72514-3", "Pain")), st.integers(0, 10) | st.none()),
)


def requests() -> st.SearchStrategy[dict[object, object]]:
    """Return requests: by declared names, by any names, and with anything among them."""
    return st.one_of(
        st.lists(_right, max_size=6).map(dict),
        st.lists(_right | _renamed, max_size=4).map(dict),
        st.lists(_right | _odd, max_size=5).map(dict),
    )
