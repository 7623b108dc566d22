"""The shape of the four files: which keys a table may have, and of what type.

A key nobody knows is refused with the nearest one that exists: a misspelled `applies`
would otherwise quietly let a rule apply to everybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from xiuhua.core.standards.binder import nearest
from xiuhua.core.standards.faults import Fault
from xiuhua.core.standards.toml_places import TomlPlaces


_TEXT: Final = (str,)
_LABEL: Final = (dict,)
_NUMBER: Final = (int, float)
_DAY: Final = (date,)
_ANY: Final = (str, int, float, bool, date)
_PERIOD: Final = {"from": _DAY, "to": _DAY}
_VALUE: Final = _PERIOD | {
    "region": _TEXT,
    "amount": _ANY,
    "document": _TEXT,
    "clause": _TEXT,
    "status": _TEXT,
    "note": _TEXT,
}
# file → table → key → types; "" is the top of the file.
SHAPES: Final[Mapping[str, Mapping[str, Mapping[str, tuple[type, ...]]]]] = {
    "pack.toml": {
        "": {
            "id": _TEXT,
            "version": _TEXT,
            "title": _LABEL,
            "summary": _LABEL,
            "unit": _TEXT,
            "region": _TEXT,
            "extends": _TEXT,
            "status": _TEXT,
            "in_force": (dict,),
            "document": (list,),
        },
        "document": {
            "id": _TEXT,
            "title": _TEXT,
            "number": _TEXT,
            "date": (str, date),
            "note": _TEXT,
            "status": _TEXT,
        },
    },
    "params.toml": {
        "": {"param": (list,)},
        "param": {
            "name": _TEXT,
            "label": _LABEL,
            "type": _TEXT,
            "unit": _TEXT,
            "digits": (int,),
            "scale": (int,),
            "min": _NUMBER,
            "options": (list,),
            "last_checked": _DAY,
            "note": _TEXT,
            "value": (list,),
            "gap": (list,),
            "candidate": (list,),
        },
        "param.value": _VALUE,
        "param.candidate": _VALUE,
        "param.gap": _PERIOD | {"region": _TEXT, "reason": _LABEL},
    },
    "indicators.toml": {
        "": {"derive": (list,), "indicator": (list,)},
        "derive": {
            "name": _TEXT,
            "per": _TEXT,
            "label": _LABEL,
            "value": _TEXT,
            "unit": _TEXT,
            "decimals": (int,),
        },
        "indicator": {
            "id": _TEXT,
            "per": _TEXT,
            "label": _LABEL,
            "applies": _TEXT,
            "met": _TEXT,
            "unmet": _LABEL,
            "remedy": (list,),
            "reference": (list, dict),
            "status": _TEXT,
            "note": _TEXT,
        },
    },
    "cases.toml": {
        "": {"as_of": _DAY, "region": _TEXT, "params": (dict,), "case": (list,)},
        "case": {
            "indicator": _TEXT,
            "name": _LABEL,
            "as_of": _DAY,
            "region": _TEXT,
            "params": (dict,),
            "expect": _TEXT,
            "person": (dict,),
            "persons": (list,),
            "household": (dict,),
            "households": (list,),
            "village": (dict,),
            "villages": (list,),
            "county": (dict,),
        },
    },
}
_REQUIRED: Final = {"document": ("id", "title")}
_STATUSES: Final = {"": ("draft", "in_force"), "*": ("sourced", "doubtful")}


def check_shape(file: str, raw: dict[str, Any], places: TomlPlaces) -> list[Fault]:
    """Return the faults in the shape of one file of a pack."""
    return list(_check_table(SHAPES[file], "", raw, 0, places, {}))


def _check_table(
    shapes: Mapping[str, Mapping[str, tuple[type, ...]]],
    table: str,
    raw: dict[str, Any],
    index: int,
    places: TomlPlaces,
    seen: dict[str, int],
) -> Iterator[Fault]:
    yield from _check_keys(shapes[table], table, raw, index, places)
    for key, value in raw.items():
        inner = f"{table}.{key}" if table else key
        if inner in shapes and isinstance(value, list):
            for item in value:
                number = seen.get(inner, 0)
                seen[inner] = number + 1
                yield from _check_table(shapes, inner, item, number, places, seen)


def _check_keys(
    shape: Mapping[str, tuple[type, ...]],
    table: str,
    raw: dict[str, Any],
    index: int,
    places: TomlPlaces,
) -> Iterator[Fault]:
    for key, value in raw.items():
        where = places.key(table, index, key)
        if key not in shape:
            yield Fault(where, f"unknown key `{key}`", nearest(key, shape))
        elif not _fits(value, shape[key]):
            yield Fault(where, f"`{key}` cannot be {value!r}", _types(shape[key]))
        elif key == "status":
            known = _STATUSES[table if table in _STATUSES else "*"]
            if value not in known:
                yield Fault(where, f"unknown status `{value}`", " | ".join(known))
    for key in _REQUIRED.get(table, ()):
        if not raw.get(key):
            yield Fault(places.table(table, index), f"`{key}` is missing")


def _fits(value: Any, types: tuple[type, ...]) -> bool:
    # A truth is a whole number to Python, but not to a reader of a pack.
    if isinstance(value, bool):
        return bool in types
    return isinstance(value, types)


def _types(types: tuple[type, ...]) -> str:
    words = {str: "text", dict: "{ … }", list: "[ … ]", date: "a date", int: "a number"}
    return " or ".join(words[t] for t in types if t in words)
