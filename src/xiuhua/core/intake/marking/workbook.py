"""Write a workbook anew with some cells filled and commented on."""

from __future__ import annotations

import copy
import posixpath
import shutil
import tempfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from xiuhua.core.intake.marking import comments as notes
from xiuhua.core.intake.marking import parts
from xiuhua.core.intake.marking.cells import restyle_cells
from xiuhua.core.intake.marking.marks import Mark, unmarkable
from xiuhua.core.intake.marking.styles import MarkedStyles


MAX_MARKS: Final = 20_000
_PART_BYTES: Final = 64 << 20
_STYLES: Final = "xl/styles.xml"
_TYPES: Final = "[Content_Types].xml"
_COMMENTS, _DRAWING = "rIdXiuhuaNotes", "rIdXiuhuaShapes"


def mark_workbook(source: Path, target: Path, marks: Sequence[Mark]) -> None:
    """Write `source` to `target` with its bad cells marked, all else unchanged.

    Of more than `MAX_MARKS` marks the first are set: whoever mends them asks again.

    Raises:
        MarkingImpossible: when the workbook is written in an unusual way.
    """
    by_sheet: dict[str, list[Mark]] = defaultdict(list)
    for mark in sorted(marks[:MAX_MARKS], key=lambda m: (m.row, m.column)):
        by_sheet[mark.sheet].append(mark)
    try:
        with (
            zipfile.ZipFile(source) as old,
            tempfile.TemporaryDirectory(dir=target.parent) as scratch,
        ):
            changed = _Changes(old, Path(scratch))
            for title, found in by_sheet.items():
                changed.sheet(title, found)
            changed.finish()
            changed.write(target)
    except (zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError) as error:
        raise unmarkable() from error


class _Changes:
    """The parts that change, small ones as bytes, sheets as files."""

    def __init__(self, old: zipfile.ZipFile, scratch: Path):
        self.old, self.scratch = old, scratch
        self.names = set(old.namelist())
        self.small: dict[str, bytes] = {}
        self.large: dict[str, Path] = {}
        self.comment_parts: list[str] = []
        self.styles = MarkedStyles(self.read(_STYLES))
        self.sheets = parts.sheet_parts(
            self.read("xl/workbook.xml"), self.read("xl/_rels/workbook.xml.rels")
        )

    def read(self, name: str) -> bytes:
        """Return a small part, as changed so far."""
        if name in self.small:
            return self.small[name]
        if self.old.getinfo(name).file_size > _PART_BYTES:
            raise unmarkable()
        return self.old.read(name)

    def sheet(self, title: str, marks: list[Mark]) -> None:
        """Restyle the cells of a sheet and give it its notes."""
        name = self.sheets[title]
        columns: dict[int, set[int]] = defaultdict(set)
        for mark in marks:
            columns[mark.row].add(mark.column)
        rows = {row: frozenset(found) for row, found in columns.items()}
        path = self.scratch / f"{len(self.large)}.xml"
        with self.old.open(name) as source, path.open("wb") as out:
            tail = restyle_cells(source, out, rows, self.styles.of)
            out.write(self._noted(name, tail, _one_per_cell(marks)))
        self.large[name] = path

    def _noted(self, name: str, tail: bytes, marks: list[Mark]) -> bytes:
        """Write the notes of a sheet; return its end, which names them."""
        path = parts.relations_of(name)
        relations = self.read(path) if path in self.names else None
        known = {
            r.get("Type", "").rpartition("/")[2]: parts.resolved(name, r["Target"])
            for r in parts.relation_list(relations or b"")
            if "Target" in r and r.get("TargetMode") != "External"
        }
        new: dict[str, tuple[str, str]] = {}
        comments, drawing = known.get("comments"), known.get("vmlDrawing")
        old = self.read(comments) if comments else None
        shown = self.read(drawing) if drawing else None
        stem = posixpath.basename(name).removesuffix(".xml")
        if comments is None:
            comments = f"xl/xiuhua-notes-{stem}.xml"
            new[_COMMENTS] = ("comments", f"/{comments}")
            self.comment_parts.append(comments)
        if drawing is None:
            drawing = f"xl/drawings/xiuhua-notes-{stem}.vml"
            new[_DRAWING] = ("vmlDrawing", f"/{drawing}")
            tail = parts.with_notes(tail, _DRAWING)
        self.small[drawing] = notes.with_shapes(shown, old, marks)
        self.small[comments] = notes.with_comments(old, marks)
        if new:
            self.small[path] = parts.with_relations(relations, new)
        return tail

    def finish(self) -> None:
        """Write the styles handed out and the kinds of the new parts."""
        self.small[_STYLES] = self.styles.written()
        self.small[_TYPES] = parts.with_content_types(
            self.read(_TYPES), self.comment_parts
        )

    def write(self, target: Path) -> None:
        """Write the archive in the order of the old one, the new parts last."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in self.old.infolist():
                if entry.filename in self.small:
                    new.writestr(entry.filename, self.small.pop(entry.filename))
                elif entry.filename in self.large:
                    new.write(self.large[entry.filename], entry.filename)
                else:
                    with (
                        self.old.open(entry) as part,
                        new.open(copy.copy(entry), "w") as out,
                    ):
                        shutil.copyfileobj(part, out)
            for name, data in self.small.items():
                new.writestr(name, data)


def _one_per_cell(marks: list[Mark]) -> list[Mark]:
    """One mark per cell, with every text about it."""
    texts: dict[tuple[int, int], list[str]] = defaultdict(list)
    for mark in marks:
        texts[mark.row, mark.column].append(mark.text)
    return [
        Mark(marks[0].sheet, row, column, "\n\n".join(dict.fromkeys(found)))
        for (row, column), found in texts.items()
    ]
