"""The table of the parts of a region, and the workbook of what a page shows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _

from xiuhua.apps.accounts.permissions import Permission
from xiuhua.apps.assessments.rules import OVERALL
from xiuhua.apps.assessments.totals import EXITED, LEFT, Count, Totals
from xiuhua.core.truth import Verdict
from xiuhua.web.columns import Column, Kind
from xiuhua.web.pages.room.asking import Question
from xiuhua.web.pages.room.figures import percent_text
from xiuhua.web.pages.room.links import Lists
from xiuhua.web.pages.room.reading import Part
from xiuhua.web.tables.table import Table


_MOST_PARTS: Final = 5000


def parts_table(
    parts: Sequence[Part],
    indicators: Sequence[tuple[str, Any]],
    question: Question,
    lists: Lists,
) -> Table:
    """Return the table of parts: every figure sorts, and leads to its households."""
    rates = [part.totals.rate.least for part in parts]
    columns = [
        Column(
            "name",
            _("region"),
            lambda part: part.name,
            order=("name",),
            href=lambda part: question.address(part.code),
            width=20,
        ),
        Column("marks", _("counts as"), marks_text, order=("marks",)),
        _count("registered", _("registered"), lambda t: t.registered, lists, None),
        _count("left", _("households left"), lambda t: t.left, lists, LEFT),
        Column(
            "persons",
            _("persons left"),
            _known(lambda t: t.left.persons),
            order=("persons",),
            kind=Kind.NUMBER,
            href=lambda part: lists.of_status(part.code, LEFT),
        ),
        Column(
            "rate",
            _("incidence"),
            lambda part: _decimal(part.totals.rate.least),
            order=("rate",),
            kind=Kind.RATE,
            decimals=decimals_for(rates),
        ),
        _count("exited", _("exited"), lambda t: t.exited, lists, EXITED),
        *_verdict_columns(indicators, question, lists),
    ]
    return Table(
        "parts",
        columns=columns,
        order="",
        size=_MOST_PARTS,
        exported=Permission.FIGURES_VIEW,
        empty=_("This region has no parts."),
    )


def _verdict_columns(
    indicators: Sequence[tuple[str, Any]], question: Question, lists: Lists
) -> list[Column]:
    if not indicators:
        return []
    words = {Verdict.UNMET: _("fall short"), Verdict.UNKNOWN: _("unknown")}
    columns = [
        _verdict(f"{OVERALL}-{verdict.word}", label, OVERALL, verdict, question, lists)
        for verdict, label in words.items()
    ]
    return columns + [
        _verdict(name, label, name, Verdict.UNMET, question, lists)
        for name, label in indicators
    ]


def _verdict(
    key: str,
    label: Any,
    measure: str,
    verdict: Verdict,
    question: Question,
    lists: Lists,
) -> Column:
    of = question.poverty
    return Column(
        key,
        label,
        _known(lambda t: t.verdict(measure, verdict, of).households),
        order=(key,),
        kind=Kind.NUMBER,
        href=lambda part: lists.of_verdict(part.code, measure, verdict, of),
    )


def _count(
    key: str,
    label: Any,
    count: Callable[[Totals], Count],
    lists: Lists,
    poverty: tuple[str, ...] | None,
) -> Column:
    return Column(
        key,
        label,
        _known(lambda t: count(t).households),
        order=(key,),
        kind=Kind.NUMBER,
        href=lambda part: lists.of_status(part.code, poverty),
    )


def _known(value: Callable[[Totals], int]) -> Callable[[Part], int | None]:
    """Return a reader of parts that says nothing where nothing was counted."""
    return lambda part: value(part.totals) if part.totals.recorded else None


def _decimal(value: Fraction | None) -> Decimal | None:
    return None if value is None else Decimal(value.numerator) / value.denominator


def decimals_for(values: Sequence[Fraction | None]) -> int:
    """Return the decimals of a percentage that let every value of a column show.

    >>> decimals_for([Fraction(28, 100_000), Fraction(1, 2), None])
    3
    """
    texts = [percent_text(value) for value in values if value]
    return max((len(t.rstrip("%").partition(".")[2]) for t in texts), default=2)


def marks_text(part: Part) -> str | None:
    """Return what a part counts as in the year, in words; None when nothing is said."""
    words = []
    if part.poor_village:
        words.append(_("poor village"))
    if part.deep_poverty:
        words.append(_("deep poverty"))
    if part.target_class:
        words.append(part.target_class)
    if words:
        return " · ".join(words)
    return None if part.poor_village is None and part.deep_poverty is None else "–"
