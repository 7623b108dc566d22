"""Pack folders → bound packs; every fault is collected with file, line and column."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from xiuhua.core.dictionary.model import Dictionary
from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.periods import Period
from xiuhua.core.standards.binder import OVERALL, Names, bind, nearest, suggestion
from xiuhua.core.standards.expressions import (
    DATE,
    MAX_NODES,
    Derived,
    Kind,
    Node,
    count_nodes,
)
from xiuhua.core.standards.faults import Fault
from xiuhua.core.standards.model import (
    Case,
    DerivedField,
    Document,
    Indicator,
    Pack,
    Param,
    Reference,
    Status,
)
from xiuhua.core.standards.params import ParamReader, label_of
from xiuhua.core.standards.shape import check_shape
from xiuhua.core.standards.syntax import SyntaxFault, parse
from xiuhua.core.standards.toml_places import TomlPlaces
from xiuhua.core.standards.typing import TypeFault, rounded_type


LEVELS: Final = ("person", "household", "village", "county")
AS_OF: Final = "as_of"
_FILES: Final = ("pack.toml", "params.toml", "indicators.toml", "cases.toml")


class PackBroken(XiuhuaError):
    """A pack with faults; `faults` lists them all."""

    code = "pack.broken"

    def __init__(self, pack: str, faults: list[Fault]):
        lines = "\n".join(f"  {fault}" for fault in faults)
        super().__init__(f"pack {pack} has {len(faults)} faults:\n{lines}")
        self.faults = faults


class PackMissing(XiuhuaError):
    """There is no pack of that name."""

    code = "pack.missing"


class PackReader:
    """Reads packs of one or several folders of packs, each once.

    A pack of one folder may extend one of another; no id may stand in two.
    """

    def __init__(self, roots: Iterable[Path], dictionary: Dictionary):
        self._roots = tuple(dict.fromkeys(root.resolve() for root in roots))
        self._dictionary = dictionary
        self._packs: dict[str, tuple[Pack, list[Fault]]] = {}
        self._reading: list[str] = []

    def names(self) -> list[str]:
        """Return the ids of all packs, sorted."""
        found = (p for root in self._roots for p in root.glob("*/pack.toml"))
        return sorted({p.parent.name for p in found})

    def read(self, pack_id: str) -> tuple[Pack, list[Fault]]:
        """Return a pack with the faults found while reading it.

        Raises:
            PackMissing: when the folder does not exist.
            PackBroken: when a file cannot be read at all.
        """
        if pack_id not in self._packs:
            folders = [
                root / pack_id
                for root in self._roots
                if (root / pack_id / "pack.toml").is_file()
            ]
            if not folders:
                raise PackMissing(
                    "there is no pack `{pack}`",
                    pack=pack_id,
                    **suggestion(pack_id, self.names()),
                )
            if len(folders) > 1:
                place = Place(f"{pack_id}/pack.toml")
                raise PackBroken(
                    pack_id, [Fault(place, "the id is that of a shipped pack")]
                )
            self._packs[pack_id] = self._read(folders[0])
        return self._packs[pack_id]

    def _read(self, folder: Path) -> tuple[Pack, list[Fault]]:
        files = {}
        for name in _FILES:
            path = folder / name
            text = path.read_text(encoding="utf-8") if path.is_file() else ""
            try:
                files[name] = (
                    tomllib.loads(text),
                    TomlPlaces.of(f"{folder.name}/{name}", text),
                )
            except tomllib.TOMLDecodeError as error:
                fault = Fault(Place(f"{folder.name}/{name}"), str(error))
                raise PackBroken(folder.name, [fault]) from error
        broken = [
            fault for name, file in files.items() for fault in check_shape(name, *file)
        ]
        if broken:
            raise PackBroken(folder.name, broken)
        base: Pack | None = None
        faults: list[Fault] = []
        extends = files["pack.toml"][0].get("extends", "")
        if extends:
            if extends in (*self._reading, folder.name):
                place = files["pack.toml"][1].key("", 0, "extends")
                fault = Fault(place, f"pack {folder.name} extends itself")
                raise PackBroken(folder.name, [fault])
            self._reading.append(folder.name)
            base, faults = self.read(extends)
            self._reading.pop()
            faults = list(faults)
        return _PackBuilder(folder.name, files, self._dictionary, base, faults).build()


class _PackBuilder:
    """Builds one pack; faults are collected, not raised."""

    def __init__(
        self,
        name: str,
        files: Mapping[str, tuple[dict[str, Any], TomlPlaces]],
        dictionary: Dictionary,
        base: Pack | None,
        faults: list[Fault],
    ):
        self._name = name
        self._files = files
        self._base = base
        self.faults = faults
        self._dictionary = dictionary
        self._params: dict[str, Param] = dict(base.params) if base else {}
        self._derived: dict[tuple[str, str], DerivedField] = {
            (d.level, d.name): d for d in (base.derived if base else ())
        }
        self._indicators: dict[str, Indicator] = {
            i.id: i for i in (base.indicators if base else ())
        }

    def build(self) -> tuple[Pack, list[Fault]]:
        raw, _ = self._files["pack.toml"]
        self._read_params()
        self._read_derived()
        self._read_indicators()
        documents = dict(self._base.documents) if self._base else {}
        documents |= {d["id"]: _document(d) for d in raw.get("document", ())}
        in_force = raw.get("in_force", {})
        pack = Pack(
            id=self._name,
            version=raw.get("version", "0"),
            title=label_of(raw.get("title"), self._name),
            summary=label_of(raw.get("summary")),
            unit=raw.get("unit", "household"),
            region=raw.get("region", ""),
            in_force=Period(in_force.get("from"), in_force.get("to")),
            draft=raw.get("status") == "draft",
            extends=raw.get("extends", ""),
            documents=documents,
            params=self._params,
            derived=tuple(self._derived.values()),
            indicators=tuple(self._indicators.values()),
        )
        if raw.get("id") != self._name:
            place = self._files["pack.toml"][1].key("", 0, "id")
            self._fault(
                place, f"the id of the pack must be its folder's name {self._name}"
            )
        inherited = self._base.cases if self._base else ()
        return replace(pack, cases=inherited + self._read_cases()), self.faults

    def _fault(self, where: Place, message: str, hint: str = "") -> None:
        self.faults.append(Fault(where, message, hint))

    def _read_params(self) -> None:
        raw, places = self._files["params.toml"]
        reader = ParamReader(places, self._fault)
        read: set[str] = {AS_OF}
        for index, item in enumerate(raw.get("param", ())):
            if not self._new(item, "name", places.table("param", index), read):
                continue
            read.add(item["name"])
            param = reader.read(item, index, self._params.get(item["name"]))
            if param is not None:
                self._params[param.name] = param

    # rules ----------------------------------------------------------------------

    def _names(self) -> Names:
        params = {p.name: p.type for p in self._params.values()} | {AS_OF: DATE}
        options = {
            p.type.codes: tuple(p.options) for p in self._params.values() if p.options
        }
        derived: dict[tuple[str, str], Node] = {
            key: Derived(d.node.type, d.level, d.name, d.node)
            for key, d in self._derived.items()
        }
        indicators: dict[str, tuple[str, ...]] = {}
        for item in self._indicators.values():
            indicators[item.level] = (*indicators.get(item.level, ()), item.id)
        return Names(self._dictionary, params, options, derived, indicators)

    def _read_derived(self) -> None:
        raw, places = self._files["indicators.toml"]
        for index, item in enumerate(raw.get("derive", ())):
            where = places.table("derive", index)
            level = self._level(item, where)
            if not self._new(
                item, "name", where, {n for v, n in self._derived if v == level}
            ):
                continue
            node = self._bind("derive", index, "value", item.get("value", ""), level)
            if node is None:
                continue
            decimals = item.get("decimals")
            if decimals is not None and not self._can_round(node, decimals, where):
                continue
            self._derived[level, item["name"]] = DerivedField(
                name=item["name"],
                level=level,
                label=label_of(item.get("label"), item["name"]),
                node=node,
                unit=item.get("unit", ""),
                decimals=decimals,
                where=where,
            )

    def _read_indicators(self) -> None:
        raw, places = self._files["indicators.toml"]
        for index, item in enumerate(raw.get("indicator", ())):
            where = places.table("indicator", index)
            level = self._level(item, where)
            if not self._new(item, "id", where, {*self._indicators, OVERALL}):
                continue
            applies_source = item.get("applies", "true")
            applies = self._condition("applies", index, applies_source, level)
            met = self._condition("met", index, item.get("met", ""), level)
            if applies is None or met is None:
                continue
            references = tuple(
                Reference(r.get("document", ""), r.get("clause", ""))
                for r in _many(item, "reference")
            )
            self._indicators[item["id"]] = Indicator(
                id=item["id"],
                level=level,
                label=label_of(item.get("label"), item["id"]),
                applies=applies,
                met=met,
                references=references,
                remedies=tuple(item.get("remedy", ())),
                unmet_text=label_of(item.get("unmet")),
                status=Status(item.get("status", "sourced")),
                note=item.get("note", ""),
                source_applies=applies_source,
                source_met=item.get("met", ""),
                where=where,
            )

    def _new(
        self, item: dict[str, Any], key: str, where: Place, taken: Collection[str]
    ) -> bool:
        name = item.get(key, "")
        if not name:
            self._fault(where, f"`{key}` is missing")
        elif name in taken:
            self._fault(where, f"`{name}` stands twice")
        return bool(name) and name not in taken

    def _can_round(self, node: Node, decimals: int, where: Place) -> bool:
        try:
            if node.type.kind is not Kind.NUMBER:
                raise TypeFault(f"a {node.type.kind.value} has no decimals")
            rounded_type(node.type, decimals)
        except TypeFault as fault:
            self._fault(where, str(fault))
            return False
        return True

    def _level(self, item: dict[str, Any], where: Place) -> str:
        level = str(item.get("per", "household"))
        if level not in LEVELS:
            self._fault(where, f"unknown level `{level}`", nearest(level, LEVELS))
            return "household"
        return level

    def _condition(self, key: str, index: int, source: str, level: str) -> Node | None:
        node = self._bind("indicator", index, key, source, level)
        if node is not None and node.type.kind is not Kind.BOOLEAN:
            where = self._files["indicators.toml"][1].key("indicator", index, key)
            self._fault(
                where, f"`{key}` must be a condition, this is a {node.type.kind.value}"
            )
            return None
        return node

    def _bind(
        self, table: str, index: int, key: str, source: str, level: str
    ) -> Node | None:
        places = self._files["indicators.toml"][1]
        if not source.strip():
            self._fault(places.table(table, index), f"`{key}` is missing")
            return None
        try:
            node = bind(parse(source), level, self._names())
            if count_nodes(node) > MAX_NODES:
                raise SyntaxFault(f"the rule has more than {MAX_NODES} parts", 0)
            return node
        except SyntaxFault as fault:
            where = places.inside(table, index, key, source, fault.offset)
            self._fault(where, fault.message, fault.hint)
            return None

    # cases ----------------------------------------------------------------------

    def _read_cases(self) -> tuple[Case, ...]:
        raw, places = self._files["cases.toml"]
        cases = []
        for index, item in enumerate(raw.get("case", ())):
            rows = {k: v for k, v in item.items() if k in _ROW_KEYS}
            cases.append(
                Case(
                    indicator=item.get("indicator", ""),
                    label=label_of(item.get("name")),
                    as_of=item.get("as_of", raw.get("as_of")),
                    region=item.get("region", raw.get("region", "")),
                    params=raw.get("params", {}) | item.get("params", {}),
                    rows=rows,
                    expect=item.get("expect", ""),
                    where=places.table("case", index),
                )
            )
        return tuple(cases)


_ROW_KEYS: Final = (
    "person",
    "persons",
    "household",
    "households",
    "village",
    "villages",
    "county",
)


def _many(item: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = item.get(key, [])
    return value if isinstance(value, list) else [value]


def _document(raw: dict[str, Any]) -> Document:
    return Document(
        id=raw["id"],
        title=raw["title"],
        number=raw.get("number", ""),
        date=str(raw.get("date", "")),
        note=raw.get("note", ""),
        status=Status(raw.get("status", "sourced")),
    )
