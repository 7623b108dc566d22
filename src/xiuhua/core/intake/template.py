"""The empty workbook a clerk fills in, made from the dictionary.

One sheet per level with drop-downs, text format for codes and numbers of documents,
and two sheets that explain: every field, and every code list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from xiuhua.core.dictionary.model import (
    DATE_TYPES,
    TEXT_TYPES,
    Code,
    Field,
    FieldType,
    Level,
)
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.intake.headers import CODES_SHEET, FIELDS_SHEET
from xiuhua.core.tables import REGISTRY_LEVELS
from xiuhua.messages import translator


LAST_ROW: Final = 100_000
YES_NO: Final = ("是", "否")
_TYPE_WORDS: Final = {
    FieldType.CODE: "Code (text)",
    FieldType.ID_NUMBER: "ID number (text)",
    FieldType.PHONE: "Phone (text)",
    FieldType.BANK_ACCOUNT: "Bank account (text)",
    FieldType.TEXT: "Text",
    FieldType.BOOLEAN: "Yes or no",
    FieldType.CHOICE: "One of a list",
    FieldType.CHOICES: "Several of a list",
    FieldType.INTEGER: "Whole number",
    FieldType.YEAR: "Year",
    FieldType.DECIMAL: "Decimal number",
    FieldType.MONEY: "Amount",
    FieldType.DATE: "Date",
    FieldType.MONTH: "Month",
}
_FIELD_COLUMNS: Final = (
    "Sheet",
    "Field",
    "Kind",
    "Unit",
    "Must be filled in",
    "Least",
    "Most",
    "Also understood as",
    "National code",
    "Source",
)


def write_template(path: Path, *, whole: bool = False, language: str = "zh") -> None:
    """Write the empty template; `whole` adds every field the dictionary knows.

    Headers and labels are Chinese, the language of the forms; the explanations are in
    `language`.
    """
    levels = [load_dictionary().level(name) for name in REGISTRY_LEVELS]
    with xlsxwriter.Workbook(path) as book:
        formats = template_formats(book)
        ranges = code_ranges(levels)
        for level in levels:
            fields = [f for f in level.fields if whole or f.template]
            _write_level(book, level, fields, formats, ranges)
        write_field_sheet(book, levels, formats, translator(language), language)
        write_code_sheet(book, ranges, formats)


def template_formats(book: Any) -> Mapping[str, Any]:
    """Return the cell formats of a template's workbook."""
    head = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
    return {
        "head": book.add_format(head),
        "required": book.add_format({**head, "font_color": "#B3261E"}),
        "text": book.add_format({"num_format": "@"}),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        "money": book.add_format({"num_format": "0.00"}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
    }


def _write_level(
    book: Any,
    level: Level,
    fields: list[Field],
    formats: Mapping[str, Any],
    ranges: Mapping[str, tuple[int, tuple[Code, ...]]],
) -> None:
    sheet = book.add_worksheet(level.sheet)
    sheet.freeze_panes(1, 0)
    for column, field in enumerate(fields):
        head = formats["required" if field.required else "head"]
        sheet.set_column(column, column, 20, _column_format(field, formats))
        sheet.write_string(0, column, field.label.zh, head)
        rule = drop_down(field, ranges)
        if rule:
            sheet.data_validation(1, column, LAST_ROW, column, rule)


def _column_format(field: Field, formats: Mapping[str, Any]) -> Any:
    if field.type in TEXT_TYPES:
        return formats["text"]
    if field.type in DATE_TYPES:
        return formats["day"]
    return formats["money"] if field.type is FieldType.MONEY else None


def drop_down(
    field: Field, ranges: Mapping[str, tuple[int, tuple[Code, ...]]]
) -> dict[str, Any] | None:
    """Return the drop-down of a field; on open lists it only suggests."""
    if field.type is FieldType.BOOLEAN:
        return {"validate": "list", "source": list(YES_NO)}
    if field.codes is None:
        return None
    column, codes = ranges[field.codes.name]
    letter = xlsxwriter.utility.xl_col_to_name(column)
    return {
        "validate": "list",
        "source": f"={CODES_SHEET}!${letter}$2:${letter}${len(codes) + 1}",
        "show_error": not (field.codes.open or field.type is FieldType.CHOICES),
    }


def code_ranges(
    levels: list[Level],
) -> Mapping[str, tuple[int, tuple[Code, ...]]]:
    """Return the column and codes of every list some levels use."""
    used = {f.codes.name: f.codes for level in levels for f in level.fields if f.codes}
    return {name: (at, codes.codes) for at, (name, codes) in enumerate(used.items())}


def write_field_sheet(
    book: Any,
    levels: list[Level],
    formats: Mapping[str, Any],
    say: Callable[[str], str],
    language: str,
) -> None:
    """Write the sheet that explains every field."""
    sheet = book.add_worksheet(FIELDS_SHEET)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(_FIELD_COLUMNS), 18, formats["wrap"])
    for column, title in enumerate(_FIELD_COLUMNS):
        sheet.write_string(0, column, say(title), formats["head"])
    row = 1
    for level in levels:
        for field in level.fields:
            cells = (
                level.sheet,
                field.label.zh if language == "zh" else _both(field),
                say(_TYPE_WORDS[field.type]),
                field.unit,
                say("Yes") if field.required else "",
                "" if field.minimum is None else str(field.minimum),
                "" if field.maximum is None else str(field.maximum),
                "、".join(field.synonyms),
                field.national or "",
                field.source,
            )
            for column, text in enumerate(cells):
                sheet.write_string(row, column, text)
            row += 1


def _both(field: Field) -> str:
    return f"{field.label.zh} {field.label.en}"


def write_code_sheet(
    book: Any,
    ranges: Mapping[str, tuple[int, tuple[Code, ...]]],
    formats: Mapping[str, Any],
) -> None:
    """Write the sheet of code lists the drop-downs point at."""
    sheet = book.add_worksheet(CODES_SHEET)
    sheet.freeze_panes(1, 0)
    lists = load_dictionary().code_lists
    for name, (column, codes) in ranges.items():
        sheet.set_column(column, column, 20)
        sheet.write_string(0, column, lists[name].label.zh, formats["head"])
        for row, code in enumerate(codes, 1):
            sheet.write_string(row, column, code.label.zh)
