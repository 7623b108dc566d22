"""Write a workbook anew with some cells filled and commented on, and nothing alive."""

from __future__ import annotations

import copy
import posixpath
import shutil
import tempfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from xiuhua.core.intake.marking import comments as notes
from xiuhua.core.intake.marking import lifeless, parts, said
from xiuhua.core.intake.marking.cells import restyle_cells
from xiuhua.core.intake.marking.marks import RETURNED_SHEET, Mark, unmarkable
from xiuhua.core.intake.marking.styles import MarkedStyles


MAX_MARKS: Final = 20_000
_PART_BYTES: Final = 64 << 20
_STYLES: Final = "xl/styles.xml"
_TYPES: Final = "[Content_Types].xml"
_BOOK, _BOOK_RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_ROOT_RELATIONS: Final = "_rels/.rels"
_COMMENTS, _DRAWING = "rIdXiuhuaNotes", "rIdXiuhuaShapes"


def mark_workbook(
    source: Path,
    target: Path,
    marks: Sequence[Mark],
    codes: Mapping[str, Collection[int]] | None = None,
) -> None:
    """Write `source` to `target` with its bad cells marked and its values as read.

    Formulas become the values that stood beside them; links, macros, charts and
    controls are left out, and a sheet says so where there were any. `codes` are, by
    sheet, the columns whose numbers are names: they become texts. Of more than
    `MAX_MARKS` marks the first are set: whoever mends them asks again.

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
            if not by_sheet.keys() <= changed.sheets.keys():
                raise unmarkable()
            for title in changed.sheets:
                changed.sheet(
                    title, by_sheet.get(title, []), (codes or {}).get(title, ())
                )
            changed.finish()
            changed.write(target)
    except _BROKEN as error:
        raise unmarkable() from error


# What reading a damaged archive, or one packed in a way `zipfile` knows not, raises.
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, KeyError, NotImplementedError, UnicodeDecodeError,
)  # fmt: skip


class _Changes:
    """The parts that stay, small ones as bytes where they change, sheets as files."""

    def __init__(self, old: zipfile.ZipFile, scratch: Path):
        self.old, self.scratch = old, scratch
        self.names = set(old.namelist())
        self.small: dict[str, bytes] = {}
        self.large: dict[str, Path] = {}
        self.comment_parts: list[str] = []
        self.kept = {_TYPES, _ROOT_RELATIONS}
        self.is_lively = False
        if len(self.names) < len(old.infolist()):
            raise unmarkable()
        self._follow("", _ROOT_RELATIONS)
        self._follow(_BOOK, _BOOK_RELATIONS)
        if not {_BOOK, _STYLES} <= self.kept:
            raise unmarkable()
        usual = lifeless.unextended(self.read(_BOOK))
        still = lifeless.still_workbook(usual)
        self.is_lively = still != usual
        self.small[_BOOK] = still
        self.styles = MarkedStyles(lifeless.plain(self.read(_STYLES)))
        self.sheets = parts.sheet_parts(self.read(_BOOK), self.read(_BOOK_RELATIONS))
        if len(self.sheets) < self.read(_BOOK).count(b"sheetId="):
            raise unmarkable()

    def _follow(self, part: str, path: str) -> None:
        """Keep the parts a part leads to, as far as they are of a kind that is kept."""
        if path not in self.names:
            return
        self.kept.add(path)
        self.small[path] = lifeless.still_relations(self.read(path))
        for relation in parts.relation_list(self.read(path)):
            name = parts.resolved(part, relation["Target"])
            self.kept.add(name)
            if relation["Type"].endswith("/vmlDrawing"):
                lifeless.still_drawing(self.read(name))

    def read(self, name: str) -> bytes:
        """Return a small part, as changed so far."""
        if name in self.small:
            return self.small[name]
        if self.old.getinfo(name).file_size > _PART_BYTES:
            raise unmarkable()
        return self.old.read(name)

    def sheet(self, title: str, marks: list[Mark], codes: Collection[int]) -> None:
        """Restyle the cells of a sheet, still it, and give it its notes."""
        name = self.sheets[title]
        self._follow(name, parts.relations_of(name))
        columns: dict[int, set[int]] = defaultdict(set)
        for mark in marks:
            columns[mark.row].add(mark.column)
        rows = {row: frozenset(found) for row, found in columns.items()}
        path = self.scratch / f"{len(self.large)}.xml"
        with self.old.open(name) as source, path.open("wb") as out:
            end, is_lively = restyle_cells(source, out, rows, self.styles.of, codes)
            usual = lifeless.unprinted(end)
            tail = lifeless.still_sheet(usual)
            self.is_lively = self.is_lively or is_lively or tail != usual
            out.write(self._noted(name, tail, _one_per_cell(marks)) if marks else tail)
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
        """Write the styles handed out, what is told of it, the kinds of the parts."""
        left_out = any(map(lifeless.holds_life, self.names - self.kept))
        told = (self.is_lively or left_out) and RETURNED_SHEET not in self.sheets
        self.small[_STYLES] = self.styles.written()
        types = lifeless.still_types(self.read(_TYPES), lambda name: name in self.kept)
        self.small[_TYPES] = parts.with_content_types(
            types, self.comment_parts, [said.PART] if told else []
        )
        if told:
            target = {said.RELATION: ("worksheet", f"/{said.PART}")}
            self.small[said.PART] = said.sheet()
            self.small[_BOOK] = said.with_sheet(self.read(_BOOK))
            self.small[_BOOK_RELATIONS] = parts.with_relations(
                self.read(_BOOK_RELATIONS), target
            )

    def write(self, target: Path) -> None:
        """Write the archive in the order of the old one, the new parts last."""
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
            for entry in self.old.infolist():
                if entry.filename in self.small:
                    new.writestr(entry.filename, self.small.pop(entry.filename))
                elif entry.filename in self.large:
                    new.write(self.large[entry.filename], entry.filename)
                elif entry.filename in self.kept:
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
