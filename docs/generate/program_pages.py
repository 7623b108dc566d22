"""The pages of errors and of faults in the data."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from docs.generate.markdown import code, page, table

from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.faults import FAULT_KINDS
from xiuhua.messages import translator


_SOURCE: Final = Path(__file__).parents[2] / "src" / "xiuhua"
_PLACES: Final = """\
In the words, `{column}` is the header of the cell, `{expected}` what would be right and
`{other}` the place of another row.
"""


@dataclass(frozen=True)
class ErrorEntry:
    """An error a user may read: its code, name, first line and module."""

    code: str
    name: str
    summary: str
    module: str


def error_entries() -> list[ErrorEntry]:
    """Return every error below `XiuhuaError`, by code.

    The source is read, not imported: the module of an extra may not be importable.
    """
    classes = {
        node.name: (node, module)
        for path in sorted(_SOURCE.rglob("*.py"))
        for module in [".".join(path.relative_to(_SOURCE.parent).with_suffix("").parts)]
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef)
    }
    entries = [
        ErrorEntry(_code(node), name, _summary(node), module)
        for name, (node, module) in classes.items()
        if _is_error(name, classes)
    ]
    return sorted(entries, key=lambda entry: (entry.code, entry.name))


_Classes = dict[str, tuple[ast.ClassDef, str]]


def _is_error(name: str, classes: _Classes) -> bool:
    if name not in classes:
        return False
    bases = [base.id for base in classes[name][0].bases if isinstance(base, ast.Name)]
    return any(b == XiuhuaError.__name__ or _is_error(b, classes) for b in bases)


def _code(node: ast.ClassDef) -> str:
    """Return the code a class gives itself, empty when it gives none."""
    for item in node.body:
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Constant):
            if [t.id for t in item.targets if isinstance(t, ast.Name)] == ["code"]:
                return str(item.value.value)
    return ""


def _summary(node: ast.ClassDef) -> str:
    return (ast.get_docstring(node) or "").split("\n\n")[0]


def error_page() -> str:
    """Return the page of error codes."""
    return page(
        "错误 · Errors",
        "A file, pack or request that is not what it should be gets one sentence with "
        "a place and a hint, and exit code 1. Faults *in* the data are no errors: see "
        "[faults](faults.md).",
        table(
            ["code", "error", "when", "defined in"],
            (
                (code(e.code), code(e.name), e.summary, code(e.module))
                for e in error_entries()
            ),
        ),
    )


def fault_page() -> str:
    """Return the page of the kinds of fault found in a registry."""
    zh, en = translator("zh"), translator("en")
    return page(
        "数据错误 · Faults in the data",
        "All faults of a registry are collected, each with its cell; a bad cell is "
        "unknown and the rest of its row still counts.",
        _PLACES.strip(),
        table(
            ["kind", "问题", "怎样改", "problem", "remedy"],
            (
                (code(k.name), zh(k.problem), zh(k.remedy), en(k.problem), en(k.remedy))
                for k in FAULT_KINDS.values()
            ),
        ),
    )
