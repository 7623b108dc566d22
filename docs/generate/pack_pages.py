"""One page per pack: what it rests on, what it asks, and worked examples."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from fractions import Fraction
from typing import Any, Final

from docs.generate.markdown import bullets, code, code_block, page, table
from docs.generate.rule_words import RuleWords, decimal_text

from xiuhua.core.dictionary.model import Field, FieldType, Label
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.packs import load_pack
from xiuhua.core.periods import Period
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.standards.expressions import Node, ParamRef, Value
from xiuhua.core.standards.model import (
    Case,
    DerivedField,
    Indicator,
    Pack,
    Param,
    ParamValue,
    Reference,
    Status,
)
from xiuhua.messages import translator


DOUBTFUL: Final = "⚠ 存疑 doubtful"
_LEVEL_OF_ROWS: Final = {
    "persons": "person",
    "households": "household",
    "villages": "village",
}
_YES_NO: Final = {True: "是", False: "否"}


def both(label: Label) -> str:
    """Return a name in both languages."""
    return f"{label.zh} · {label.en}" if label.zh != label.en else label.zh


def pack_page(pack: Pack) -> str:
    """Return the page of a pack; what it inherits is named, not repeated."""
    return page(
        f"{pack.title.zh} · {pack.title.en}",
        f"{pack.summary.zh}\n\n{pack.summary.en}",
        _facts(pack),
        _inherited(pack),
        "## 文件 · Documents",
        _documents(pack),
        _params(pack),
        _derived(pack),
        "## 指标 · Indicators",
        *(_indicator(pack, item) for item in pack.indicators if _own(pack, item)),
        _overall(pack),
    )


def _own(pack: Pack, item: Indicator | Param | DerivedField | Case) -> bool:
    return item.where.file.startswith(f"{pack.id}/")


def _facts(pack: Pack) -> str:
    level = load_dictionary().level(pack.unit).label
    rows = [
        ("代号 id", code(pack.id)),
        ("版本 version", pack.version + (" 草案 draft" if pack.draft else "")),
        ("评定单位 unit", both(level)),
        ("地区 region", pack.region or "全国 the nation"),
        ("有效期 in force（止日不含）", _period(pack.in_force)),
    ]
    return table(["", ""], rows)


def _inherited(pack: Pack) -> str:
    if not pack.extends:
        return ""
    ids = {i.id for i in load_pack(pack.extends).indicators}
    names = "、".join(i.label.zh for i in pack.indicators if i.id in ids)
    return (
        f"本包在 [{pack.extends}]({pack.extends}.md) 之上另加指标；"
        f"{names}及其参数见该页。"
        f" This pack adds to [{pack.extends}]({pack.extends}.md)."
    )


def _period(period: Period) -> str:
    start = period.start.isoformat() if period.start else "…"
    end = period.end.isoformat() if period.end else "…"
    return f"{start} – {end}"


def _documents(pack: Pack) -> str:
    used = set(_cited(pack))
    return table(
        ["代号 id", "文件 document", "文号 number", "日期 date", "状态", "备注 note"],
        (
            (code(d.id), d.title, d.number, d.date, _status(d.status), d.note)
            for d in pack.documents.values()
            if not pack.extends or d.id in used
        ),
    )


def _cited(pack: Pack) -> Iterable[str]:
    for indicator in pack.indicators:
        if _own(pack, indicator):
            yield from (r.document for r in indicator.references)
    for param in pack.params.values():
        if _own(pack, param):
            yield from (v.reference.document for v in param.values)


def _status(status: Status) -> str:
    return DOUBTFUL if status is Status.DOUBTFUL else ""


# parameters ------------------------------------------------------------------------


def _params(pack: Pack) -> str:
    own = [p for p in pack.params.values() if _own(pack, p)]
    if not own:
        return ""
    return "\n\n".join(["## 参数 · Parameters", *(_param(pack, p) for p in own)])


def _param(pack: Pack, param: Param) -> str:
    unit = f"，单位 {param.unit}" if param.unit else ""
    checked = f"，{param.last_checked} 核对" if param.last_checked else ""
    values = sorted(param.values, key=lambda v: (v.region, v.period.start or date.min))
    gaps = table(
        ["地区 region", "期间 period（止日不含）", "无值 no value", ""],
        (
            (g.region or "全国", _period(g.period), g.reason.zh, g.reason.en)
            for g in param.gaps
        ),
    )
    candidates = _values(pack, param, param.candidates)
    if candidates:
        candidates = (
            "见到过但未见文件的数值，只列示，从不采用 · "
            f"Seen without a document; shown, never in force:\n\n{candidates}"
        )
    parts = [
        f"### {both(param.label)}",
        f"{code(param.name)}{unit}{checked}",
        param.note,
        bullets(f"{code(c)} {both(label)}" for c, label in param.options.items()),
        _values(pack, param, values),
        gaps,
        candidates,
    ]
    return "\n\n".join(filter(None, parts))


def _values(pack: Pack, param: Param, values: Iterable[ParamValue]) -> str:
    return table(
        [
            "地区 region",
            "期间 period（止日不含）",
            "数值 value",
            "依据 document",
            "状态",
            "备注",
        ],
        (
            (
                v.region or "全国",
                _period(v.period),
                _amount(v.value, param),
                _reference(pack, v.reference),
                _status(v.status),
                v.note,
            )
            for v in values
        ),
    )


def _amount(value: Value, param: Param) -> str:
    if isinstance(value, Fraction):
        return decimal_text(value)
    if isinstance(value, bool):
        return _YES_NO[value]
    if param.options:
        return f"{code(str(value))} {param.options[str(value)].zh}"
    return str(value)


def _reference(pack: Pack, reference: Reference) -> str:
    if not reference.document:
        return ""
    clause = f"：{reference.clause}" if reference.clause else ""
    return f"{pack.documents[reference.document].citation}{clause}"


# rules -----------------------------------------------------------------------------


def _derived(pack: Pack) -> str:
    own = [d for d in pack.derived if _own(pack, d)]
    if not own:
        return ""
    rows = (
        (
            code(d.name),
            both(d.label),
            load_dictionary().level(d.level).label.zh,
            d.unit,
            RuleWords(pack, "zh").of(d.node),
        )
        for d in own
    )
    head = ["名称 name", "含义 meaning", "层级 level", "单位 unit", "算法 computed as"]
    return "## 推算项 · Derived fields\n\n" + table(head, rows)


def _indicator(pack: Pack, indicator: Indicator) -> str:
    level = load_dictionary().level(indicator.level).label
    measures = load_dictionary().code_lists["measure_class"].by_code
    rule = indicator.source_met.strip()
    applies = ""
    if indicator.source_applies != "true":
        applies = _in_words(pack, "适用于 · Applies to", indicator.applies)
        rule = f"applies: {indicator.source_applies.strip()}\nmet: {rule}"
    parts = [
        f"### {both(indicator.label)}",
        f"{code(indicator.id)}，按{level.zh}评定 · per {level.en.lower()}"
        + (f" {DOUBTFUL}" if indicator.status is Status.DOUBTFUL else ""),
        applies,
        _in_words(pack, "达标条件 · Met when", indicator.met),
        code_block(rule),
        f"未达标 · Unmet: {both(indicator.unmet_text)}",
        indicator.note,
        "依据 · Reference: "
        + "；".join(_reference(pack, r) for r in indicator.references),
        "可用的措施 · Remedies: "
        + "、".join(both(measures[r].label) for r in indicator.remedies)
        if indicator.remedies
        else "",
        "例 · Worked examples",
        _cases(
            pack,
            [c for c in pack.cases if c.indicator == indicator.id],
            _asked_by(indicator.applies) | _asked_by(indicator.met),
        ),
    ]
    return "\n\n".join(filter(None, parts))


def _asked_by(node: Node) -> set[str]:
    """Return the parameters a rule looks at, directly or through derived fields."""
    return {n.name for n in node.walk() if isinstance(n, ParamRef)}


def _overall(pack: Pack) -> str:
    cases = [c for c in pack.cases if c.indicator == OVERALL and _own(pack, c)]
    if not cases:
        return ""
    shown = _cases(pack, cases, set(pack.params))
    return f"## 综合判定的例 · Worked examples of the whole\n\n{shown}"


def _in_words(pack: Pack, title: str, node: Node) -> str:
    lines = [RuleWords(pack, language).of(node) for language in ("zh", "en")]
    return f"**{title}**\n\n> {lines[0]}\n>\n> {lines[1]}"


# worked examples -------------------------------------------------------------------


def _cases(pack: Pack, cases: list[Case], params: set[str]) -> str:
    say = translator("zh")
    return table(
        ["情形 case", "日期 day", "地区", "参数 given", "数据 data", "判定 verdict"],
        (
            (
                both(case.label),
                str(case.as_of),
                case.region,
                "；".join(
                    _given(pack, k, v) for k, v in case.params.items() if k in params
                ),
                "<br>".join(_rows(pack, case.rows)) or "（空 nothing filled in）",
                f"{say(case.expect)} {code(case.expect)}",
            )
            for case in cases
        ),
    )  # fmt: skip


def _given(pack: Pack, name: str, value: Any) -> str:
    param = pack.params[name]
    shown = param.options[value].zh if param.options else str(value)
    return f"{param.label.zh}＝{shown}"


def _rows(pack: Pack, rows: Mapping[str, Any]) -> Iterable[str]:
    for key, content in rows.items():
        level = _LEVEL_OF_ROWS.get(key, key)
        items = content if isinstance(content, list) else [content]
        label = load_dictionary().level(level).label.zh
        if isinstance(content, list) and not content:
            yield f"{label}：无记录 no rows"
        for number, item in enumerate(items, 1):
            place = f"{label} {number}" if isinstance(content, list) else label
            own = {k: v for k, v in item.items() if k not in _LEVEL_OF_ROWS}
            cells = "，".join(_cell(pack, level, k, v) for k, v in own.items())
            yield f"{place}：{cells or '未填 empty'}"
            nested = {k: v for k, v in item.items() if k in _LEVEL_OF_ROWS}
            yield from (f"{place} / {line}" for line in _rows(pack, nested))


def _cell(pack: Pack, level: str, name: str, value: Any) -> str:
    field = load_dictionary().level(level).by_name.get(name)
    if field is None:
        label = next(
            d.label for d in pack.derived if (d.level, d.name) == (level, name)
        )
        return f"{label.zh} {value}"
    return f"{field.label.zh} {_field_value(field, value)}"


def _field_value(field: Field, value: Any) -> str:
    if isinstance(value, bool):
        return _YES_NO[value]
    if field.type is FieldType.CHOICE and field.codes is not None:
        return field.codes.by_code[value].label.zh
    return f"{value} {field.unit}".strip()


def pack_list(packs: Iterable[Pack]) -> str:
    """Return the table of all packs."""
    return table(
        ["包 pack", "标准 standard", "单位 unit", "版本 version", "有效期 in force"],
        (
            (
                f"[{p.id}]({p.id}.md)",
                both(p.title),
                p.unit,
                p.version,
                _period(p.in_force),
            )
            for p in packs
        ),
    )  # fmt: skip
