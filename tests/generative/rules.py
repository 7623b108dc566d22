"""Random rules: typed source texts of the language, every kind of expression in them.

A text is typed by construction but may still be refused, for instance because a
product could have too many digits; `random_standard` leaves such rules out.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from typing import Final

from hypothesis import strategies as st

from xiuhua.core.dictionary.model import FieldType, Label
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.errors import Place
from xiuhua.core.periods import Period
from xiuhua.core.standards.binder import LEVEL_BELOW, Names, bind
from xiuhua.core.standards.expressions import (
    BOOLEAN,
    DATE,
    TEXT,
    Derived,
    Kind,
    Node,
    Type,
)
from xiuhua.core.standards.model import (
    DerivedField,
    Indicator,
    Pack,
    Param,
    ParamGap,
    ParamValue,
    Reference,
    Status,
)
from xiuhua.core.standards.resolver import Standard, resolve
from xiuhua.core.standards.syntax import SyntaxFault, parse
from xiuhua.core.standards.typing import TypeFault, number, rounded_type
from xiuhua.core.truth import UNKNOWN


DAYS: Final = (
    date(2019, 11, 22),
    date(2020, 2, 29),
    date(2019, 2, 28),
    date(2021, 3, 1),
)
LEVELS: Final = ("person", "household", "village")
_FIELDS: Final = {
    "person": (
        "birth_date education school_stage absence_reason health months_working_away "
        "work_monthly_wage resident_medical_insurance employee_medical_insurance "
        "name id_number"
    ).split(),
    "household": (
        "enough_food seasonal_clothing wage_income business_income business_expense "
        "water_quantity water_supply_rate industry_links year exit_status "
        "water_quality other_causes natural_village"
    ).split(),
    "village": (
        "agricultural_population party_members collective_income arable_land "
        "hard_road broadband village_name"
    ).split(),
}
_PARAM_TYPES: Final = {
    "line": number(9, scale=2, nonnegative=True),
    "age": number(2, nonnegative=True),
    "rate": number(8, scale=4, nonnegative=True),
    "change": number(4, scale=1),
    "strict": BOOLEAN,
    "since": DATE,
    "word": TEXT,
    "area": Type(Kind.CODE, codes="parameter area"),
}
_PARAM_VALUES: Final = {
    "line": (Fraction(3218), Fraction(999999999, 100), Fraction(0), Fraction(7, 4)),
    "age": (Fraction(0), Fraction(6), Fraction(99)),
    "rate": (Fraction(1, 50), Fraction(9999), Fraction(1, 10**4)),
    "change": (Fraction(-5, 2), Fraction(0), Fraction(9999, 10)),
    "strict": (True, False),
    "since": (date(2014, 1, 1), date(2020, 2, 29)),
    "word": ("绣花", "0012", ""),
    "area": ("rich", "short"),
}
_AREAS: Final = {"rich": Label("", ""), "short": Label("", "")}
_COMPARISONS: Final = ("=", "!=", "<>", "<", "<=", ">", ">=")
_TEXTS: Final = ("", "a", "123", "0012", "绣花村", "it''s", "1234567890")
_NUMBERS: Final = ("0", "1", "2", "3", "7", "12", "0.5", "0.02", "3218", "99.99")
_WORDS: Final = ("met", "unmet", "unknown", "not_applicable")


@dataclass
class Writer:
    """Writes expressions of a level; `inside` a count no other count can stand."""

    draw: st.DrawFn
    level: str
    derived: dict[str, str] = field(default_factory=dict)
    verdicts: tuple[str, ...] = ()
    below: Writer | None = None
    inside: bool = False

    def one(self, *options: object) -> str:
        choice = self.draw(st.sampled_from(options))
        return choice() if callable(choice) else str(choice)

    def fields(self, *kinds: FieldType) -> list[str]:
        known = load_dictionary().level(self.level).by_name
        return [n for n in _FIELDS[self.level] if known[n].type in kinds]

    def named(self, kind: str) -> list[str]:
        return [name for name, of in self.derived.items() if of == kind]

    # conditions -------------------------------------------------------------------

    def condition(self, depth: int) -> str:
        plain = [
            *self.fields(FieldType.BOOLEAN),
            *self.named("condition"),
            "strict",
            "true",
            "false",
            "area = 'short'",
            lambda: self.compare_code(depth),
            lambda: self.compare_numbers(0),
        ]
        if self.inside and self.verdicts:
            plain += [self.compare_verdict] * 3
        if depth <= 0:
            return self.one(*plain)
        deeper = depth - 1
        counting = [lambda: self.quantified(deeper)] * 4 if self.can_count else []
        return self.one(
            *plain,
            *counting,
            lambda: f"({self.condition(deeper)} and {self.condition(deeper)})",
            lambda: f"({self.condition(deeper)} or {self.condition(deeper)})",
            lambda: f"(not {self.condition(deeper)})",
            lambda: f"({self.condition(deeper)}) = ({self.condition(deeper)})",
            lambda: (
                f"if({self.condition(deeper)}, {self.condition(deeper)}, "
                f"{self.condition(deeper)})"
            ),
            lambda: self.compare_numbers(deeper),
            lambda: self.compare_numbers(deeper),
            lambda: self.between(deeper),
            lambda: self.known(deeper),
            lambda: f"{self.day(deeper)} {self.operator()} {self.day(deeper)}",
            lambda: f"{self.text(deeper)} {self.one('=', '!=')} {self.text(deeper)}",
            lambda: f"{self.text(deeper)} in ('123', 'a', '绣花村')",
        )

    @property
    def can_count(self) -> bool:
        return self.below is not None and not self.inside

    def operator(self) -> str:
        return self.one(*_COMPARISONS)

    def compare_numbers(self, depth: int) -> str:
        return f"{self.number(depth)} {self.operator()} {self.number(depth)}"

    def between(self, depth: int) -> str:
        word = self.one("between", "not between")
        low, high = self.number(0), self.number(0)
        return f"({self.number(depth)} {word} {low} and {high})"

    def known(self, depth: int) -> str:
        item = self.one(
            lambda: f"({self.number(depth)})",
            lambda: f"({self.condition(depth)})",
            lambda: self.day(depth),
            lambda: self.text(depth),
            *self.fields(FieldType.CHOICE, FieldType.CHOICES),
        )
        return f"{item} is {self.one('known', 'unknown', 'not known')}"

    def compare_code(self, depth: int) -> str:
        several = self.fields(FieldType.CHOICES)
        single = self.fields(FieldType.CHOICE)
        if not single:
            return self.one("area != 'rich'", "area in ('rich')")
        name = self.one(*single, *several)
        codes = load_dictionary().level(self.level).by_name[name].codes
        assert codes is not None
        code = self.one(*(c.code for c in codes.codes))
        if name in several:
            return f"has({name}, '{code}')"
        other = self.one(*(c.code for c in codes.codes))
        ordered = [c.code for c in codes.codes if c.rank is not None]
        ranked = [f"{name} {self.operator()} '{self.one(*ordered)}'"] if ordered else []
        chosen = f"if({self.condition(0)}, {name}, {name})" if depth else name
        return self.one(
            f"{name} = '{code}'",
            f"{chosen} != '{code}'",
            f"{name} in ('{code}', '{other}')",
            f"{name} not in ('{code}', '{other}')",
            *ranked * 3,
        )

    def compare_verdict(self) -> str:
        name = self.one(*self.verdicts, "overall")
        return f"{name} {self.one('=', '!=')} '{self.one(*_WORDS)}'"

    # numbers ------------------------------------------------------------------------

    def number(self, depth: int) -> str:
        kinds = (FieldType.MONEY, FieldType.DECIMAL, FieldType.INTEGER, FieldType.YEAR)
        plain = [
            *self.fields(*kinds),
            *self.named("number"),
            *_NUMBERS,
            "line",
            "age",
            "rate",
            "change",
        ]
        if depth <= 0:
            return self.one(*plain)
        deeper = depth - 1
        counting = [lambda: self.counted(deeper)] * 12 if self.can_count else []
        arithmetic = [
            lambda: (
                f"({self.number(deeper)} {self.one(*'+-*/%')} {self.number(deeper)})"
            )
        ]
        return self.one(
            *plain,
            *counting,
            *arithmetic * 8,
            lambda: f"-({self.number(deeper)})",
            lambda: (
                f"if({self.condition(deeper)}, {self.number(deeper)}, "
                f"{self.number(deeper)})"
            ),
            lambda: f"round({self.number(deeper)}, {self.one(*range(5))})",
            lambda: f"full_years({self.day(deeper)}, {self.day(deeper)})",
            lambda: f"{self.one('year', 'month', 'day')}({self.day(deeper)})",
            lambda: f"number({self.text(deeper)})",
            lambda: f"length({self.text(deeper)})",
            lambda: f"({self.whole(deeper)} % {self.whole(deeper)})",
        )

    def whole(self, depth: int) -> str:
        """A whole number: what dates and parts of texts are made of."""
        plain = ["0", "1", "2", "12", "29", "31", "2019", "2020", "age"]
        plain += self.fields(FieldType.INTEGER, FieldType.YEAR)
        if depth <= 0:
            return self.one(*plain)
        return self.one(
            *plain,
            lambda: f"year({self.day(depth - 1)})",
            lambda: f"number({self.text(depth - 1)})",
            lambda: f"({self.whole(depth - 1)} + {self.whole(depth - 1)})",
        )

    # dates and texts ----------------------------------------------------------------

    def day(self, depth: int) -> str:
        plain = [
            *self.fields(FieldType.DATE) * 3,
            "as_of",
            "since",
            "date '2004-02-29'",
        ]
        if depth <= 0:
            return self.one(*plain)
        deeper = depth - 1
        parts = [lambda: self.whole(deeper)] * 3
        return self.one(
            *plain,
            lambda: f"date({parts[0]()}, {parts[1]()}, {parts[2]()})",
            lambda: (
                f"if({self.condition(deeper)}, {self.day(deeper)}, {self.day(deeper)})"
            ),
        )

    def text(self, depth: int) -> str:
        names = self.fields(FieldType.TEXT, FieldType.ID_NUMBER)
        plain = [*names * 3, "word", *(f"'{t}'" for t in _TEXTS)]
        if depth <= 0:
            return self.one(*plain)
        deeper = depth - 1
        return self.one(
            *plain,
            lambda: (
                f"substring({self.text(deeper)}, {self.whole(deeper)}, "
                f"{self.whole(deeper)})"
            ),
            lambda: (
                f"if({self.condition(deeper)}, {self.text(deeper)}, "
                f"{self.text(deeper)})"
            ),
        )

    # the level below ----------------------------------------------------------------

    def counted(self, depth: int) -> str:
        inner, name = self.inner(), LEVEL_BELOW[self.level]
        return self.one(
            f"count({name})",
            lambda: f"count({name} where {inner.condition(depth)})",
            lambda: f"share({name} where {inner.condition(depth)})",
            lambda: f"sum({inner.number(depth)} over {name})",
            lambda: (
                f"sum({inner.number(depth)} over {name} where {inner.condition(depth)})"
            ),
        )

    def quantified(self, depth: int) -> str:
        word = self.one("any", "all")
        return (
            f"{word}({LEVEL_BELOW[self.level]} where {self.inner().condition(depth)})"
        )

    def inner(self) -> Writer:
        assert self.below is not None
        return replace(self.below, inside=True)


@dataclass(frozen=True)
class Rule:
    """A rule that was accepted, as text, for a reader of a failure."""

    level: str
    name: str
    text: str


@st.composite
def random_standards(
    draw: st.DrawFn, *, gaps: bool = True
) -> tuple[Standard, list[Rule]]:
    """A standard of random rules at all three levels, and their texts."""
    pack = _Builder(draw, gaps)
    for level in LEVELS:
        pack.add_level(level)
    return pack.standard(draw(st.sampled_from(DAYS))), pack.rules


class _Builder:
    """Gathers the rules that are accepted, lowest level first."""

    def __init__(self, draw: st.DrawFn, gaps: bool):
        self._draw = draw
        self._gaps = gaps
        self.rules: list[Rule] = []
        self._nodes: dict[tuple[str, str], Node] = {}
        self._derived: list[DerivedField] = []
        self._indicators: list[Indicator] = []
        self._below: Writer | None = None

    def add_level(self, level: str) -> None:
        writer = Writer(self._draw, level, below=self._below)
        for index in range(self._draw(st.integers(0, 2))):
            kind = self._draw(st.sampled_from(["number", "condition"]))
            name = f"{level}_derived_{index}"
            if self._add_derived(writer, name, kind):
                writer.derived[name] = kind
        for index in range(self._draw(st.integers(1, 3))):
            self._add_indicator(writer, f"{level}_rule_{index}")
        mine = (i for i in self._indicators if i.level == level)
        writer.verdicts = tuple(i.id for i in mine)
        self._below = writer

    def _add_derived(self, writer: Writer, name: str, kind: str) -> bool:
        text = writer.number(3) if kind == "number" else writer.condition(2)
        node = self._bound(text, writer.level, name)
        if node is None:
            return False
        decimals = (
            self._draw(st.sampled_from([None, 0, 2])) if kind == "number" else None
        )
        if decimals is not None and not _can_round(node, decimals):
            decimals = None
        self._nodes[writer.level, name] = Derived(node.type, writer.level, name, node)
        self._derived.append(
            DerivedField(name, writer.level, Label("", ""), node, "", decimals, Place())
        )
        return True

    def _add_indicator(self, writer: Writer, name: str) -> None:
        applies = self._draw(st.sampled_from(["true", "random"]))
        if applies == "random":
            applies = writer.condition(2)
        met = writer.condition(3)
        applies_node = self._bound(applies, writer.level, f"{name} applies")
        met_node = self._bound(met, writer.level, name)
        if applies_node is None or met_node is None:
            return
        self._indicators.append(
            Indicator(
                id=name,
                level=writer.level,
                label=Label("", ""),
                applies=applies_node,
                met=met_node,
                references=(),
                remedies=(),
                unmet_text=Label("", ""),
                status=Status.SOURCED,
                note="",
                source_applies=applies,
                source_met=met,
                where=Place(),
            )
        )

    def _bound(self, text: str, level: str, name: str) -> Node | None:
        try:
            node = bind(parse(text), level, self._names())
        except SyntaxFault:
            return None
        self.rules.append(Rule(level, name, text))
        return node

    def _names(self) -> Names:
        indicators = {
            level: tuple(i.id for i in self._indicators if i.level == level)
            for level in LEVELS
        }
        return Names(
            load_dictionary(),
            _PARAM_TYPES | {"as_of": DATE},
            {"parameter area": tuple(_AREAS)},
            self._nodes,
            indicators,
        )

    def standard(self, as_of: date) -> Standard:
        pack = Pack(
            id="random",
            version="0",
            title=Label("", ""),
            summary=Label("", ""),
            unit="village",
            region="",
            in_force=Period(),
            draft=False,
            extends="",
            documents={},
            params={name: self._param(name) for name in _PARAM_TYPES},
            derived=tuple(self._derived),
            indicators=tuple(self._indicators),
        )
        return resolve(pack, as_of=as_of, region="239906")

    def _param(self, name: str) -> Param:
        values = [UNKNOWN, *_PARAM_VALUES[name] * 3] if self._gaps else None
        value = self._draw(st.sampled_from(values or _PARAM_VALUES[name]))
        known = ParamValue(
            "", Period(), value, Reference("d"), Status.SOURCED, "", Place()
        )
        gap = ParamGap("", Period(), Label("", ""), Place())
        return Param(
            name=name,
            label=Label("", ""),
            type=_PARAM_TYPES[name],
            unit="",
            options=_AREAS if name == "area" else {},
            values=() if value is UNKNOWN else (known,),
            gaps=(gap,) if value is UNKNOWN else (),
            candidates=(),
            last_checked=None,
            note="",
            where=Place(),
        )


def _can_round(node: Node, decimals: int) -> bool:
    try:
        rounded_type(node.type, decimals)
    except TypeFault:
        return False
    return True
