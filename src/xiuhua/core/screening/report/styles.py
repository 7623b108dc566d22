"""How cells look: parts that are put together, each combination made once.

Nothing is told by color alone: what is unmet is bold as well, what is unknown in
italics, and both are words or figures of their own.
"""

from __future__ import annotations

from typing import Any, Final


_FONTS: Final = {"zh": "宋体", "en": "Calibri"}
_RED: Final = "#A61B1B"
_LINE: Final = "#BFBFBF"
_PARTS: Final[dict[str, dict[str, Any]]] = {
    "title": {"bold": True, "font_size": 16, "font_color": _RED},
    "section": {
        "bold": True,
        "font_size": 12,
        "font_color": _RED,
        "bottom": 1,
        "bottom_color": _RED,
    },
    "note": {"font_color": "#595959", "text_wrap": True},
    "plain": {"text_wrap": True},
    "strong": {"bold": True, "text_wrap": True},
    "warning": {"bold": True, "text_wrap": True, "border": 1, "border_color": _RED},
    "link": {"font_color": "#0B5394", "underline": 1},
    "head": {
        "bold": True,
        "bg_color": "#EDEDED",
        "border": 1,
        "border_color": _LINE,
        "text_wrap": True,
        "align": "center",
    },
    "cell": {"border": 1, "border_color": _LINE},
    "center": {"align": "center"},
    "code": {"num_format": "@"},
    "wrap": {"text_wrap": True},
    "count": {"num_format": "#,##0"},
    "tally": {"num_format": '#,##0;-#,##0;"–"', "align": "right"},
    "year": {"num_format": "0", "align": "center"},
    "money": {"num_format": "#,##0.00"},
    "bad": {"bold": True, "bg_color": "#FBE3E1", "font_color": "#7F1010"},
    "doubt": {"italic": True, "bg_color": "#FFF4D6"},
    "quiet": {"font_color": "#6B6B6B"},
    "total": {"bold": True, "bg_color": "#DDE7F0"},
    "band": {"bold": True, "bg_color": "#EDEDED", "border": 1, "border_color": _LINE},
    "answer": {"border": 1, "border_color": "#000000"},
    # Stays a text even when somebody edits the cell.
    "inert": {"quote_prefix": True},
}


class Styles:
    """The formats of one workbook, by the names of their parts."""

    def __init__(self, workbook: Any, language: str):
        self._workbook = workbook
        self._base = {
            "font_name": _FONTS[language],
            "font_size": 10,
            "valign": "vcenter",
        }
        self._made: dict[tuple[str, ...], Any] = {}

    def of(self, *parts: str) -> Any:
        """Return the format of some parts; later parts win.

        A part `%N` shows a share with N decimals.

        Raises:
            KeyError: when there is no such part.
        """
        if parts not in self._made:
            properties = dict(self._base)
            for part in parts:
                properties |= _properties(part)
            self._made[parts] = self._workbook.add_format(properties)
        return self._made[parts]


def _properties(part: str) -> dict[str, Any]:
    if part.startswith("%"):
        return {"num_format": f"0.{'0' * int(part[1:])}%"}
    return _PARTS[part]
