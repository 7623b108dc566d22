"""Take out of a workbook all that could compute, call out or lead away.

What is handed back holds what was read: the values that stood in the cells. Of the
archive only the parts a table needs are kept; macros, links to other files, queries,
charts and controls hang on relations, and go with them. Texts that only name cells or
list choices stay, so drop-downs still work.

Parts are edited as text. Where a part is not written plainly enough for that to be
sure, the workbook cannot be marked.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Final

from xiuhua.core.intake.marking.marks import unmarkable
from xiuhua.core.intake.marking.parts import attributes


# What a tag may hold: quoted texts may hold its end, so they are read as a whole.
_INSIDE: Final = rb"""(?:[^<>"']|"[^"<]*"|'[^'<]*')*?"""
_PREFIX: Final = rb"""((?:[^\s<>/:"'=]+:)?)"""
_FORMULA: Final = re.compile(
    rb"<%sf(?=[\s/>])%s(?:/>|>[^<]*</\1f\s*>)" % (_PREFIX, _INSIDE)
)
_FORMULA_LEFT: Final = re.compile(rb"<%sf[\s/>]" % _PREFIX)
_METADATA: Final = re.compile(rb"""\s(?:cm|vm)\s*=\s*(?:"\d+"|'\d+')""")
_CELL_TAG: Final = re.compile(rb"<%sc\s%s>" % (_PREFIX, _INSIDE))
_CODING: Final = re.compile(rb"""encoding\s*=\s*["']([\w.-]+)["']""")
_KEPT_RELATIONS: Final = frozenset(
    {
        "officeDocument", "core-properties", "extended-properties",
        "worksheet", "styles", "sharedStrings", "theme",
        "comments", "vmlDrawing",
    }
)  # fmt: skip
# What leads to parts that are not kept, or holds formulas of other kinds.
_OF_SHEETS: Final = (
    "scenarios", "dataConsolidate", "customSheetViews", "hyperlinks",
    "customProperties", "cellWatches", "smartTags", "drawing", "legacyDrawingHF",
    "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts",
    "extLst",
)  # fmt: skip
_OF_WORKBOOKS: Final = (
    "externalReferences", "functionGroups", "pivotCaches", "smartTagTypes",
    "webPublishing", "webPublishObjects", "fileRecoveryPr", "extLst",
)  # fmt: skip
_MUTE: Final = re.compile(
    r"printerSettings|calcChain|^docProps/|^customXml/|metadata|persons|threadedComments"
)
_PRINTER: Final = re.compile(
    rb"""(<(?:\w+:)?pageSetup\b[^>]*?)\s\w+:id=["'][^"']*["']"""
)
_CONTROL: Final = re.compile(rb"""ObjectType\s*=\s*["'](?!Note["'])|:Fmla""")
_COUNT: Final = re.compile(rb"""\bcount\s*=\s*["']\d+["']""")
_MACRO: Final = re.compile(rb"""\b(?:xlm|function|vbProcedure)\s*=\s*["'](?:1|true)""")
_MAIN_TYPE: Final = (
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
)
_OTHER_MAIN_TYPES: Final = re.compile(
    rb"application/vnd\.(?:ms-excel\.(?:sheet|template|addin)\.macroEnabled\.main\+xml"
    rb"|openxmlformats-officedocument\.spreadsheetml\.template\.main\+xml)"
)


def plain(part: bytes) -> bytes:
    """Return the start of a part that is plain UTF-8 without declarations.

    Raises:
        MarkingImpossible: when it could say something else than its bytes show.
    """
    coding = _CODING.search(part[:200])
    strange = coding and coding[1].lower() not in (b"utf-8", b"us-ascii")
    if strange or b"\0" in part[:200] or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise unmarkable()
    return part


def without_formulas(rows: bytes) -> bytes:
    """Return whole rows of a sheet with the values of their formulas alone.

    >>> without_formulas(b'<c r="B1"><f>A1+1</f><v>2</v></c>')
    b'<c r="B1"><v>2</v></c>'

    Raises:
        MarkingImpossible: when a formula is written in a way it could hide in.
    """
    rows = _FORMULA.sub(b"", rows)
    if _FORMULA_LEFT.search(rows):
        raise unmarkable()
    if b"cm=" in rows or b"vm=" in rows:
        rows = _CELL_TAG.sub(lambda tag: _METADATA.sub(b"", tag[0]), rows)
    return rows


def still_sheet(tail: bytes) -> bytes:
    """Return the end of a sheet, after its rows, with nothing that computes or leads.

    Raises:
        MarkingImpossible: when an element has no end.
    """
    tail = _without(without_formulas(tail), _OF_SHEETS)
    tail = _list_of_still(tail, "dataValidations", "dataValidation")
    return _each(tail, "conditionalFormatting", lambda e: e if _still(e) else b"")


def unprinted(tail: bytes) -> bytes:
    """Return the end of a sheet without its leads to settings of a printer."""
    return _PRINTER.sub(rb"\1", tail)


def still_workbook(part: bytes) -> bytes:
    """Return the list of sheets without names that compute and without other files.

    Raises:
        MarkingImpossible: when an element has no end.
    """
    part = _without(plain(part), _OF_WORKBOOKS)
    return _list_of_still(part, "definedNames", "definedName")


def unextended(workbook: bytes) -> bytes:
    """Return the list of sheets without what only newer programs add to it."""
    return _without(plain(workbook), ("extLst", "fileRecoveryPr"))


def holds_life(name: str) -> bool:
    """Test whether a part that is left out may have computed or shown something.

    >>> holds_life("xl/vbaProject.bin"), holds_life("xl/calcChain.xml")
    (True, False)
    """
    return not name.endswith("/") and _MUTE.search(name) is None


def still_relations(part: bytes) -> bytes:
    """Return relations to the parts that are kept."""

    def kept(match: re.Match[bytes]) -> bytes:
        said = attributes(match[0])
        kind = said.get("Type", "").rpartition("/")[2]
        inside = said.get("TargetMode", "Internal") != "External"
        return match[0] if inside and kind in _KEPT_RELATIONS else b""

    tag = re.compile(
        rb"<%sRelationship\s%s(?:/>|>\s*</\1Relationship\s*>)" % (_PREFIX, _INSIDE)
    )
    return tag.sub(kept, plain(part))


def still_types(part: bytes, kept: Callable[[str], bool]) -> bytes:
    """Return the content types of the parts that are kept, of a workbook as such."""

    def override(match: re.Match[bytes]) -> bytes:
        name = attributes(match[0]).get("PartName", "")
        return match[0] if kept(name.lstrip("/")) else b""

    tag = re.compile(
        rb"<%sOverride\s%s(?:/>|>\s*</\1Override\s*>)" % (_PREFIX, _INSIDE)
    )
    return _OTHER_MAIN_TYPES.sub(_MAIN_TYPE, tag.sub(override, plain(part)))


def still_drawing(part: bytes) -> bytes:
    """Return a drawing that holds the notes of cells and nothing else.

    Raises:
        MarkingImpossible: when it holds buttons and the like.
    """
    if _CONTROL.search(plain(part)):
        raise unmarkable()
    return part


def is_still_formula(text: str) -> bool:
    """Test whether the text of a rule or a name only names cells or lists choices.

    >>> is_still_formula("代码!$A$2:$A$9"), is_still_formula('"是(已),否"')
    (True, True)
    >>> is_still_formula("INDIRECT(A1)"), is_still_formula("cmd|'/c calc'!A1")
    (False, False)
    """
    tidy = text.strip()
    literal = re.fullmatch(r'"[^"]*"', tidy) is not None
    return literal or not set("([|{") & set(tidy)


def _tag(name: str) -> re.Pattern[bytes]:
    """What finds an element that holds nothing."""
    values = (_PREFIX, name.encode(), _INSIDE, name.encode())
    return re.compile(rb"<%s%s\s%s(?:/>|>\s*</\1%s\s*>)" % values)


def _without(part: bytes, names: tuple[str, ...]) -> bytes:
    for name in names:
        part = _each(part, name, lambda _: b"")
    return part


def _each(part: bytes, name: str, become: Callable[[bytes], bytes]) -> bytes:
    """The part with every element of a name as `become` has it."""
    tag = re.compile(rb"<%s%s(?=[\s/>])%s(/?)>" % (_PREFIX, name.encode(), _INSIDE))
    pieces, at = [], 0
    while found := tag.search(part, at):
        end = found.end()
        if not found[2]:
            close = b"</%s%s>" % (found[1], name.encode())
            last = part.find(close, end)
            if last < 0:
                raise unmarkable()
            end = last + len(close)
        pieces += [part[at : found.start()], become(part[found.start() : end])]
        at = end
    return b"".join(pieces) + part[at:]


def _list_of_still(part: bytes, group: str, member: str) -> bytes:
    """The part with those members of a group that only name or list, or none of it."""

    def become(whole: bytes) -> bytes:
        members: list[bytes] = []

        def keep(one: bytes) -> bytes:
            members.append(one)
            return one if _still(one) else b""

        text = _each(whole, member, keep)
        left = sum(map(_still, members))
        if left == len(members):
            return whole
        return _COUNT.sub(b'count="%d"' % left, text, count=1) if left else b""

    return _each(part, group, become)


def _still(element: bytes) -> bool:
    """Whether every text in an element, and in what it holds, is a still formula."""
    texts = (unescape(t.decode()) for t in re.findall(rb">([^<]*)<", element))
    return _MACRO.search(element) is None and all(map(is_still_formula, texts))
