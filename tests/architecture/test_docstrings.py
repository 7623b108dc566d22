"""Modules say what lives in them, public functions say what they do."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture.tree import SOURCE, module_of, python_files, shown


DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def _public(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.stmt]]:
    for node in body:
        # The options of a model have a name that Django gives.
        hidden = isinstance(node, DEFINITIONS) and (
            node.name.startswith("_") or node.name == "Meta"
        )
        if isinstance(node, DEFINITIONS) and not hidden:
            yield f"{prefix}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from _public(node.body, f"{prefix}{node.name}.")


def test_every_module_says_what_lives_in_it():
    silent = [shown(f) for f in python_files() if not ast.get_docstring(module_of(f))]

    assert [f for f in silent if f.startswith("src/")] == []


def test_every_public_function_and_class_has_a_docstring():
    silent = [
        f"{shown(path)}:{name}"
        for path in python_files(SOURCE)
        for name, node in _public(module_of(path).body)
        if not ast.get_docstring(node)  # type: ignore[arg-type]
    ]

    assert silent == []


def test_first_sentences_end_with_a_period():
    open_ended = [
        f"{shown(path)}:{name}"
        for path in python_files(SOURCE / "core")
        for name, node in _public(module_of(path).body)
        for text in [ast.get_docstring(node) or "."]  # type: ignore[arg-type]
        if text.split("\n\n")[0].rstrip()[-1] not in ".:?"
    ]

    assert open_ended == []
