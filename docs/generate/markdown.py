"""The few forms of Markdown the reference pages are made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final


NOTICE: Final = "<!-- Written by `make docs` from the program itself; do not edit. -->"


def page(title: str, *parts: str) -> str:
    """Return a page: the notice, a title and its parts, empty ones left out."""
    return "\n\n".join([f"# {title}", NOTICE, *filter(None, parts)]) + "\n"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table without the columns that are empty in every row.

    >>> print(table(["a", "b"], [["1", ""], ["2", ""]]))
    | a |
    |---|
    | 1 |
    | 2 |
    """
    cells = [[_cell(text) for text in row] for row in rows]
    if not cells:
        return ""
    shown = [i for i in range(len(head)) if any(row[i] for row in cells)]
    lines = [[head[i] for i in shown], *([row[i] for i in shown] for row in cells)]
    written = [f"| {' | '.join(line)} |" for line in lines]
    return "\n".join([written[0], "|" + "---|" * len(shown), *written[1:]])


def code_block(text: str, language: str = "text") -> str:
    """Return a text as it stands."""
    return f"```{language}\n{text.strip()}\n```"


def bullets(items: Iterable[str]) -> str:
    """Return a list."""
    return "\n".join(f"- {item}" for item in items)


def code(text: str) -> str:
    """Return a word of the program, empty when there is none."""
    return f"`{text}`" if text else ""


def anchor(heading: str) -> str:
    """Return the anchor of a heading as it is made on the web.

    >>> anchor("Kinds of `fault`: 户")
    'kinds-of-fault-户'
    """
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
