"""The empty workbook for a self-check, written from the dictionary."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import xlsxwriter

from xiuhua.core.dictionary.model import CODED_TYPES, Field, FieldType
from xiuhua.core.dictionary.reader import load_dictionary


REMARKS_SHEET: Final = "填表说明"
_ROWS: Final = 20_000
_REMARKS: Final = (
    "每户一行。样本编号、行政村代码、样本类型、人口数必须填写；编号和代码按文本填写。",
    "样本类型：脱贫户、非贫困户、未脱贫户。",
    "重点类别：低保户、残疾人户、重病慢病户、住危房户、无劳动能力户、特困供养户；"
    "可填多项，以顿号分隔；不属重点类别的填“不属重点类别”，不清楚的留空。",
    "核查结论：正常、错退、漏评、疑似错退、疑似漏评；尚未得出结论的留空，不要填“正常”。",
    "认定情况：疑似、已举证、认定、不予认定；只有“认定”的错退、漏评计入错退率、漏评率。"
    "不填时，疑似错退、疑似漏评按疑似，错退、漏评按认定。",
    "群众认可：是、否；没有问到的留空，不计入认可度的分母。",
)


def write_self_check_template(path: Path) -> None:
    """Write an empty workbook with the sheet 样本, drop-downs and remarks."""
    level = load_dictionary().level("sample")
    fields = [field for field in level.fields if field.template]
    with xlsxwriter.Workbook(str(path), {"in_memory": True}) as book:
        head = book.add_format({"bold": True, "bg_color": "#F2F2F2", "border": 1})
        text = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(level.sheet)
        sheet.freeze_panes(1, 0)
        for at, field in enumerate(fields):
            sheet.write(0, at, field.label.zh, head)
            sheet.set_column(at, at, 22 if field.type is FieldType.CODE else 14, text)
            rule = _choices(field)
            if rule:
                sheet.data_validation(1, at, _ROWS, at, rule)
        remarks = book.add_worksheet(REMARKS_SHEET)
        remarks.set_column(0, 0, 100, book.add_format({"text_wrap": True}))
        for at, line in enumerate(_REMARKS):
            remarks.write(at, 0, line)


def _choices(field: Field) -> dict[str, Any]:
    """The drop-down of a field; several codes may be typed, so it only warns."""
    if field.type is FieldType.BOOLEAN:
        return {"validate": "list", "source": ["是", "否"]}
    if field.type not in CODED_TYPES or field.codes is None:
        return {}
    words = [code.label.zh for code in field.codes.codes]
    several = field.type is FieldType.CHOICES
    return {
        "validate": "list",
        "source": words,
        "error_type": "warning" if several else "stop",
    }
