"""The pages of errors and of faults in the data."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Final

from docs.generate.markdown import code, page, table

import xiuhua
from xiuhua.core.errors import XiuhuaError
from xiuhua.core.intake.faults import FAULT_KINDS
from xiuhua.messages import translator


_PLACES: Final = """\
In the words, `{column}` is the header of the cell, `{expected}` what would be right and
`{other}` the place of another row.
"""


def error_classes() -> list[type[XiuhuaError]]:
    """Return every error a user may read, by code."""
    for module in pkgutil.walk_packages(xiuhua.__path__, "xiuhua."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return sorted(set(_below(XiuhuaError)), key=lambda c: (c.code, c.__name__))


def _below(parent: type[XiuhuaError]) -> Iterator[type[XiuhuaError]]:
    for child in parent.__subclasses__():
        if child.__module__.startswith("xiuhua."):
            yield child
        yield from _below(child)


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
                (
                    code(c.code),
                    code(c.__name__),
                    (inspect.getdoc(c) or "").split("\n\n")[0],
                    code(c.__module__),
                )
                for c in error_classes()
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
