"""The catalog of click's words holds all that the installed click says."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import click
from babel.messages.pofile import read_po
from tests.architecture.tree import SOURCE, module_of


CATALOG = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES" / "click.po"
PLACE = re.compile(r"\{\w+(?:!r)?\}|%\(\w+\)s")
# Looked up by a variable: the mark of options that must be given.
BY_VARIABLE = {("required",)}


def _said() -> set[tuple[str, ...]]:
    """Return the messages click gives to gettext, with their plurals."""
    calls = (
        node
        for path in Path(click.__file__).parent.glob("*.py")
        for node in ast.walk(module_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    texts = (
        call.args[: {"_": 1, "ngettext": 2}.get(call.func.id, 0)] for call in calls
    )
    return {
        tuple(str(a.value) for a in arguments)
        for arguments in texts
        if arguments and all(isinstance(a, ast.Constant) for a in arguments)
    }


def _worded() -> dict[tuple[str, ...], str]:
    with CATALOG.open("rb") as file:
        found = [m for m in read_po(file) if m.id]
    assert not any(m.fuzzy for m in found)
    return {
        (m.id if isinstance(m.id, tuple) else (m.id,)): (
            m.string[0] if isinstance(m.string, tuple) else str(m.string)
        )
        for m in found
    }


def test_click_is_worded_wholly_and_nothing_else_is():
    assert set(_worded()) == _said() | BY_VARIABLE
    assert all(_worded().values())


def test_wordings_name_only_places_click_fills():
    for message, wording in _worded().items():
        places = set(PLACE.findall(" ".join(message)))
        filled = set(PLACE.findall(wording))
        assert filled <= places, message
        assert len(message) == 2 or filled == places, message
