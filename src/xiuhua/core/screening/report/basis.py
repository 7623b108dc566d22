"""The foot of the first sheet: amounts, faults, columns left out, what it rests on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from xiuhua.core.screening.report.book import FAULTS, STANDARD
from xiuhua.core.screening.report.faults import fault_label
from xiuhua.core.screening.report.figures import lines
from xiuhua.core.screening.report.page import Page
from xiuhua.core.screening.report.standard import (
    param_state,
    param_text,
)
from xiuhua.core.screening.report.summary_page import LAST, section, text


_WIDE: Final = 80
_PARAM_SENTENCES: Final = {
    "given": "{name}: {value}. Given by whoever ran this, not by a document.",
    "no value": "{name}: no value. What depends on it is unknown, not unmet.",
    "doubtful": "{name}: {value}. The source is doubtful; check before use.",
}


def write_basis(page: Page, figures: dict[str, Any]) -> None:
    """Write what a reader must know before relying on the figures above."""
    _params(page)
    _faults(page, figures["data_faults"])
    _ignored(page, figures["ignored_columns"])
    _rests_on(page, figures)


def _params(page: Page) -> None:
    book = page.book
    section(page, "Amounts given, without a value or doubtful")
    told = 0
    for item in book.screening.standard.params:
        sentence = _PARAM_SENTENCES.get(param_state(item))
        if sentence is None:
            continue
        told += 1
        name = item.param.label.in_(book.language)
        value = param_text(book, item.param, item.value)
        text(page, book.say(sentence).format(name=name, value=value))
    if not told:
        text(page, book.say("All amounts rest on documents."))
    _see(page, STANDARD)


def _faults(page: Page, kinds: dict[str, int]) -> None:
    book = page.book
    section(page, "Faults in the data by kind")
    if not kinds:
        text(page, book.say("No fault was found in the data."))
        return
    for kind, count in sorted(kinds.items(), key=lambda item: (-item[1], item[0])):
        page.put(0, fault_label(book, kind), "cell", "wrap")
        page.put(1, count, "cell", "count")
        page.next()
    _see(page, FAULTS)


def _ignored(page: Page, columns: list[dict[str, str]]) -> None:
    book = page.book
    section(page, "Columns, sheets and files not understood and left out")
    if not columns:
        text(page, book.say("Everything in the source was understood."))
        return
    for item in columns:
        text(page, " / ".join(filter(None, item.values())))


def _rests_on(page: Page, figures: dict[str, Any]) -> None:
    section(page, "What this rests on")
    for name, value in _grounds(page, figures):
        page.height(lines(value, _WIDE))
        form = page.book.styles.of("cell", "wrap")
        page.put(0, name, "cell", "wrap")
        page.sheet.merge_range(page.row, 1, page.row, LAST, "", form)
        page.put(1, value, "cell", "wrap")
        page.next()


def _grounds(page: Page, figures: dict[str, Any]) -> Iterator[tuple[str, str]]:
    say = page.book.say
    for item in figures["inputs"]:
        size = say("{bytes} bytes").format(bytes=f"{item['bytes']:,}")
        yield say("File read"), f"{item['name']} ({size})\nSHA-256 {item['sha256']}"
    for pack in figures["standard"]["packs"]:
        name = f"{pack['id']} {pack['version']}"
        yield say("Standard"), f"{name}\n{say('Fingerprint')} {pack['fingerprint']}"
    engine = say("engine {engine}").format(engine=figures["engine"])
    versions = (f"{name} {version}" for name, version in figures["versions"].items())
    yield say("Computed by"), ", ".join([engine, *versions])


def _see(page: Page, sheet: str) -> None:
    say = page.book.say
    page.link(0, say("go to the sheet {sheet}").format(sheet=say(sheet)), sheet)
    page.next()
