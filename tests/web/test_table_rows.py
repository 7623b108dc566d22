"""Cells are written without a template: escaped, marked and linked all the same."""

from __future__ import annotations

import re

from django.utils.translation import override

from xiuhua.web.columns import Column, Kind, cell_of
from xiuhua.web.tables.table import Line
from xiuhua.web.templatetags.table_rows import table_rows


HOSTILE = '<b onclick="x">\'&'


def _line(columns, row):
    return Line(row, [cell_of(column, row) for column in columns], HOSTILE)


def test_nothing_a_row_holds_is_taken_for_markup():
    columns = [
        Column("a", HOSTILE, str, href=lambda _: HOSTILE, state=lambda _: HOSTILE)
    ]

    text = table_rows([_line(columns, HOSTILE)], True)

    assert HOSTILE not in text
    assert "<b" not in text
    # Label, tick value and label, state, address and text.
    assert text.count("&lt;b onclick=&quot;x&quot;&gt;&#x27;&amp;") == 6


@override("en")
def test_a_cell_says_what_its_column_is_and_what_is_not_known():
    columns = [
        Column("a", "name", lambda _: "Ann", state=lambda _: "good"),
        Column("b", "count", lambda _: 1200, kind=Kind.NUMBER, href=lambda _: "/x"),
        Column("c", "more", lambda _: None, href=lambda _: "/x", minor=True),
    ]

    text = table_rows([_line(columns, 1), _line(columns, 2)], False)

    cells = re.findall(r"<td.*?</td>", text)
    assert cells == 2 * [
        '<td data-l="name" class="first"><span class="state good">Ann</span></td>',
        '<td data-l="count" class="number"><a href="/x">1,200</a></td>',
        '<td data-l="more" class="minor"><span class="unknown">not known</span></td>',
    ]
    assert text.count("<tr>") == text.count("</tr>") == 2


@override("en")
def test_what_somebody_else_wrote_is_marked_as_in_no_language_of_ours():
    columns = [
        Column("a", "cell", lambda _: "村", quoted=True, href=lambda _: "/x"),
        Column("b", "cell", lambda _: None, quoted=True),
    ]

    text = table_rows([_line(columns, 1)], False)

    assert '<a href="/x"><span lang="">村</span></a>' in text
    assert '<span class="unknown">not known</span>' in text


def test_a_table_without_rows_has_an_empty_body():
    assert table_rows([], True) == ""
