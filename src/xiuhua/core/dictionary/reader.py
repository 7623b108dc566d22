"""Load the dictionary from its TOML files, once."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, Final

from xiuhua.core.dictionary.model import (
    CODED_TYPES,
    MONEY_MAX_FEN,
    Code,
    CodeList,
    Dictionary,
    Field,
    FieldType,
    Label,
    Level,
    Mask,
)
from xiuhua.core.errors import Place, XiuhuaError


_DIR: Final = Path(__file__).parent
LEVELS: Final = (
    "household",
    "person",
    "village",
    "township",
    "county",
    "helper",
    "pairing",
    "monitoring",
    "sample",
)


class DictionaryBroken(XiuhuaError):
    """The dictionary's own files contradict themselves."""

    code = "dictionary.broken"


@cache
def load_dictionary() -> Dictionary:
    """Return the dictionary shipped with the package.

    Raises:
        DictionaryBroken: when a file is inconsistent.
    """
    code_lists = {
        name: _code_list(name, raw) for name, raw in _toml(_DIR / "codes.toml").items()
    }
    levels = {name: _level(name, code_lists) for name in LEVELS}
    return Dictionary(levels, code_lists)


def _toml(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return tomllib.load(file)


def _label(raw: dict[str, str]) -> Label:
    return Label(raw["zh"], raw["en"])


def _code_list(name: str, raw: dict[str, Any]) -> CodeList:
    codes = tuple(
        Code(
            code=item["code"],
            label=_label(item["label"]),
            national=item.get("national"),
            rank=item.get("rank"),
            synonyms=tuple(item.get("synonyms", ())),
            doubtful=item.get("status") == "doubtful",
        )
        for item in raw["items"]
    )
    is_open = raw.get("open", False)
    if len({c.code for c in codes}) != len(codes):
        raise DictionaryBroken("code list {name} names a code twice", name=name)
    if is_open and "other" not in {c.code for c in codes}:
        raise DictionaryBroken(
            "open code list {name} needs the code 'other'", name=name
        )
    return CodeList(name, _label(raw["label"]), raw["source"], codes, is_open)


def _level(name: str, code_lists: dict[str, CodeList]) -> Level:
    path = _DIR / "fields" / f"{name}.toml"
    raw = _toml(path)
    fields = tuple(
        _field(item, name, raw["source"], code_lists, path) for item in raw["field"]
    )
    if len({f.name for f in fields}) != len(fields):
        raise DictionaryBroken("a field stands twice", where=Place(str(path.name)))
    return Level(
        name, raw["sheet"], raw["key"], _label(raw["label"]), raw["source"], fields
    )


def _field(
    raw: dict[str, Any],
    level: str,
    source: str,
    code_lists: dict[str, CodeList],
    path: Path,
) -> Field:
    kind = FieldType(raw["type"])
    codes = code_lists.get(raw.get("codes", ""))
    if (codes is not None) != (kind in CODED_TYPES):
        raise DictionaryBroken(
            "field {name}: exactly the coded types name a code list",
            where=Place(path.name),
            name=raw["name"],
        )
    money = kind is FieldType.MONEY
    return Field(
        name=raw["name"],
        level=level,
        label=_label(raw["label"]),
        type=kind,
        source=raw.get("source", source),
        scale=2 if money else raw.get("scale", 0),
        unit="元" if money else raw.get("unit", ""),
        minimum=raw.get("min"),
        maximum=MONEY_MAX_FEN // 100 if money else raw.get("max"),
        codes=codes,
        digits=raw.get("digits"),
        synonyms=tuple(raw.get("synonyms", ())),
        national=raw.get("national"),
        mask=Mask(raw.get("mask", "open")),
        template=raw.get("template", False),
        required=raw.get("required", False),
    )
