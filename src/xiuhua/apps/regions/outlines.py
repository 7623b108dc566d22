"""Read boundaries from a GeoJSON file keyed by division code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from xiuhua.apps.regions.geometry import OutlineWrong, Polygon, polygons_of
from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.region_codes import level_of


class BoundariesUnreadable(XiuhuaError):
    """A file of boundaries cannot be read; every bad feature is named."""

    code = "regions.boundaries_unreadable"


def read_outlines(file: Path, *, code_field: str) -> dict[str, list[Polygon]]:
    """Return the polygons of each code; features of one code are taken together.

    Raises:
        BoundariesUnreadable: when the file is no feature collection, a feature lacks
            its code or its geometry is not made of closed rings.
    """
    try:
        with file.open(encoding="utf-8-sig") as text:
            features = json.load(text)["features"]
        keyed = [_keyed(feature, code_field) for feature in features]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BoundariesUnreadable(
            "this is no GeoJSON feature collection", where=Place(file=str(file))
        ) from error
    outlines: dict[str, list[Polygon]] = {}
    faults: list[str] = []
    for number, (code, geometry) in enumerate(keyed, 1):
        if not code or level_of(code) is None:
            faults.append(f"feature {number}: {code_field} = {code}")
            continue
        try:
            outlines.setdefault(code, []).extend(polygons_of(geometry))
        except OutlineWrong as error:
            faults.append(f"feature {number} ({code}): {error}")
    if faults or not outlines:
        raise BoundariesUnreadable(
            "bad features: {features}",
            where=Place(file=str(file)),
            features="; ".join(faults[:20]) or "none at all",
        )
    return outlines


def _keyed(feature: dict[str, Any], code_field: str) -> tuple[str, dict[str, Any]]:
    code = feature["properties"].get(code_field)
    return ("" if code is None else str(code).strip()), feature["geometry"] or {}
