"""The page of the data dictionary: fields by level, and the code lists."""

from __future__ import annotations

from typing import Final

from docs.generate.markdown import anchor, code, page, table
from docs.generate.pack_pages import DOUBTFUL, both

from xiuhua.core.dictionary.model import Code, CodeList, Dictionary, Field, Level, Mask


_INTRO: Final = """\
户、人、村、镇、县各表的字段：表头、同义表头、类型、代码表、国家系统字段码、脱敏级别。
模板、导入检查、规则检查都由同一来源生成。空格即“不明”，从不当作“否”或零。

Fields by level. Identity numbers, codes and phones are text; money is whole fen inside;
an empty cell is unknown, never no and never zero. The template's columns are marked ✓.
"""
_MASKS: Final = {
    Mask.OPEN: "",
    Mask.PERSONAL: "个人 personal",
    Mask.SECRET: "保密 secret",
}


def dictionary_page(dictionary: Dictionary) -> str:
    """Return the page of a dictionary."""
    return page(
        "数据字典 · Data dictionary",
        _INTRO.strip(),
        *(_level(level) for level in dictionary.levels.values()),
        "## 代码表 · Code lists",
        *(_codes(codes) for codes in dictionary.code_lists.values()),
    )


def _level(level: Level) -> str:
    head = [
        "字段 field", "表头 header", "English", "类型 type", "单位 unit", "代码表",
        "国家码", "脱敏 mask", "模板", "同义表头 synonyms",
    ]  # fmt: skip
    sheet = f"工作表 sheet “{level.sheet}”，键 key `{level.key}`"
    source = f"{sheet}。来源 source: {level.source}"
    return (
        f"## {both(level.label)} `{level.name}`\n\n{source}\n\n"
        f"{table(head, (_field(f) for f in level.fields))}"
    )


def _field(field: Field) -> tuple[str, ...]:
    codes = field.codes
    link = f"[{codes.name}](#{anchor(_heading(codes))})" if codes else ""
    required = "（必填 required）" if field.required else ""
    return (
        code(field.name),
        field.label.zh + required,
        field.label.en,
        _type(field),
        field.unit,
        link,
        field.national or "",
        _MASKS[field.mask],
        "✓" if field.template else "",
        "、".join(field.synonyms),
    )


def _type(field: Field) -> str:
    limits = []
    if field.digits is not None:
        limits.append(f"{field.digits} digits")
    if field.scale and field.unit != "元":
        limits.append(f"{field.scale} decimals")
    if field.minimum is not None:
        limits.append(f"≥ {field.minimum}")
    if field.maximum is not None and field.unit != "元":
        limits.append(f"≤ {field.maximum}")
    return field.type.value + (f" ({', '.join(limits)})" if limits else "")


def _heading(codes: CodeList) -> str:
    return f"{both(codes.label)} `{codes.name}`"


def _codes(codes: CodeList) -> str:
    opened = "，其他文本记为 `other`" if codes.open else ""
    head = [
        "代码 code",
        "中文",
        "English",
        "国家码",
        "次序 rank",
        "状态",
        "同义 synonyms",
    ]
    return (
        f"### {_heading(codes)}\n\n来源 source: {codes.source}{opened}\n\n"
        f"{table(head, (_code(c) for c in codes.codes))}"
    )


def _code(item: Code) -> tuple[str, ...]:
    return (
        code(item.code),
        item.label.zh,
        item.label.en,
        item.national or "",
        "" if item.rank is None else str(item.rank),
        DOUBTFUL if item.doubtful else "",
        "、".join(item.synonyms),
    )
