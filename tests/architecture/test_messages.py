"""The catalog words every message, and no other."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

from tests.architecture.catalogs import messages, own_files
from tests.architecture.tree import SOURCE, module_of, python_files, shown

from xiuhua.core.intake.faults import FAULT_KINDS


SPEAKERS = {"say", "_say", "translate", "tr", "_"}
PLACEHOLDER = re.compile(r"\{[a-z_]*\}")


def _catalog() -> dict[str, str]:
    return {str(m.id): str(m.string) for m in messages(own_files())}


def _strings(path: Path) -> set[str]:
    return {
        node.value
        for node in ast.walk(module_of(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def _formatted() -> list[re.Pattern[str]]:
    """Return the texts made of a fixed part and a word put in, as patterns."""
    texts = [
        node.values
        for path in python_files(SOURCE)
        for node in ast.walk(module_of(path))
        if isinstance(node, ast.JoinedStr)
    ]
    return [
        re.compile("".join(_pattern(part) for part in parts))
        for parts in texts
        if sum(len(_pattern(p)) for p in parts if isinstance(p, ast.Constant)) > 20
    ]


def _pattern(part: ast.expr) -> str:
    return re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"\w+"


def _name_of(callee: ast.expr) -> str:
    if isinstance(callee, ast.Attribute):
        return callee.attr
    return callee.id if isinstance(callee, ast.Name) else ""


def _is_translator(callee: ast.expr) -> bool:
    if isinstance(callee, ast.Call):
        return _name_of(callee.func) == "translator"
    return _name_of(callee) in SPEAKERS


def _said() -> dict[str, str]:
    """Return every message given to a translator as it stands, with its file.

    What Django words has a catalog of its own: see test_django_messages.
    """
    said = {}
    for path in python_files(SOURCE / "core", SOURCE / "cli"):
        for node in ast.walk(module_of(path)):
            if not (isinstance(node, ast.Call) and _is_translator(node.func)):
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                said[first.value] = shown(path)
    return said


def test_every_message_is_worded_in_chinese():
    catalog = _catalog()

    assert len(_said()) > 50
    assert {m: place for m, place in _said().items() if m not in catalog} == {}
    for kind in FAULT_KINDS.values():
        assert {kind.problem, kind.remedy} <= catalog.keys()


def test_no_wording_is_empty_or_unfinished():
    bare = [m.id for m in messages(own_files()) if not m.string or m.fuzzy]

    assert bare == []


def test_no_wording_is_unused():
    strings = {text for path in python_files(SOURCE) for text in _strings(path)}
    # Click takes the help of a command from its docstring, paragraph by paragraph.
    prose = "\n".join(
        " ".join(text.split())
        for path in python_files(SOURCE / "cli")
        for text in _strings(path)
    )

    unused = {m for m in _catalog() if m not in strings and m not in prose}
    unused = {m for m in unused if not any(f.fullmatch(m) for f in _formatted())}

    assert unused == set()


def test_messages_stand_once():
    ids = Counter(
        found
        for path in own_files()
        for found in re.findall(
            r'^msgid "(.+)"$', path.read_text(encoding="utf-8"), re.M
        )
    )

    assert sorted(i for i, times in ids.items() if times > 1) == []


def test_wordings_fill_the_same_places():
    differing = {
        message: wording
        for message, wording in _catalog().items()
        if set(PLACEHOLDER.findall(message)) != set(PLACEHOLDER.findall(wording))
    }

    assert differing == {}
