"""Files, functions and classes stay small enough to be held in the head.

The guide is what is aimed at (files of 500 lines, functions of 50, classes of 250);
a few may pass it, nothing may pass the limits.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles

from tests.architecture.tree import SOURCE, module_of, python_files, shown


FILE_LIMIT = 500
FUNCTION_GUIDE, FUNCTION_LIMIT = 50, 60
CLASS_GUIDE, CLASS_LIMIT = 250, 300


def _lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def _long(kind: type | tuple[type, ...]) -> Iterator[tuple[str, int]]:
    for path in python_files():
        for node in ast.walk(module_of(path)):
            if isinstance(node, kind):
                name = f"{shown(path)}:{node.name}"  # type: ignore[attr-defined]
                yield name, node.end_lineno - node.lineno + 1  # type: ignore[attr-defined]


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def test_no_file_is_too_long():
    too_long = {shown(f): _lines(f) for f in python_files() if _lines(f) > FILE_LIMIT}

    assert too_long == {}


def test_files_are_short_as_a_rule():
    sizes = [_lines(f) for f in python_files(SOURCE) if f.name != "__init__.py"]

    assert median(sizes) <= 180
    assert quantiles(sizes, n=10)[-1] <= 350


def test_no_function_is_too_long():
    found = {name: n for name, n in _long(FUNCTIONS) if n > FUNCTION_LIMIT}

    assert found == {}


def test_functions_are_short_as_a_rule():
    sizes = [size for _, size in _long(FUNCTIONS)]

    assert median(sizes) <= 12
    assert sum(size > FUNCTION_GUIDE for size in sizes) <= 0.01 * len(sizes)


def test_no_class_is_too_long():
    sizes = dict(_long(ast.ClassDef))

    assert {n: size for n, size in sizes.items() if size > CLASS_LIMIT} == {}
    assert sum(size > CLASS_GUIDE for size in sizes.values()) <= 0.02 * len(sizes)
