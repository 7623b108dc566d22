"""Every message of an error is a template that the catalog words in Chinese."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

from tests.architecture.catalogs import messages, own_files
from tests.architecture.tree import SOURCE, module_of, python_files, shown

from xiuhua.core.intake.child import DAMAGED, DAMAGED_BY
from xiuhua.core.standards.binder import NEAREST


# Faults inside a pack are read by whoever writes packs, with line and column.
OF_THE_RULE_LANGUAGE = {"SyntaxFault", "PackBroken"}
# Takes violations, which word themselves.
WITHOUT_MESSAGE = {"TeamsImpossible"}
# Reach an error as a dictionary, from a helper or from the child process.
HANDED_ON = {NEAREST, DAMAGED, DAMAGED_BY}
OWN_ARGUMENTS = {"where", "hint", "faults"}


def _errors() -> set[str]:
    """Return the names of all subclasses of XiuhuaError."""
    bases = [
        (node.name, {b.id for b in node.bases if isinstance(b, ast.Name)})
        for path in python_files(SOURCE)
        for node in ast.walk(module_of(path))
        if isinstance(node, ast.ClassDef)
    ]
    found = {"XiuhuaError"}
    while more := {n for n, b in bases if b & found} - found:
        found |= more
    return found - OF_THE_RULE_LANGUAGE - WITHOUT_MESSAGE


def _raised() -> Iterator[tuple[Path, ast.Call]]:
    errors = _errors()
    for path in python_files(SOURCE):
        for node in ast.walk(module_of(path)):
            made = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
            if made and node.func.id in errors and node.args:
                yield path, node
            elif made is False and _is_fail(node):
                yield path, node


def _is_fail(node: ast.AST) -> bool:
    """`self.fail(message)` makes the error of an expression."""
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "fail"
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "self"
    )


def _templates(node: ast.AST, module: ast.Module, seen: set[str]) -> Iterator[str]:
    """Yield the texts an expression may be, through names, tables and functions."""
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str):
            yield node.value
    elif isinstance(node, ast.Name) and node.id not in seen:
        for value in _values_of(node.id, module):
            yield from _templates(value, module, seen | {node.id})
    elif isinstance(node, ast.Dict):
        for value in node.values:
            yield from _templates(value, module, seen)
    elif isinstance(node, ast.Subscript):
        yield from _templates(node.value, module, seen)
    elif isinstance(node, ast.Call):
        yield from _templates(node.func, module, seen)


def _values_of(name: str, module: ast.Module) -> Iterator[ast.AST]:
    for node in ast.walk(module):
        targets = getattr(node, "targets", [getattr(node, "target", None)])
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(
            isinstance(t, ast.Name) and t.id == name for t in targets
        ):
            if node.value is not None:
                yield node.value
        elif isinstance(node, ast.FunctionDef) and node.name == name:
            returns = (n for n in ast.walk(node) if isinstance(n, ast.Return))
            yield from (n.value for n in returns if n.value is not None)


def _messages() -> Iterator[tuple[Path, ast.Call, str]]:
    for path, call in _raised():
        module = module_of(path)
        hints = [k.value for k in call.keywords if k.arg == "hint"]
        for node in (call.args[0], *hints):
            for text in _templates(node, module, set()):
                if text:
                    yield path, call, text


def test_no_message_is_put_together_where_it_is_raised():
    built = [
        f"{shown(path)}:{call.lineno}"
        for path, call in _raised()
        for node in (call.args[0], *(k.value for k in call.keywords if k.arg == "hint"))
        if isinstance(node, ast.JoinedStr | ast.BinOp)
    ]

    assert built == []


def test_every_message_and_hint_has_its_chinese():
    worded = {m.id for m in messages(own_files()) if m.string}
    found = {text for _, _, text in _messages()} | HANDED_ON

    assert len(found) > 100
    assert sorted(found - worded) == []


def test_every_name_in_a_message_has_a_value():
    for path, call, text in _messages():
        names = {name for _, name, _, _ in Formatter().parse(text) if name}
        given = {k.arg for k in call.keywords} - OWN_ARGUMENTS
        if None in given or _is_fail(call) or not _plain(call):
            continue
        assert names <= given, f"{shown(path)}:{call.lineno}: {text}"


def _plain(call: ast.Call) -> bool:
    return isinstance(call.args[0], ast.Constant)


def test_translations_keep_the_names():
    pairs = [(m.id, m.string) for m in messages(own_files()) if m.string]

    for source, target in pairs:
        names, kept = (
            {name for _, name, _, _ in Formatter().parse(text) if name}
            for text in (source, target)
        )
        assert kept <= names, source
