"""The packs shipped with the program: list them, read them, run their cases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from xiuhua.core.dictionary.model import Field
from xiuhua.core.dictionary.reader import load_dictionary
from xiuhua.core.engines.memory import Judge, Judged
from xiuhua.core.standards.binder import OVERALL
from xiuhua.core.standards.checker import check_pack
from xiuhua.core.standards.faults import Fault
from xiuhua.core.standards.model import Case, Pack
from xiuhua.core.standards.reader import PackBroken, PackReader
from xiuhua.core.standards.resolver import resolve
from xiuhua.core.standards.typing import field_type
from xiuhua.core.standards.values import to_value


PACKS_DIR: Final = Path(__file__).parents[1] / "packs"
_BELOW: Final = {"household": "persons", "village": "households", "county": "villages"}
_LEVEL_BELOW: Final = {
    "household": "person",
    "village": "household",
    "county": "village",
}


def open_packs(own: Path | None = None) -> PackReader:
    """Return a reader of the packs shipped, and of those in a folder of one's own."""
    roots = (PACKS_DIR,) if own is None else (own, PACKS_DIR)
    return PackReader(roots, load_dictionary())


def load_pack(pack_id: str, reader: PackReader | None = None) -> Pack:
    """Return a sound pack.

    Raises:
        PackMissing: when there is none of that name.
        PackBroken: listing every fault with file and line.
    """
    pack, faults = (reader or open_packs()).read(pack_id)
    faults = faults or check_pack(pack, load_dictionary())
    if faults:
        raise PackBroken(pack_id, faults)
    return pack


def run_cases(pack: Pack) -> list[Fault]:
    """Judge every worked example of a pack; return those that come out otherwise."""
    faults = []
    for case in pack.cases:
        found = judge_case(pack, case)
        if found != case.expect:
            faults.append(
                Fault(case.where, f"the case comes out {found}, not {case.expect}")
            )
    return faults


def judge_case(pack: Pack, case: Case) -> str:
    """Return the verdict of a worked example, as a word."""
    standard = resolve(
        pack,
        as_of=_day(case.as_of),
        region=case.region,
        given={k: v for k, v in case.params.items() if k in pack.params},
    )
    level = pack.unit
    row = case_row(pack, level, case.rows)
    Judge(standard).judge(row)
    wanted = case.indicator
    return row.verdicts[OVERALL if wanted == OVERALL else wanted].word


def case_row(pack: Pack, level: str, rows: Mapping[str, Any]) -> Judged:
    """Return the row a case describes, with the rows below it."""
    own = dict(rows.get(level, {}))
    nested = own.pop(_BELOW.get(level, ""), None)
    below = rows.get(_BELOW.get(level, ""), nested) or []
    children = tuple(
        case_row(pack, _LEVEL_BELOW[level], {_LEVEL_BELOW[level]: child})
        for child in below
    )
    return Judged(level, _values(pack, level, own), children)


def _values(pack: Pack, level: str, raw: Mapping[str, Any]) -> dict[str, Any]:
    fields = load_dictionary().level(level).by_name
    derived = {d.name: d for d in pack.derived if d.level == level}
    values: dict[str, Any] = {}
    for name, item in raw.items():
        if name in fields:
            values[name] = _field_value(fields[name], item)
        elif name in derived:
            values[name] = to_value(item, derived[name].node.type)
    return values


def _field_value(field: Field, raw: Any) -> Any:
    value = to_value(raw, field_type(field))
    if value is None:
        raise ValueError(f"{raw!r} is no value of {field.name}")
    return value


def _day(value: object) -> date:
    if not isinstance(value, date):
        raise TypeError("a case needs an as_of date")
    return value
