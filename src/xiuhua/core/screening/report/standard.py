"""The sheet of the standard: amounts in force and not, rules, documents, doubts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any

from xiuhua.core.dictionary.model import unit_in
from xiuhua.core.periods import Period
from xiuhua.core.screening.report.book import STANDARD, Book
from xiuhua.core.screening.report.figures import lines
from xiuhua.core.screening.report.page import Page
from xiuhua.core.standards.model import (
    Document,
    Param,
    ParamGap,
    ParamValue,
    Reference,
    Status,
)
from xiuhua.core.standards.resolver import ParamInForce
from xiuhua.core.truth import UNKNOWN
from xiuhua.core.wording import plain_text


_WIDTHS = (30, 40, 26, 46, 12, 46)
_LAST = len(_WIDTHS) - 1


def write_standard(book: Book) -> None:
    """Write packs, parameters, what is not in force, indicators and documents."""
    page = Page(book, STANDARD, book.say("The standard judged by"))
    for at, wide in enumerate(_WIDTHS):
        page.sheet.set_column(at, at, wide)
    page.note(book.say("Documents and notes are cited in Chinese."))
    _block(page, "Standards", _PACKS, _pack_rows(book))
    _block(page, "Parameters in force", _PARAMS, _param_rows(book))
    _block(page, "Values not in force", _OTHERS, _other_rows(book))
    _block(page, "Indicators", _RULES, _indicator_rows(book))
    _block(page, "Documents", _DOCUMENTS, _document_rows(book))


_PACKS = ("Standard", "Title", "In force", "Fingerprint", "State", "Summary text")
_PARAMS = ("Meaning", "Parameter", "Value", "Document and clause", "State", "Note")
_OTHERS = ("Meaning", "Parameter", "Value", "Region and period", "State", "Note")
_RULES = ("Indicator", "Rule", "Applies when", "Document and clause", "State", "Note")
_DOCUMENTS = ("Standard", "Title", "Document number", "Date", "State", "Note")

Row = tuple[str, ...]


def _block(page: Page, title: str, heads: Row, rows: Iterator[Row]) -> None:
    say = page.book.say
    page.next()
    page.merge(_LAST, say(title), "section", height=22)
    for at, head in enumerate(heads):
        page.put(at, say(head), "head")
    page.next()
    found = False
    for row in rows:
        found = True
        page.height(max(lines(t, w - 1) for t, w in zip(row, _WIDTHS, strict=True)))
        mark = _MARKS.get(row[4], ())
        for at, text in enumerate(row):
            shown = say(text) if at == 4 and text else text
            page.put(at, shown, "cell", "wrap", *(mark if at == 4 else ()))
        page.next()
    if not found:
        page.put(0, say("none"), "strong")
        page.next()


_MARKS: dict[str, tuple[str, ...]] = {
    "doubtful": ("doubt",),
    "no value": ("bad",),
    "given": ("doubt",),
    "draft": ("doubt",),
}


def _pack_rows(book: Book) -> Iterator[Row]:
    standard = book.screening.standard
    prints = standard.fingerprint.split("+")
    for pack, print_ in zip(standard.packs, prints, strict=True):
        yield (
            f"{pack.id} {pack.version}",
            pack.title.in_(book.language),
            period_text(pack.in_force),
            print_,
            "draft" if pack.draft else "",
            pack.summary.in_(book.language),
        )


def param_state(item: ParamInForce) -> str:
    """Return how sure a parameter's value is: given, no value, doubtful or empty."""
    if item.given:
        return "given"
    if item.source is None:
        return "no value"
    return "doubtful" if item.doubtful else ""


def documents_of(book: Book) -> dict[str, Document]:
    """Return the documents of all standards by id."""
    packs = book.screening.standard.packs
    return {d.id: d for pack in packs for d in pack.documents.values()}


def param_text(book: Book, param: Param, value: Any) -> str:
    """Return a parameter's value in words, with its unit."""
    if value is UNKNOWN:
        return ""
    if isinstance(value, str) and value in param.options:
        return param.options[value].in_(book.language)
    if isinstance(value, Fraction | int | date):
        return plain_text(value, None, book.language) + unit_in(
            param.unit, book.language
        )
    return str(value)


def _param_rows(book: Book) -> Iterator[Row]:
    documents = documents_of(book)
    for item in book.screening.standard.params:
        param, source = item.param, item.source
        notes = [param.note, *([source.note] if source else [])]
        if source is not None:
            notes.append(documents[source.reference.document].note)
        if item.value is UNKNOWN:
            notes += [g.reason.in_(book.language) for g in _gaps_now(book, param)]
        yield (
            param.label.in_(book.language),
            param.name,
            param_text(book, param, item.value),
            _cited(source.reference, documents) if source else "",
            param_state(item),
            "\n".join(dict.fromkeys(filter(None, notes))),
        )


def _gaps_now(book: Book, param: Param) -> list[ParamGap]:
    standard = book.screening.standard
    return [
        gap
        for gap in param.gaps
        if standard.as_of in gap.period and standard.region.startswith(gap.region)
    ]


def _other_rows(book: Book) -> Iterator[Row]:
    for item in book.screening.standard.params:
        for candidate in item.param.candidates:
            yield _other(book, item.param, candidate)


def _other(book: Book, param: Param, candidate: ParamValue) -> Row:
    where = candidate.region or book.say("nation")
    return (
        param.label.in_(book.language),
        param.name,
        param_text(book, param, candidate.value),
        f"{where}  {period_text(candidate.period)}",
        "without a document",
        candidate.note,
    )


def _indicator_rows(book: Book) -> Iterator[Row]:
    documents = documents_of(book)
    for indicator in book.screening.standard.indicators:
        applies = _one_line(indicator.source_applies)
        cited = [_cited(r, documents) for r in indicator.references]
        yield (
            f"{indicator.label.in_(book.language)}\n{indicator.id}",
            _one_line(indicator.source_met),
            "" if applies == "true" else applies,
            "\n".join(cited),
            "doubtful" if indicator.status is Status.DOUBTFUL else "",
            indicator.note,
        )


def _document_rows(book: Book) -> Iterator[Row]:
    for pack in book.screening.standard.packs:
        for document in pack.documents.values():
            yield (
                pack.id,
                document.title,
                document.number,
                document.date,
                "doubtful" if document.status is Status.DOUBTFUL else "",
                document.note,
            )


def _cited(reference: Reference, documents: dict[str, Document]) -> str:
    clause = f" {reference.clause}" if reference.clause else ""
    return documents[reference.document].citation + clause


def _one_line(rule: str) -> str:
    return " ".join(rule.split())


def period_text(period: Period) -> str:
    """Return a period by its first day and the day it ends before.

    >>> period_text(Period(date(2016, 1, 1), None))
    '2016-01-01 –'
    """
    ends = (d.isoformat() if d else "" for d in (period.start, period.end))
    return " – ".join(ends).strip()
