"""How the parts of a workbook hang together: sheets, relations, content types."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from typing import Final
from xml.sax.saxutils import unescape

from xiuhua.core.intake.marking.marks import unmarkable


RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EMPTY_RELATIONS: Final = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<Relationships'
    b' xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b"</Relationships>"
)
_SHEET: Final = re.compile(rb"<(?:\w+:)?sheet\b([^>]*)>")
_RELATION: Final = re.compile(rb"<(?:\w+:)?Relationship\b([^>]*)>")
_ATTRIBUTE: Final = re.compile(rb"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_QUOTES: Final = {"&quot;": '"', "&apos;": "'"}
# What may follow the notes of a sheet; they stand right before the first of these.
_AFTER_NOTES: Final = re.compile(
    rb"<(?:\w+:)?(?:legacyDrawingHF|drawingHF|picture|oleObjects|controls"
    rb"|webPublishItems|tableParts|extLst)\b|</(?:\w+:)?worksheet>"
)


def attributes(element: bytes) -> dict[str, str]:
    """Return the attributes of a tag, without the prefix of their namespace."""
    found = {}
    for name, double, single in _ATTRIBUTE.findall(element):
        text = unescape((double or single).decode("utf-8", "replace"), _QUOTES)
        found[name.rpartition(b":")[2].decode()] = _decoded(text)
    return found


def sheet_parts(workbook: bytes, relations: bytes) -> dict[str, str]:
    """Return the part of each sheet by its title."""
    targets = {
        r["Id"]: r["Target"]
        for r in relation_list(relations)
        if {"Id", "Target"} <= r.keys()
    }
    return {
        a["name"]: resolved("xl/workbook.xml", targets[a["id"]])
        for a in map(attributes, _SHEET.findall(workbook))
        if "name" in a and a.get("id") in targets
    }


def relation_list(relations: bytes) -> list[dict[str, str]]:
    """Return the attributes of every relation."""
    return [attributes(found) for found in _RELATION.findall(relations)]


def resolved(part: str, target: str) -> str:
    """Return the part a relation of another part leads to.

    >>> resolved("xl/worksheets/sheet1.xml", "../comments1.xml")
    'xl/comments1.xml'
    """
    return posixpath.normpath(
        posixpath.join("/", posixpath.dirname(part), target)
    ).lstrip("/")


def relations_of(part: str) -> str:
    """Return the part with the relations of a part."""
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def with_relations(part: bytes | None, targets: Mapping[str, tuple[str, str]]) -> bytes:
    """Return relations with more: id to kind and target."""
    part = part or _EMPTY_RELATIONS
    part = re.sub(
        rb"<Relationships\b([^>]*)/>", rb"<Relationships\1></Relationships>", part
    )
    more = "".join(
        f'<Relationship Id="{key}" Type="{RELATIONS}/{kind}" Target="{target}"/>'
        for key, (kind, target) in targets.items()
    )
    return _before_end(part, b"</Relationships>", more)


def with_content_types(part: bytes, comments: list[str], sheets: list[str]) -> bytes:
    """Return the content types with those of notes and of more sheets."""
    more = ""
    if b'Extension="vml"' not in part:
        kind = "application/vnd.openxmlformats-officedocument.vmlDrawing"
        more += f'<Default Extension="vml" ContentType="{kind}"/>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.comments+xml"
    for name in comments:
        more += f'<Override PartName="/{name}" ContentType="{kind}"/>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
    for name in sheets:
        more += f'<Override PartName="/{name}" ContentType="{kind}"/>'
    return _before_end(part, b"</Types>", more)


def with_notes(tail: bytes, relation: str) -> bytes:
    """Return the end of a sheet with its notes named.

    Raises:
        MarkingImpossible: when the end is not that of a sheet.
    """
    end = _AFTER_NOTES.search(tail)
    closing = re.search(rb"</((?:\w+:)?)worksheet>", tail)
    if end is None or closing is None:
        raise unmarkable()
    prefix = closing[1].decode()
    note = f'<{prefix}legacyDrawing xmlns:r="{RELATIONS}" r:id="{relation}"/>'
    return tail[: end.start()] + note.encode() + tail[end.start() :]


def _before_end(part: bytes, end: bytes, more: str) -> bytes:
    at = part.rfind(end)
    if at < 0:
        raise unmarkable()
    return part[:at] + more.encode() + part[at:]


def _decoded(text: str) -> str:
    """Numbered characters (`&#25143;`) as characters."""
    return re.sub(
        r"&#(x?)([0-9a-fA-F]{1,6});",
        lambda m: chr(int(m[2], 16 if m[1] else 10)),
        text,
    )
