"""Marked styles: each like another style, with a fill of our own."""

from __future__ import annotations

import re
from typing import Final

from xiuhua.core.intake.marking.marks import unmarkable


MARK_COLOR: Final = "FFF8C9C4"
_FILLS: Final = re.compile(
    rb"(<((?:\w+:)?)fills\b)([^>]*)>(.*?)(</(?:\w+:)?fills>)", re.S
)
_XFS: Final = re.compile(
    rb"(<((?:\w+:)?)cellXfs\b)([^>]*)>(.*?)(</(?:\w+:)?cellXfs>)", re.S
)
_XF: Final = re.compile(rb"<(?:\w+:)?xf\b[^>]*?(?:/>|>.*?</(?:\w+:)?xf>)", re.S)
_FILL: Final = re.compile(rb"<(?:\w+:)?fill\b[^>]*?(?:/>|>.*?</(?:\w+:)?fill>)", re.S)
_COUNT: Final = re.compile(rb'\s*count\s*=\s*["\']\d+["\']')
_OF_FILL: Final = re.compile(rb'\s*\b(?:fillId|applyFill)\s*=\s*["\']\w+["\']')


class MarkedStyles:
    """Hands out numbers of marked styles and writes them into the styles part."""

    def __init__(self, styles: bytes):
        self._styles = styles
        found = _XFS.search(styles)
        if found is None or _FILLS.search(styles) is None:
            raise unmarkable()
        self._known = _XF.findall(found[4])
        if not self._known:
            raise unmarkable()
        self._marked: dict[int, int] = {}

    def of(self, style: int) -> int:
        """Return the number of the marked style that is like a style."""
        if style >= len(self._known):
            raise unmarkable()
        return self._marked.setdefault(style, len(self._known) + len(self._marked))

    def written(self) -> bytes:
        """Return the styles part with every marked style handed out."""
        fills = _FILLS.search(self._styles)
        number = len(_FILL.findall(fills[4])) if fills else 0

        def with_fill(match: re.Match[bytes]) -> bytes:
            p = match[2]
            fill = (
                b'<%sfill><%spatternFill patternType="solid"><%sfgColor rgb="%s"/>'
                b'<%sbgColor indexed="64"/></%spatternFill></%sfill>'
            ) % (p, p, p, MARK_COLOR.encode(), p, p, p)
            return _grown(match, number + 1, fill)

        def with_styles(match: re.Match[bytes]) -> bytes:
            copies = [self._copy(style, number) for style in self._marked]
            total = len(self._known) + len(copies)
            return _grown(match, total, b"".join(copies))

        return _XFS.sub(with_styles, _FILLS.sub(with_fill, self._styles, 1), 1)

    def _copy(self, style: int, fill: int) -> bytes:
        head, xf, rest = re.split(rb"(xf\b)", self._known[style], maxsplit=1)
        rest = _OF_FILL.sub(b"", rest)
        return head + xf + b' fillId="%d" applyFill="1"' % fill + rest


def _grown(match: re.Match[bytes], count: int, more: bytes) -> bytes:
    """A list element with more at its end and its new count."""
    attributes = _COUNT.sub(b"", match[3])
    return b'%s count="%d"%s>%s%s%s' % (
        match[1],
        count,
        attributes,
        match[4],
        more,
        match[5],
    )
