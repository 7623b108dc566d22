"""Read villages, people and parties for `xiuhua teams` from the tables users write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import cos, radians
from pathlib import Path
from typing import Final

from xiuhua.cli.sheets import Row, SheetUnusable, read_rows
from xiuhua.core.teams.districts import Site
from xiuhua.core.teams.forming import Person
from xiuhua.core.teams.matching import Party
from xiuhua.core.teams.travel import Point
from xiuhua.core.truth import UNKNOWN, Unknown


COLUMNS: Final = {
    "行政村代码": "village_code",
    "村代码": "village_code",
    "户数": "households",
    "东向(米)": "east_m",
    "北向(米)": "north_m",
    "经度": "longitude",
    "纬度": "latitude",
    "语言": "languages",
    "人员编号": "person_id",
    "家乡代码": "home",
    "工作单位": "unit",
    "角色": "roles",
    "编号": "id",
    "区划代码": "region",
    "上限": "cap",
}
FROM_OUTSIDE: Final = frozenset({"无", "县外", "none"})
_METERS_PER_DEGREE: Final = 111_195.0
"""Of latitude: a mean earth radius of 6371.0088 km times pi / 180."""


def read_sites(path: Path, sample: Path | None) -> list[Site]:
    """Return the villages; with a sample, only its villages and its households.

    Raises:
        SheetUnusable: when a column or a cell cannot be used, or a village of the
            sample is not in the list.
    """
    required = ["village_code"] if sample else ["village_code", "households"]
    rows = read_rows(path, COLUMNS, required)
    counts = _sampled(sample) if sample else None
    missing = sorted(set(counts or ()) - {row["village_code"] for row in rows})
    if missing:
        raise SheetUnusable(
            "{file} lacks villages of the sample: {first}",
            file=path.name,
            first=missing[0],
        )
    return [
        Site(
            row["village_code"],
            row.whole("households") if counts is None else counts[row["village_code"]],
            point_of(row),
            row.words("languages"),
        )
        for row in rows
        if counts is None or row["village_code"] in counts
    ]


def _sampled(path: Path) -> Counter[str]:
    rows = read_rows(path, COLUMNS, ["village_code", "role"])
    return Counter(row["village_code"] for row in rows if row["role"] == "sample")


def point_of(row: Row) -> Point | Unknown:
    """Return where a row lies, unknown when it does not say.

    Degrees are laid on a plane; over a county the error is below one percent.
    """
    east, north = row.number("east_m"), row.number("north_m")
    if east is not None and north is not None:
        return Point(round(east), round(north))
    longitude, latitude = row.number("longitude"), row.number("latitude")
    if longitude is None or latitude is None:
        return UNKNOWN
    # One parallel per degree keeps all villages of a county on the same scale.
    shrink = cos(radians(round(latitude)))
    return Point(
        round(longitude * _METERS_PER_DEGREE * shrink),
        round(latitude * _METERS_PER_DEGREE),
    )


def read_people(path: Path) -> list[Person]:
    """Return the people; an empty home is unknown, 无 or none is from outside.

    Raises:
        SheetUnusable: when a column or a cell cannot be used.
    """
    return [
        Person(
            row["person_id"],
            _home(row),
            row.get("unit", ""),
            row.words("roles"),
            row.words("languages"),
        )
        for row in read_rows(path, COLUMNS, ["person_id", "home"])
    ]


def _home(row: Row) -> str | Unknown:
    text = row["home"]
    if not text:
        return UNKNOWN
    if text in FROM_OUTSIDE:
        return ""
    if text.isascii() and text.isdigit() and len(text) in (9, 12):
        return text
    raise SheetUnusable(
        "home: '{text}' is no township or village code",
        where=row.place,
        hint="9 or 12 digits, or 无 for people from outside the villages",
        text=text,
    )


@dataclass(frozen=True)
class PartyTable:
    """Parties of a table, their own caps, and whether every one has a place."""

    parties: list[Party]
    caps: dict[str, int]
    placed: bool


def read_parties(path: Path, key: Sequence[str]) -> PartyTable:
    """Return the parties: every column that is not known is a need or a skill.

    `key` names the columns one of which holds the id.

    Raises:
        SheetUnusable: when no id column is there, or a strength is not from 0 to 1.
    """
    rows = read_rows(path, COLUMNS, [])
    name = next((k for k in key if rows and k in rows[0]), None)
    if name is None:
        raise SheetUnusable(
            "{file} has none of the columns {names}",
            file=path.name,
            names=", ".join(key),
        )
    known = {*COLUMNS.values(), *key}
    points = [point_of(row) for row in rows]
    parties = [
        Party(
            row[name],
            {k: _strength(row, k) for k in row if k and k not in known},
            0.0 if point is UNKNOWN else point.east / 1000,
            0.0 if point is UNKNOWN else point.north / 1000,
            row.get("region", "") or row.get("village_code", ""),
        )
        for row, point in zip(rows, points, strict=True)
    ]
    caps = {row[name]: row.whole("cap") for row in rows if row.get("cap")}
    return PartyTable(parties, caps, all(p is not UNKNOWN for p in points))


def without_places(parties: Sequence[Party]) -> list[Party]:
    """Return the parties all at one place, so that distance plays no part."""
    return [replace(party, east_km=0.0, north_km=0.0) for party in parties]


def _strength(row: Row, column: str) -> float:
    value = row.number(column)
    if value is None:
        raise SheetUnusable("{column} is empty", where=row.place, column=column)
    if not 0 <= value <= 1:
        raise SheetUnusable(
            "{column}: {value:g} is not from 0 to 1",
            where=row.place,
            column=column,
            value=value,
        )
    return value
