"""Read what `xiuhua sample draw` wrote: the manifest and the households drawn."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

from xiuhua.core.errors import Place, XiuhuaError
from xiuhua.core.survey.manifest import FORMAT


MANIFEST: Final = "manifest.json"
SAMPLE: Final = "sample.csv"
_WHOLE: Final = ("order", "persons", "cell_households", "cell_drawn")


class DrawUnreadable(XiuhuaError):
    """A manifest or the sample beside it is missing or of another format."""

    code = "verification.draw_unreadable"


class DrawAltered(XiuhuaError):
    """The sample is not the one the manifest was written for."""

    code = "verification.draw_altered"


@dataclass(frozen=True)
class Drawn:
    """A household drawn, with what an estimator needs of its selection."""

    household_id: str
    village: str
    stratum: str
    take: str
    role: str
    village_probability: Fraction
    cell_households: int
    cell_drawn: int

    @property
    def is_first(self) -> bool:
        """Whether it was drawn to be visited, not as a replacement."""
        return self.role == "sample"

    @property
    def weight(self) -> Fraction:
        """How many households of the frame it stands for."""
        share = Fraction(self.cell_drawn, self.cell_households)
        return 1 / (self.village_probability * share)


@dataclass(frozen=True)
class DrawnSample:
    """All households drawn, who could not be drawn, and what identifies the draw."""

    rows: tuple[Drawn, ...]
    not_covered: tuple[Mapping[str, Any], ...]
    frame_sha256: str
    design_sha256: str
    seed: str
    name: str


def read_drawn(path: Path) -> DrawnSample:
    """Return a draw from its folder, its manifest or its sample.csv.

    Raises:
        DrawUnreadable: when a file is missing or of another format.
        DrawAltered: when the households are not those of the manifest.
    """
    folder = path if path.is_dir() else path.parent
    manifest_path = path if path.suffix == ".json" else folder / MANIFEST
    manifest = _manifest(manifest_path)
    rows = _rows(folder / SAMPLE)
    try:
        recorded = manifest["drawn"]["rows_sha256"]
        if _hash(rows) != recorded:
            raise DrawAltered(
                "the households are not those the manifest was written for",
                where=Place(SAMPLE),
                hint="use the files as `xiuhua sample draw` wrote them",
            )
        return DrawnSample(
            rows=tuple(_drawn(row) for row in rows),
            not_covered=tuple(manifest["not_covered"]),
            frame_sha256=manifest["frame"]["sha256"],
            design_sha256=manifest["design_sha256"],
            seed=manifest["seed"]["public_number"],
            name=manifest["design"]["name"],
        )
    except (KeyError, TypeError, ValueError, ZeroDivisionError) as error:
        raise _unreadable(manifest_path) from error


def _manifest(path: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise _unreadable(path) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise _unreadable(path)
    return found


def _rows(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows: list[dict[str, Any]] = list(csv.DictReader(file))
        for row in rows:
            row.update({name: int(row[name]) for name in _WHOLE if row[name] != ""})
    except (OSError, KeyError, ValueError, TypeError) as error:
        raise _unreadable(path) from error
    return rows


def _hash(rows: list[dict[str, Any]]) -> str:
    """The hash of the rows as `survey.manifest` takes it."""
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _drawn(row: Mapping[str, Any]) -> Drawn:
    return Drawn(
        # Codes are read in capitals everywhere.
        household_id=row["household_id"].upper(),
        village=row["village_code"],
        stratum=row["village_stratum"],
        take=row["take"],
        role=row["role"],
        village_probability=Fraction(row["village_probability"]),
        cell_households=row["cell_households"],
        cell_drawn=row["cell_drawn"],
    )


def _unreadable(path: Path) -> DrawUnreadable:
    return DrawUnreadable(
        "this is no draw that can be read",
        where=Place(path.name),
        hint="name the folder `xiuhua sample draw` wrote: manifest.json and sample.csv",
    )
