"""Comments of a sheet: their texts, and the drawing that shows them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from xml.sax.saxutils import escape

from xiuhua.core.intake.marking.cells import column_name
from xiuhua.core.intake.marking.marks import Mark, unmarkable


_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_REF: Final = re.compile(rb'<(?:\w+:)?comment\b[^>]*?\bref\s*=\s*["\']([A-Z]+\d+)["\']')
_UNWRITABLE: Final = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Shape numbers of other drawings are far below.
_FIRST_SHAPE: Final = 900_000
_NEW_COMMENTS: Final = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<comments xmlns="{_MAIN}">'
    "<authors><author>xiuhua</author></authors><commentList></commentList></comments>"
).encode()
_NEW_DRAWING: Final = (
    b'<xml xmlns:v="urn:schemas-microsoft-com:vml"'
    b' xmlns:o="urn:schemas-microsoft-com:office:office"'
    b' xmlns:x="urn:schemas-microsoft-com:office:excel">'
    b'<o:shapelayout v:ext="edit"><o:idmap v:ext="edit" data="1"/></o:shapelayout>'
    b'<v:shapetype id="_x0000_t202" coordsize="21600,21600" o:spt="202"'
    b' path="m,l,21600r21600,l21600,xe"><v:stroke joinstyle="miter"/>'
    b'<v:path gradientshapeok="t" o:connecttype="rect"/></v:shapetype></xml>'
)


def with_comments(part: bytes | None, marks: Sequence[Mark]) -> bytes:
    """Return the comments part with one comment for each mark not commented on yet.

    Raises:
        MarkingImpossible: when the part is not written as usual.
    """
    part = part or _NEW_COMMENTS
    end = re.search(rb"(<((?:\w+:)?)commentList\s*/>)|</((?:\w+:)?)commentList>", part)
    if end is None:
        raise unmarkable()
    known = {ref.decode() for ref in _REF.findall(part)}
    prefix = (end[2] or end[3] or b"").decode()
    texts = [_comment(m, prefix) for m in marks if _ref(m) not in known]
    more = "".join(texts).encode()
    if end[1]:
        more = b"<%scommentList>%s" % (end[2], more)
        return (
            part[: end.start()]
            + more
            + b"</%scommentList>" % end[2]
            + part[end.end() :]
        )
    return part[: end.start()] + more + part[end.start() :]


def with_shapes(
    part: bytes | None, comments: bytes | None, marks: Sequence[Mark]
) -> bytes:
    """Return the drawing with a hidden note for each mark not commented on yet.

    Raises:
        MarkingImpossible: when the drawing is not written as usual.
    """
    known = {ref.decode() for ref in _REF.findall(comments or b"")}
    part = part or _NEW_DRAWING
    end = part.rfind(b"</xml>")
    if end < 0:
        raise unmarkable()
    shapes = [
        _shape(_FIRST_SHAPE + at, mark)
        for at, mark in enumerate(marks)
        if _ref(mark) not in known
    ]
    return part[:end] + "".join(shapes).encode() + part[end:]


def _ref(mark: Mark) -> str:
    return f"{column_name(mark.column)}{mark.row}"


def _comment(mark: Mark, p: str) -> str:
    text = escape(_UNWRITABLE.sub("", mark.text))
    return (
        f'<{p}comment ref="{_ref(mark)}" authorId="0"><{p}text>'
        f'<{p}t xml:space="preserve">{text}</{p}t></{p}text></{p}comment>'
    )


def _shape(number: int, mark: Mark) -> str:
    left, top = mark.column + 1, max(mark.row - 2, 0)
    anchor = f"{left}, 15, {top}, 2, {left + 4}, 31, {top + 6}, 1"
    return (
        f'<v:shape id="_x0000_s{number}" type="#_x0000_t202" style="position:absolute;'
        'margin-left:59pt;margin-top:2pt;width:260pt;height:100pt;visibility:hidden"'
        ' fillcolor="#ffffe1" o:insetmode="auto"><v:fill color2="#ffffe1"/>'
        '<v:path o:connecttype="none"/><v:textbox style="mso-direction-alt:auto">'
        '<div style="text-align:left"></div></v:textbox>'
        '<x:ClientData ObjectType="Note"><x:MoveWithCells/><x:SizeWithCells/>'
        f"<x:Anchor>{anchor}</x:Anchor><x:AutoFill>False</x:AutoFill>"
        f"<x:Row>{mark.row - 1}</x:Row><x:Column>{mark.column}</x:Column>"
        "</x:ClientData></v:shape>"
    )
